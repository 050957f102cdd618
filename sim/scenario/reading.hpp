// Reading: small tools for reading a document with every mistake reported at its path. Internal to sim/scenario.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/config.hpp"
#include "sim/scenario/format.hpp"
#include "sim/scenario/scenario.hpp"

namespace sim::reading {

/// Collects mistakes.
using Errors = std::vector<Error>;

/// One object of the document and its place in it.
class Object {
 public:
  /// Says so where `value` is no object, has members that no list of `known` names, or lacks a required one.
  Object(const Value& value, std::string path, std::initializer_list<std::span<const format::Field>> known, Errors& errors);

  const Value* find(std::string_view key) const { return value_->find(key); }
  std::string path(std::string_view key) const { return path_ + "/" + std::string(key); }
  const std::string& path() const { return path_; }
  bool valid() const { return value_->map() != nullptr; }
  void wrong(std::string_view key, std::string what) const { errors_->push_back({path(key), std::move(what)}); }

  /// Sets `into` from the member of that name where there is one; reports what is wrong with it.
  template <class T>
  void read(std::string_view key, T& into) const {
    const Value* member = find(key);
    if (member == nullptr) return;
    if (std::string problem = check::detail::read(into, *member); !problem.empty()) wrong(key, std::move(problem));
  }
  void read(std::string_view key, Latency& into) const;
  /// A duration that may be negative, as "-20ms".
  void read_signed(std::string_view key, Duration& into) const;
  /// A drift, as "-50ppm", in billionths.
  void read_drift(std::string_view key, std::int64_t& billionths) const;

  Errors& errors() const { return *errors_; }

 private:
  const Value* value_;
  std::string path_;
  Errors* errors_;
};

/// A latency: "10ms", {"uniform":["1ms","5ms"]}, {"exponential":{"mean":"1ms","floor":"0s"}},
/// {"log-normal":{"median":"2ms","sigma":0.5}} or {"pareto":{"min":"1ms","alpha":1.5}}.
void read_latency(const Value& value, const std::string& path, Latency& into, Errors& errors);

/// What is left of `link` overridden by the members of an object with format::kLink.
void read_link(const Object& object, Link& link);

/// Whom a fault or a link means: a node, a system, a list of nodes, "any", or an object of format::kTarget.
void read_pick(const Value& value, const std::string& path, const Scenario& scenario, Pick& into, Errors& errors);

/// Nodes that are known before the run: a node, a system, or a list of nodes.
void read_nodes(const Value& value, const std::string& path, const Scenario& scenario, Pick& into, Errors& errors);

/// The entries of "faults".
void read_faults(const Value& value, const std::string& path, Scenario& scenario, Errors& errors);
/// The object "nemesis".
void read_nemesis(const Value& value, Scenario& scenario, Errors& errors);
/// The objects "swarm" and "maybe".
void read_swarm(const Value& value, Scenario& scenario, Errors& errors);
void read_maybe(const Value& value, Scenario& scenario, Errors& errors);

}  // namespace sim::reading
