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
  std::string_view text;             // what it writes, or read
  bool put = false;                  // a write that begins a block
  std::uint32_t block = kNoIndex;    // of a write that was read, and of reads
  std::uint32_t rank = 0;            // of a write: how many writes of its block are before it; of a read: how many it shows, less one
  std::uint32_t shown = kNoIndex;    // of a write: the shortest read that shows it
};

// Operations of one key, and the blocks that they form.
class Key {
 public:
  std::vector<Access> writes;
  std::vector<Access> reads;

  // False when values are not as different as they must be: nothing can be said.
  bool distinct(bool appends) {
    std::sort(writes.begin(), writes.end(), [](const Access& a, const Access& b) { return a.text < b.text; });
    for (std::size_t i = 0; i < writes.size(); ++i) {
      if (writes[i].text.empty()) return false;
      if (i > 0 && (appends ? writes[i].text.starts_with(writes[i - 1].text) : writes[i].text == writes[i - 1].text)) return false;
    }
    return true;
  }

  // Finds out which writes every read shows; false with a violation.
  bool read_all(bool appends) {
    std::sort(reads.begin(), reads.end(), [](const Access& a, const Access& b) { return b.text < a.text; });
    blocks_.emplace_back();  // of the initial value
    blocks_.front().initial = true;
    std::string_view longest;
    std::vector<std::size_t> ends;  // of what was appended, in `longest`
    for (std::uint32_t i = 0; i < reads.size(); ++i) {
      Access& read = reads[i];
      if (read.text.empty()) {
        read.block = 0;
        read.rank = kNoIndex;
        continue;
      }
      if (ends.empty() || !longest.starts_with(read.text)) {
        longest = read.text;
        if (!parse(i, appends, ends)) return false;
      }
      const auto end = std::lower_bound(ends.begin(), ends.end(), read.text.size());
      if (end == ends.end() || *end != read.text.size()) return fail({read.origin}, read.origin);
      read.block = current_;
      read.rank = static_cast<std::uint32_t>(end - ends.begin());
    }
    // From the longest read to the shortest: the last to show a write is the shortest.
    for (std::uint32_t i = 0; i < reads.size(); ++i) {
      if (reads[i].rank == kNoIndex) continue;
      for (std::uint32_t rank = reads[i].rank + 1; rank-- > 0;) {
        std::uint32_t& shown = writes[blocks_[reads[i].block].chain[rank]].shown;
        const bool shorter = shown == kNoIndex || reads[shown].rank > reads[i].rank;
        if (!shorter) break;
        shown = i;
      }
    }
    return true;
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

  // The write whose text begins `text`, or kNoIndex; no write's text begins another's.
  std::uint32_t write_at(std::string_view text, bool appends) const {
    const auto after = std::upper_bound(writes.begin(), writes.end(), text,
                                        [](std::string_view t, const Access& write) { return t < write.text; });
    if (after == writes.begin()) return kNoIndex;
    const auto write = static_cast<std::uint32_t>(after - writes.begin()) - 1;
    return (appends ? text.starts_with(writes[write].text) : text == writes[write].text) ? write : kNoIndex;
  }

  // Takes the text of a read that is not a beginning of another's apart.
  bool parse(std::uint32_t read, bool appends, std::vector<std::size_t>& ends) {
    const std::string_view text = reads[read].text;
    ends.clear();
    for (std::size_t at = 0; at < text.size();) {
      const std::uint32_t write = write_at(text.substr(at), appends);
      if (write == kNoIndex) return fail({reads[read].origin}, reads[read].origin);
      Access& w = writes[write];
      if (at == 0) {
        current_ = 0;
        if (w.put) {
          current_ = static_cast<std::uint32_t>(blocks_.size());
          if (w.block != kNoIndex) return diverge(read, w.block);
          blocks_.emplace_back();
        } else if (!blocks_.front().chain.empty()) {
          return diverge(read, 0);
        }
      } else if (w.put || w.block != kNoIndex) {
        if (!w.put && w.block != current_) return diverge(read, w.block);
        std::vector<std::size_t> rows;
        explain_read(text, appends, rows);
        rows.push_back(reads[read].origin);
        return fail(std::move(rows), reads[read].origin);
      }
      w.block = current_;
      w.rank = static_cast<std::uint32_t>(ends.size());
      w.shown = read;
      blocks_[current_].chain.push_back(write);
      at += w.text.size();
      ends.push_back(at);
    }
    return true;
  }

  // The writes that a text consists of, as far as it does.
  void explain_read(std::string_view text, bool appends, std::vector<std::size_t>& rows) const {
    while (!text.empty()) {
      const std::uint32_t write = write_at(text, appends);
      if (write == kNoIndex) return;
      rows.push_back(writes[write].origin);
      text.remove_prefix(writes[write].text.size());
    }
  }

  // Two reads show one write in different company.
  bool diverge(std::uint32_t read, std::uint32_t block) {
    const std::uint32_t other = writes[blocks_[block].chain.front()].shown;
    std::vector<std::size_t> rows{reads[read].origin, reads[other].origin};
    explain_read(reads[read].text, true, rows);
    explain_read(reads[other].text, true, rows);
    const bool later = reads[read].ret > reads[other].ret;
    return fail(std::move(rows), reads[later ? read : other].origin);
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
  std::uint32_t current_ = 0;  // block of the read that was taken apart last
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
      out.verdict = Verdict::invalid;
      out.core = key.culprits();
      std::sort(out.core.begin(), out.core.end(), [&](std::size_t a, std::size_t b) {
        return history.operations[a].invoked < history.operations[b].invoked;
      });
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
