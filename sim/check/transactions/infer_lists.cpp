// Lists that are only appended to: the longest read of an object is the order of its versions.
#include <algorithm>

#include "sim/check/transactions/infer.hpp"

namespace sim::check::transactions {

namespace {

using Run = std::span<const std::uint32_t>;

class Lists {
 public:
  explicit Lists(Inferred& out) : out_(out), log_(out.log) {}

  Result<bool> run() {
    const auto keys = static_cast<std::uint32_t>(log_.keys());
    for (key_ = 0; out_.any_unknown && key_ < keys; ++key_) {
      if (!index()) return error_;
      find_seen();
    }
    for (key_ = 0; key_ < keys; ++key_) {
      if (!index()) return error_;
      order();
      edges_between_writes();
      each_run(out_, key_, [&](Run r) { transaction(r); });
    }
    return true;
  }

 private:
  const Access& access(std::uint32_t a) const { return log_.access(a); }
  Outcome outcome_of(std::uint32_t a) const { return log_.txn(access(a).txn).outcome; }

  // The object's appends by element.
  bool index() {
    const Run of = out_.of_key(key_);
    writes_.clear(of.size());
    for (const std::uint32_t a : of) {
      if (access(a).read() && !access(a).list() && access(a).atom != kNil) {
        error_ = {place_of(log_, access(a).txn), "a read of " + log_.key_text(key_) + " returned " + log_.text(access(a).atom) +
                                                     ", where a list of what was appended is expected"};
        return false;
      }
      if (!access(a).write()) continue;
      const std::uint32_t before = writes_.insert(access(a).atom, a);
      if (before == kNone) continue;
      error_ = written_twice(log_, before, a);
      return false;
    }
    return true;
  }

  // Transactions of unknown outcome whose appends were read took effect.
  void find_seen() {
    const auto see = [&](Atom element) {
      const Writes::Slot* slot = writes_.find(element);
      if (slot != nullptr && outcome_of(slot->access) == Outcome::info) out_.live[access(slot->access).txn] = 1;
    };
    for (const Atom element : log_.longest(key_)) see(element);
    for (const std::uint32_t a : out_.of_key(key_)) {
      if (!access(a).list() || access(a).shared()) continue;
      for (const Atom element : log_.list(access(a))) see(element);
    }
  }

  // Who appended what stands at each place of the longest read.
  void order() {
    const auto list = log_.longest(key_);
    writer_.clear();
    bad_ = kNone;
    apart_ = false;
    for (const std::uint32_t a : out_.of_key(key_)) apart_ = apart_ || (access(a).list() && !access(a).shared());
    std::uint32_t failed = kNone;
    for (std::uint32_t i = 0; i < list.size(); ++i) {
      Writes::Slot* slot = writes_.find(list[i]);
      const std::uint32_t w = slot == nullptr ? kNone : slot->access;
      writer_.push_back(w);
      if (w == kNone || outcome_of(w) == Outcome::fail) bad_ = std::min(bad_, i);
      if (w == kNone) continue;
      if (slot->place != kNone) {
        out_.show(Anomaly::duplicate_elements, {reader_of(i)}, i);
      } else {
        slot->place = i;
      }
      if (outcome_of(w) == Outcome::fail) failed = w;
      if (outcome_of(w) == Outcome::ok && failed != kNone) out_.show(Anomaly::dirty_update, {failed, w, reader_of(i)});
    }
    next_.resize(std::max(next_.size(), list.size()));
    for (std::size_t i = list.size(), next = kNone; i-- > 0;) {
      if (live(writer_[i])) next = writer_[i];
      next_[i] = static_cast<std::uint32_t>(next);
    }
  }

  // A read of the longest list that shows its place `i`.
  std::uint32_t reader_of(std::uint32_t i) const {
    for (const std::uint32_t a : out_.of_key(key_)) {
      if (access(a).list() && access(a).shared() && access(a).count() > i) return a;
    }
    return kNone;
  }

  bool live(std::uint32_t w) const { return w != kNone && out_.live[access(w).txn] != 0; }

