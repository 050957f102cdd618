#include "sim/check/objects/unique.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/judge.hpp"
#include "sim/check/linearizability_table.hpp"

namespace sim::check::objects {

namespace {

// A write or a read of one key.
struct Access {
  std::size_t origin = 0;
  std::uint64_t call = 0;
  std::uint64_t ret = Operation::kNever;
  std::string_view text;           // what it writes, or read
  bool put = false;                // a write that begins a block
  std::uint32_t block = kNoIndex;  // of a write that was read, and of reads
  std::uint32_t rank = 0;          // of a write: how many writes of its block are before it; of a read: how many it shows, less one
  std::uint32_t shown = kNoIndex;  // of a write: the shortest read that shows it
  std::uint32_t family = kNoIndex;  // of a write: which reads show it
};

// Operations of one key, and the blocks that they form.
class Key {
 public:
  std::vector<Access> writes;
  std::vector<Access> reads;
  bool alike = false;

  // False when the texts of writes cannot be told apart where they are read. Writes of one text may be there several times
  // (`alike`): then what follows is a guess, and only good if it leads to an order.
  bool distinct(bool appends) {
    std::sort(writes.begin(), writes.end(), [](const Access& a, const Access& b) {
      const int order = a.text.compare(b.text);
      return order != 0 ? order < 0 : a.call < b.call;
    });
    for (std::size_t i = 0; i < writes.size(); ++i) {
      if (writes[i].text.empty()) return false;
      if (i == 0) continue;
      if (writes[i].text == writes[i - 1].text) {
        alike = true;
      } else if (appends && writes[i].text.starts_with(writes[i - 1].text)) {
        return false;
      }
    }
    return true;
  }

  // Finds out which writes every read shows; false with a violation.
  bool read_all(bool appends) {
    std::sort(reads.begin(), reads.end(), [](const Access& a, const Access& b) { return b.text < a.text; });
    for (std::uint32_t i = 0; i < reads.size(); ++i) {
      Access& read = reads[i];
      if (read.text.empty()) {
        read.rank = kNoIndex;
        continue;
      }
      if (families_.empty() || !reads[families_.back().first].text.starts_with(read.text)) {
        families_.push_back({i, i, kNoIndex, {}, {}});
        if (!take_apart(families_.back(), appends)) return false;
      }
      Family& family = families_.back();
      const auto end = std::lower_bound(family.ends.begin(), family.ends.end(), read.text.size());
      if (end == family.ends.end() || *end != read.text.size()) return fail({read.origin}, read.origin);
      read.rank = static_cast<std::uint32_t>(end - family.ends.begin());
      family.last = i;
    }
    blocks_.emplace_back();  // of the initial value
    blocks_.front().initial = true;
    return assign() && show();
  }

  // Whether blocks can be put in an order; `order` is then that of the operations.
  bool arrange(std::vector<std::size_t>& order, std::vector<std::uint64_t>& calls) {
    fill();
    for (Block& block : blocks_) {
      if (!keeps_time(block)) return false;
    }
    std::vector<std::uint32_t> forward;
    std::vector<std::uint32_t> backward;
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
      if (!blocks_[i].members.empty()) (blocks_[i].first_ret < blocks_[i].last_call ? forward : backward).push_back(i);
    }
    const auto earlier = [&](std::uint32_t a, std::uint32_t b) { return blocks_[a].first_ret < blocks_[b].first_ret; };
    std::sort(forward.begin(), forward.end(), earlier);
    for (std::size_t i = 0; i < forward.size(); ++i) {
      blocks_[forward[i]].place = blocks_[forward[i]].first_ret;
      if (i > 0 && blocks_[forward[i]].first_ret < blocks_[forward[i - 1]].last_call) return clash(forward[i - 1], forward[i]);
    }
    for (const std::uint32_t i : backward) {
      Block& block = blocks_[i];
      block.place = block.last_call;
      const auto after = std::partition_point(forward.begin(), forward.end(),
                                              [&](std::uint32_t f) { return blocks_[f].first_ret < block.last_call; });
      if (after == forward.begin()) continue;
      const Block& around = blocks_[*(after - 1)];
      if (block.first_ret < around.last_call) return clash(*(after - 1), i);
      block.place = std::max(block.place, around.last_call);
    }
    std::vector<std::uint32_t> all = forward;
    all.insert(all.end(), backward.begin(), backward.end());
    std::stable_sort(all.begin(), all.end(), [&](std::uint32_t a, std::uint32_t b) { return blocks_[a].place < blocks_[b].place; });
    for (const std::uint32_t i : all) {
      for (const Member& member : blocks_[i].members) {
        order.push_back(member.access->origin);
        calls.push_back(member.access->call);
      }
    }
    return true;
  }

