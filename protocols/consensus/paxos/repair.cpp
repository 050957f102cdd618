// What an acceptor does that has lost votes to its disk (node.hpp says why it is enough).
#include "protocols/consensus/paxos/node.hpp"

namespace protocols::paxos {

// A record that fails its checksum is no torn write: it and those behind it may be told, and count for a command that is chosen.
// A crash keeps some of what a handler wrote, and saved values and the log each by themselves. So the log is cut only when it is
// durable that votes are missing (LossSaved), and that is forgotten only when what makes up for them is durable (LossMended).
void Node::find_damage(sim::Ctx& ctx) {
  repair = ctx.saved<Repair>();
  Log mine = log(ctx);
  const std::uint64_t damaged = mine.first_damaged();
  if (damaged == 0) return;
  ctx.mark("log-damaged");
  if (planted(Mutant::rot_forgotten)) return mine.truncate(damaged);
  opening = true;
  repair = {repair.damages + 1, true};
  ctx.save(repair);
  ctx.send(ctx.self(), LossSaved{});
}

void Node::on(sim::Ctx& ctx, sim::NodeId, const LossSaved&) {
  opening = false;
  Log mine = log(ctx);
  if (const std::uint64_t damaged = mine.first_damaged(); damaged != 0) mine.truncate(damaged);
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const RepairQuery& query) {
  if (role != Role::leader || query.ballot != promised) return;
  Progress& p = own.progress[place_of(ctx, from)];
  if (query.held < p.match) {  // what it has lost it needs again
    p.match = p.floor = query.held;
    p.beyond.clear();
    p.next = p.match + 1;
  }
  ctx.send_at_once(from, RepairAnswer{promised, query.damages, last()});
}

// In a lower ballot than the one it has promised, the leader might not know of all its votes.
void Node::on(sim::Ctx& ctx, sim::NodeId, const RepairAnswer& answer) {
  if (!repair.active || answer.damages != repair.damages || answer.ballot != promised) return;
  repair_until = answer.last;
  repaired(ctx);
}

void Node::repaired(sim::Ctx& ctx) const {
  if (repair.active && repair_until && held >= *repair_until) ctx.send(ctx.self(), LossMended{repair.damages});
}

void Node::on(sim::Ctx& ctx, sim::NodeId, const LossMended& mended) {
  if (!repair.active || mended.damages != repair.damages) return;
  ctx.mark("log-repaired");
  repair.active = false;
  repair_until.reset();
  ctx.save(repair);
}

}  // namespace protocols::paxos
