#include "protocols/crdt/claims.hpp"

#include <algorithm>

namespace protocols::crdt {

Wrong Model<Text>::check(const Text& state) const {
  const std::vector<TextItem> items = state.sequence.items();
  std::uint64_t found = 0;
  for (const TextItem& item : items) {
    const Dot& first = item.run.first;
    const auto at = written_.find(first.replica);
    const std::uint64_t size = item.run.text.size();
    if (at == written_.end() || first.n + size - 1 > at->second.text.size() ||
        at->second.text.compare(first.n - 1, size, item.run.text) != 0) {
      return "shows \"" + item.run.text + "\", which none of its edits typed";
    }
    const std::string expected(size, item.erased ? 'x' : ' ');
    if (at->second.erased.compare(first.n - 1, size, expected) != 0) {
      return (item.erased ? "has erased some of \"" : "shows all of \"") + item.run.text + "\" against its edits";
    }
    found += size;
  }
  std::uint64_t typed = 0;
  for (const auto& [replica, letters] : written_) typed += letters.text.size();
  if (found == typed) return std::nullopt;
  return "has " + std::to_string(found) + " of the " + std::to_string(typed) + " characters that its edits typed";
}

namespace {

/// A run of characters, each typed behind the one before.
struct Segment {
  Dot first;
  std::uint64_t count = 0;
  bool has(const Dot& dot) const { return dot.replica == first.replica && dot.n >= first.n && dot.n < first.n + count; }
};

Wrong mixed(const TextInsert& run, const char* how) {
  return "mixes \"" + run.text + "\", typed " + how + " by " + sim::to_json(run.first.replica) + ", with what was typed beside it";
}

/// The chain of left origins of the character before; each item's left origin must be on it.
Wrong mixed_forwards(const std::vector<TextItem>& items) {
  std::vector<Segment> chain;
  for (const TextItem& item : items) {
    const Dot& left = item.run.left;
    while (!chain.empty() && !chain.back().has(left)) chain.pop_back();
    if (left.n > 0) {
      if (chain.empty()) return mixed(item.run, "forwards");
      chain.back().count = left.n - chain.back().first.n + 1;
    }
    chain.push_back({item.run.first, item.run.text.size()});
  }
  return std::nullopt;
}

/// Of the items with one left origin, from the right, the chain of right origins; where an item's right origin is one of them, it
/// must be on it.
Wrong mixed_backwards(const std::vector<TextItem>& items) {
  std::map<Dot, std::vector<const TextInsert*>> siblings;
  for (const TextItem& item : items) siblings[item.run.left].push_back(&item.run);
  for (const auto& [left, runs] : siblings) {
    if (runs.size() < 3) continue;
    std::set<Dot> firsts;
    for (const TextInsert* run : runs) firsts.insert(run->first);
    std::vector<Dot> chain;
    for (auto at = runs.rbegin(); at != runs.rend(); ++at) {
      while (!chain.empty() && chain.back() != (*at)->right) chain.pop_back();
      if (chain.empty() && firsts.count((*at)->right) > 0) return mixed(**at, "backwards");
      chain.push_back((*at)->first);
    }
  }
  return std::nullopt;
}

}  // namespace

Wrong interleaved(const std::vector<TextItem>& items) {
  if (Wrong wrong = mixed_forwards(items)) return wrong;
  return mixed_backwards(items);
}

Violation NoInterleaving::operator()(const Cluster<Text>& cluster, sim::NodeId changed) {
  const Replica<Text>& replica = cluster.node(changed);
  if (watch_.look(cluster, changed) == ChangeWatch<Text>::Change::none) return {};
  if (Wrong wrong = interleaved(replica.state.sequence.items())) {
    return cluster.name(changed) + " " + *wrong + ": \"" + replica.state.value() + "\"";
  }
  return {};
}

}  // namespace protocols::crdt
