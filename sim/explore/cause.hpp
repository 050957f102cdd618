// Cause: a violation's message without what differs from seed to seed, so that violations of one cause can be counted as one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sim::explore {

/// The message up to the first semicolon, with each name of a node as "NODE", each number (with its unit of time) and each hash as
/// "N", each quoted text that holds a digit as "...", and lists of such by their first: "n3 and n4 were both elected leader of term
/// 9" becomes "NODE and NODE were both elected leader of term N".
std::string cause_of(std::string_view message, std::span<const std::string> node_names);

}  // namespace sim::explore
