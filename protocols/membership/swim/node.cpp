// Starting, and what every part needs.
#include "protocols/membership/swim/node.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

namespace protocols::swim {

std::string Config::wrong() const {
  if (probe_interval <= sim::Duration{}) return "probe_interval is 0, expected more";
  if (probe_timeout <= sim::Duration{}) return "probe_timeout is 0, expected more";
  if (probe_timeout >= probe_interval) {
    return "probe_timeout (" + to_text(probe_timeout) + ") is not below probe_interval (" + to_text(probe_interval) +
           "): no time would be left for indirect probes";
  }
  if (health_max == 0) return "health_max is 0, expected at least 1 (which switches local health off)";
  if (suspicion_max_mult == 0) return "suspicion_max_mult is 0, expected at least 1 (which switches the decay off)";
  if (retransmit_mult == 0) return "retransmit_mult is 0, expected at least 1: no news would spread";
  if (update_bytes == 0) return "update_bytes is 0, expected more";
  if (packet_bytes < kHeaderBytes + update_bytes) {
    return "packet_bytes (" + std::to_string(packet_bytes) + ") leaves no room for an update beside " +
           std::to_string(kHeaderBytes) + " bytes of header";
  }
  return {};
}

Node::Node(const Config& c, Mutant m) : config(c), mutant(m) {}

void Node::start(sim::Ctx& ctx) {
  up_since = ctx.now();
  members.assign(ctx.peers().size(), Member{up_since, 0, Status::alive});
  order.resize(members.size());
  std::iota(order.begin(), order.end(), 0U);
  shuffle(ctx);
  ctx.set_timer(ProbePeriod{}, config.stagger ? ctx.jitter({}, config.probe_interval) : config.probe_interval);
  if (config.sync_interval > sim::Duration{}) {
    join(ctx);
  } else {
    joining = false;
  }
  if (config.reconnect_interval > sim::Duration{}) ctx.set_timer(ReconnectDue{}, ctx.jitter({}, config.reconnect_interval));
}

// Most groups have consecutive numbers.
std::uint32_t Node::place_of(const sim::Ctx& ctx, sim::NodeId member) {
  const auto peers = ctx.peers();
  const std::uint32_t guess = index(member) - index(peers.front());
  if (guess < peers.size() && peers[guess] == member) return guess;
  const auto found = std::lower_bound(peers.begin(), peers.end(), member);
  assert(found != peers.end() && *found == member);
  return static_cast<std::uint32_t>(found - peers.begin());
}

Update Node::state_of(const sim::Ctx& ctx, std::uint32_t place) const {
  const Member& member = members[place];
  return {at(ctx, place), ctx.self(), member.incarnation, member.status};
}

}  // namespace protocols::swim
