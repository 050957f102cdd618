// Registry: the list of systems that scenarios can name. A list that one can read, not statics that register themselves.
#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/check/spec.hpp"

namespace sim {

/// All systems of a program, in the order in which they were added.
class Registry {
 public:
  /// Adds a system. Two of one name are a bug of the program and assert.
  void add(check::SystemInfo system) {
    assert(find(system.name) == nullptr);
    systems_.push_back(std::move(system));
  }
  template <Node N>
  void add(const check::Spec<N>& spec) {
    add(spec.info());
  }

  const check::SystemInfo* find(std::string_view name) const {
    for (const check::SystemInfo& system : systems_) {
      if (system.name == name) return &system;
    }
    return nullptr;
  }
  const std::vector<check::SystemInfo>& systems() const { return systems_; }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const check::SystemInfo& system : systems_) out.push_back(system.name);
    return out;
  }

 private:
  std::vector<check::SystemInfo> systems_;
};

}  // namespace sim
