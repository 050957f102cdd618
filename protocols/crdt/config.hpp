// The settings of a replica.
#pragma once

#include <cstdint>
#include <string>

#include "protocols/crdt/types/mutant.hpp"
#include "sim/core/describe.hpp"

namespace protocols::crdt {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// How edits travel from replica to replica.
enum class Style : std::uint8_t {
  state,  ///< the whole state, now and then, to one peer
  op,     ///< each operation once to everybody, applied once and in causal order
  delta,  ///< what changed since the peer's last acknowledgement
};
SIM_DESCRIBE_ENUM(Style, state, op, delta)

/// What a scenario can set.
struct Config {
  Style style = Style::delta;
  sim::Duration gossip_interval = 200_ms;
  sim::Duration edit_interval = 100_ms;
  sim::Duration edit_until = 10000_ms;
  std::uint32_t elements = 8;
  sim::Ratio removes = sim::Ratio::percent(30);
  std::uint32_t delta_buffer = 256;
  std::uint32_t ops_per_message = 64;
  SIM_DESCRIBE(Config, style, gossip_interval, edit_interval, edit_until, elements, removes, delta_buffer, ops_per_message)

  /// What is wrong with the settings together, or "".
  std::string wrong() const {
    if (gossip_interval == sim::Duration{}) return "gossip_interval is 0s, expected more";
    if (edit_interval == sim::Duration{}) return "edit_interval is 0s, expected more";
    if (elements == 0) return "elements is 0, expected 1 or more";
    if (ops_per_message == 0) return "ops_per_message is 0, expected 1 or more";
    return {};
  }
};

}  // namespace protocols::crdt
