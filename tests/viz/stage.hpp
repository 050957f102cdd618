// Stage: what the viewer's tests play on: a door to the source folder, and runs of its scenarios.
#pragma once

#include <memory>
#include <string>

#include "sim/scenario/registry.hpp"
#include "viz/app/app.hpp"

namespace viz {

/// What the tests' scenarios are read with.
const sim::Registry& test_registry();
/// Reads and writes files; scenarios are opened as the command does, and a few of the source folder are offered.
Door test_door();
/// A scenario of the source folder, run to its end.
std::unique_ptr<Session> test_session(const std::string& scenario, std::uint64_t seed);

}  // namespace viz
