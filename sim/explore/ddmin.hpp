// Delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002): a list made as short as it
// goes while something stays true of it.
#pragma once

#include <algorithm>
#include <cstddef>

namespace sim {

/// Leaves out parts of a list, half of it at first, then smaller and smaller ones, at last one by one until none of what is left
/// can go: the list is then 1-minimal. Goes from the end to the beginning, so that what follows from what was left out (and may
/// be something else now) stands behind the parts that are yet to be tried.
///
/// `count()` is how long the list is now. `without(begin, end)` tries to do without those elements: true if that worked and the
/// list is a new one, whose first `begin` elements are as they were.
template <class Count, class Without>
void ddmin(Count&& count, Without&& without) {
  for (std::size_t size = std::max<std::size_t>(1, (count() + 1) / 2);;) {
    bool shorter = false;
    for (std::size_t end = count(); end > 0;) {
      const std::size_t begin = end - std::min(end, size);
      shorter |= without(begin, end);
      end = std::min(begin, count());
    }
    if (size == 1 && !shorter) return;
    size = size == 1 ? 1 : (size + 1) / 2;
  }
}

}  // namespace sim
