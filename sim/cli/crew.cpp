#include "sim/cli/crew.hpp"

#include <algorithm>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "sim/cli/ranks.hpp"
#include "sim/cli/sweep.hpp"

namespace sim::cli {

namespace {

std::optional<explore::Outcome> run_seed(const Scenario& scenario, const std::vector<explore::ClaimName>& claims,
                                         std::uint64_t seed, Work& work, bool main) {
  constexpr std::uint64_t piece = 4096;  // events: a millisecond or two
  Run run(scenario, seed);
  for (std::uint64_t steps = 1; run.step(); ++steps) {
    if (steps % piece == 0 && !work.wanted(seed, main)) return std::nullopt;
  }
  return explore::outcome_of(run, claims);
}

void work_off(const Scenario& scenario, const std::vector<explore::ClaimName>& claims, Work& work, bool main) {
  while (const auto seed = work.next(main)) {
    if (auto outcome = run_seed(scenario, claims, *seed, work, main)) work.done(*std::move(outcome));
  }
}

}  // namespace

#ifdef _OPENMP

unsigned default_jobs() {
  const int processors = omp_get_num_procs();
  return static_cast<unsigned>(std::max(1, processors / Ranks::on_this_machine()));
}

void run_crew(const Scenario& scenario, Work& work, unsigned jobs) {
  const auto claims = explore::claims_of(scenario);
  omp_set_dynamic(0);
  // Each thread takes the next seed when it is done with one, so that none waits for a slow one.
#pragma omp parallel num_threads(static_cast <int>(jobs))
  work_off(scenario, claims, work, omp_get_thread_num() == 0);
}

#else

unsigned default_jobs() { return 1; }

void run_crew(const Scenario& scenario, Work& work, unsigned) { work_off(scenario, explore::claims_of(scenario), work, true); }

#endif

}  // namespace sim::cli
