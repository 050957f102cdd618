// Replicas in the three styles of replication, one handler at a time: Shapiro et al. (INRIA RR-7506, 2.2) for states and
// operations, Almeida, Shoker, Baquero (Delta state replicated data types, 2018, Algorithm 2) for deltas.
#include <set>
#include <string>
#include <vector>

#include "protocols/crdt/claims.hpp"
#include "protocols/crdt/node.hpp"
#include "sim/node/fixture.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace protocols::crdt;  // NOLINT(google-build-using-namespace)
using sim::NodeId;
using Words = std::set<std::string>;

/// Replica n of three, in a fixture of its own. What it sends is handed over by the test.
template <Crdt T>
struct Site {
  Site(std::uint32_t n, Style style, Mutant planted = Mutant::none, std::uint64_t seed = 1)
      : fixture({.nodes = 3, .self = NodeId{n}, .seed = seed}), replica(config(style), planted) {
    replica.start(fixture.ctx());
  }
  static Config config(Style style) {
    Config c;
    c.style = style;
    c.delta_buffer = 4;
    c.ops_per_message = 4;
    return c;
  }
  void edit(const typename T::Edit& e) { replica.edit(fixture.ctx(), e); }
  template <class M>
  void gets(NodeId from, const M& m) {
    replica.on(fixture.ctx(), from, m);
  }
  /// What it said last to that node; a copy, because the next handler forgets it.
  template <class M>
  std::optional<M> said(NodeId to) const {
    const M* m = fixture.template sent<M>(to);
    return m == nullptr ? std::nullopt : std::optional<M>(*m);
  }
  /// Turns to that peer for anti-entropy, however the dice fall.
  void gossips_with(NodeId to) {
    for (int i = 0; i < 100; ++i) {
      replica.on(fixture.ctx(), GossipTimer{});
      for (const sim::Effect& e : fixture.effects()) {
        if (e.kind == sim::EffectKind::send && e.to == to) return;
      }
    }
  }
  void restarts() {
    replica = Replica<T>(replica.config, replica.mutant);
    replica.start(fixture.ctx());
  }
  sim::Fixture fixture;
  Replica<T> replica;
};

constexpr NodeId kA{0};
constexpr NodeId kB{1};
constexpr NodeId kC{2};

SetEdit adding(std::string element) { return {SetAct::add, std::move(element)}; }
SetEdit taking(std::string element) { return {SetAct::remove, std::move(element)}; }

}  // namespace

TEST_CASE("crdt replica: a state is merged, and one that brings nothing changes nothing", "[crdt]") {
  Site<OrSet> a(0, Style::state);
  Site<OrSet> b(1, Style::state);
  a.edit(adding("x"));
  b.edit(adding("y"));
  a.gossips_with(kB);
  const auto message = a.said<StateMessage<OrSet>>(kB);
  REQUIRE(message);
  b.gets(kA, *message);
  CHECK(b.replica.state.value() == Words{"x", "y"});
  const auto changes = b.replica.changes;
  b.gets(kA, *message);
  CHECK(b.replica.changes == changes);
}

TEST_CASE("crdt replica: an edit waits for the disk before it is told", "[crdt]") {
  for (const Style style : {Style::op, Style::delta}) {
    Site<OrSet> a(0, style);
    a.edit(adding("x"));
    CHECK(a.fixture.disk().written() > a.fixture.disk().synced());
    for (const sim::Effect& e : a.fixture.effects()) CHECK(e.kind != sim::EffectKind::send_at_once);
    a.restarts();
    CHECK(a.replica.state.value() == Words{"x"});
    CHECK(a.replica.known.of(a.replica.id) == 1);
  }
}

TEST_CASE("crdt 2.2.2: an operation that comes again is dropped, applied again it counts twice", "[crdt]") {
  for (const Mutant planted : {Mutant::none, Mutant::op_twice}) {
    Site<PnCounter> a(0, Style::op);
    Site<PnCounter> b(1, Style::op, planted);
    a.edit({5});
    const auto op = *a.said<Ops<PnCounter>>(kB);
    b.gets(kA, op);
    b.gets(kA, op);
    CHECK(b.replica.state.value() == (planted == Mutant::none ? 5 : 10));
  }
}

TEST_CASE("crdt 2.2.2: an operation waits for those that it depends on", "[crdt]") {
  for (const Mutant planted : {Mutant::none, Mutant::no_causal_order}) {
    Site<OrSet> a(0, Style::op);
    Site<OrSet> b(1, Style::op);
    Site<OrSet> c(2, Style::op, planted);
    a.edit(adding("x"));
    const auto add = *a.said<Ops<OrSet>>(kB);
    b.gets(kA, add);
    b.edit(taking("x"));
    const auto remove = *b.said<Ops<OrSet>>(kC);
    c.gets(kB, remove);
    CHECK(c.replica.waiting.size() == (planted == Mutant::none ? 1U : 0U));
    c.gets(kA, add);
    CHECK(c.replica.waiting.empty());
    CHECK(c.replica.state.value().empty() == (planted == Mutant::none));
  }
}

