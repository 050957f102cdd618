// What the claims about Paxos remember of each node.
#pragma once

#include <vector>

#include "sim/core/ids.hpp"

namespace protocols::synod {

/// Something remembered of each node of a system.
template <class T>
class PerNode {
 public:
  T& operator[](sim::NodeId id) {
    if (index(id) >= held_.size()) held_.resize(index(id) + 1);
    return held_[index(id)];
  }

 private:
  std::vector<T> held_;
};

}  // namespace protocols::synod