  const std::vector<std::size_t>& culprits() const { return culprits_; }
  std::size_t failing() const { return failing_; }

 private:
  struct Member {
    std::uint64_t order = 0;
    const Access* access = nullptr;
  };
  struct Block {
    bool initial = false;
    std::uint32_t family = kNoIndex;
    std::vector<std::uint32_t> chain;  // writes
    std::vector<Member> members;
    std::uint64_t first_ret = Operation::kNever;
    std::uint64_t last_call = 0;
    const Access* first = nullptr;  // the one that returns first, and that is called last
    const Access* last = nullptr;
    std::uint64_t place = 0;
  };

  bool fail(std::vector<std::size_t> rows, std::size_t failing) {
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    culprits_ = std::move(rows);
    failing_ = failing;
    return false;
  }

  // Reads of which each one's text begins the first one's.
  struct Family {
    std::uint32_t first = 0;  // reads, from the longest to the shortest
    std::uint32_t last = 0;
    std::uint32_t block = kNoIndex;
    std::vector<std::uint32_t> pieces;  // of the longest: the first write of each text; then the writes
    std::vector<std::size_t> ends;
  };
  // A piece that a family shows, and when it was first seen.
  struct Sight {
    std::uint32_t piece = 0;
    std::uint64_t ret = 0;
    std::uint32_t family = 0;
    std::uint32_t rank = 0;
  };

  // The first write whose text begins `text`, or kNoIndex; no write's text begins another's.
  std::uint32_t write_at(std::string_view text, bool appends) const {
    const auto after = std::upper_bound(writes.begin(), writes.end(), text,
                                        [](std::string_view t, const Access& write) { return t < write.text; });
    if (after == writes.begin()) return kNoIndex;
    auto write = static_cast<std::uint32_t>(after - writes.begin()) - 1;
    if (!(appends ? text.starts_with(writes[write].text) : text == writes[write].text)) return kNoIndex;
    while (write > 0 && writes[write - 1].text == writes[write].text) --write;
    return write;
  }

  bool take_apart(Family& family, bool appends) {
    const Access& read = reads[family.first];
    for (std::size_t at = 0; at < read.text.size();) {
      const std::uint32_t write = write_at(read.text.substr(at), appends);
      if (write == kNoIndex) return fail({read.origin}, read.origin);
      at += writes[write].text.size();
      family.pieces.push_back(write);
      family.ends.push_back(at);
    }
    return true;
  }

  // Says which write each piece is. Among alike ones: the earliest, if as many are seen later as were written.
  bool assign() {
    std::vector<Sight> sights;
    for (std::uint32_t f = 0; f < families_.size(); ++f) {
      const Family& family = families_[f];
      std::uint64_t ret = Operation::kNever;
      std::uint32_t read = family.first;
      for (auto rank = static_cast<std::uint32_t>(family.pieces.size()); rank-- > 0;) {
        for (; read <= family.last && reads[read].rank >= rank; ++read) ret = std::min(ret, reads[read].ret);
        sights.push_back({family.pieces[rank], ret, f, rank});
      }
    }
    std::sort(sights.begin(), sights.end(), [](const Sight& a, const Sight& b) {
      if (a.piece != b.piece) return a.piece < b.piece;
      if (a.ret != b.ret) return a.ret < b.ret;
      return a.family != b.family ? a.family < b.family : a.rank < b.rank;
    });
    std::size_t left = 0;  // sights of this piece from here on
    for (std::size_t i = 0; i < sights.size(); ++i) {
      if (left == 0) {
        while (i + left < sights.size() && sights[i + left].piece == sights[i].piece) ++left;
      }
      if (!assign(sights[i], left--)) return false;
    }
    return true;
  }

  bool assign(const Sight& sight, std::size_t left) {
    const auto fits = [&](const Access& w, bool put) { return w.block == kNoIndex && w.put == put && w.call < sight.ret; };
    const std::string_view text = writes[sight.piece].text;
    std::uint32_t end = sight.piece;
    std::size_t puts = 0;
    std::size_t pieces = 0;
    for (; end < writes.size() && writes[end].text == text; ++end) {
      puts += sight.rank == 0 && fits(writes[end], true) ? 1 : 0;
      pieces += fits(writes[end], false) ? 1 : 0;
    }
    const bool put = puts != 0;
    std::size_t skip = put ? puts : pieces;
    Family& family = families_[sight.family];
    if (skip == 0) return misfit(sight, end);
    skip -= std::min(skip, left);
    std::uint32_t write = sight.piece;
    while (!fits(writes[write], put) || skip-- > 0) ++write;
    if (sight.rank == 0) {
      family.block = put ? static_cast<std::uint32_t>(blocks_.size()) : 0;
      if (put) {
        blocks_.emplace_back();
      } else if (blocks_.front().family != kNoIndex) {
        return diverge(sight.family, blocks_.front().family);
      }
      blocks_[family.block].family = sight.family;
    }
    writes[write].block = 0;  // not kNoIndex: taken; see show()
    writes[write].rank = sight.rank;
    writes[write].family = sight.family;
    family.pieces[sight.rank] = write;
    return true;
  }

