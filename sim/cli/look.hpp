// Looking into the run of a bundle. Internal to sim/cli.
#pragma once

#include "sim/cli/bundle.hpp"
#include "sim/cli/commands.hpp"

namespace sim::cli {

/// `replay --until --show`: the nodes at one moment.
Exit show_nodes(const OpenedBundle& opened, const ReplayOptions& options);
/// `replay --follow`: what led to one event.
Exit follow_event(const OpenedBundle& opened, const ReplayOptions& options);

}  // namespace sim::cli
