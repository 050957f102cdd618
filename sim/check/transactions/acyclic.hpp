// Acyclic: a graph whose edges are partly a matter of choice, and the search for choices that leave it without a cycle.
//
// Conflict-driven: choices are made along a topological order that is kept up to date (Pearce and Kelly, JEA 2006); where one
// closes a cycle, the choices on that cycle are a clause, and what is learned from it (first unique implication point, as SAT
// solvers do) prunes the rest. Nothing depends on addresses or time.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace sim::check::transactions {

class Acyclic {
 public:
  using Edge = std::pair<std::uint32_t, std::uint32_t>;
  enum class Answer : std::uint8_t { yes, no, unknown };

  /// `rank` is an order of the nodes that is tried first, where edges leave it open.
  explicit Acyclic(std::vector<std::uint64_t> rank) : rank_(std::move(rank)) {}

  void add(std::uint32_t from, std::uint32_t to) { fixed_.emplace_back(from, to); }
  /// A choice between two sets of edges; the first edge of each says which one a topological order suggests.
  void choose(const std::vector<Edge>& one, const std::vector<Edge>& other);
  std::size_t choices() const { return first_.size() / 2; }
  std::size_t bytes() const;

  /// Searches. `steps`: edges and literals looked at; `bytes`: memory of edges and clauses.
  Answer solve(std::uint64_t steps, std::size_t bytes);

  /// After yes: the nodes, every edge that is fixed or chosen leading forward.
  std::vector<std::uint32_t> order() const;
  /// After no: choices (by number) and nodes that had a part in the proof, ascending; all others could be left out.
  const std::vector<std::uint32_t>& used_choices() const { return used_choices_; }
  const std::vector<std::uint32_t>& used_nodes() const { return used_nodes_; }
  std::uint64_t steps() const { return steps_; }

 private:
  using Literal = std::uint32_t;  // 2 * choice + side
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;
  struct Out {
    std::uint32_t node;
    Literal why;
  };
  struct Forced {
    std::vector<std::uint32_t> nodes;
    std::vector<Literal> clause;
  };
  struct Assigned {
    Literal literal;
    std::uint32_t reason;  // clause, or kNone
    std::uint32_t added;   // edges of the literal that are in the graph
  };

  bool prepare();
  bool insert(std::uint32_t from, std::uint32_t to, Literal why);
  bool reaches(std::uint32_t from, std::uint32_t to);
  void reorder(std::uint32_t from);
  void explain(std::uint32_t from, std::uint32_t to, Literal why);
  void use_cycle();
  bool closes(Literal literal);
  bool force(std::uint64_t steps);
  bool assign(Literal literal, std::uint32_t reason);
  bool propagate();
  bool visit(Literal now_false);
  void back_to(std::uint32_t level);
  bool learn();
  bool decide();
  void finish_proof();

  std::uint32_t level() const { return static_cast<std::uint32_t>(levels_.size()); }
  // 1: true, -1: false, 0: open
  int value(Literal l) const { return value_[l / 2] == 0 ? 0 : (value_[l / 2] > 0) == ((l & 1U) == 0) ? 1 : -1; }

  std::vector<std::uint64_t> rank_;
  std::vector<Edge> fixed_;
  std::vector<std::uint32_t> first_;  // by literal: its edges are [first_[l], first_[l + 1]) of edges_
  std::vector<Edge> edges_;

  std::vector<std::vector<Out>> out_;
  std::vector<std::vector<Out>> in_;
  std::vector<std::uint32_t> place_;  // by node: where it stands in the topological order
  std::vector<std::uint32_t> stamp_;  // by node: of the last walk that saw it
  std::vector<Out> parent_;           // by node: on that walk, from where and by which literal
  std::vector<std::uint32_t> ahead_;  // what the last walk saw
  std::vector<std::uint32_t> behind_;
  std::uint32_t walk_ = 0;

  std::vector<std::int8_t> value_;       // by choice
  std::vector<std::uint32_t> level_of_;  // by choice
  std::vector<std::uint32_t> reason_;    // by choice
  std::vector<Assigned> trail_;
  std::vector<std::uint32_t> levels_;  // where each level begins on the trail
  std::size_t done_ = 0;               // trail entries that were propagated
  std::vector<std::vector<Literal>> clauses_;
  std::vector<std::vector<std::uint32_t>> watches_;  // by literal: clauses that watch it
  std::vector<Literal> conflict_;                    // a clause that is false
  std::vector<std::uint32_t> cycle_;                 // the nodes of the cycle that it excludes
  std::vector<std::uint32_t> forced_;                // by choice: why it was forced at the start, in forced_by_
  std::vector<Forced> forced_by_;
  std::uint32_t next_ = 0;             // choices before it are made, or undone
  std::vector<std::uint32_t> undone_;  // choices that were taken back, the next to be made last
  std::vector<std::uint8_t> used_node_;
  std::vector<std::uint8_t> used_choice_;
  std::vector<std::uint32_t> used_choices_;
  std::vector<std::uint32_t> used_nodes_;
  std::vector<std::uint8_t> mark_;  // by choice
  bool decision_failed_ = false;
  std::size_t clause_literals_ = 0;
  std::uint64_t steps_ = 0;
};

}  // namespace sim::check::transactions
