#include "protocols/membership/swim/claims.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace protocols::swim {

namespace {

std::string text(std::uint64_t n) { return std::to_string(n); }

std::string text(Status status, std::uint64_t incarnation) {
  return sim::enum_name(status) + " at incarnation " + text(incarnation);
}

}  // namespace

Violation IncarnationOrder::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  const std::uint32_t me = index(changed) - index(cluster.members().front());
  if (me >= held_.size()) held_.resize(std::max<std::size_t>(cluster.members().size(), me + std::size_t{1}));
  auto& held = held_[me];
  held.resize(node.members.size());
  return changes_.each(node, changed, [&](std::uint32_t place, bool fresh) -> Violation {
    const Member& m = node.members[place];
    const std::uint64_t now = std::uint64_t{m.incarnation} * 4 + static_cast<std::uint64_t>(m.status);
    const std::uint64_t before = std::exchange(held[place], now);
    if (fresh || now >= before) return {};
    return cluster.name(changed) + " held " + cluster.name(cluster.members()[place]) + " " +
           text(static_cast<Status>(before % 4), before / 4) + " and now holds it " + text(m.status, m.incarnation) +
           ", which is older";
  });
}

Violation IncarnationsAreOwn::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  highest_.resize(cluster.members().size());
  return changes_.each(node, changed, [&](std::uint32_t place, bool) -> Violation {
    const Member& m = node.members[place];
    const sim::NodeId member = cluster.members()[place];
    if (member == changed) {
      highest_[place] = std::max(highest_[place], std::uint64_t{m.incarnation} + 1);
    } else if (m.incarnation > 0 && m.incarnation + std::uint64_t{1} > highest_[place]) {
      return cluster.name(changed) + " holds " + cluster.name(member) + " " + text(m.status, m.incarnation) + ", but " +
             cluster.name(member) + " itself never had an incarnation above " +
             text(highest_[place] == 0 ? 0 : highest_[place] - 1);
    }
    return {};
  });
}

Violation transmit_limit(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  if (node.queue.empty()) return {};
  const Broadcast& most = node.queue.back();  // the queue's order: fewest transmits first
  const std::uint32_t limit = node.limit();
  if (most.transmits < limit) return {};
  return cluster.name(changed) + " has sent its update about " + cluster.name(most.update.member) + " (" +
         text(most.update.status, most.update.incarnation) + ") " + text(most.transmits) +
         " times and keeps it, but the limit is " + text(limit);
}

Violation packet_bound(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  if (node.tally.largest_packet <= node.config.packet_bytes) return {};
  return cluster.name(changed) + " sent a packet of " + text(node.tally.largest_packet) + " bytes, but at most " +
         text(node.config.packet_bytes) + " fit";
}

bool FalsePositive::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  if (index(changed) >= deaths_.size()) deaths_.resize(index(changed) + 1);
  if (std::exchange(deaths_[index(changed)], node.tally.deaths) >= node.tally.deaths) return false;
  return std::any_of(node.touched.begin(), node.touched.end(), [&](std::uint32_t place) {
    return node.members[place].status == Status::dead && cluster.up(cluster.members()[place]);
  });
}

bool EveryoneHolds::wrong(const Cluster& cluster, std::size_t pair) const {
  const auto members = cluster.members();
  const sim::NodeId observer = members[pair / members.size()];
  const sim::NodeId observed = members[pair % members.size()];
  if (!cluster.up(observer) || cluster.up(observed) != up_) return false;
  const Node& node = cluster.node(observer);
  if (node.members.empty()) return true;  // restarted in this instant: start() comes next
  const Status held = node.members[pair % members.size()].status;
  return held != (up_ ? Status::alive : Status::dead);
}

Violation EveryoneHolds::operator()(const Cluster& cluster, sim::NodeId) {
  const std::size_t pairs = cluster.members().size() * cluster.members().size();
  for (std::size_t looked = 0; looked < pairs && !wrong(cluster, pair_); ++looked) pair_ = (pair_ + 1) % pairs;
  if (!wrong(cluster, pair_)) return {};
  const sim::NodeId observer = cluster.members()[pair_ / cluster.members().size()];
  const std::size_t place = pair_ % cluster.members().size();
  if (cluster.node(observer).members.empty()) return cluster.name(observer) + " has not started again";
  const Member& held = cluster.node(observer).members[place];
  return cluster.name(observer) + " holds " + cluster.name(cluster.members()[place]) + " " + text(held.status, held.incarnation) +
         ", but it is " + (up_ ? "up" : "down");
}

}  // namespace protocols::swim
