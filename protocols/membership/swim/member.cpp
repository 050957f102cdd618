// What is held of each member, suspicion and refutation (SWIM §4.2, Lifeguard §IV.B).
#include <algorithm>
#include <cassert>

#include "protocols/membership/swim/node.hpp"

namespace protocols::swim {

void Node::learn(sim::Ctx& ctx, const std::vector<Update>& updates) {
  for (const Update& update : updates) apply(ctx, update);
}

void Node::apply(sim::Ctx& ctx, const Update& update) {
  if (update.member == ctx.self()) {
    accused(ctx, update);
    return;
  }
  const std::uint32_t place = place_of(ctx, update.member);
  const Member& held = members[place];
  const bool returns = planted(Mutant::dead_returns) && held.status == Status::dead && update.status == Status::alive &&
                       update.incarnation == held.incarnation;
  if (!supersedes(update, held) && !returns) {
    if (update.status == Status::suspect && held.status == Status::suspect && update.incarnation == held.incarnation)
      confirm(ctx, update);
    return;
  }
  if (held.status == Status::suspect) end_suspicion(ctx, update.member);
  if (held.status == Status::dead && update.status == Status::alive) ctx.mark("dead-returned");
  hold(ctx, place, update.status, update.incarnation);
  if (update.status == Status::suspect) begin_suspicion(ctx, update);
  broadcast(ctx, update);
}

void Node::hold(sim::Ctx& ctx, std::uint32_t place, Status status, std::uint32_t incarnation) {
  Member& member = members[place];
  dead += status == Status::dead ? 1 : 0;
  dead -= member.status == Status::dead ? 1 : 0;
  if (member.status != status) member.since = ctx.now();
  member.status = status;
  member.incarnation = incarnation;
  ++changes;
  touched.push_back(place);
}

// News about myself. An accusation is refuted by a higher incarnation than its own; so is what is told of an earlier life of
// mine, which I do not remember (§4.2).
void Node::accused(sim::Ctx& ctx, const Update& update) {
  const std::uint32_t me = place_of(ctx, ctx.self());
  const std::uint32_t mine = members[me].incarnation;
  const bool earlier_life = update.incarnation > mine;
  if (update.status == Status::alive ? !earlier_life : update.incarnation < mine) return;
  if (!earlier_life && planted(Mutant::no_incarnation)) {
    broadcast(ctx, state_of(ctx, me));
    return;
  }
  hold(ctx, me, Status::alive, update.incarnation + 1);
  broadcast(ctx, state_of(ctx, me));
  if (update.status == Status::alive) return;
  ++tally.refutations;
  ctx.mark("refuted");
  feel(ctx, 1);
}

// My own probe of that member failed.
void Node::accuse(sim::Ctx& ctx, std::uint32_t place) {
  Update update = state_of(ctx, place);
  update.status = config.suspicion_mult == 0 ? Status::dead : Status::suspect;
  if (planted(Mutant::accuser_increments)) ++update.incarnation;
  if (update.status == Status::dead) ++tally.deaths;
  apply(ctx, update);
}

std::vector<Suspicion>::iterator Node::suspicion_of(sim::NodeId member) {
  return std::lower_bound(suspicions.begin(), suspicions.end(), member,
                          [](const Suspicion& s, sim::NodeId id) { return s.member < id; });
}

void Node::begin_suspicion(sim::Ctx& ctx, const Update& update) {
  Suspicion s{.member = update.member, .start = ctx.now()};
  s.min = suspicion_timeout(config.suspicion_mult, members.size(), config.probe_interval);
  s.max = s.min * config.suspicion_max_mult;
  // memberlist: the accuser and its two confirmations of suspicion_mult 4; in a group too small for them it does not wait.
  const std::uint32_t confirmations = config.suspicion_mult > 2 ? config.suspicion_mult - 2 : 0;
  s.wanted = config.suspicion_max_mult > 1 && members.size() >= confirmations + std::size_t{2} ? confirmations : 0;
  s.believers.push_back(update.from);
  s.deadline = s.start + (s.wanted == 0 ? s.min : s.max);
  await(ctx, s.deadline);
  suspicions.insert(suspicion_of(s.member), std::move(s));
}

// Somebody else suspects it too. What it is told of that goes on to others, as far as it still matters (Lifeguard §IV.B).
void Node::confirm(sim::Ctx& ctx, const Update& update) {
  const auto s = suspicion_of(update.member);
  assert(s != suspicions.end() && s->member == update.member);
  if (s->believers.size() > s->wanted) return;
  if (std::find(s->believers.begin(), s->believers.end(), update.from) != s->believers.end()) return;
  s->believers.push_back(update.from);
  ctx.mark("suspicion-confirmed");
  const auto confirmations = static_cast<std::uint32_t>(s->believers.size() - 1);
  s->deadline = s->start + decayed_timeout({s->wanted, s->min, s->max}, confirmations);
  await(ctx, s->deadline);
  broadcast(ctx, update);
}

void Node::end_suspicion(sim::Ctx& ctx, sim::NodeId member) {
  const auto s = suspicion_of(member);
  if (s == suspicions.end() || s->member != member) return;
  suspicions.erase(s);
  if (!suspicions.empty() || !awaiting) return;
  awaiting = false;
  ctx.cancel_timer(SuspicionTimeout{});
}

// One timer for all suspicions: where half of a large group is suspected, one for each would be a lot to look through.
void Node::await(sim::Ctx& ctx, sim::Time deadline) {
  if (awaiting && awaited <= deadline) return;
  awaiting = true;
  awaited = deadline;
  ctx.set_timer(SuspicionTimeout{}, std::max(sim::Duration{}, deadline - ctx.now()));
}

void Node::on(sim::Ctx& ctx, const SuspicionTimeout&) {
  touched.clear();
  awaiting = false;
  std::vector<sim::NodeId> due;
  for (const Suspicion& s : suspicions) {
    if (s.deadline <= ctx.now()) due.push_back(s.member);
  }
  for (const sim::NodeId member : due) {
    Update update = state_of(ctx, place_of(ctx, member));
    assert(update.status == Status::suspect);
    update.status = Status::dead;
    ++tally.deaths;
    ctx.mark("death-declared");
    apply(ctx, update);
  }
  const auto first = std::min_element(suspicions.begin(), suspicions.end(),
                                      [](const Suspicion& x, const Suspicion& y) { return x.deadline < y.deadline; });
  if (first != suspicions.end()) await(ctx, first->deadline);
}

}  // namespace protocols::swim
