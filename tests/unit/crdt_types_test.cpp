// The data types against the specifications of Shapiro et al., A comprehensive study of Convergent and Commutative Replicated Data
// Types (INRIA RR-7506, 2011), and of Bieniusa et al., An optimized conflict-free replicated set (INRIA RR-8083, 2012); and what
// goes wrong without their rules.
#include <set>
#include <string>

#include "protocols/crdt/types/g_counter.hpp"
#include "protocols/crdt/types/lww_register.hpp"
#include "protocols/crdt/types/mv_register.hpp"
#include "protocols/crdt/types/or_map.hpp"
#include "protocols/crdt/types/or_set.hpp"
#include "protocols/crdt/types/pn_counter.hpp"
#include "protocols/crdt/types/two_phase_set.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace protocols::crdt;  // NOLINT(google-build-using-namespace)
using Words = std::set<std::string>;

ReplicaId replica(std::uint32_t n) { return {sim::NodeId{n}, 1}; }

/// An edit of replica n at that time, applied to its state.
template <Crdt T>
typename T::Op edit(T& state, std::uint32_t n, const typename T::Edit& e, std::int64_t time = 0, Mutant planted = Mutant::none) {
  const typename T::Op op = state.prepare({replica(n), sim::Time{time}}, e, planted);
  state.apply(op, planted);
  return op;
}
SetEdit adding(std::string element) { return {SetAct::add, std::move(element)}; }
SetEdit taking(std::string element) { return {SetAct::remove, std::move(element)}; }

}  // namespace

TEST_CASE("crdt ids: a version vector joins to the greater and meets in the lesser", "[crdt]") {
  VersionVector a;
  a.raise(replica(1), 3);
  a.raise(replica(2), 1);
  a.raise(replica(1), 2);
  VersionVector b;
  b.raise(replica(2), 4);
  CHECK(a.of(replica(1)) == 3);
  CHECK_FALSE(a.within(b));
  VersionVector up = a;
  up.join(b);
  CHECK(a.within(up));
  CHECK(b.within(up));
  CHECK(up.of(replica(2)) == 4);
  a.meet(b);
  CHECK(a.of(replica(1)) == 0);
  CHECK(a.of(replica(2)) == 1);
  CHECK(a.counts.size() == 1);
}

TEST_CASE("crdt spec 6: a G-Counter is the sum of what each replica added, however often it is merged", "[crdt]") {
  GCounter a;
  GCounter b;
  edit(a, 1, {3});
  edit(b, 2, {4});
  edit(b, 2, {1});
  a.merge(b);
  a.merge(b);
  CHECK(a.value() == 8);
  b.merge(a);
  CHECK(b.value() == 8);
}

TEST_CASE("crdt spec 7: a PN-Counter is the sum of all additions and subtractions", "[crdt]") {
  PnCounter a;
  PnCounter b;
  edit(a, 1, {5});
  b.merge(a);
  edit(a, 1, {-7});
  edit(b, 2, {4});
  edit(b, 2, {-1});
  a.merge(b);
  b.merge(a);
  CHECK(a.value() == 1);
  CHECK(b.value() == 1);
}

TEST_CASE("crdt 3.1.2: the maximum of two totals loses a concurrent addition, and every subtraction", "[crdt]") {
  PnCounter a;
  PnCounter b;
  edit(a, 1, {1});
  edit(b, 2, {1});
  PnCounter by_max = a;
  by_max.merge(b, Mutant::pn_max);
  CHECK(by_max.value() == 1);
  PnCounter less = by_max;
  edit(less, 1, {-1});
  by_max.merge(less, Mutant::pn_max);
  CHECK(by_max.value() == 1);
  a.merge(b);
  CHECK(a.value() == 2);
}

TEST_CASE("crdt spec 8, 9: of two writes the greater timestamp wins, replicas break ties", "[crdt]") {
  LwwRegister a;
  LwwRegister b;
  edit(a, 1, {"early"}, 10);
  edit(b, 2, {"late"}, 20);
  a.merge(b);
  CHECK(a.value() == "late");
  LwwRegister c;
  LwwRegister d;
  edit(c, 1, {"one"}, 10);
  edit(d, 2, {"two"}, 10);
  LwwRegister other = d;
  other.merge(c);
  c.merge(d);
  CHECK(c.value() == "two");
  CHECK(other == c);
}

TEST_CASE("crdt: a write wins over one that it has seen, whatever its clock says", "[crdt]") {
  for (const Mutant planted : {Mutant::none, Mutant::lww_skew}) {
    LwwRegister a;
    edit(a, 1, {"first"}, 1000);
    LwwRegister b = a;
    edit(b, 2, {"second"}, 5, planted);  // its clock is far behind
    b.merge(a);
    CHECK(b.value() == (planted == Mutant::none ? "second" : "first"));
  }
}

TEST_CASE("crdt spec 10: concurrent writes stand beside each other until a write has seen them", "[crdt]") {
  MvRegister a;
  MvRegister b;
  edit(a, 1, {"x"});
  edit(b, 2, {"y"});
  a.merge(b);
  CHECK(a.value() == Words{"x", "y"});
  edit(a, 1, {"z"});
  b.merge(a);
  CHECK(b.value() == Words{"z"});
  edit(b, 2, {"w"});
  a.merge(b);
  CHECK(a.value() == Words{"w"});
}

