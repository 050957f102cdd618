// Registers with distinct values: the order of versions is known as far as transactions read before they write, as the initial
// value comes before all others, and, for models that keep the order of sessions or of real time, as versions are seen to be old.
#include <algorithm>

#include "sim/check/transactions/infer.hpp"

namespace sim::check::transactions {

namespace {

using Run = std::span<const std::uint32_t>;

class Registers {
 public:
  explicit Registers(Inferred& out) : out_(out), log_(out.log), last_of_(log_.processes()) {}

  Result<bool> run() {
    const auto keys = static_cast<std::uint32_t>(log_.keys());
    for (key_ = 0; out_.any_unknown && key_ < keys; ++key_) {
      if (!index()) return error_;
      find_seen();
    }
    for (key_ = 0; key_ < keys; ++key_) {
      if (!index()) return error_;
      each_run(out_, key_, [&](Run r) { inside(r); });
      close_versions();
      find_cycle();
      for (Version& v : versions_) {
        connect(v, v.successors, Beyond::data);
        connect(v, v.later_in_session, out_.session);
      }
      if (log_.has_realtime) real_time();
    }
    return true;
  }

 private:
  // A version: what a write left, or the initial value.
  struct Version {
    std::uint32_t write = kNone;                  // the access, or kNone of the initial value
    std::vector<std::uint32_t> readers;           // accesses of committed transactions that read it before they wrote
    std::vector<std::uint32_t> successors;        // accesses that wrote a later version
    std::vector<std::uint32_t> later_in_session;  // the same, where sessions keep their order
    std::uint32_t before = kNone;                 // the version that its transaction had read
    std::uint32_t mark = 0;
  };

  const Access& access(std::uint32_t a) const { return log_.access(a); }
  const Txn& txn_of(std::uint32_t a) const { return log_.txn(access(a).txn); }
  bool live(std::uint32_t a) const { return out_.live[access(a).txn] != 0; }

  // Versions by value; version 0 is the initial one.
  bool index() {
    const Run of = out_.of_key(key_);
    writes_.clear(of.size());
    versions_.clear();
    versions_.emplace_back();
    for (const std::uint32_t a : of) {
      if (access(a).list()) {
        error_ = {place_of(log_, access(a).txn),
                  "a read of " + log_.key_text(key_) + " returned a list, where a register's value is expected"};
        return false;
      }
      if (!access(a).write()) continue;
      if (log_.initial() != kNil && access(a).atom == log_.initial()) {
        error_ = {place_of(log_, access(a).txn), log_.text(access(a).atom) + " is written to " + log_.key_text(key_) +
                                                     ", which holds it at first; what reads saw can only be told apart where no "
                                                     "write repeats the initial value"};
        return false;
      }
      const std::uint32_t before = writes_.insert(access(a).atom, static_cast<std::uint32_t>(versions_.size()));
      if (before != kNone) {
        error_ = written_twice(log_, versions_[before].write, a);
        return false;
      }
      versions_.emplace_back();
      versions_.back().write = a;
    }
    return true;
  }

  std::uint32_t version_of(Atom atom) {
    if (const Writes::Slot* slot = writes_.find(atom); slot != nullptr) return slot->access;
    return log_.has_initial && (atom == kNil || atom == log_.initial()) ? 0 : kNone;
  }

  // Transactions of unknown outcome whose writes were read took effect.
  void find_seen() {
    for (const std::uint32_t a : out_.of_key(key_)) {
      if (!access(a).read() || txn_of(a).outcome != Outcome::ok) continue;
      const std::uint32_t v = version_of(access(a).atom);
      if (v != kNone && v != 0 && txn_of(versions_[v].write).outcome == Outcome::info)
        out_.live[access(versions_[v].write).txn] = 1;
    }
  }

  std::uint32_t last_write(Run r) const {
    for (std::size_t i = r.size(); i-- > 0;) {
      if (access(r[i]).write()) return r[i];
    }
    return kNone;
  }

  // What one committed transaction did with the object.
  void inside(Run r) {
    if (txn_of(r[0]).outcome != Outcome::ok) return;
    std::uint32_t before = kNone;
    for (const std::uint32_t at : r) {
      const Access& a = access(at);
      if (!a.write() && !a.known()) continue;
      if (before != kNone && !a.write() && access(before).atom != a.atom) {
        out_.show(Anomaly::internal, {before, at});
        read(at);
      }
      if (before == kNone && !a.write()) first_read(r, at);
      before = at;
    }
  }

