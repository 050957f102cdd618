// The text type against Weidner and Kleppmann, The Art of the Fugue (2023): the list keeps the order that the paper defines by a
// tree, and runs of concurrent typing do not mix. The cases of short names are those that Gentle's reference-crdts made known.
#include <map>
#include <set>

#include "protocols/crdt/types/text.hpp"
#include "sim/core/random.hpp"
#include "tests/unit/catch.hpp"

namespace {

using protocols::crdt::Dot;
using protocols::crdt::Mutant;
using protocols::crdt::ReplicaId;
using protocols::crdt::Text;
using protocols::crdt::TextChange;
using protocols::crdt::TextEdit;
using protocols::crdt::TextInsert;
using sim::Rng;

ReplicaId writer(std::uint32_t n) { return {sim::NodeId{n}, 1}; }

/// A text with its writer, and everything that it ever applied, in its order.
struct Desk {
  explicit Desk(std::uint32_t n, Mutant bug = Mutant::none) : me(writer(n)), planted(bug) {}
  void edit(const TextEdit& e) {
    log.push_back(text.prepare({me, {}}, e));
    text.apply(log.back(), planted);
  }
  void type(std::uint64_t position, std::string letters) { edit({position, 0, std::move(letters)}); }
  /// Takes over what the other has applied, in the other's order, which is causal; what is known has no effect again.
  void hear(const Desk& other) {
    const std::vector<TextChange> all = other.log;
    for (std::size_t i = heard[other.me]; i < all.size(); ++i) {
      text.apply(all[i], planted);
      log.push_back(all[i]);
    }
    heard[other.me] = all.size();
  }
  ReplicaId me;
  Mutant planted;
  Text text;
  std::vector<TextChange> log;
  std::map<ReplicaId, std::size_t> heard;
};

/// The paper's tree, with the order of right children that makes it FugueMax, as plainly as can
/// be.
class Tree {
 public:
  void insert(const TextInsert& run) {
    for (std::size_t i = 0; i < run.text.size(); ++i) {
      const Dot id{run.first.replica, run.first.n + i};
      if (nodes_.count(id) > 0) continue;
      const Dot left = i == 0 ? run.left : Dot{id.replica, id.n - 1};
      // A right child of its left origin, unless its right origin lies below that: then a left child of the right origin.
      const bool under = run.right.n != 0 && below(run.right, left);
      nodes_[id] = {run.text[i], under ? run.right : left, run.right, !under, false};
    }
  }
  void erase(const Dot& first, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) nodes_.at({first.replica, first.n + i}).erased = true;
  }
  std::string text() const {
    std::string out;
    for (const Dot& id : order()) {
      if (!nodes_.at(id).erased) out += nodes_.at(id).letter;
    }
    return out;
  }

 private:
  struct Node {
    char letter = 0;
    Dot parent;
    Dot right_origin;
    bool is_right = true;
    bool erased = false;
  };
  bool below(Dot id, const Dot& ancestor) const {
    if (ancestor.n == 0) return true;
    while (id.n != 0 && id != ancestor) id = nodes_.at(id).parent;
    return id == ancestor;
  }
  /// Where nodes stand is needed to sort siblings, and siblings to say where nodes stand; a right origin is never below the sibling
  /// that has it, so comparing two by their paths from the root ends.
  bool stands_before(const Dot& a, const Dot& b) const {
    if (a == b) return false;
    if (a.n == 0 || b.n == 0) return b.n == 0;  // as right origins: the end is behind all
    const std::vector<Dot> to_a = path(a);
    const std::vector<Dot> to_b = path(b);
    std::size_t i = 0;
    while (i < to_a.size() && i < to_b.size() && to_a[i] == to_b[i]) ++i;
    if (i == to_a.size()) return nodes_.at(to_b[i]).is_right;
    if (i == to_b.size()) return !nodes_.at(to_a[i]).is_right;
    return sibling_before(to_a[i], to_b[i]);
  }
  bool sibling_before(const Dot& a, const Dot& b) const {
    const Node& x = nodes_.at(a);
    const Node& y = nodes_.at(b);
    if (x.is_right != y.is_right) return !x.is_right;
    if (x.is_right && x.right_origin != y.right_origin) return stands_before(y.right_origin, x.right_origin);
    return a < b;
  }
  std::vector<Dot> path(Dot id) const {
    std::vector<Dot> out;
    for (; id.n != 0; id = nodes_.at(id).parent) out.insert(out.begin(), id);
    return out;
  }
  std::vector<Dot> order() const {
    std::map<Dot, std::vector<Dot>> children;
    for (const auto& [id, node] : nodes_) children[node.parent].push_back(id);
    for (auto& [parent, all] : children) {
      std::sort(all.begin(), all.end(), [&](const Dot& a, const Dot& b) { return sibling_before(a, b); });
    }
    std::vector<Dot> out;
    visit(Dot{}, children, out);
    return out;
  }
  void visit(const Dot& id, const std::map<Dot, std::vector<Dot>>& children, std::vector<Dot>& out) const {
    const auto at = children.find(id);
    bool passed = id.n == 0;
    if (at != children.end()) {
      for (const Dot& child : at->second) {
        if (!passed && nodes_.at(child).is_right) {
          out.push_back(id);
          passed = true;
        }
        visit(child, children, out);
      }
    }
    if (!passed) out.push_back(id);
  }
  std::map<Dot, Node> nodes_;
};

