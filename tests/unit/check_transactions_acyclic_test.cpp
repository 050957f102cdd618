// Graphs whose edges are partly a matter of choice, against every choice.
#include "check_transactions_support.hpp"
#include "sim/check/transactions/acyclic.hpp"

namespace {

using sim::check::transactions::Acyclic;
using Edges = std::vector<Acyclic::Edge>;

struct Problem {
  std::uint32_t nodes = 0;
  Edges fixed;
  std::vector<std::pair<Edges, Edges>> choices;
};

bool acyclic(std::uint32_t nodes, const Edges& edges) {
  std::vector<std::uint32_t> missing(nodes, 0);
  for (const auto& [from, to] : edges) ++missing[to];
  std::vector<std::uint32_t> ready;
  for (std::uint32_t v = 0; v < nodes; ++v) {
    if (missing[v] == 0) ready.push_back(v);
  }
  for (std::size_t i = 0; i < ready.size(); ++i) {
    for (const auto& [from, to] : edges) {
      if (from == ready[i] && --missing[to] == 0) ready.push_back(to);
    }
  }
  return ready.size() == nodes;
}

bool any_choice(const Problem& p, const std::vector<std::uint32_t>& which) {
  for (std::uint64_t bits = 0; bits < std::uint64_t{1} << which.size(); ++bits) {
    Edges edges = p.fixed;
    for (std::size_t i = 0; i < which.size(); ++i) {
      const Edges& side = ((bits >> i) & 1U) == 0 ? p.choices[which[i]].first : p.choices[which[i]].second;
      edges.insert(edges.end(), side.begin(), side.end());
    }
    if (acyclic(p.nodes, edges)) return true;
  }
  return false;
}

Acyclic make(const Problem& p, const std::vector<std::uint32_t>& which) {
  Acyclic out(std::vector<std::uint64_t>(p.nodes, 0));
  for (const auto& [from, to] : p.fixed) out.add(from, to);
  for (const std::uint32_t c : which) out.choose(p.choices[c].first, p.choices[c].second);
  return out;
}

constexpr std::uint64_t kSteps = 1'000'000;
constexpr std::size_t kBytes = 1U << 24U;

}  // namespace

// Papadimitriou, JACM 1979: the polygraph of a history.
TEST_CASE("choices that leave a graph without a cycle, against every choice", "[check][transactions]") {
  check_support::Lcg random(5);
  int yes = 0;
  int no = 0;
  for (int round = 0; round < 4000; ++round) {
    Problem p;
    p.nodes = 4 + static_cast<std::uint32_t>(random.below(6));
    const auto edge = [&] {
      const auto from = static_cast<std::uint32_t>(random.below(p.nodes));
      const auto to = static_cast<std::uint32_t>(random.below(p.nodes - 1));
      return Acyclic::Edge{from, to < from ? to : to + 1};
    };
    for (std::uint64_t i = random.below(4); i-- > 0;) {
      const auto [a, b] = edge();
      p.fixed.emplace_back(std::min(a, b), std::max(a, b));
    }
    std::vector<std::uint32_t> all;
    const std::uint64_t count = 2 + random.below(8);
    for (std::uint32_t c = 0; c < count; ++c) {
      const auto e = edge();
      p.choices.push_back({{e}, {{e.second, e.first}}});
      for (std::uint64_t i = random.below(3); i-- > 0;) p.choices.back().first.push_back(edge());
      for (std::uint64_t i = random.below(3); i-- > 0;) p.choices.back().second.push_back(edge());
      all.push_back(c);
    }
    const bool expected = any_choice(p, all);
    Acyclic graph = make(p, all);
    INFO("round " << round);
    REQUIRE(graph.solve(kSteps, kBytes) == (expected ? Acyclic::Answer::yes : Acyclic::Answer::no));
    if (!expected) {
      ++no;
      REQUIRE_FALSE(any_choice(p, graph.used_choices()));
      continue;
    }
    ++yes;
    std::vector<std::uint32_t> place(p.nodes);
    const auto order = graph.order();
    for (std::uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
    const auto forward = [&](const Edges& edges) {
      return std::all_of(edges.begin(), edges.end(), [&](const auto& e) { return place[e.first] < place[e.second]; });
    };
    REQUIRE(forward(p.fixed));
    for (const auto& [one, other] : p.choices) REQUIRE((forward(one) || forward(other)));
  }
  CHECK(yes > 500);
  CHECK(no > 500);
}

TEST_CASE("a search for choices ends at its limits", "[check][transactions]") {
  Acyclic steps(std::vector<std::uint64_t>(50, 0));
  Acyclic bytes(std::vector<std::uint64_t>(50, 0));
  for (std::uint32_t a = 0; a < 50; ++a) {
    for (std::uint32_t b = a + 1; b < 50; ++b) {
      steps.choose({{a, b}}, {{b, a}});
      bytes.choose({{a, b}}, {{b, a}});
    }
  }
  CHECK(steps.solve(100, kBytes) == Acyclic::Answer::unknown);
  CHECK(bytes.solve(kSteps, 100) == Acyclic::Answer::unknown);
}