TEST_CASE("crdt spec 11: a G-Set is the union", "[crdt]") {
  GSet a;
  GSet b;
  edit(a, 1, adding("x"));
  edit(b, 2, adding("y"));
  a.merge(b);
  CHECK(a.value() == Words{"x", "y"});
}

TEST_CASE("crdt spec 12: what a 2P-Set has removed cannot be added again", "[crdt]") {
  TwoPhaseSet a;
  edit(a, 1, adding("x"));
  TwoPhaseSet b = a;
  edit(a, 1, taking("x"));
  edit(a, 1, adding("x"));
  CHECK(a.value().empty());
  edit(b, 2, adding("x"));  // not even by somebody who has not heard of the remove
  b.merge(a);
  CHECK(b.value().empty());
}

TEST_CASE("crdt spec 12: a remove of what is not there does nothing", "[crdt]") {
  TwoPhaseSet a;
  TwoPhaseSet b;
  edit(b, 2, adding("x"));
  const auto op = edit(a, 1, taking("x"));
  b.apply(op);
  b.merge(a);
  CHECK(b.value() == Words{"x"});
}

TEST_CASE("crdt: without its tombstone an element comes back from a replica that was away", "[crdt]") {
  TwoPhaseSet a;
  edit(a, 1, adding("x"));
  const TwoPhaseSet away = a;
  edit(a, 1, taking("x"));
  TwoPhaseSet collected = a;
  collected.collect();
  CHECK(collected.value().empty());
  collected.merge(away);
  CHECK(collected.value() == Words{"x"});
  a.merge(away);
  CHECK(a.value().empty());
}

TEST_CASE("crdt spec 15: an add wins over a concurrent remove", "[crdt]") {
  OrSet a;
  edit(a, 1, adding("x"));
  OrSet b = a;
  const auto removal = edit(a, 1, taking("x"));
  const auto addition = edit(b, 2, adding("x"));
  OrSet by_ops = a;
  by_ops.apply(addition);
  CHECK(by_ops.value() == Words{"x"});
  OrSet other_order = b;
  other_order.apply(removal);
  CHECK(other_order == by_ops);
  a.merge(b);
  CHECK(a == by_ops);
}

TEST_CASE("crdt spec 15: what was removed can be added again, and what was removed after that is gone", "[crdt]") {
  OrSet a;
  edit(a, 1, adding("x"));
  edit(a, 1, taking("x"));
  CHECK(a.value().empty());
  edit(a, 1, adding("x"));
  CHECK(a.value() == Words{"x"});
  OrSet b = a;
  edit(b, 2, taking("x"));
  a.merge(b);
  CHECK(a.value().empty());
}

TEST_CASE("crdt RR-8083: an old state does not bring back what was removed, with the comparison wrong by one it does", "[crdt]") {
  for (const Mutant planted : {Mutant::none, Mutant::not_strict}) {
    OrSet a;
    edit(a, 1, adding("x"));
    const OrSet old = a;
    edit(a, 1, taking("x"));
    a.merge(old, planted);
    CHECK(a.value().empty() == (planted == Mutant::none));
  }
}

TEST_CASE("crdt RR-8083: nothing is kept of what was removed", "[crdt]") {
  OrSet a;
  OrSet b;
  edit(a, 1, adding("stays"));
  for (int i = 0; i < 1000; ++i) {
    edit(a, 1, adding("x" + std::to_string(i)));
    b.merge(a);
    edit(b, 2, taking("x" + std::to_string(i)));
    a.merge(b);
  }
  CHECK(a.entries.size() == 1);
  CHECK(a.seen.vector.counts.size() == 1);
  CHECK(a.seen.cloud.empty());
  // An element that is added again and again has one dot of each replica at most.
  for (int i = 0; i < 100; ++i) {
    edit(a, 1, adding("x"));
    edit(b, 2, adding("x"));
    a.merge(b);
  }
  CHECK(a.entries.at("x").size() == 2);
}

TEST_CASE("crdt: deltas with a gap leave a cloud, which goes when the gap is filled", "[crdt]") {
  OrSet a;
  std::vector<OrSet> deltas;
  for (const char* name : {"x", "y", "z"}) {
    const auto op = a.prepare({replica(1), {}}, adding(name));
    deltas.push_back(a.delta_of(op));
    a.apply(op);
  }
  OrSet b;
  b.join(deltas[2]);
  b.join(deltas[0]);
  CHECK(b.seen.cloud.size() == 1);
  b.join(deltas[1]);
  CHECK(b == a);
  CHECK(b.seen.cloud.empty());
}

TEST_CASE("crdt: a key of an OR-Map has its concurrent values, and a put wins over a concurrent erase", "[crdt]") {
  OrMap a;
  edit(a, 1, {"k", "old"});
  OrMap b = a;
  edit(a, 1, {"k", "left"});
  edit(b, 2, {"k", "right"});
  OrMap c = a;
  edit(c, 3, {"k", std::nullopt});
  CHECK(c.value().empty());
  a.merge(b);
  CHECK(a.value().at("k") == Words{"left", "right"});
  c.merge(b);  // the erase knew of "left" only
  CHECK(c.value().at("k") == Words{"right"});
  edit(a, 1, {"k", "both"});
  b.merge(a);
  CHECK(b.value().at("k") == Words{"both"});
}
