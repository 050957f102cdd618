// Linearizability of a model that a user supplies: the Model concept, and the machine that the searches explore for it.
//
// M. Herlihy and J. Wing, "Linearizability: a correctness condition for concurrent objects", TOPLAS 1990.
#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/linearizability_core.hpp"
#include "sim/check/linearizability_search.hpp"

namespace sim::check {

/// A sequential specification.
/// - `State` and `Op` are values with ==; `hash` must agree with it.
/// - `encode` turns an operation that is ok, or whose outcome is unknown (info: then `output` is nil and must not matter),
///   into an Op; nullopt leaves it out of the judgement. Equal Ops must be exchangeable.
/// - `step` applies an Op to a state, or returns false if that state does not allow it (its result would be another).
/// More members may be there: `bool pure(const Op&) const` (true: it never changes a state; searches are much faster
/// for it) and `std::string partition(const Operation&) const` (operations of different names concern different objects).
/// A third, `std::size_t bytes(const State&) const`, is what a state holds beyond its own size, so that Limits::bytes can
/// be kept; a State with a capacity() of bytes, such as std::string, needs none.
template <class M>
concept Model = requires(const M& model, typename M::State& state, const typename M::State& held, const typename M::Op& op,
                         const Operation& operation) {
  { model.initial() } -> std::convertible_to<typename M::State>;
  { model.encode(operation) } -> std::same_as<Result<std::optional<typename M::Op>>>;
  { model.step(state, op) } -> std::same_as<bool>;
  { model.hash(held) } -> std::same_as<std::uint64_t>;
  { model.hash(op) } -> std::same_as<std::uint64_t>;
  { held == held } -> std::convertible_to<bool>;  // NOLINT(misc-redundant-expression): a requirement, not a comparison
  { op == op } -> std::convertible_to<bool>;      // NOLINT(misc-redundant-expression)
};

/// The Machine of a Model: interns its states, and remembers every transition.
template <Model M>
class ModelMachine {
 public:
  using State = typename M::State;
  using Op = typename M::Op;

  explicit ModelMachine(const M& model) : model_(model) { intern(model.initial()); }

  std::uint32_t class_of(Op op) {
    const auto fresh = static_cast<std::uint32_t>(ops_.size());
    const std::uint32_t cls = op_index_.find_or_insert(mix(model_.hash(op)), fresh, [&](std::uint32_t i) { return ops_[i] == op; });
    if (cls == fresh) ops_.push_back(std::move(op));
    return cls;
  }
  std::uint32_t classes() const { return static_cast<std::uint32_t>(ops_.size()); }

  std::uint32_t initial() const { return 0; }
  std::uint32_t next(std::uint32_t state, std::uint32_t cls) {
    std::uint32_t& known = memo_.at((std::uint64_t{state} << 32U) | cls);
    if (known == kNoIndex) {
      State after = states_[state];
      known = model_.step(after, ops_[cls]) ? intern(std::move(after)) : kNever;
    }
    return known == kNever ? kNoIndex : known;
  }
  bool idle(std::uint32_t state, std::uint32_t cls) { return next(state, cls) == state; }
  bool pure(std::uint32_t cls) const {
    if constexpr (requires { model_.pure(ops_[cls]); }) {
      return model_.pure(ops_[cls]);
    } else {
      return false;
    }
  }
  bool always(std::uint32_t) const { return false; }
  bool may_see(std::uint32_t, std::uint32_t) const { return true; }
  bool overwrites(std::uint32_t) const { return false; }
  std::size_t bytes() const { return states_.capacity() * sizeof(State) + held_ + index_.bytes() + memo_.bytes(); }

 private:
  static constexpr std::uint32_t kNever = kNoIndex - 1;

  std::uint32_t intern(State state) {
    const auto fresh = static_cast<std::uint32_t>(states_.size());
    const std::uint32_t id =
        index_.find_or_insert(mix(model_.hash(state)), fresh, [&](std::uint32_t i) { return states_[i] == state; });
    if (id == fresh) {
      held_ += held(state);
      states_.push_back(std::move(state));
    }
    return id;
  }

  std::size_t held(const State& state) const {
    if constexpr (requires { model_.bytes(state); }) {
      return model_.bytes(state);
    } else if constexpr (requires {
                           state.capacity();
                           state.data();
                         }) {
      return state.capacity() * sizeof(*state.data());
    } else {
      return 0;
    }
  }

  M model_;
  std::vector<State> states_;
  std::size_t held_ = 0;  // bytes of states beyond their own size
  IndexTable index_;
  std::vector<Op> ops_;  // one of each class
  IndexTable op_index_;
  WordMap memo_;
};

/// The indices of a history's operations by the order of their invocations.
std::vector<std::uint32_t> by_invocation(const History& history);

/// The history cut into the partitions of a model. Error: what `encode` said, `where` being the operation's line or number.
template <Model M>
Result<std::vector<Partition<ModelMachine<M>>>> partition(const M& model, const History& history) {
  std::vector<Partition<ModelMachine<M>>> out;
  std::map<std::string, std::size_t> by_name;
  for (const std::uint32_t i : by_invocation(history)) {
    const Operation& operation = history.operations[i];
    if (operation.outcome == Outcome::fail) continue;
    auto op = model.encode(operation);
    if (!op.ok()) return op.error();
    if (!op->has_value()) continue;
    std::string name;
    if constexpr (requires { model.partition(operation); }) name = model.partition(operation);
    const auto [place, fresh] = by_name.emplace(std::move(name), out.size());
    if (fresh) out.push_back({ModelMachine<M>(model), 0, {}});
    Partition<ModelMachine<M>>& p = out[place->second];
    const std::uint32_t cls = p.machine.class_of(std::move(**op));
    const bool pending = operation.outcome == Outcome::info;
    if (pending && p.machine.pure(cls)) continue;
    p.ops.push_back({i, cls, operation.invoked, pending ? CompactOp::kPending : operation.returned});
  }
  for (auto& p : out) p.classes = p.machine.classes();
  return out;
}

}  // namespace sim::check
