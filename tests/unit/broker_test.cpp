// The broker: offsets, committed offsets, what a retry comes to, and what consumers may see.
#include "protocols/broker/machine.hpp"
#include "protocols/broker/node.hpp"
#include "sim/node/fixture.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace protocols::broker;  // NOLINT(google-build-using-namespace)
using protocols::raft::ElectionTimeout;
using protocols::raft::Persisted;
using protocols::raft::Vote;
using sim::NodeId;

constexpr NodeId kAlice{7};
constexpr NodeId kBob{8};

Command send(NodeId client, std::uint64_t sequence, std::uint32_t partition, std::int64_t value) {
  return {client, sequence, CommandKind::send, partition, value, {}};
}

}  // namespace

TEST_CASE("broker: offsets of a partition count from 0, without gaps, each partition by itself", "[broker]") {
  Machine m;
  CHECK(m.apply(send(kAlice, 1, 0, 10))->offset == 0);
  CHECK(m.apply(send(kBob, 1, 0, 20))->offset == 1);
  CHECK(m.apply(send(kAlice, 2, 1, 30))->offset == 0);
  CHECK(m.length(0) == 2);
  CHECK(m.read(0, 0, 10) == Batch{0, 0, {10, 20}});
  CHECK(m.read(0, 1, 10) == Batch{0, 1, {20}});
  CHECK(m.read(0, 0, 1) == Batch{0, 0, {10}});
  CHECK(m.read(0, 5, 10).values.empty());
  CHECK(m.read(9, 0, 10).values.empty());
}

TEST_CASE("broker: a retry is the same record (KIP-98)", "[broker]") {
  Machine m;
  CHECK(m.apply(send(kAlice, 1, 0, 10))->offset == 0);
  CHECK(m.apply(send(kBob, 1, 0, 20))->offset == 1);
  CHECK(m.apply(send(kAlice, 1, 0, 10))->offset == 0);
  CHECK(m.length(0) == 2);
  m.apply(send(kAlice, 2, 0, 11));
  CHECK_FALSE(m.apply(send(kAlice, 1, 0, 10)));
  CHECK(m.length(0) == 3);
  CHECK(m.applied == 5);
}

TEST_CASE("broker: committed offsets are listed, and never fall", "[broker]") {
  Machine m;
  m.apply({kAlice, 1, CommandKind::commit_offsets, 0, 0, {{0, 5}, {1, 2}}});
  m.apply({kBob, 1, CommandKind::commit_offsets, 0, 0, {{0, 3}}});
  CHECK(m.apply({kAlice, 2, CommandKind::list_committed_offsets, 0, 0, {{0, 0}, {2, 0}}})->offsets == Offsets{{0, 5}});
}

TEST_CASE("broker: a record is acknowledged and polled when a majority has it, not before", "[broker]") {
  sim::Fixture f({.nodes = 3});
  Node node{Config{}};
  node.start(f.ctx());
  node.on(f.ctx(), ElectionTimeout{});
  node.on(f.ctx(), NodeId{0}, Vote{1, true});
  node.on(f.ctx(), NodeId{1}, Vote{1, true});
  const auto holds = [&](std::uint64_t index) {
    node.on(f.ctx(), NodeId{0}, Persisted{1, index});
    node.on(f.ctx(), NodeId{1}, protocols::raft::AppendReply{1, true, index, 0, 0, 0});
  };
  holds(1);
  node.on(f.ctx(), kAlice, send(kAlice, 1, 0, 10));
  CHECK(f.sent<Answer>(kAlice) == nullptr);
  node.on(f.ctx(), kBob, Poll{1, {{0, 0}}});
  CHECK(f.sent<Polled>(kBob)->batches.empty());
  holds(2);
  REQUIRE(f.sent<Answer>(kAlice) != nullptr);
  CHECK(f.sent<Answer>(kAlice)->outcome.offset == 0);
  node.on(f.ctx(), kBob, Poll{2, {{0, 0}}});
  REQUIRE(f.sent<Polled>(kBob)->batches.size() == 1);
  CHECK(f.sent<Polled>(kBob)->batches[0] == Batch{0, 0, {10}});
  node.on(f.ctx(), kBob, Poll{3, {{0, 1}}});
  CHECK(f.sent<Polled>(kBob)->batches.empty());
}

TEST_CASE("broker: who does not lead says who does", "[broker]") {
  sim::Fixture f({.nodes = 3});
  Node node{Config{}};
  node.start(f.ctx());
  node.on(f.ctx(), NodeId{2}, protocols::raft::AppendEntries{1, 0, 0, {}, 0, 0});
  node.on(f.ctx(), kAlice, send(kAlice, 1, 0, 10));
  REQUIRE(f.sent<Answer>(kAlice) != nullptr);
  CHECK_FALSE(f.sent<Answer>(kAlice)->done);
  CHECK(f.sent<Answer>(kAlice)->leader == NodeId{2});
}
