// How news spreads: on every packet, by gossip beside the probes, and by syncs of everything (SWIM §4.1, memberlist).
#include <algorithm>
#include <utility>

#include "protocols/membership/swim/node.hpp"

namespace protocols::swim {

namespace {
bool sooner(const Broadcast& a, const Broadcast& b) {
  return a.transmits != b.transmits ? a.transmits < b.transmits : a.number > b.number;
}
}  // namespace

// Newer news of a member takes the place of older.
void Node::broadcast(sim::Ctx& ctx, const Update& update) {
  if (planted(Mutant::death_not_spread) && update.status == Status::dead) return;
  std::erase_if(queue, [&](const Broadcast& b) { return b.update.member == update.member; });
  queue.insert(queue.begin(), Broadcast{update, 0, ++broadcasts});
  arm_gossip(ctx);
}

// The updates that ride on the next packet: those sent least often first, as many as fit beside `taken` others, and each only
// so often in all.
std::vector<Update> Node::ride(std::uint32_t taken) {
  std::size_t room = (config.packet_bytes - kHeaderBytes) / config.update_bytes;
  if (planted(Mutant::packet_overflows)) room = queue.size() + taken;
  const std::size_t count = std::min(queue.size(), room - std::min<std::size_t>(room, taken));
  std::vector<Update> out;
  const auto packet = static_cast<std::uint32_t>(kHeaderBytes + (count + taken) * config.update_bytes);
  tally.largest_packet = std::max(tally.largest_packet, packet);
  tally.updates_sent += count + taken;
  if (count == 0) return out;
  out.reserve(count + taken);
  const auto end = queue.begin() + static_cast<std::ptrdiff_t>(count);
  for (auto b = queue.begin(); b != end; ++b) {
    out.push_back(b->update);
    ++b->transmits;
  }
  std::inplace_merge(queue.begin(), end, queue.end(), sooner);
  if (!planted(Mutant::sent_for_ever)) {
    while (!queue.empty() && queue.back().transmits >= limit()) queue.pop_back();
  }
  return out;
}

// The gossip timer runs only while there is something to tell.
void Node::arm_gossip(sim::Ctx& ctx) {
  if (gossiping || config.gossip_interval <= sim::Duration{}) return;
  gossiping = true;
  ctx.set_timer(GossipDue{}, config.gossip_interval);
}

void Node::on(sim::Ctx& ctx, const GossipDue&) {
  touched.clear();
  gossiping = false;
  if (queue.empty()) return;
  const auto to = pick(ctx, config.gossip_nodes, [&](std::uint32_t place) {
    const Member& m = members[place];
    return m.status != Status::dead || ctx.now() - m.since <= config.gossip_to_dead;  // it may be alive and refute
  });
  for (const std::uint32_t place : to) {
    if (!queue.empty()) ctx.send(at(ctx, place), Gossip{ride()});
  }
  if (!queue.empty()) arm_gossip(ctx);
}

void Node::on(sim::Ctx& ctx, sim::NodeId, const Gossip& gossip) {
  touched.clear();
  learn(ctx, gossip.updates);
}

// ---- everything at once ---------------------------------------------------------------------------------------------

void Node::sync_with(sim::Ctx& ctx, std::uint32_t place, bool reply) const {
  Sync sync{reply, {}};
  sync.states.reserve(members.size());
  for (std::uint32_t i = 0; i < members.size(); ++i) sync.states.push_back(state_of(ctx, i));
  ctx.send(at(ctx, place), std::move(sync));
}

// Until somebody answers, once a period: what it was in an earlier life it can only hear from others.
void Node::join(sim::Ctx& ctx) {
  ctx.set_timer(SyncDue{}, config.probe_interval);
  const auto to = pick(ctx, 1, [](std::uint32_t) { return true; });
  if (!to.empty()) sync_with(ctx, to.front(), false);
}

void Node::on(sim::Ctx& ctx, const SyncDue&) {
  touched.clear();
  if (joining) {
    join(ctx);
    return;
  }
  ctx.set_timer(SyncDue{}, sync_scale(config.sync_interval, members.size()));
  const auto to = pick(ctx, 1, [&](std::uint32_t place) { return members[place].status == Status::alive; });
  if (!to.empty()) sync_with(ctx, to.front(), false);
}

// Whom the other holds dead I only suspect, so that it can refute; of myself I refute.
void Node::on(sim::Ctx& ctx, sim::NodeId from, const Sync& sync) {
  touched.clear();
  for (Update update : sync.states) {
    update.from = ctx.self();
    if (update.member != ctx.self() && update.status == Status::dead && config.suspicion_mult > 0) update.status = Status::suspect;
    apply(ctx, update);
  }
  if (!sync.reply) {
    sync_with(ctx, place_of(ctx, from), true);
  } else if (std::exchange(joining, false)) {
    const sim::Duration interval = sync_scale(config.sync_interval, members.size());
    ctx.set_timer(SyncDue{}, config.stagger ? ctx.jitter({}, interval) : interval);
  }
}

// Members that are held dead are neither probed nor gossiped to, so somebody must try them now and then. As in Serf
// (serf.go, reconnect): at random, so that the group as a whole tries as often as it has dead members for each live one.
void Node::on(sim::Ctx& ctx, const ReconnectDue&) {
  touched.clear();
  ctx.set_timer(ReconnectDue{}, config.reconnect_interval);
  if (dead == 0) return;
  const std::uint64_t live = std::max<std::uint64_t>(1, members.size() - dead);
  if (ctx.stream("members").below(live) >= dead) return;
  std::uint64_t skip = ctx.stream("members").below(dead);
  for (std::uint32_t place = 0; place < members.size(); ++place) {
    if (members[place].status != Status::dead || skip-- > 0) continue;
    ctx.mark("reconnected");
    sync_with(ctx, place, false);
    return;
  }
}

}  // namespace protocols::swim