TEST_CASE("crdt replica: who says what it has gets what it lacks, and asks on after a full answer", "[crdt]") {
  Site<GSet> a(0, Style::op);
  Site<GSet> b(1, Style::op);
  for (int i = 0; i < 6; ++i) a.edit(adding("x" + std::to_string(i)));
  b.gossips_with(kA);
  auto have = b.said<Have>(kA);
  REQUIRE(have);
  a.gets(kB, *have);
  auto ops = a.said<Ops<GSet>>(kB);
  REQUIRE(ops);
  CHECK(ops->ops.size() == 4);
  b.gets(kA, *ops);
  have = b.said<Have>(kA);
  REQUIRE(have);
  a.gets(kB, *have);
  ops = a.said<Ops<GSet>>(kB);
  REQUIRE(ops);
  CHECK(ops->ops.size() == 2);
  b.gets(kA, *ops);
  CHECK(b.replica.state.value().size() == 6);
  CHECK_FALSE(b.said<Have>(kA));
}

TEST_CASE("crdt replica: operations that all have are forgotten, and who lacks them nevertheless gets the state", "[crdt]") {
  Site<GSet> a(0, Style::op);
  Site<GSet> b(1, Style::op);
  a.edit(adding("x"));
  b.gets(kA, *a.said<Ops<GSet>>(kB));
  b.gossips_with(kA);
  const Have from_b = *b.said<Have>(kA);
  a.gets(kB, from_b);
  a.gossips_with(kC);
  CHECK(a.replica.ops.size() == 1);  // nothing is known of n2
  a.gets(kC, from_b);
  a.gossips_with(kB);
  CHECK(a.replica.ops.empty());
  Site<GSet> fresh(2, Style::op, Mutant::none, 9);
  fresh.edit(adding("z"));
  fresh.gossips_with(kA);
  a.gets(kC, *fresh.said<Have>(kA));
  const auto state = a.said<StateMessage<GSet>>(kC);
  REQUIRE(state);
  fresh.gets(kA, *state);
  CHECK(fresh.replica.state.value() == Words{"x", "z"});
}

TEST_CASE("crdt algorithm 2: an interval behind a gap is refused, and comes again from the acknowledgement on", "[crdt]") {
  for (const Mutant planted : {Mutant::none, Mutant::delta_gap}) {
    Site<OrSet> a(0, Style::delta);
    Site<OrSet> b(1, Style::delta, planted);
    a.edit(adding("x"));
    b.gets(kA, *a.said<Interval<OrSet>>(kB));
    a.gets(kB, *b.said<Joined>(kA));
    a.edit(adding("y"));  // lost
    a.edit(adding("z"));
    b.gets(kA, *a.said<Interval<OrSet>>(kB));
    const auto ack = b.said<Joined>(kA);
    REQUIRE(ack);
    a.gets(kB, *ack);
    if (planted == Mutant::delta_gap) {
      CHECK(ack->until == 3);
      CHECK(b.replica.state.value() == Words{"x", "z"});  // and "y" never comes
      continue;
    }
    CHECK(ack->until == 1);
    CHECK(b.replica.state.value() == Words{"x"});
    a.gossips_with(kB);
    const auto again = a.said<Interval<OrSet>>(kB);
    REQUIRE(again);
    CHECK(again->since == 1);
    CHECK(again->until == 3);
    CHECK(again->delta.value() == Words{"y", "z"});  // no more than that
    b.gets(kA, *again);
    CHECK(b.replica.state == a.replica.state);
  }
}

TEST_CASE("crdt algorithm 2: deltas that all have acknowledged are forgotten, who lacks forgotten ones gets the state", "[crdt]") {
  Site<OrSet> a(0, Style::delta);
  Site<OrSet> b(1, Style::delta);
  for (int i = 0; i < 6; ++i) a.edit(adding("x" + std::to_string(i)));
  CHECK(a.replica.deltas.size() == 4);  // its buffer
  a.gossips_with(kB);
  const auto whole = a.said<Interval<OrSet>>(kB);
  REQUIRE(whole);
  CHECK(whole->since == 0);
  b.gets(kA, *whole);
  CHECK(b.replica.state.value().size() == 6);
  const Joined ack = *b.said<Joined>(kA);
  a.gets(kB, ack);
  a.gets(kC, Joined{{kC, 1}, ack.of, ack.until});
  a.gossips_with(kB);
  CHECK(a.replica.deltas.empty());
}

