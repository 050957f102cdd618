#include "protocols/transactions/two_phase_commit/client.hpp"

#include <algorithm>

namespace protocols::two_phase_commit {

namespace {
constexpr std::uint64_t kMostAmount = 20;

// A client that crashed begins anew as another script, and so with numbers of its own.
std::uint64_t number_of(const sim::Proc& p, std::uint64_t n) {
  return std::uint64_t{index(p.self())} << 40U | p.script() << 24U | n;
}
}  // namespace

sim::Task<> Payer::run(sim::Proc p, Payer self, State& state) {
  const sim::check::Workload& w = self.workload;
  const auto members = p.members(w.target);
  const std::int64_t wait = std::max<std::int64_t>(1, w.retry_after.ns);
  const auto attempts = static_cast<std::uint32_t>(std::max<std::int64_t>(1, w.give_up_after.ns / wait));
  const std::uint64_t participants = members.size() - 1;
  std::uint64_t generation = 0;
  while (members.size() > 2 && (w.operations == 0 || state.asked < w.operations)) {
    co_await p.sleep(w.think);
    Transfer transfer{.request = number_of(p, ++state.asked)};
    transfer.from = static_cast<std::uint32_t>(p.choose("payer", participants));
    transfer.to = static_cast<std::uint32_t>((transfer.from + 1 + p.choose("payee", participants - 1)) % participants);
    transfer.account = w.key_offset + p.choose("account", w.keys);
    transfer.amount = 1 + p.choose("amount", kMostAmount);
    const std::uint64_t process = number_of(p, generation);
    p.observe(sim::check::Invoked{
        process, sim::check::Function::call, static_cast<std::uint32_t>(transfer.account), std::to_string(transfer.amount), {}});
    const auto done = co_await p.call(members.front(), transfer, {.timeout = {wait}, .attempts = attempts});
    using sim::check::Outcome;
    const Outcome outcome = !done ? Outcome::info : done->committed ? Outcome::ok : Outcome::fail;
    p.observe(sim::check::Returned{process, outcome, true, done && done->committed ? "committed" : "aborted"});
    if (!done) ++generation;
  }
}

}  // namespace protocols::two_phase_commit