std::string by_tree(const std::vector<TextChange>& log) {
  Tree tree;
  for (const TextChange& change : log) {
    for (const auto& run : change.inserts) tree.insert(run);
    for (const auto& span : change.erased) tree.erase(span.first, span.count);
  }
  return tree.text();
}

/// A moment of typing: forwards, backwards, or erasing.
void scribble(Desk& desk, Rng& rng, char letter) {
  const std::uint64_t size = desk.text.sequence.size();
  const std::uint64_t at = rng.below(size + 1);
  const std::uint64_t letters = 1 + rng.below(4);
  switch (rng.below(5)) {
    case 0: desk.type(at, std::string(letters, letter)); break;
    case 1:
      for (std::uint64_t i = 0; i < letters; ++i) desk.type(at + i, std::string(1, letter));
      break;
    case 2:
      for (std::uint64_t i = 0; i < letters; ++i) desk.type(at, std::string(1, letter));
      break;
    case 3: desk.edit({at, letters, ""}); break;
    default: desk.edit({at, letters, std::string(letters, letter)}); break;
  }
}

}  // namespace

TEST_CASE("fugue: concurrent forward runs do not interleave", "[crdt][text]") {
  Desk a(1);
  Desk b(2);
  for (std::uint64_t i = 0; i < 3; ++i) {
    a.type(i, "a");
    b.type(i, "b");
  }
  a.hear(b);
  b.hear(a);
  CHECK(a.text.value() == "aaabbb");
  CHECK(b.text.value() == "aaabbb");
}

TEST_CASE("fugue: concurrent backward runs do not interleave", "[crdt][text]") {
  Desk a(1);
  Desk b(2);
  for (int i = 0; i < 3; ++i) {
    a.type(0, "a");
    b.type(0, "b");
  }
  a.hear(b);
  b.hear(a);
  CHECK(a.text.value() == "aaabbb");
  CHECK(b.text.value() == "aaabbb");
}

TEST_CASE("fugue: a run that grew at both ends stays together", "[crdt][text]") {
  Desk a(1);
  Desk b(2);
  a.type(0, "A");
  a.type(0, "a");
  a.type(2, "1");
  b.type(0, "B");
  b.type(0, "b");
  b.type(2, "2");
  a.hear(b);
  b.hear(a);
  CHECK(a.text.value() == "aA1bB2");
  CHECK(b.text.value() == "aA1bB2");
}

TEST_CASE("fugue: with a right origin that is ignored, backward runs mix letter by letter", "[crdt][text]") {
  Desk a(1, Mutant::text_interleaves);
  Desk b(2, Mutant::text_interleaves);
  for (int i = 0; i < 3; ++i) {
    a.type(0, "a");
    b.type(0, "b");
  }
  a.hear(b);
  b.hear(a);
  CHECK(a.text.value() == "ababab");
  CHECK(b.text.value() == "ababab");
}

TEST_CASE("fugue: erasing takes no character that somebody types beside it at the same time", "[crdt][text]") {
  Desk a(1);
  a.type(0, "hello");
  Desk b(2);
  b.hear(a);
  a.edit({1, 3, ""});
  b.type(3, "X");
  a.hear(b);
  b.hear(a);
  CHECK(a.text.value() == "hXo");
  CHECK(b.text.value() == "hXo");
}

TEST_CASE("fugue: the list keeps the order of the paper's tree", "[crdt][text]") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Rng rng(seed, "fugue", 0);
    std::vector<Desk> desks{Desk(1), Desk(2), Desk(3)};
    for (int round = 0; round < 30; ++round) {
      const std::uint64_t who = rng.below(3);
      scribble(desks[who], rng, static_cast<char>('a' + who));
      if (rng.below(4) == 0) {
        const std::uint64_t from = rng.below(3);
        const std::uint64_t to = (from + 1 + rng.below(2)) % 3;
        desks[to].hear(desks[from]);
      }
    }
    for (const Desk& d : desks) {
      INFO("seed " << seed);
      REQUIRE(d.text.value() == by_tree(d.log));
    }
    // Everybody hears everybody, in different orders: one text, one list.
    for (std::uint32_t to = 0; to < 3; ++to) {
      for (std::uint32_t by = 1; by < 3; ++by) desks[to].hear(desks[(to + by) % 3]);
    }
    INFO("seed " << seed);
    REQUIRE(desks[0].text == desks[1].text);
    REQUIRE(desks[0].text == desks[2].text);
    REQUIRE(sim::digest_of(desks[0].text) == sim::digest_of(desks[2].text));
    REQUIRE(desks[0].text.value() == by_tree(desks[0].log));
    // Merging states comes to the same as hearing of operations.
    Text merged;
    merged.merge(desks[1].text);
    REQUIRE(merged == desks[1].text);
  }
}

TEST_CASE("fugue: a text of many chunks equals a plain string edited alike", "[crdt][text]") {
  Rng rng(1, "long", 0);
  Desk desk(1);
  std::string plain;
  for (int i = 0; i < 4000; ++i) {
    const std::uint64_t at = rng.below(plain.size() + 1);
    const std::uint64_t erased = rng.below(3) == 0 ? std::min<std::uint64_t>(rng.below(4), plain.size() - at) : 0;
    const std::string typed(rng.below(4), static_cast<char>('a' + i % 26));
    desk.edit({at, erased, typed});
    plain.replace(at, erased, typed);
    if (i % 100 == 0) REQUIRE(desk.text.value() == plain);
  }
  CHECK(desk.text.value() == plain);
  CHECK(desk.text.sequence.size() == plain.size());
  Text copy;
  copy.join(desk.text.whole());
  CHECK(copy == desk.text);
}
