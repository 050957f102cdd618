#include "sim/cli/crew.hpp"

#include <algorithm>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "sim/cli/ranks.hpp"

namespace sim::cli {

#ifdef _OPENMP

unsigned default_jobs() {
  const int processors = omp_get_num_procs();
  return static_cast<unsigned>(std::max(1, processors / Ranks::on_this_machine()));
}

void run_crew(unsigned jobs, const std::function<void(bool main)>& work) {
  omp_set_dynamic(0);
#pragma omp parallel num_threads(static_cast <int>(jobs))
  work(omp_get_thread_num() == 0);
}

#else

unsigned default_jobs() { return 1; }

void run_crew(unsigned, const std::function<void(bool main)>& work) { work(true); }

#endif

}  // namespace sim::cli
