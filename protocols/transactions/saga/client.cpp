#include "protocols/transactions/saga/client.hpp"

#include <algorithm>

namespace protocols::saga {

namespace {
constexpr std::uint64_t kMostAmount = 5;

// A client that crashed begins anew as another script, and so with numbers of its own.
std::uint64_t number_of(const sim::Proc& p, std::uint64_t n) {
  return std::uint64_t{index(p.self())} << 40U | p.script() << 24U | n;
}
}  // namespace

sim::Task<> Shopper::run(sim::Proc p, Shopper self, State& state) {
  const sim::check::Workload& w = self.workload;
  const auto attempts =
      static_cast<std::uint32_t>(std::max<std::int64_t>(1, w.give_up_after.ns / std::max<std::int64_t>(1, w.retry_after.ns)));
  const auto targets = p.members(w.target);
  std::uint64_t generation = 0;
  while (!targets.empty() && (w.operations == 0 || state.placed < w.operations)) {
    co_await p.sleep(w.think);
    ++state.placed;
    const std::uint64_t account = w.key_offset + p.choose("account", w.keys);
    const Place order{number_of(p, state.placed), account, 1 + p.choose("amount", kMostAmount)};
    const std::uint64_t process = number_of(p, generation);
    p.observe(sim::check::Invoked{
        process, sim::check::Function::call, static_cast<std::uint32_t>(account), std::to_string(order.amount), {}});
    const sim::NodeId target = targets[self.any_member ? order.order % targets.size() : 0];
    const auto outcome = co_await p.call(target, order, {.timeout = w.retry_after, .attempts = attempts});
    using sim::check::Outcome;
    const Outcome told = !outcome ? Outcome::info : outcome->approved ? Outcome::ok : Outcome::fail;
    p.observe(sim::check::Returned{process, told, true,
                                   !outcome               ? ""
                                   : outcome->approved    ? "approved"
                                   : outcome->unavailable ? "unavailable"
                                                          : "refused"});
    if (!outcome) ++generation;
  }
}

}  // namespace protocols::saga