  // No write is left that this piece can be.
  bool misfit(const Sight& sight, std::uint32_t end) {
    for (std::uint32_t w = sight.piece; w < end; ++w) {
      if (writes[w].block != kNoIndex && writes[w].family != sight.family) return diverge(sight.family, writes[w].family);
    }
    const Access* read = &reads[families_[sight.family].first];
    for (std::uint32_t i = families_[sight.family].first; i <= families_[sight.family].last && reads[i].rank >= sight.rank; ++i) {
      if (reads[i].ret <= read->ret) read = &reads[i];
    }
    std::vector<std::size_t> rows{read->origin};
    involve_text(read->text, rows);
    return fail(std::move(rows), read->origin);
  }

  // Two families show one write in different company.
  bool diverge(std::uint32_t a, std::uint32_t b) {
    const Access& one = reads[families_[a].first];
    const Access& other = reads[families_[b].first];
    std::vector<std::size_t> rows{one.origin, other.origin};
    involve_text(one.text, rows);
    involve_text(other.text, rows);
    return fail(std::move(rows), (one.ret > other.ret ? one : other).origin);
  }

  // The writes that a text consists of.
  void involve_text(std::string_view text, std::vector<std::size_t>& rows) const {
    while (!text.empty()) {
      std::uint32_t write = write_at(text, true);
      if (write == kNoIndex) return;
      text.remove_prefix(writes[write].text.size());
      const std::string_view piece = writes[write].text;
      for (; write < writes.size() && writes[write].text == piece; ++write) rows.push_back(writes[write].origin);
    }
  }

  // Fills the blocks' chains, and finds the shortest read that shows each write.
  bool show() {
    for (const Family& family : families_) {
      blocks_[family.block].chain = family.pieces;
      for (const std::uint32_t write : family.pieces) writes[write].block = family.block;
      std::uint32_t next = 0;
      for (std::uint32_t i = family.last + 1; i-- > family.first;) {
        reads[i].block = family.block;
        for (; next <= reads[i].rank; ++next) writes[family.pieces[next]].shown = i;
      }
    }
    for (Access& read : reads) {
      if (read.rank == kNoIndex) read.block = 0;
    }
    return true;
  }

  void fill() {
    for (Access& write : writes) {
      if (write.block == kNoIndex) {  // nobody read it
        if (write.ret == Operation::kNever) continue;
        write.block = static_cast<std::uint32_t>(blocks_.size());
        blocks_.emplace_back();
      }
      blocks_[write.block].members.push_back({std::uint64_t{write.rank} * 2 + 1, &write});
    }
    for (Access& read : reads) {
      blocks_[read.block].members.push_back({read.rank == kNoIndex ? 0 : std::uint64_t{read.rank} * 2 + 2, &read});
    }
    for (Block& block : blocks_) {
      std::sort(block.members.begin(), block.members.end(), [](const Member& a, const Member& b) {
        return a.order != b.order ? a.order < b.order : a.access->call < b.access->call;
      });
      for (const Member& member : block.members) {
        if (member.access->ret < block.first_ret) {
          block.first_ret = member.access->ret;
          block.first = member.access;
        }
        if (block.last == nullptr || member.access->call > block.last_call) {
          block.last_call = member.access->call;
          block.last = member.access;
        }
      }
      if (block.initial && !block.members.empty()) {  // the initial value was there before everything
        block.first_ret = 0;
        block.last_call = std::max<std::uint64_t>(block.last_call, 1);
      }
    }
  }

  bool keeps_time(const Block& block) {
    const Access* latest = nullptr;
    for (const Member& member : block.members) {
      if (latest != nullptr && member.access->ret < latest->call) {
        std::vector<std::size_t> rows;
        involve(*latest, rows);
        involve(*member.access, rows);
        return fail(std::move(rows), failing_of(*latest, *member.access));
      }
      if (latest == nullptr || member.access->call > latest->call) latest = member.access;
    }
    return true;
  }

  bool is_read(const Access& access) const { return &access >= reads.data() && &access < reads.data() + reads.size(); }
  std::size_t failing_of(const Access& a, const Access& b) const {
    const Access& later = a.ret != Operation::kNever && (b.ret == Operation::kNever || a.ret > b.ret) ? a : b;
    const Access& other = &later == &a ? b : a;
    return is_read(later) || !is_read(other) ? later.origin : other.origin;
  }

