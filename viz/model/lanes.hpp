// Lanes: which nodes are shown, in which order, and how they belong together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/trace/timeline.hpp"

namespace viz {

/// One node's lane.
struct Lane {
  std::uint32_t node = 0;
  bool client = false;  ///< it shows operations as bars
  bool hidden = false;
};

/// Lanes that belong together: the nodes of one system in one zone.
struct LaneGroup {
  std::string title;  ///< "store", "store in eu-west"
  std::vector<Lane> lanes;
};

/// All lanes of a timeline from top to bottom: systems in their order, the zones of each together, clients last.
struct Lanes {
  std::vector<LaneGroup> groups;

  static Lanes of(const sim::Timeline& timeline);
  /// The lanes that are shown.
  std::size_t visible() const;
};

}  // namespace viz
