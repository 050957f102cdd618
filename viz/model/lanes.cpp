#include "viz/model/lanes.hpp"

#include <algorithm>
#include <string_view>

namespace viz {

namespace {

/// What the nodes of one group have in common.
struct GroupKey {
  bool client = false;
  std::string_view system;
  std::string_view zone;
  friend bool operator==(const GroupKey&, const GroupKey&) = default;
};

/// The place of a key in a list, which it joins if need be.
template <class Key>
std::size_t place_of(std::vector<Key>& keys, const Key& key) {
  const auto found = std::find(keys.begin(), keys.end(), key);
  if (found != keys.end()) return static_cast<std::size_t>(found - keys.begin());
  keys.push_back(key);
  return keys.size() - 1;
}

}  // namespace

Lanes Lanes::of(const sim::Timeline& timeline) {
  std::vector<char> client(timeline.nodes.size(), 0);
  for (const sim::Timeline::Operation& operation : timeline.operations) client[operation.node] = 1;

  // Systems in the order of their first node, so that zones which alternate still stand together.
  std::vector<std::string_view> systems;
  std::vector<GroupKey> keys;
  std::vector<LaneGroup> groups;
  for (std::uint32_t n = 0; n < timeline.nodes.size(); ++n) {
    const sim::Timeline::Node& node = timeline.nodes[n];
    const bool asks = client[n] != 0;
    place_of<std::string_view>(systems, node.system);
    const std::size_t place = place_of<GroupKey>(keys, {asks, node.system, node.zone});
    if (place == groups.size()) groups.push_back({node.zone.empty() ? node.system : node.system + " in " + node.zone, {}});
    groups[place].lanes.push_back({n, asks, false});
  }

  std::vector<std::size_t> order(groups.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (keys[a].client != keys[b].client) return keys[b].client;
    return place_of(systems, keys[a].system) < place_of(systems, keys[b].system);
  });
  Lanes out;
  for (const std::size_t i : order) out.groups.push_back(std::move(groups[i]));
  return out;
}

std::size_t Lanes::visible() const {
  std::size_t count = 0;
  for (const LaneGroup& group : groups) {
    count += static_cast<std::size_t>(
        std::count_if(group.lanes.begin(), group.lanes.end(), [](const Lane& lane) { return !lane.hidden; }));
  }
  return count;
}

}  // namespace viz