  // An access, the read that shows it if it is a write, and all writes that such a read shows.
  void involve(const Access& access, std::vector<std::size_t>& rows) const {
    rows.push_back(access.origin);
    const Access* read = is_read(access) ? &access : access.shown == kNoIndex ? nullptr : &reads[access.shown];
    if (read == nullptr) return;
    rows.push_back(read->origin);
    if (read->rank == kNoIndex) return;
    for (std::uint32_t rank = 0; rank <= read->rank; ++rank) rows.push_back(writes[blocks_[read->block].chain[rank]].origin);
  }

  bool clash(std::uint32_t a, std::uint32_t b) {
    std::vector<std::size_t> rows;
    const Access* latest = nullptr;
    for (const std::uint32_t i : {a, b}) {
      for (const Access* access : {blocks_[i].first, blocks_[i].last}) {
        if (access == nullptr) continue;
        involve(*access, rows);
        if (is_read(*access) && (latest == nullptr || access->ret > latest->ret)) latest = access;
      }
    }
    if (latest == nullptr) latest = blocks_[b].last;
    return fail(std::move(rows), latest->origin);
  }

  std::vector<Block> blocks_;
  std::vector<Family> families_;
  std::vector<std::size_t> culprits_;
  std::size_t failing_ = 0;
};

enum class Store : std::uint8_t { reg, texts };

// What one operation is; false if it is neither a read nor a write that can be told apart.
class Split {
 public:
  Split(Store store, const History& history) : store_(store), history_(history) {}

  bool run() {
    if (store_ == Store::texts && !text_of(history_.initial).empty()) return false;
    std::map<std::string_view, std::size_t> by_key;
    for (std::size_t i = 0; i < history_.operations.size(); ++i) {
      const Operation& op = history_.operations[i];
      if (op.outcome == Outcome::fail) continue;
      const auto [place, fresh] = by_key.emplace(op.key ? std::string_view(*op.key) : std::string_view(), keys.size());
      if (fresh) keys.emplace_back();
      if (!access(op, i, keys[place->second])) return false;
    }
    return true;
  }

  std::deque<Key> keys;

 private:
  std::string_view text_of(const Value& value) {
    if (value.is_nil() && store_ == Store::texts) return {};
    if (store_ == Store::texts && value.text() != nullptr) return *value.text();
    if (store_ == Store::reg && value == history_.initial) return {};
    made_.push_back(value.to_json());
    return made_.back();
  }

  bool access(const Operation& op, std::size_t i, Key& key) {
    const bool ok = op.outcome == Outcome::ok;
    const bool texts = store_ == Store::texts;
    Access access;
    access.origin = i;
    access.call = op.invoked + 1;  // 0 is before everything
    if (ok) access.ret = op.returned + 1;
    if (op.f == "read" || (texts && op.f == "get")) {
      if (!ok || (history_.nil_reads_match_any && op.output.is_nil())) {
        if (ok) return false;  // it has a place in the order, but which one?
        return true;
      }
      access.text = text_of(op.output);
      key.reads.push_back(access);
      return true;
    }
    access.put = op.f == "write" || (texts && op.f == "put");
    if (!access.put && !(texts && op.f == "append")) return false;
    access.text = text_of(op.input);
    key.writes.push_back(access);
    return true;
  }

  Store store_;
  const History& history_;
  std::deque<std::string> made_;
};

std::optional<Judgement> judge_unique(Store store, const History& history) {
  Split split(store, history);
  if (!split.run()) return std::nullopt;
  const bool appends = store == Store::texts;
  for (Key& key : split.keys) {
    if (!key.distinct(appends)) return std::nullopt;
  }
  Judgement out;
  out.steps = history.operations.size();
  std::vector<detail::Placed> placed;
  placed.reserve(history.operations.size());
  for (Key& key : split.keys) {
    std::vector<std::size_t> order;
    std::vector<std::uint64_t> calls;
    if (!key.read_all(appends) || !key.arrange(order, calls)) {
      if (key.alike) return std::nullopt;
      out.verdict = Verdict::invalid;
      out.core = key.culprits();
      std::sort(out.core.begin(), out.core.end(),
                [&](std::size_t a, std::size_t b) { return history.operations[a].invoked < history.operations[b].invoked; });
      out.failing = key.failing();
      out.explanation = detail::explain(history, out.core, out.failing);
      return out;
    }
    std::uint64_t point = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      point = std::max(point, calls[i]);
      placed.push_back({point, static_cast<std::uint32_t>(order[i])});
    }
  }
  out.verdict = Verdict::valid;
  out.order = detail::merge_orders(std::move(placed));
  return out;
}

}  // namespace

std::optional<Judgement> judge_unique_register(const History& history) { return judge_unique(Store::reg, history); }

std::optional<Judgement> judge_appends(const History& history) { return judge_unique(Store::texts, history); }

}  // namespace sim::check::objects