  // The version that a read returned, or kNone where it is none that another transaction committed.
  std::uint32_t read(std::uint32_t at) {
    const std::uint32_t v = version_of(access(at).atom);
    if (v == kNone) {
      out_.show(Anomaly::unwritten_read, {at});
      return kNone;
    }
    if (v == 0) return v;
    const std::uint32_t write = versions_[v].write;
    if (access(write).txn == access(at).txn) {
      if (write > at) out_.show(Anomaly::future_read, {at, write});
      return kNone;
    }
    if (txn_of(write).outcome == Outcome::fail) {
      out_.show(Anomaly::g1a, {write, at});
      return kNone;
    }
    const auto of = log_.accesses(access(write).txn);
    const std::uint32_t end = log_.txn(access(write).txn).first + static_cast<std::uint32_t>(of.size());
    for (std::uint32_t later = write + 1; later < end; ++later) {
      if (access(later).key != key_ || !access(later).write()) continue;
      out_.show(Anomaly::g1b, {write, later, at});
      break;
    }
    return v;
  }

  void first_read(Run r, std::uint32_t at) {
    const std::uint32_t v = read(at);
    if (v == kNone) return;
    Version& version = versions_[v];
    const std::uint32_t written = last_write(r);
    if (written != kNone) {
      version.successors.push_back(written);
      versions_[version_of(access(written).atom)].before = v;
      for (const std::uint32_t other : version.readers) {
        if (!writes_too(other)) continue;
        out_.show(Anomaly::lost_update, {other, at});
        break;
      }
    }
    version.readers.push_back(at);
  }

  bool writes_too(std::uint32_t at) const {
    const auto of = log_.accesses(access(at).txn);
    return std::any_of(of.begin(), of.end(), [&](const Access& a) { return a.key == key_ && a.write(); });
  }

  // The initial value comes before every version of a transaction that took effect; and a session sees versions in their order.
  void close_versions() {
    versions_[0].successors.clear();
    touched_.clear();
    each_run(out_, key_, [&](Run r) {
      if (!live(r[0])) return;
      const std::uint32_t last = last_write(r);
      if (last != kNone) versions_[0].successors.push_back(last);
      touched_.push_back(r);
    });
    // By transaction, that is by the order of invocations, which is each session's.
    std::sort(touched_.begin(), touched_.end(), [&](Run a, Run b) { return access(a[0]).txn < access(b[0]).txn; });
    for (const Run r : touched_) follow_session(r);
    for (const Run r : touched_) last_of_[txn_of(r[0]).process] = kNone;
  }

  void follow_session(Run r) {
    std::uint32_t& last = last_of_[txn_of(r[0]).process];
    const std::uint32_t written = last_write(r);
    std::uint32_t first = kNone;  // the version that it read before it wrote
    for (const std::uint32_t a : r) {
      if (access(a).write()) break;
      if (!access(a).read()) continue;
      first = version_of(access(a).atom);
      break;
    }
    const auto after_last = [&](std::uint32_t write) {
      if (last != kNone && last != 0 && versions_[last].write != write) versions_[last].later_in_session.push_back(write);
    };
    if (first != kNone && first != 0 && live(versions_[first].write)) {
      after_last(versions_[first].write);
    } else if (first == kNone && written != kNone) {
      after_last(written);
    }
    if (txn_of(r[0]).outcome != Outcome::ok) return;
    if (written != kNone) {
      last = version_of(access(written).atom);
    } else if (first != kNone) {
      last = first;
    }
    if (last != kNone && last != 0 && !live(versions_[last].write)) last = kNone;
  }

  // A version that its transaction made of itself, by way of others.
  void find_cycle() {
    for (std::uint32_t v = 1; v < versions_.size(); ++v) {
      std::uint32_t at = v;
      while (at != kNone && at != 0 && versions_[at].mark == 0) {
        versions_[at].mark = v;
        at = versions_[at].before;
      }
      if (at == kNone || at == 0 || versions_[at].mark != v) continue;
      Shown& shown = out_.shown[static_cast<std::size_t>(Anomaly::cyclic_versions)];
      if (shown.found) return;
      shown.found = true;
      std::uint32_t next = at;
      do {
        shown.accesses.push_back(versions_[next].write);
        next = versions_[next].before;
      } while (next != at);
      return;
    }
  }

