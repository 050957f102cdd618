// The graph of dependencies between transactions: its edges, strongly connected components, shortest cycles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sim/check/transactions/anomalies.hpp"
#include "sim/check/transactions/log.hpp"

namespace sim::check::transactions {

/// Why one transaction comes before another.
enum class Why : std::uint8_t {
  ww,        ///< it wrote the version before the other's
  wr,        ///< it wrote what the other read
  rw,        ///< it read a version that the other replaced
  process,   ///< the same process ran it before
  realtime,  ///< it had returned before the other was invoked
  via,       ///< onward from a node that is no transaction: the edge into that node said why
};

/// An edge. Nodes from the number of transactions on stand for sets: the writers of all versions after one (edges rw into it), or
/// all transactions invoked after a point in time (edges realtime into it). With them the number of edges stays linear.
struct Edge {
  std::uint32_t to = 0;
  std::uint32_t label = 0;  // key << 5 | beyond << 3 | kind

  static constexpr std::size_t kKeys = std::size_t{1} << 27U;  ///< objects have lower numbers

  Edge() = default;
  Edge(std::uint32_t target, Why kind, Beyond beyond, std::uint32_t key)
      : to(target), label(key << 5U | static_cast<std::uint32_t>(beyond) << 3U | static_cast<std::uint32_t>(kind)) {}
  Why why() const { return static_cast<Why>(label & 7U); }
  Beyond beyond() const { return static_cast<Beyond>((label >> 3U) & 3U); }
  std::uint32_t key() const { return label >> 5U; }
};

/// "ww", "wr", "rw", "session", "real time"
std::string_view to_text(Why why);

/// Edges as they are found, then sorted by their origin.
class Graph {
 public:
  explicit Graph(std::uint32_t transactions) : transactions_(transactions), nodes_(transactions) {}

  std::uint32_t transactions() const { return transactions_; }
  std::uint32_t nodes() const { return nodes_; }
  std::uint64_t edges() const { return all_.empty() ? sorted_.size() : all_.size(); }
  bool is_transaction(std::uint32_t node) const { return node < transactions_; }
  std::uint32_t add_node() { return nodes_++; }
  void add(std::uint32_t from, Edge edge) {
    from_.push_back(from);
    all_.push_back(edge);
  }
  void reserve(std::size_t edges) {
    from_.reserve(edges);
    all_.reserve(edges);
  }
  /// Ends adding.
  void sort();
  std::span<const Edge> of(std::uint32_t node) const { return {sorted_.data() + start_[node], start_[node + 1] - start_[node]}; }
  std::uint32_t first(std::uint32_t node) const { return start_[node]; }
  const Edge& edge(std::uint32_t index) const { return sorted_[index]; }

 private:
  std::uint32_t transactions_;
  std::uint32_t nodes_;
  std::vector<std::uint32_t> from_;
  std::vector<Edge> all_;
  std::vector<Edge> sorted_;
  std::vector<std::uint32_t> start_;
};

/// What a search follows.
struct Rule {
  std::uint32_t kinds = 0;       ///< bits by Why; via is always followed
  Beyond beyond = Beyond::data;  ///< edges up to that
  bool no_adjacent_rw = false;   ///< never rw after rw
  bool plain_ww = false;         ///< only ww of the data: not those that the order of sessions or of time implies
  bool allows(const Edge& e) const {
    if (plain_ww && e.why() == Why::ww && e.beyond() != Beyond::data) return false;
    return e.beyond() <= beyond && (e.why() == Why::via || ((kinds >> static_cast<std::uint32_t>(e.why())) & 1U) != 0);
  }
};
constexpr std::uint32_t bit(Why kind) { return 1U << static_cast<std::uint32_t>(kind); }
inline constexpr std::uint32_t kOrders = bit(Why::process) | bit(Why::realtime);

/// Strongly connected components that hold at least two transactions. States are 2 * node + (1 after an rw edge, where the rule has
/// no_adjacent_rw; else 0).
struct Components {
  std::vector<std::uint32_t> of;  ///< by state: number of its component, or kNone where there is no cycle through it
  std::uint32_t count = 0;
  bool any() const { return count > 0; }
  bool holds(std::uint32_t node) const {
    return of[2 * static_cast<std::size_t>(node)] != kNone || of[2 * static_cast<std::size_t>(node) + 1] != kNone;
  }
};

/// Components of the nodes that `within` names (all where it is empty: by node, true). `order`, where given, receives the nodes
/// such that every edge between components leads forward.
Components components(const Graph& graph, const Rule& rule, const std::vector<bool>& within,
                      std::vector<std::uint32_t>* order = nullptr);

/// One step of a cycle: a transaction, and the edge to the next one.
struct Step {
  std::uint32_t txn = 0;
  Why why = Why::ww;
  Beyond beyond = Beyond::data;
  std::uint32_t key = 0;
};
using Cycle = std::vector<Step>;

/// The shape of a cycle: its first edge, what the others may be, and how it must end.
struct Shape {
  std::uint32_t first = 0;    ///< kinds of its first edge
  Rule rest;                  ///< the path back to the start; no_adjacent_rw also counts the first edge as rw
  bool ends_with_rw = false;  ///< the last edge is rw
  bool several_rw = false;    ///< the path back has an rw edge
};

/// The shortest cycle of that shape among those whose nodes share a component, or an empty one: none was found, and where `budget`
/// (edges looked at) is left, there is none.
Cycle shortest_cycle(const Graph& graph, const Shape& shape, const Components& in, std::uint64_t& budget);

}  // namespace sim::check::transactions
