// A token ring: whoever holds the token may enter, and passes it on. Safe because there is one token and passing gives it away;
// left out on purpose: a lost message loses the token for ever, and a crash of its holder does too.
#pragma once

#include "sim/check/spec.hpp"
#include "sim/node/node.hpp"

namespace outside {

struct Token {
  std::uint64_t laps = 0;
  SIM_DESCRIBE(Token, laps)
};

struct Pass {  // a timer: time to hand it on
  SIM_DESCRIBE(Pass)
};

struct Member {
  bool holds = false;
  std::uint64_t laps = 0;
  SIM_DESCRIBE(Member, holds, laps)

  using Inbox = sim::Accepts<Token, Pass>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const Token& token);
  void on(sim::Ctx& ctx, const Pass& pass);
};

sim::check::Spec<Member> token_ring();

}  // namespace outside