  void edge(std::uint32_t from, std::uint32_t to, Why why, Beyond beyond) {
    if (access(from).txn != access(to).txn) out_.graph.add(access(from).txn, {access(to).txn, why, beyond, key_});
  }

  void connect(const Version& v, const std::vector<std::uint32_t>& successors, Beyond beyond) {
    if (v.write != kNone && &successors == &v.successors) {
      for (const std::uint32_t r : v.readers) edge(v.write, r, Why::wr, beyond);
    }
    if (v.write != kNone && live(v.write)) {
      for (const std::uint32_t w : successors) edge(v.write, w, Why::ww, beyond);
    }
    if (v.readers.size() < 2 || successors.size() < 2) {
      for (const std::uint32_t r : v.readers) {
        for (const std::uint32_t w : successors) edge(r, w, Why::rw, beyond);
      }
      return;
    }
    const std::uint32_t set = out_.graph.add_node();
    for (const std::uint32_t r : v.readers) out_.graph.add(access(r).txn, {set, Why::rw, beyond, key_});
    for (const std::uint32_t w : successors) out_.graph.add(set, {access(w).txn, Why::via, beyond, key_});
  }

  // Under models that keep real time a version is in place once its transaction, or one that read it, has returned: what is invoked
  // later comes after it. And where a transaction was complete before one that read the version was invoked, what it wrote is
  // older.
  void real_time() {
    std::vector<std::uint32_t> writers;  // in the order of invocations
    for (const Run r : touched_) {
      if (const std::uint32_t last = last_write(r); last != kNone) writers.push_back(last);
    }
    if (writers.size() < 2) return;
    std::vector<std::uint32_t> least(writers.size());  // the first return among those invoked from here on
    for (std::size_t i = writers.size(); i-- > 0;) {
      least[i] = txn_of(writers[i]).returned;
      if (i + 1 < writers.size()) least[i] = std::min(least[i], least[i + 1]);
    }
    std::vector<std::uint32_t> returned = writers;
    std::sort(returned.begin(), returned.end(), [&](std::uint32_t a, std::uint32_t b) {
      return txn_of(a).returned != txn_of(b).returned ? txn_of(a).returned < txn_of(b).returned : a < b;
    });
    std::vector<std::uint32_t> later;
    for (std::size_t v = 1; v < versions_.size(); ++v) {
      const Version& version = versions_[v];
      if (!live(version.write) || version.readers.empty()) continue;
      std::uint32_t in_place = txn_of(version.write).returned;
      std::uint32_t asked = 0;
      for (const std::uint32_t r : version.readers) {
        in_place = std::min(in_place, txn_of(r).returned);
        asked = std::max(asked, txn_of(r).invoked);
      }
      later.clear();
      const auto from =
          std::partition_point(writers.begin(), writers.end(), [&](std::uint32_t w) { return txn_of(w).invoked <= in_place; });
      for (auto w = from; w != writers.end(); ++w) {
        if (txn_of(*w).invoked > least[static_cast<std::size_t>(from - writers.begin())]) break;  // comes after one of these
        if (access(*w).txn != access(version.write).txn) later.push_back(*w);
      }
      connect(version, later, out_.realtime);
      // Of the older ones those suffice that returned after the last of them was invoked.
      auto w = std::partition_point(returned.begin(), returned.end(), [&](std::uint32_t o) { return txn_of(o).returned < asked; });
      for (std::uint32_t latest = 0; w != returned.begin() && txn_of(*std::prev(w)).returned >= latest;) {
        --w;
        if (access(*w).txn == access(version.write).txn) continue;
        latest = std::max(latest, txn_of(*w).invoked);
        edge(*w, version.write, Why::ww, out_.realtime);
      }
    }
  }

  Inferred& out_;
  const Log& log_;
  Error error_;
  std::uint32_t key_ = 0;
  Writes writes_;  // value -> its version
  std::vector<Version> versions_;
  std::vector<Run> touched_;            // what transactions that took effect did with the object, by transaction
  std::vector<std::uint32_t> last_of_;  // by process: the version that it saw or wrote last
};

}  // namespace

Result<bool> infer_registers(Inferred& out) { return Registers(out).run(); }

}  // namespace sim::check::transactions