TEST_CASE("crdt replica: of a text's delta only what is new is passed on", "[crdt][text]") {
  Site<Text> a(0, Style::delta);
  Site<Text> b(1, Style::delta);
  a.edit({0, 0, "one"});
  const auto first = *a.said<Interval<Text>>(kB);
  a.edit({0, 1, ""});
  b.gets(kA, first);
  a.gossips_with(kB);  // nothing is acknowledged, so this has the first again
  const auto both = *a.said<Interval<Text>>(kB);
  REQUIRE(both.delta.inserts.size() > 0);
  b.gets(kA, both);
  CHECK(b.replica.state.value() == "ne");
  REQUIRE(b.replica.deltas.size() == 2);
  CHECK(b.replica.deltas[1].inserts.empty());
  CHECK(b.replica.deltas[1].erased.size() == 1);
}

TEST_CASE("crdt replica: it keeps its id through a crash and takes a new one with an empty disk", "[crdt]") {
  for (const Mutant planted : {Mutant::none, Mutant::id_reused}) {
    Site<OrSet> a(0, Style::delta, planted);
    const ReplicaId before = a.replica.id;
    a.restarts();
    CHECK(a.replica.id == before);
    a.fixture.disk().wipe();
    a.restarts();
    CHECK((a.replica.id == before) == (planted == Mutant::id_reused));
  }
}

TEST_CASE("crdt replica: a peer under a new id is sent everything again", "[crdt]") {
  Site<OrSet> a(0, Style::delta);
  Site<OrSet> b(1, Style::delta);
  a.edit(adding("x"));
  b.gets(kA, *a.said<Interval<OrSet>>(kB));
  a.gets(kB, *b.said<Joined>(kA));
  CHECK(a.replica.peers.at(kB).acknowledged == 1);
  b.fixture.disk().wipe();
  b.restarts();
  b.gossips_with(kA);
  const auto hello = b.said<Interval<OrSet>>(kA);
  REQUIRE(hello);
  a.gets(kB, *hello);
  CHECK(a.replica.peers.at(kB).acknowledged == 0);
  a.gossips_with(kB);
  b.gets(kA, *a.said<Interval<OrSet>>(kB));
  CHECK(b.replica.state.value() == Words{"x"});
}

TEST_CASE("crdt replica: one that hears more of its own edits than it knows takes a new id", "[crdt]") {
  Site<OrSet> a(0, Style::delta);
  Site<OrSet> b(1, Style::delta);
  const sim::Disk old = a.fixture.disk();
  a.edit(adding("x"));
  b.gets(kA, *a.said<Interval<OrSet>>(kB));
  const ReplicaId before = a.replica.id;
  a.fixture.disk() = old;  // restored from a backup
  a.restarts();
  REQUIRE(a.replica.id == before);
  b.gossips_with(kA);
  a.gets(kB, *b.said<Interval<OrSet>>(kA));
  CHECK(a.replica.id != before);
  CHECK(a.replica.state.value() == Words{"x"});
  // What it knows counts as its first delta: no peer may take the next for the first.
  a.edit(adding("y"));
  Site<OrSet> c(2, Style::delta);
  c.gets(kA, *a.said<Interval<OrSet>>(kC));
  CHECK(c.replica.known.counts.empty());
  a.gossips_with(kC);
  c.gets(kA, *a.said<Interval<OrSet>>(kC));
  CHECK(c.replica.state.value() == Words{"x", "y"});
}

TEST_CASE("crdt claims: a mixed list is told from one in which words stay together", "[crdt][text]") {
  const auto letter = [](std::uint32_t who, std::uint64_t n, Dot left, Dot right) {
    return TextItem{{Dot{{NodeId{who}, 1}, n}, who == 1 ? "a" : "b", left, right}, false};
  };
  const auto dot = [](std::uint32_t who, std::uint64_t n) { return Dot{{NodeId{who}, 1}, n}; };
  const Dot none{};
  // Forwards: a1 a2 and b1 b2.
  const TextItem a1 = letter(1, 1, none, none);
  const TextItem a2 = letter(1, 2, dot(1, 1), none);
  const TextItem b1 = letter(2, 1, none, none);
  const TextItem b2 = letter(2, 2, dot(2, 1), none);
  CHECK_FALSE(interleaved({a1, a2, b1, b2}));
  CHECK(interleaved({a1, b1, a2, b2}));
  // Backwards: each before the last.
  const TextItem c2 = letter(1, 2, none, dot(1, 1));
  const TextItem d2 = letter(2, 2, none, dot(2, 1));
  CHECK_FALSE(interleaved({c2, a1, d2, b1}));
  CHECK(interleaved({c2, d2, a1, b1}));
}
