// What a storefront claims, across the systems that it puts together.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "protocols/storefront/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::storefront {

using Cluster = sim::check::Cluster<Node>;
using sim::check::Violation;

/// Whoever is told that an order is approved has an order that its saga approved.
class ApprovedIsTrue {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  std::map<sim::NodeId, std::size_t> seen_;  // by storefront: how many of its approved orders
};

/// While the breaker is open no order is let in.
class OpenLetsNobodyIn {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    bool open = false;
    std::uint64_t generation = 0;
    std::uint64_t last_script = 0;
  };
  std::map<sim::NodeId, Seen> seen_;
};

/// Every order of which a customer was told that it is approved is found in the store.
class ApprovedIsRecorded {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  std::vector<saga::OrderId> open_;
  bool looked_ = false;
};

}  // namespace protocols::storefront
