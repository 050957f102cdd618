// The failure detector: a probe a period, directly and through others (SWIM §3.1, §4.3), and one's own health (Lifeguard §IV.A).
#include <algorithm>
#include <utility>

#include "protocols/membership/swim/node.hpp"

namespace protocols::swim {

void Node::shuffle(sim::Ctx& ctx) {
  next = 0;
  if (config.targets == Targets::random) return;
  sim::Rng& rng = ctx.stream("order");
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
}

// Whoever is held dead is not probed.
std::optional<std::uint32_t> Node::next_target(sim::Ctx& ctx) {
  const auto wanted = [&](std::uint32_t place) { return members[place].status != Status::dead; };
  if (config.targets == Targets::random) {
    const auto found = pick(ctx, 1, wanted);
    return found.empty() ? std::nullopt : std::optional(found.front());
  }
  for (std::size_t tries = order.size(); tries > 0; --tries) {
    if (next == order.size()) shuffle(ctx);
    const std::uint32_t place = order[next++];
    if (at(ctx, place) != ctx.self() && wanted(place)) return place;
  }
  return std::nullopt;
}

void Node::on(sim::Ctx& ctx, const ProbePeriod&) {
  touched.clear();
  ctx.set_timer(ProbePeriod{}, config.probe_interval);
  if (probe.open) {
    if (--probe.periods > 0) return;  // bad health: this probe has more than one period
    fail_probe(ctx);
  }
  begin_probe(ctx);
}

void Node::begin_probe(sim::Ctx& ctx) {
  const auto target = next_target(ctx);
  if (!target) return;
  ++tally.probes;
  probe = {.open = true, .target = at(ctx, *target), .sequence = ++sequence, .periods = 1 + health};
  Ping ping{probe.sequence, {}};
  // Lifeguard's buddy: whoever is suspected is told so first.
  const bool tell = config.buddy && members[*target].status == Status::suspect;
  ping.updates = ride(tell ? 1 : 0);
  if (tell) ping.updates.push_back(state_of(ctx, *target));
  ctx.send(probe.target, std::move(ping));
  ctx.set_timer(ProbeTimeout{}, config.probe_timeout);
}

void Node::on(sim::Ctx& ctx, const ProbeTimeout&) {
  touched.clear();
  if (!probe.open || probe.indirect) return;
  probe.indirect = true;
  const std::uint32_t target = place_of(ctx, probe.target);
  const bool nack = config.health_max > 1;
  for (const std::uint32_t relay : pick(ctx, config.indirect_checks, [&](std::uint32_t place) {
         return place != target && members[place].status == Status::alive;
       })) {
    ctx.send(at(ctx, relay), PingRequest{probe.sequence, probe.target, nack, ride()});
    probe.nacks_due += nack ? 1 : 0;
  }
}

// Relays that keep silent say that it is me whom nobody hears; without relays any failure may be mine.
void Node::fail_probe(sim::Ctx& ctx) {
  probe.open = false;
  feel(ctx, probe.nacks_due > 0 ? std::int64_t{probe.nacks_due} - probe.nacks : 1);
  const std::uint32_t target = place_of(ctx, probe.target);
  if (members[target].status == Status::dead) return;
  ++tally.failed_probes;
  accuse(ctx, target);
}

void Node::feel(sim::Ctx& ctx, std::int64_t worse) {
  const std::int64_t worst = std::int64_t{config.health_max} - 1;
  const auto felt = static_cast<std::uint32_t>(std::clamp<std::int64_t>(health + worse, 0, worst));
  if (felt > health && health == 0) ctx.mark("lifeguard-slowed");
  health = felt;
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Ping& ping) {
  touched.clear();
  learn(ctx, ping.updates);
  ctx.send(from, Ack{ping.sequence, ride()});
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Ack& ack) {
  touched.clear();
  learn(ctx, ack.updates);
  if (probe.open && ack.sequence == probe.sequence) {
    probe.open = false;
    ctx.cancel_timer(ProbeTimeout{});
    if (from != probe.target) ctx.mark("indirect-probe-saved");
    feel(ctx, -1);
    return;
  }
  const auto relay = std::find_if(relays.begin(), relays.end(), [&](const Relay& r) { return r.sequence == ack.sequence; });
  if (relay == relays.end()) return;  // too late
  ctx.send(relay->asker, Ack{relay->asked, ride()});
  ctx.cancel_timer(RelayTimeout{relay->sequence});
  relays.erase(relay);
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const PingRequest& request) {
  touched.clear();
  learn(ctx, request.updates);
  relays.push_back({++sequence, request.sequence, from, request.nack});
  ctx.send(request.target, Ping{sequence, ride()});
  // Lifeguard §IV.A: the relay speaks at 80 % of the time, so that its word comes before the asker's period ends. (memberlist waits
  // for the whole probe_timeout; with its LAN defaults the nack is too late.)
  ctx.set_timer(RelayTimeout{sequence}, request.nack ? config.probe_timeout * 4 / 5 : config.probe_timeout);
}

void Node::on(sim::Ctx& ctx, const RelayTimeout& timer) {
  touched.clear();
  const auto relay = std::find_if(relays.begin(), relays.end(), [&](const Relay& r) { return r.sequence == timer.sequence; });
  if (relay == relays.end()) return;
  if (relay->nack) ctx.send(relay->asker, Nack{relay->asked, ride()});
  relays.erase(relay);
}

void Node::on(sim::Ctx& ctx, sim::NodeId, const Nack& nack) {
  touched.clear();
  learn(ctx, nack.updates);
  if (probe.open && nack.sequence == probe.sequence && probe.nacks < probe.nacks_due) ++probe.nacks;
}

}  // namespace protocols::swim
