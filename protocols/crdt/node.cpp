#include "protocols/crdt/node.hpp"

#include <algorithm>
#include <utility>

namespace protocols::crdt {

template <Crdt T>
Replica<T>::Replica(const Config& settings, Mutant bug) : config(settings), mutant(bug) {}

// ---- starting, editing -----------------------------------------------------------------------------------------------

template <Crdt T>
void Replica<T>::start(sim::Ctx& ctx) {
  auto saved = ctx.saved<Saved<T>>();
  if (saved.id) {
    id = *saved.id;
    known = std::move(saved.known);
    state = std::move(saved.state);
    sequence = saved.sequence;
    joined = std::move(saved.joined);
    base = std::move(saved.base);
    ops = std::move(saved.ops);
    user = {id, known.of(id)};
  } else {
    take_new_id(ctx);
    persist(ctx);
  }
  arm_edit_timer(ctx);
  ctx.set_timer(GossipTimer{}, ctx.jitter({}, config.gossip_interval));
}

template <Crdt T>
void Replica<T>::take_new_id(sim::Ctx& ctx) {
  id = {ctx.self(), 1 + static_cast<std::uint32_t>(ctx.stream("incarnation").below(999'999))};
  if (planted(Mutant::id_reused)) id.incarnation = 1;
  user = {id};
  // The deltas begin anew. What is there already counts as the first of them, so that no peer joins the second without it.
  sequence = known.counts.empty() ? 0 : 1;
  deltas.clear();
  peers.clear();
}

template <Crdt T>
void Replica<T>::persist(sim::Ctx& ctx) const {
  ctx.save(Saved<T>{id, known, state, sequence, joined, base, ops});
}

/// Others know more of my edits than I do: my disk has lost some, and their ids are taken.
template <Crdt T>
void Replica<T>::notice_own_loss(sim::Ctx& ctx, const VersionVector& elsewhere) {
  if (elsewhere.of(id) <= known.of(id) || planted(Mutant::id_reused)) return;
  ctx.mark("own-edits-lost");
  take_new_id(ctx);
  persist(ctx);
}

template <Crdt T>
void Replica<T>::note_concurrency(sim::Ctx& ctx, const VersionVector& elsewhere) const {
  if (!known.within(elsewhere)) ctx.mark("concurrent-edits");
}

template <Crdt T>
void Replica<T>::arm_edit_timer(sim::Ctx& ctx) const {
  ctx.set_timer(EditTimer{}, sim::exponential(ctx.stream("user"), config.edit_interval));
}

template <Crdt T>
void Replica<T>::on(sim::Ctx& ctx, const EditTimer&) {
  if (config.edit_until > sim::Duration{} && ctx.now() >= sim::Time{} + config.edit_until) return;
  arm_edit_timer(ctx);
  const typename T::Edit next = user.draw(ctx.stream("user"), config, state);
  ++user.edits;
  edit(ctx, next);
}

template <Crdt T>
void Replica<T>::edit(sim::Ctx& ctx, const typename T::Edit& edit) {
  const LoggedOp<T> made{{id, known.of(id) + 1}, known, state.prepare({id, ctx.now()}, edit, mutant)};
  typename T::Delta delta{};
  if (config.style == Style::delta) delta = state.delta_of(made.op);
  state.apply(made.op, mutant);
  known.raise(id, made.dot.n);
  ++changes;
  last = Made<T>{made, edit};
  switch (config.style) {
    case Style::state: break;
    case Style::op:
      ops.push_back(made);
      ctx.broadcast(Ops<T>{id, known, {made}});
      break;
    case Style::delta:
      keep_delta(delta);
      ctx.broadcast(Interval<T>{id, sequence - 1, sequence, known, std::move(delta)});
      break;
  }
  persist(ctx);
}

// ---- anti-entropy ----------------------------------------------------------------------------------------------------

template <Crdt T>
void Replica<T>::on(sim::Ctx& ctx, const GossipTimer&) {
  ctx.set_timer(GossipTimer{}, config.gossip_interval);
  if (ctx.peers().size() < 2) return;
  // Any peer but myself.
  std::uint64_t place = ctx.choose("gossip", ctx.peers().size() - 1);
  if (ctx.peers()[place] >= ctx.self()) ++place;
  const sim::NodeId to = ctx.peers()[place];
  const bool again = !planted(Mutant::sent_once);
  switch (config.style) {
    case Style::state:
      send_state(ctx, to);
      if constexpr (requires { state.collect(); }) {
        if (planted(Mutant::tombstone_gc_early)) state.collect();
      }
      break;
    case Style::op:
      forget_stable(ctx);
      if (again) ctx.send(to, Have{id, known});
      break;
    case Style::delta:
      forget_acknowledged(ctx);
      if (again) send_interval(ctx, to);
      break;
  }
}

template <Crdt T>
void Replica<T>::send_state(sim::Ctx& ctx, sim::NodeId to) const {
  ctx.send(to, StateMessage<T>{id, known, state});
}

template <Crdt T>
void Replica<T>::on(sim::Ctx& ctx, sim::NodeId /*from*/, const StateMessage<T>& message) {
  notice_own_loss(ctx, message.known);
  if (planted(Mutant::overwrites)) {
    state = message.state;
    known = message.known;
    ++changes;
    persist(ctx);
    return;
  }
  if (message.known.within(known)) return;
  note_concurrency(ctx, message.known);
  state.merge(message.state, mutant);
  known.join(message.known);
  ++changes;
  if (config.style == Style::op) {
    base.join(message.known);
    drop_covered();
    deliver_waiting(ctx);
  }
  persist(ctx);
}

// ---- op-based --------------------------------------------------------------------------------------------------------

template <Crdt T>
void Replica<T>::on(sim::Ctx& ctx, sim::NodeId from, const Have& have) {
  notice_own_loss(ctx, have.known);
  heard[from] = have.known;
  if (have.known == known) return;
  if (!base.within(have.known)) {
    ctx.mark("state-transferred");
    send_state(ctx, from);
    return;
  }
  Ops<T> reply{id, known, {}};
  for (const LoggedOp<T>& op : ops) {
    if (have.known.has(op.dot)) continue;
    reply.ops.push_back(op);
    if (reply.ops.size() == config.ops_per_message) break;
  }
  if (!reply.ops.empty()) ctx.send(from, std::move(reply));
}

template <Crdt T>
void Replica<T>::on(sim::Ctx& ctx, sim::NodeId from, const Ops<T>& message) {
  notice_own_loss(ctx, message.known);
  heard[from] = message.known;
  for (const LoggedOp<T>& op : message.ops) {
    if (known.has(op.dot)) {
      ctx.mark("duplicate-dropped");
      if (planted(Mutant::op_twice)) {
        state.apply(op.op, mutant);
        ++changes;
      }
      continue;
    }
    const bool held = std::any_of(waiting.begin(), waiting.end(), [&](const LoggedOp<T>& w) { return w.dot == op.dot; });
    if (!held) waiting.push_back(op);
  }
  const std::uint64_t before = changes;
  deliver_waiting(ctx);
  if (!waiting.empty()) ctx.mark("operation-held-back");
  if (changes != before) persist(ctx);
  // A full answer is not the last: ask on at once, or whoever was away for long never catches up with those who go on editing.
  const bool more = message.ops.size() == config.ops_per_message && !message.known.within(known);
  if (more && changes != before) ctx.send(from, Have{id, known});
}

/// Applies what does not depend on anything unknown any more.
template <Crdt T>
void Replica<T>::deliver_waiting(sim::Ctx& ctx) {
  const auto ready = [&](const LoggedOp<T>& op) {
    if (op.dot.n != known.of(op.dot.replica) + 1) return false;
    return planted(Mutant::no_causal_order) || op.past.within(known);
  };
  for (auto at = waiting.begin(); (at = std::find_if(waiting.begin(), waiting.end(), ready)) != waiting.end();) {
    const LoggedOp<T> op = std::move(*at);
    waiting.erase(at);
    note_concurrency(ctx, op.past);
    state.apply(op.op, mutant);
    known.raise(op.dot.replica, op.dot.n);
    ++changes;
    ops.push_back(op);
  }
}

/// What everybody has need not be kept: the operations below what every peer said that it knows (they are causally stable).
template <Crdt T>
void Replica<T>::forget_stable(const sim::Ctx& ctx) {
  VersionVector stable = known;
  for (const sim::NodeId p : ctx.peers()) {
    if (p != ctx.self()) stable.meet(heard[p]);
  }
  base.join(stable);
  drop_covered();
}

template <Crdt T>
void Replica<T>::drop_covered() {
  ops.erase(std::remove_if(ops.begin(), ops.end(), [&](const LoggedOp<T>& op) { return base.has(op.dot); }), ops.end());
  waiting.erase(std::remove_if(waiting.begin(), waiting.end(), [&](const LoggedOp<T>& op) { return known.has(op.dot); }),
                waiting.end());
}

// ---- delta-based -----------------------------------------------------------------------------------------------------

template <Crdt T>
void Replica<T>::keep_delta(typename T::Delta delta) {
  deltas.push_back(std::move(delta));
  ++sequence;
  if (deltas.size() > config.delta_buffer) deltas.erase(deltas.begin());
}

/// What is known of the peer under its present id. Of another id of that node nothing holds any more.
template <Crdt T>
DeltaPeer& Replica<T>::peer(sim::NodeId node, const ReplicaId& its_id) {
  DeltaPeer& p = peers[node];
  if (!p.heard || p.id != its_id) p = {its_id, true, 0};
  return p;
}

/// Everything that the peer has not acknowledged, as one interval: of the deltas where they are still there, else the state.
template <Crdt T>
void Replica<T>::send_interval(sim::Ctx& ctx, sim::NodeId to) {
  const DeltaPeer& p = peers[to];
  if (p.heard && p.acknowledged == sequence) return;
  const std::uint64_t oldest = sequence - deltas.size();  // the deltas are numbered oldest + 1 ... sequence
  Interval<T> interval{id, 0, sequence, known, {}};
  if (p.heard && p.acknowledged >= oldest && p.acknowledged > 0) {
    interval.since = p.acknowledged;
    for (std::uint64_t i = p.acknowledged - oldest; i < deltas.size(); ++i) interval.delta.absorb(deltas[i]);
  } else {
    if (p.acknowledged < oldest) ctx.mark("state-transferred");
    interval.delta = state.whole();
  }
  ctx.send(to, std::move(interval));
}

template <Crdt T>
void Replica<T>::on(sim::Ctx& ctx, sim::NodeId from, const Interval<T>& interval) {
  notice_own_loss(ctx, interval.known);
  peer(from, interval.from);
  std::uint64_t& up_to = joined[interval.from];
  if (interval.since > up_to && !planted(Mutant::delta_gap)) {
    ctx.mark("gap-refused");
  } else if (interval.until > up_to) {
    if (!interval.known.within(known)) {
      note_concurrency(ctx, interval.known);
      if constexpr (requires { state.news(interval.delta); }) {
        keep_delta(state.news(interval.delta));
      } else {
        keep_delta(interval.delta);
      }
      state.join(interval.delta, mutant);
      known.join(interval.known);
      ++changes;
    }
    up_to = interval.until;
    persist(ctx);
  }
  ctx.send(from, Joined{id, interval.from, up_to});
}

template <Crdt T>
void Replica<T>::on(sim::Ctx& /*ctx*/, sim::NodeId from, const Joined& ack) {
  DeltaPeer& p = peer(from, ack.from);
  if (ack.of == id) p.acknowledged = std::max(p.acknowledged, ack.until);
}

template <Crdt T>
void Replica<T>::forget_acknowledged(const sim::Ctx& ctx) {
  std::uint64_t least = sequence;
  for (const sim::NodeId p : ctx.peers()) {
    if (p != ctx.self()) least = std::min(least, peers[p].acknowledged);
  }
  const std::uint64_t oldest = sequence - deltas.size();
  if (least > oldest) deltas.erase(deltas.begin(), deltas.begin() + static_cast<std::ptrdiff_t>(least - oldest));
}

template struct Replica<GCounter>;
template struct Replica<PnCounter>;
template struct Replica<LwwRegister>;
template struct Replica<MvRegister>;
template struct Replica<GSet>;
template struct Replica<TwoPhaseSet>;
template struct Replica<OrSet>;
template struct Replica<OrMap>;
template struct Replica<Text>;

}  // namespace protocols::crdt
