// Decisions: what of a run is otherwise than its scenario and seed would have it: what shrinking left out, what a person changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/engine/world.hpp"
#include "sim/scenario/scenario.hpp"

namespace sim {

/// Something that is done to a run right after one of its events. Up to there the run is what it was.
struct Intervention {
  enum class Kind : std::uint8_t {
    crash,      ///< nodes crash, and restart when it ends
    partition,  ///< nodes are cut off from all others of their systems and from the clients
    pause,      ///< nodes stand still
    reseed,     ///< what chance decides from here on comes from `seed`
  };
  EventId after{};
  Kind kind{};
  std::vector<NodeId> nodes{};  ///< crash, partition, pause; at least one
  Duration lasts{};             ///< the same; 0: to the end of the run
  std::uint64_t seed = 0;       ///< reseed

  friend bool operator==(const Intervention&, const Intervention&) = default;
};
SIM_DESCRIBE_ENUM(Intervention::Kind, crash, partition, pause, reseed)

/// What is otherwise in a run: a bundle keeps it.
struct Decisions {
  std::vector<std::uint32_t> faults{};        ///< left out: by their place among the faults that the seed decides on, in order
  std::vector<Omission> omissions{};          ///< left out, in order
  std::vector<Delay> delays{};                ///< in order
  std::vector<Intervention> interventions{};  ///< in the order of their events
  bool empty() const { return faults.empty() && omissions.empty() && delays.empty() && interventions.empty(); }
};

/// As JSON: {"faults": [3], "messages": {"n1": [4, 7]}, "timers": {"c1": [0]}}, and where there are any
/// "delays": {"n1": [[5, "31ms"]]}, "interventions": [{"after": 1204, "crash": ["n2"], "for": "2s"}, {"after": 1300, "reseed": 9}].
Value to_value(const Decisions& decisions, const Scenario& scenario);
/// Error: it is none; `where` is a JSON path from `path` on.
Result<Decisions> read_decisions(const Value& value, const Scenario& scenario, const std::string& path);

}  // namespace sim
