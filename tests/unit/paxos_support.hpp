// What the unit tests of Multi-Paxos share: one server in a fixture, and short names for what it is told and what it says.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "protocols/consensus/paxos/node.hpp"
#include "sim/node/fixture.hpp"
#include "tests/unit/catch.hpp"

namespace paxos_test {

namespace kv = protocols::kv;
using namespace protocols::paxos;  // NOLINT(google-build-using-namespace)
using sim::NodeId;
using namespace sim::literals;  // NOLINT(google-build-using-namespace)

constexpr NodeId kClient{9};

/// Server n0 of a cluster, and the fixture that it runs in.
struct Server {
  explicit Server(std::uint32_t nodes = 3, const Config& config = {}, Mutant mutant = Mutant::none)
      : fixture({.nodes = nodes}), node(config, mutant) {
    node.start(fixture.ctx());
  }

  /// Hands over a message, then the messages that it sends to itself, which arrive when the disk is done.
  template <class M>
  void gets(NodeId from, const M& message) {
    node.on(fixture.ctx(), from, message);
    tell_itself();
  }
  template <class T>
  void fires(const T& timer) {
    node.on(fixture.ctx(), timer);
    tell_itself();
  }
  void tell_itself() {
    sent = fixture.effects();
    for (std::size_t i = 0; i < sent.size(); ++i) {
      if (sent[i].kind != sim::EffectKind::send || sent[i].to != NodeId{0}) continue;
      const sim::Payload own = sent[i].what;
      sim::Ctx& ctx = fixture.ctx();
      if (const auto* m = own.as<Promise>()) node.on(ctx, NodeId{0}, *m);
      if (const auto* m = own.as<Persisted>()) node.on(ctx, NodeId{0}, *m);
      if (const auto* m = own.as<SnapshotSaved>()) node.on(ctx, NodeId{0}, *m);
      if (const auto* m = own.as<LossSaved>()) node.on(ctx, NodeId{0}, *m);
      if (const auto* m = own.as<LossMended>()) node.on(ctx, NodeId{0}, *m);
      sent.insert(sent.end(), fixture.effects().begin(), fixture.effects().end());
    }
  }

  /// The newest message of type M among what it sent to that node for the last event.
  template <class M>
  const M* said(NodeId to) const {
    for (auto e = sent.rbegin(); e != sent.rend(); ++e) {
      if (is_message(*e) && e->to == to && e->what.template as<M>() != nullptr) return e->what.template as<M>();
    }
    return nullptr;
  }
  template <class M>
  std::size_t count() const {
    std::size_t n = 0;
    for (const sim::Effect& e : sent) n += is_message(e) && e.what.as<M>() != nullptr ? 1 : 0;
    return n;
  }
  /// Whether a message of type M went out without waiting for the disk.
  template <class M>
  bool at_once() const {
    for (const sim::Effect& e : sent) {
      if (e.kind == sim::EffectKind::send_at_once && e.what.as<M>() != nullptr) return true;
    }
    return false;
  }
  bool marked(const std::string& name) const {
    for (const sim::Effect& e : sent) {
      const auto* text = e.kind == sim::EffectKind::mark ? e.what.as<sim::Text>() : nullptr;
      if (text != nullptr && text->text == name) return true;
    }
    return false;
  }

  /// A write to key 1, as a command.
  sim::Payload command(std::string value, std::uint64_t sequence = 1) {
    return fixture.ctx().share(kv::Request{{kClient, 0}, sequence, {kv::Function::write, 1, std::move(value), {}}});
  }
  void request(std::uint64_t sequence, kv::Function function = kv::Function::write, std::string value = "v",
               std::uint32_t slot = 0) {
    gets(kClient, kv::Request{{kClient, slot}, sequence, {function, 1, std::move(value), {}}});
  }
  /// What it has accepted in a slot: the value of the write, "no-op", or "" for nothing.
  std::string holds(std::uint64_t slot) const {
    const Vote& v = node.vote(slot);
    if (v.ballot.none()) return {};
    const auto* r = v.command.as<kv::Request>();
    return r == nullptr ? "no-op" : r->command.value;
  }
  /// Lets it campaign, and the first servers after it promise, with nothing to tell.
  void becomes_leader() {
    fires(ElectionTimeout{});
    for (std::uint32_t i = 1; node.role == Role::candidate; ++i) gets(NodeId{i}, Promise{node.promised, 0, {}});
  }
  /// A follower says that it has accepted these slots.
  void accepts(NodeId follower, std::uint64_t first, std::uint64_t count, std::uint64_t match) {
    gets(follower, Accepted{node.promised, first, count, match, node.own.read_round});
  }
  /// A crash after everything was written, and a restart.
  void restarts() {
    node = Node(node.config, node.mutant);
    node.start(fixture.ctx());
    sent = fixture.effects();
  }

  sim::Fixture fixture;
  Node node;
  std::vector<sim::Effect> sent;

 private:
  static bool is_message(const sim::Effect& e) {
    return e.kind == sim::EffectKind::send || e.kind == sim::EffectKind::send_at_once;
  }
};

}  // namespace paxos_test