  // ww: along the order; from its end to appends that no read shows, which come after all that the reads show.
  void edges_between_writes() {
    std::uint32_t last = kNone;
    for (std::uint32_t i = 0; i < writer_.size(); ++i) {
      const std::uint32_t w = writer_[i];
      if (!live(w) || (bad_ != kNone && writes_.find(access(w).atom)->place != i)) continue;
      if (last != kNone) edge(access(last).txn, access(w).txn, Why::ww);
      last = w;
    }
    unread_.clear();
    set_ = kNone;
    each_run(out_, key_, [&](Run r) { appends(r); });
    if (last == kNone) return;
    for (const std::uint32_t t : unread_) edge(access(last).txn, t, Why::ww);
  }

  // Where the reads show one transaction's appends: in the order in which it made them.
  void appends(Run r) {
    if (out_.live[access(r[0]).txn] == 0) return;
    std::uint32_t before = kNone;  // an append
    std::uint32_t place = kNone;   // and its place
    bool unread = false;
    for (const std::uint32_t a : r) {
      if (!access(a).write()) continue;
      const std::uint32_t at = writes_.find(access(a).atom)->place;
      if (before != kNone && at != kNone && (place == kNone || place > at))
        out_.show(Anomaly::incompatible_order, {before, a, reader_of(at)});
      unread = unread || at == kNone;
      before = a;
      place = at;
    }
    // What one read does not show another may, where reads are at odds.
    if (unread && !apart_) unread_.push_back(access(r[0]).txn);
  }

  void edge(std::uint32_t from, std::uint32_t to, Why why) {
    if (from != to) out_.graph.add(from, {to, why, Beyond::data, key_});
  }

  void before_unread(std::uint32_t reader) {
    if (unread_.size() == 1) return edge(reader, unread_[0], Why::rw);
    if (unread_.empty()) return;
    if (set_ == kNone) {
      set_ = out_.graph.add_node();
      for (const std::uint32_t t : unread_) out_.graph.add(set_, {t, Why::via, Beyond::data, key_});
    }
    out_.graph.add(reader, {set_, Why::rw, Beyond::data, key_});
  }

  // What one committed transaction did with the object.
  void transaction(Run r) {
    if (outcome_of(r[0]) != Outcome::ok) return;
    std::uint32_t own = 0;         // appends since the read below
    std::uint32_t before = kNone;  // the last known read
    for (std::size_t i = 0; i < r.size(); ++i) {
      const Access& a = access(r[i]);
      if (a.write()) {
        ++own;
        continue;
      }
      if (!a.known()) continue;
      check_inside(r, i, before, own);
      const bool prefix = !a.list() || a.shared();
      if (prefix) {
        if (bad_ < a.count()) check_elements(r[i]);
      } else {
        check_apart(r[i]);
      }
      if (before == kNone) depend(r, i, own, prefix);
      before = static_cast<std::uint32_t>(i);
      own = 0;
    }
  }

  std::span<const Atom> list_of(std::uint32_t a) const { return access(a).list() ? log_.list(access(a)) : std::span<const Atom>(); }

  // A read is what the last one in the transaction returned, and what the transaction appended since.
  void check_inside(Run r, std::size_t i, std::uint32_t before, std::uint32_t own) {
    if (before == kNone && own == 0) return;
    const auto list = list_of(r[i]);
    const std::size_t base = before == kNone ? 0 : list_of(r[before]).size();
    bool fine = before == kNone ? list.size() >= own : list.size() == base + own;
    if (fine && before != kNone) {
      const auto old = list_of(r[before]);
      fine = std::equal(old.begin(), old.end(), list.begin());
    }
    std::size_t at = list.size();
    for (std::size_t j = i; fine && j-- > 0 && at > list.size() - own;) {
      if (access(r[j]).write()) fine = access(r[j]).atom == list[--at];
    }
    if (fine) return;
    Shown& shown = out_.shown[static_cast<std::size_t>(Anomaly::internal)];
    if (!shown.found) shown = {true, {r.begin(), r.begin() + static_cast<std::ptrdiff_t>(i) + 1}, 0};
  }

  void check_element(std::uint32_t read, std::uint32_t w, std::uint32_t place) {
    if (w == kNone) {
      out_.show(Anomaly::unwritten_read, {read}, place);
    } else if (outcome_of(w) == Outcome::fail) {
      out_.show(Anomaly::g1a, {w, read}, place);
    }
  }

  void check_elements(std::uint32_t read) {
    for (std::uint32_t i = bad_; i < access(read).count(); ++i) check_element(read, writer_[i], i);
  }

