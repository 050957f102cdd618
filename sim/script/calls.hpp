// Calls: what a script and the node it calls say to each other.
//
// A node serves a call in a handler, at once or later:
//
//   struct Charge { using Answer = Charged; std::uint64_t order = 0; SIM_DESCRIBE(Charge, order) };
//   void on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<Charge>& call) { sim::answer(ctx, from, call, Charged{...}); }
//
// A call that is not answered in time is sent again with the same CallId, also after a crash of a caller whose journal is
// durable. (caller, CallId) is therefore what a node recognises a repetition by.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>

#include "sim/node/ctx.hpp"

namespace sim {

/// One step of one script of a node.
struct CallId {
  std::uint64_t script = 0;
  std::uint32_t step = 0;
  SIM_DESCRIBE(CallId, script, step)
  friend constexpr auto operator<=>(const CallId&, const CallId&) = default;
};

/// A question on its way. Goes by the question's name in traces.
template <Described Q>
struct Call {
  CallId id;
  Q body;
  static constexpr std::string_view type_name() { return Q::type_name(); }
  static constexpr std::string_view field_list() { return "id, body"; }
  constexpr auto fields() const { return std::tie(id, body); }
  constexpr auto fields() { return std::tie(id, body); }
  friend bool operator==(const Call&, const Call&) = default;
};

/// An answer on its way: a Q::Answer of some Q.
struct Answer {
  CallId id;
  Payload body;
  SIM_DESCRIBE(Answer, id, body)
};

/// Answers a call, once this node's writes are durable. A second answer to one call finds nobody waiting.
template <Described Q>
void answer(Ctx& ctx, NodeId caller, const Call<Q>& call, typename Q::Answer body) {
  ctx.send(caller, Answer{call.id, ctx.share(std::move(body))});
}

/// Timer: a step has waited long enough.
struct Wake {
  CallId id;
  SIM_DESCRIBE(Wake, id)
};

}  // namespace sim
