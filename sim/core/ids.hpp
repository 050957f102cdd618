// Strong identifiers: small integers that cannot be mixed up with each other.
#pragma once

#include <cstdint>

namespace sim {

/// A node of the world, numbered from 0 in the order of the scenario. Every process, client and service is a node.
enum class NodeId : std::uint32_t {};

/// The number of an event in its run, from 1. 0 means "none": what happened before the first event.
enum class EventId : std::uint64_t {};

/// The plain number, for indexing and printing.
constexpr std::uint32_t index(NodeId id) { return static_cast<std::uint32_t>(id); }
constexpr std::uint64_t index(EventId id) { return static_cast<std::uint64_t>(id); }

}  // namespace sim