  std::uint32_t writer_of(Atom element) {
    const Writes::Slot* slot = writes_.find(element);
    return slot == nullptr ? kNone : slot->access;
  }

  // A read that is no prefix of the longest.
  void check_apart(std::uint32_t read) {
    std::uint32_t other = kNone;  // the longest of the others
    for (const std::uint32_t a : out_.of_key(key_)) {
      if (access(a).list() && access(a).shared() && (other == kNone || access(a).count() > access(other).count())) other = a;
    }
    out_.show(Anomaly::incompatible_order, {read, other});
    const auto list = log_.list(access(read));
    for (std::uint32_t i = 0; i < list.size(); ++i) {
      check_element(read, writer_of(list[i]), i);
      if (std::find(list.begin(), list.begin() + i, list[i]) != list.begin() + i) out_.show(Anomaly::duplicate_elements, {read}, i);
    }
  }

  // wr and rw of the transaction's first read, less its own appends at the end.
  void depend(Run r, std::size_t i, std::uint32_t own, bool prefix) {
    const Access& read = access(r[i]);
    const auto list = list_of(r[i]);
    auto size = static_cast<std::uint32_t>(list.size());
    const auto writer = [&](std::uint32_t at) { return prefix ? writer_[at] : writer_of(list[at]); };
    for (std::uint32_t stripped = 0; size > 0; --size) {
      const std::uint32_t w = writer(size - 1);
      if (w == kNone || access(w).txn != read.txn) break;
      if (++stripped > own) out_.show(Anomaly::future_read, {r[i], w});
    }
    if (size > 0) {
      const std::uint32_t w = writer(size - 1);
      if (live(w)) {
        edge(access(w).txn, read.txn, Why::wr);
        if (const std::uint32_t later = later_append(w); later != kNone) out_.show(Anomaly::g1b, {w, later, r[i]}, size - 1);
      }
    }
    if (!prefix) return;
    const std::uint32_t next = next_writer(size, read.txn);
    if (next != kNone) {
      edge(read.txn, access(next).txn, Why::rw);
    } else {
      before_unread(read.txn);
    }
    if (own == 0 && std::any_of(r.begin(), r.end(), [&](std::uint32_t a) { return access(a).write(); })) updates(r[i], size);
  }

  // The first append from a place on that another transaction made.
  std::uint32_t next_writer(std::uint32_t place, std::uint32_t than) const {
    for (std::uint32_t i = place; i < writer_.size(); ++i) {
      const std::uint32_t next = next_[i];
      if (next == kNone || access(next).txn != than) return next;
    }
    return kNone;
  }

  // The append that the same transaction made to the object after this one, or kNone.
  std::uint32_t later_append(std::uint32_t w) const {
    const auto of = log_.accesses(access(w).txn);
    const std::uint32_t end = log_.txn(access(w).txn).first + static_cast<std::uint32_t>(of.size());
    for (std::uint32_t a = w + 1; a < end; ++a) {
      if (access(a).key == key_ && access(a).write()) return a;
    }
    return kNone;
  }

  // Two transactions that read one version and both append: one update was made without sight of the other.
  void updates(std::uint32_t read, std::uint32_t version) {
    if (updated_.size() <= version) updated_.resize(version + 1, {0, 0});
    auto& [stamp, other] = updated_[version];
    if (stamp == key_ + 1) out_.show(Anomaly::lost_update, {other, read});
    stamp = key_ + 1;
    other = read;
  }

  Inferred& out_;
  const Log& log_;
  Error error_;
  std::uint32_t key_ = 0;
  Writes writes_;                                                 // element -> its append, and its place in the longest read
  std::vector<std::uint32_t> writer_;                             // by place: the append, or kNone
  std::vector<std::uint32_t> next_;                               // by place: the append there or the next one that took effect
  std::uint32_t bad_ = kNone;                                     // the first place whose element failed or was never appended
  bool apart_ = false;                                            // some read is no prefix of the longest
  std::vector<std::uint32_t> unread_;                             // transactions that took effect with appends that no read shows
  std::uint32_t set_ = kNone;                                     // the node that stands for them
  std::vector<std::pair<std::uint32_t, std::uint32_t>> updated_;  // by version: object + 1, and a read before an append
};

}  // namespace

Result<bool> infer_lists(Inferred& out) { return Lists(out).run(); }

}  // namespace sim::check::transactions
