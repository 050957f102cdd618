#include "protocols/flake/node.hpp"

#include <algorithm>

namespace protocols::flake {

namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

// A clock may be set to before it began.
std::uint64_t milliseconds(sim::Time at) { return at.ns < 0 ? 0 : static_cast<std::uint64_t>(at.ns / kMillisecond); }

}  // namespace

std::string Config::wrong(std::size_t nodes) const {
  if (block < 1_ms) return "block (" + to_text(block) + ") is below 1ms";
  if (nodes > std::size_t{1} << kServerBits) return "found " + std::to_string(nodes) + " nodes, expected at most 1024";
  return {};
}

Node::Node(const Config& c, Mutant m) : config(c), mutant(m) {}

// What was issued before a crash is of earlier milliseconds than what was reserved.
void Node::start(sim::Ctx& ctx) {
  reserved = ctx.saved<Reserved>().until;
  if (!planted(Mutant::not_persisted)) last = reserved;
}

// To the next id: the next count of the same millisecond, or the first of a later one.
void Node::advance(sim::Ctx& ctx) {
  const std::uint64_t now = milliseconds(ctx.now());
  if (now < last) ctx.mark("clock-behind");
  const std::uint64_t at = planted(Mutant::clock_trusted) ? now : std::max(now, last);
  const bool full = count + 1 == std::uint64_t{1} << kCountBits;
  if (at != last || full) {
    last = at == last ? last + 1 : at;
    count = 0;
  } else {
    ++count;
  }
}

std::uint64_t Node::id(const sim::Ctx& ctx) const {
  const auto peers = ctx.peers();
  const auto place = static_cast<std::uint64_t>(std::find(peers.begin(), peers.end(), ctx.self()) - peers.begin());
  const std::uint64_t server = planted(Mutant::node_left_out) ? 0 : place;
  return last << (kServerBits + kCountBits) | server << kCountBits | count;
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Generate& ask) {
  advance(ctx);
  if (last >= reserved) {
    reserved = last + milliseconds(sim::Time{} + config.block);
    ctx.save(Reserved{reserved});
  }
  ctx.send(from, Generated{ask.sequence, id(ctx)});  // leaves when the reservation is durable
}

}  // namespace protocols::flake
