#include "protocols/crdt/spec.hpp"

#include <string>
#include <string_view>

#include "protocols/crdt/claims.hpp"

namespace protocols::crdt {

namespace {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)
using sim::check::Spec;

template <Crdt T>
using TypeSpec = Spec<Replica<T>>;

/// What all types have in common.
template <Crdt T>
TypeSpec<T> common(std::string_view name, std::string_view summary) {
  TypeSpec<T> s(name, summary);
  s.template config<Config, Mutant>({
      {"style",
       "how edits travel: state, the whole state; op, each operation, applied once and in causal order; delta, what changed"},
      {"gossip_interval", "how often a replica turns to a random peer for anti-entropy"},
      {"edit_interval", "mean time between two edits of one replica's user"},
      {"edit_until", "when users stop, by their replica's clock; 0s: never"},
      {"elements", "how many different elements or keys the users of an OR-Set or OR-Map know"},
      {"removes", "share of the edits that remove, erase or subtract, where the type can"},
      {"delta_buffer", "delta: the newest deltas that are kept; a peer that lacks older ones gets the whole state"},
      {"ops_per_message", "op: operations in one answer, at most"},
  });
  return s;
}

template <Crdt T>
void add_claims(TypeSpec<T>& s) {
  s.always("unique-ids", "no two edits have the same id, whatever disks have lost", UniqueIds<T>{});
  s.always("known-grows", "a running replica forgets no edit that it knew", KnownGrows<T>{});
  s.always("specified-value", "a value is what the type's definition makes of the edits that its replica knows",
           SpecifiedValue<T>{});
  s.always("strong-convergence", "replicas that know the same edits show the same value", StrongConvergence<T>{});
  s.sometimes("concurrent-edits", "a replica hears of an edit that did not know all of its own");
  s.sometimes("duplicate-dropped", "op: an operation comes again and is dropped");
  s.sometimes("operation-held-back", "op: an operation waits for one that it depends on");
  s.sometimes("gap-refused", "delta: an interval is refused, because those before it are lacking");
  s.sometimes("state-transferred", "op, delta: a replica that lacks what nobody keeps one by one gets the whole state");
  s.sometimes("reborn", "a replica with an empty disk comes back under another id", Reborn<T>{});
  s.sometimes("own-edits-lost", "a replica hears more of its own edits than it knows, and takes another id");
  s.eventually("replicas-agree", "all replicas know every edit that any knew when faults stopped", ReplicasAgree<T>{}, 5_s);
}

/// The text, or its beginning where it is long.
std::string shortened(std::string text) {
  constexpr std::size_t kMost = 160;
  if (text.size() > kMost) text = text.substr(0, kMost) + "...";
  return text;
}

template <Crdt T>
void add_measures(TypeSpec<T>& s) {
  s.measure("value", "what the first replica shows at the end",
            [](const Cluster<T>& c) { return shortened(sim::to_json(c.node(c.members()[0]).state.value())); });
  s.measure("edits", "how many edits the first replica knows", [](const Cluster<T>& c) {
    std::uint64_t sum = 0;
    for (const auto& [writer, n] : c.node(c.members()[0]).known.counts) sum += n;
    return static_cast<std::int64_t>(sum);
  });
  s.measure("value-bytes", "how long the first replica's value is as JSON", [](const Cluster<T>& c) {
    return static_cast<std::int64_t>(sim::to_json(c.node(c.members()[0]).state.value()).size());
  });
  s.measure("state-bytes", "how long its state is as JSON: the value, and what makes it converge",
            [](const Cluster<T>& c) { return static_cast<std::int64_t>(sim::to_json(c.node(c.members()[0]).state).size()); });
}

template <Crdt T>
void add_mutants(TypeSpec<T>& s) {
  s.mutant("overwrites", "state: takes over what a peer sends in place of merging it: edits are lost", "RR-7506, 2.2.1");
  s.mutant("delta-gap", "delta: joins an interval though those before it are lacking, and acknowledges all: they never come",
           "Almeida et al. 2018, Algorithm 2");
  s.mutant("sent-once", "op, delta: sends every edit once and never asks again: what the network loses is lost", "RR-7506, 2.2.2");
  s.mutant("id-reused", "takes its old id though its disk is lost: new edits bear the ids of lost ones", "riak_kv#679");
}

template <Crdt T>
sim::check::SystemInfo plain(std::string_view name, std::string_view summary) {
  TypeSpec<T> s = common<T>(name, summary);
  add_claims<T>(s);
  add_measures<T>(s);
  add_mutants<T>(s);
  return s.info();
}

sim::check::SystemInfo pn_counter() {
  auto s = common<PnCounter>("crdt-pn-counter", "PN-Counter: a counter that grows and falls at any replica");
  add_claims<PnCounter>(s);
  add_measures<PnCounter>(s);
  add_mutants<PnCounter>(s);
  s.mutant("pn-max", "state, delta: merges by keeping the greater total: concurrent additions are lost", "RR-7506, 3.1.2");
  s.mutant("op-twice", "op: applies an operation again that comes again: the total is wrong", "RR-7506, 2.2.2");
  return s.info();
}

sim::check::SystemInfo lww_register() {
  auto s = common<LwwRegister>("crdt-lww-register", "LWW-Register: the write with the greatest timestamp wins");
  add_claims<LwwRegister>(s);
  add_measures<LwwRegister>(s);
  add_mutants<LwwRegister>(s);
  s.mutant("lww-skew", "stamps a write by the node's clock alone: one that is behind loses to a write that it had seen",
           "Jepsen: Cassandra");
  return s.info();
}

sim::check::SystemInfo two_phase_set() {
  auto s = common<TwoPhaseSet>("crdt-2p-set", "2P-Set: each element is added once and removed once");
  add_claims<TwoPhaseSet>(s);
  add_measures<TwoPhaseSet>(s);
  add_mutants<TwoPhaseSet>(s);
  s.mutant("tombstone-gc-early", "state: drops tombstones that it has sent once: a replica that was away brings the element back",
           "Cassandra gc_grace, yjs#428");
  return s.info();
}

/// OR-Set and OR-Map.
template <Crdt T>
sim::check::SystemInfo observed_remove(std::string_view name, std::string_view summary) {
  auto s = common<T>(name, summary);
  add_claims<T>(s);
  s.always("bounded-metadata", "one dot an element and replica, nothing of what is removed, a context without gaps",
           BoundedMetadata<T>{});
  add_measures<T>(s);
  add_mutants<T>(s);
  s.mutant("not-strict", "state, delta: takes the newest dot that it has seen for one that it has not: what was removed returns",
           "riak_dt#78");
  s.mutant("keeps-removed", "keeps an entry for every element that was ever removed", "RR-7506, 3.3.5");
  s.mutant("no-causal-order", "op: applies an operation before one that it depends on: a remove misses its element",
           "RR-7506, 2.2.2");
  return s.info();
}

/// Two replicas have typed behind the same character without knowing of each other.
class SamePlace {
 public:
  bool operator()(const Cluster<Text>& cluster, sim::NodeId changed) {
    if (watch_.look(cluster, changed) == ChangeWatch<Text>::Change::none) return false;
    std::map<std::pair<Dot, Dot>, ReplicaId> typed;
    for (const TextItem& item : cluster.node(changed).state.sequence.items()) {
      const auto [at, first] = typed.try_emplace({item.run.left, item.run.right}, item.run.first.replica);
      if (!first && at->second != item.run.first.replica) return true;
    }
    return false;
  }

