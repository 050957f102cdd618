// Crew: the threads of this process.
#pragma once

#include <functional>

namespace sim::cli {

/// Every processor that this process may use, shared fairly with the other ranks of this machine. At least 1.
unsigned default_jobs();

/// Calls `work` in so many threads at once and waits for all. `main` is true in the first of them, which alone may speak to a
/// terminal or to other processes. Without OpenMP there is no other.
void run_crew(unsigned jobs, const std::function<void(bool main)>& work);

}  // namespace sim::cli
