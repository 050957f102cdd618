// Shared: a large part of a state that copies of the state share until one of them writes.
#pragma once

#include <string>

#include "sim/core/describe.hpp"
#include "sim/core/digest.hpp"
#include "sim/core/rc.hpp"

namespace sim {

/// A T that copies share until one of them writes, so that a copy of a state, or a snapshot, costs nothing until then. Compares,
/// hashes and shows as the T itself.
template <Described T>
class Shared {
 public:
  const T& operator*() const { return *held_; }
  const T* operator->() const { return &*held_; }
  /// For writing; copied first where another state shares it.
  T& write() { return held_.write(); }

  friend bool operator==(const Shared& a, const Shared& b) { return &*a.held_ == &*b.held_ || *a.held_ == *b.held_; }
  friend void hash_into(Digest& d, const Shared& s) { hash_into(d, *s.held_); }
  friend void json_into(std::string& out, const Shared& s) { json_into(out, *s.held_); }

 private:
  Rc<T> held_ = Rc<T>::make();
};

}  // namespace sim
