// What a look into a run prints: values, events, states and differences, in 80 columns. Internal to sim/cli.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/difference.hpp"
#include "sim/core/time.hpp"
#include "sim/core/value.hpp"

namespace sim::cli {

/// An instant to the microsecond: "4.125673s".
std::string clock_text(Time t);

/// A value on one line of at most `width` columns: "{term 9, voted_for null}"; what is too long is told by its count, or cut.
std::string short_text(const Value& value, std::size_t width);

/// An event, or what hangs on one, as its line of a trace has it: its number, when, where, what, and from whom. Ends with a line
/// break; what does not fit in 80 columns goes on under the fourth column.
std::string event_text(const Value& line);
/// A text under the fourth column of events.
std::string under_event(std::string_view text);

/// Differences, a line each, behind `indent` blanks: "path  left BETWEEN right", with "(none)" where a side has none. At most
/// `most`, and then how many more.
std::string differences_text(const std::vector<Difference>& all, std::size_t indent, std::string_view between, std::size_t most);
/// The same in one running text: "term 3 -> 4, role follower -> candidate".
std::string changes_text(const std::vector<Difference>& all, std::size_t most);

/// A tree with a member a line, names aligned, behind `indent` blanks. The middle of a long list is left out, with its count.
std::string tree_text(const Value& tree, std::size_t indent);
/// The "disk" of a node_state().
std::string disk_text(const Value& disk);

}  // namespace sim::cli