 private:
  ChangeWatch<Text> watch_;
};

sim::check::SystemInfo text() {
  auto s = common<Text>("crdt-text", "Text: a sequence of characters that several people type at once (FugueMax)");
  s.always("no-interleaving", "what somebody types in a row stays together, forwards and backwards", NoInterleaving{});
  add_claims<Text>(s);
  s.sometimes("same-place", "two replicas type at the same place without knowing of each other", SamePlace{});
  add_measures<Text>(s);
  add_mutants<Text>(s);
  s.mutant("text-interleaves", "orders what was typed at one place by number and ignores right origins: words mix letter by letter",
           "Kleppmann et al., PaPoC 2019");
  s.mutant("tie-by-arrival", "puts what arrives later first: replicas differ", "y-octo#53");
  return s.info();
}

}  // namespace

std::vector<sim::check::SystemInfo> specs() {
  return {
      plain<GCounter>("crdt-g-counter", "G-Counter: a counter that grows at any replica"),
      pn_counter(),
      lww_register(),
      plain<MvRegister>("crdt-mv-register", "MV-Register: keeps all writes that no other has seen"),
      plain<GSet>("crdt-g-set", "G-Set: a set that only grows"),
      two_phase_set(),
      observed_remove<OrSet>("crdt-or-set", "OR-Set: an add wins over a concurrent remove, without tombstones"),
      observed_remove<OrMap>("crdt-or-map", "OR-Map: keys as in an OR-Set, each with its concurrent values"),
      text(),
  };
}

}  // namespace protocols::crdt
