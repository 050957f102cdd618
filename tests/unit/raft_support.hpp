// What the unit tests of Raft share: one server in a fixture, and short names for what it is told and what it says.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "protocols/consensus/raft/node.hpp"
#include "sim/node/fixture.hpp"
#include "tests/unit/catch.hpp"

namespace raft_test {

namespace kv = protocols::kv;
using namespace protocols::raft;  // NOLINT(google-build-using-namespace)
using sim::NodeId;
using namespace sim::literals;  // NOLINT(google-build-using-namespace)

constexpr NodeId kClient{9};

/// Server n0 of a cluster, and the fixture that it runs in.
struct Server {
  explicit Server(std::uint32_t nodes = 3, const Config& config = {}, std::uint64_t seed = 1, Mutant mutant = Mutant::none)
      : fixture({.nodes = nodes, .seed = seed}), node(config, mutant) {
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
  /// A message without what the server tells itself: as long as the disk is not done.
  template <class M>
  void gets_before_fsync(NodeId from, const M& message) {
    node.on(fixture.ctx(), from, message);
    sent = fixture.effects();
  }
  /// Delivers what the last handler told itself.
  void tell_itself() {
    sent = fixture.effects();
    for (std::size_t i = 0; i < sent.size(); ++i) {
      if (sent[i].kind != sim::EffectKind::send || sent[i].to != NodeId{0}) continue;
      const sim::Payload own = sent[i].what;
      sim::Ctx& ctx = fixture.ctx();
      if (const auto* m = own.as<Vote>()) node.on(ctx, NodeId{0}, *m);
      if (const auto* m = own.as<Persisted>()) node.on(ctx, NodeId{0}, *m);
      if (const auto* m = own.as<SnapshotSaved>()) node.on(ctx, NodeId{0}, *m);
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
  template <class T>
  bool armed() const {
    for (const sim::Effect& e : sent) {
      if (e.kind == sim::EffectKind::set_timer && e.what.as<T>() != nullptr) return true;
    }
    return false;
  }

  Node::Log log() { return fixture.disk().log<Entry>(Node::kLog); }
  std::vector<std::uint64_t> terms() {
    std::vector<std::uint64_t> out;
    for (std::uint64_t i = log().first(); i <= log().last(); ++i) out.push_back(log().at(i).term);
    return out;
  }
  /// A log with entries of these terms, from index 1, as an earlier leader wrote it.
  void has_log(const std::vector<std::uint64_t>& terms) {
    for (const std::uint64_t t : terms) log().append({t, {}});
    if (!terms.empty()) node.term = std::max(node.term, terms.back());
  }
  /// Lets it campaign, and the first servers after it vote for it, as many as it takes.
  void becomes_leader() {
    fires(ElectionTimeout{});
    for (std::uint32_t i = 1; node.role == Role::candidate; ++i) gets(NodeId{i}, Vote{node.term, true});
  }
  void request(std::uint64_t sequence, kv::Function function = kv::Function::write, std::string value = "v",
               std::uint32_t key = 1) {
    gets(kClient, kv::Request{{kClient, 0}, sequence, {function, key, std::move(value), {}}});
  }
  /// A follower says that it has the log up to `index`.
  void acknowledges(NodeId follower, std::uint64_t index) {
    gets(follower, AppendReply{node.term, true, index, 0, 0, node.read_round});
  }
  /// A crash after everything was written, and a restart.
  void restarts() {
    node = Node(node.config, node.mutant);
    node.start(fixture.ctx());
  }

  sim::Fixture fixture;
  Node node;
  std::vector<sim::Effect> sent;

 private:
  static bool is_message(const sim::Effect& e) {
    return e.kind == sim::EffectKind::send || e.kind == sim::EffectKind::send_at_once;
  }
};

/// A committed command in a log: a write of `value` to key 1 by a session of its own.
inline Entry write_entry(Server& s, std::uint64_t term, std::uint64_t sequence, std::string value) {
  return {term, s.fixture.ctx().share(kv::Request{{kClient, 0}, sequence, {kv::Function::write, 1, std::move(value), {}}})};
}

}  // namespace raft_test
