// What the checkers of workloads share: events in their order, elements as numbers, sentences.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/judgement.hpp"
#include "sim/core/result.hpp"

namespace sim::check::workloads {

/// The invocation or the completion of an operation.
struct Event {
  std::uint64_t position = 0;
  std::size_t operation = 0;
  bool invocation = false;
};

/// Invocations and completions (of operations that returned: also fail and info) by their positions.
std::vector<Event> events_of(const History& history);

/// Numbers values in the order in which they come up.
class Elements {
 public:
  std::uint32_t of(const Value& value);
  std::size_t size() const { return values_.size(); }
  /// JSON of a value, cut in the middle if it is long.
  std::string name(std::uint32_t number) const;

 private:
  std::map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> values_;
};

/// An error at an operation: "line 12" or "operation 3".
Error at(const History& history, std::size_t operation, std::string what);
/// "the read by process 3 on line 12", "... at 1.2s" or "... (operation 5)".
std::string named(const History& history, std::size_t operation);
/// "1, 2, 3 and 4 more"
std::string listed(const std::vector<std::string>& names);
/// "3 reads", "1 read"
std::string counted(std::size_t n, const std::string& what);
/// A value as JSON, cut in the middle if it is long.
std::string shown(const Value& value);

/// Adds what is wrong, unless a finding of that name is there already; then only counts it.
class Findings {
 public:
  void add(std::string name, std::vector<std::size_t> operations, std::string explanation);
  bool any() const { return !all_.empty(); }
  /// The verdict: invalid with the findings if there are any (the first in the history first), else `otherwise`.
  Judgement judgement(const History& history, Verdict otherwise, std::vector<std::string> notes) const;

 private:
  std::vector<Finding> all_;
  std::vector<std::size_t> count_;
};

}  // namespace sim::check::workloads
