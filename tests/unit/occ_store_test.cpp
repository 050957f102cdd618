// The transactional store: what is validated, what a snapshot shows, what is decided once; and what operations come to.
#include <algorithm>
#include <string>
#include <vector>

#include "protocols/transactions/occ_store/client.hpp"
#include "protocols/transactions/occ_store/node.hpp"
#include "protocols/transactions/occ_store/operations.hpp"
#include "sim/node/fixture.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace protocols::occ_store;  // NOLINT(google-build-using-namespace)
using protocols::raft::ElectionTimeout;
using protocols::raft::Persisted;
using protocols::raft::Vote;
using sim::NodeId;

constexpr NodeId kAlice{7};
constexpr NodeId kBob{8};
constexpr Key kX{0, 1};
constexpr Key kY{0, 2};

Machine machine(Mutant mutant = Mutant::none) {
  Machine m;
  m.window = 100;
  m.mutant = mutant;
  return m;
}

}  // namespace

TEST_CASE("occ store: a transaction whose reads are unchanged commits, one that read the past aborts (Kung and Robinson, 4)",
          "[occ]") {
  Machine m = machine();
  CHECK(m.apply({kAlice, 1, 0, {kX}, {{kX, {1}}}}) == true);
  CHECK(m.apply({kBob, 1, 0, {kX}, {{kX, {2}}}}) == false);
  CHECK(m.read(kX, 2) == Content{1});
  CHECK(m.apply({kBob, 2, 2, {kX}, {{kX, {1, 2}}}}) == true);
  CHECK(m.read(kX, 3) == Content{1, 2});
}

TEST_CASE("occ store: write skew aborts, and rows that are only written conflict with nothing", "[occ]") {
  Machine m = machine();
  CHECK(m.apply({kAlice, 1, 0, {kX}, {{kY, {1}}}}) == true);
  CHECK(m.apply({kBob, 1, 0, {kY}, {{kX, {2}}}}) == false);
  CHECK(m.apply({kBob, 2, 0, {}, {{kY, {3}}}}) == true);
  CHECK(m.read(kY, 3) == Content{3});
  // What only reads is validated like the rest.
  CHECK(m.apply({kAlice, 2, 2, {kY}, {}}) == false);
  CHECK(m.apply({kAlice, 3, 4, {kY}, {}}) == true);
}

TEST_CASE("occ store: a snapshot shows the rows as they were, as far back as the window goes", "[occ]") {
  Machine m = machine();
  m.window = 3;
  for (std::int64_t i = 1; i <= 6; ++i) m.apply({kAlice, static_cast<std::uint64_t>(i), 0, {}, {{kX, {i}}}});
  CHECK(m.read(kX, 6) == Content{6});
  CHECK(m.read(kX, 4) == Content{4});
  CHECK(m.read(kX, 3) == Content{3});
  CHECK_FALSE(m.read(kX, 2));  // too old
  CHECK_FALSE(m.read(kX, 7));  // not applied yet
  CHECK(m.read(kY, 5) == Content{});
  CHECK(m.tables->rows.at(kX).size() == 4);
}

TEST_CASE("occ store: a row that is not written any more keeps the version that snapshots see", "[occ]") {
  Machine m = machine();
  m.window = 2;
  m.apply({kAlice, 1, 0, {}, {{kX, {1}}}});
  for (int i = 0; i < 10; ++i) m.skip();
  CHECK(m.read(kX, 11) == Content{1});
  CHECK(m.read(kX, 9) == Content{1});
}

TEST_CASE("occ store: a retry is answered again and not judged again", "[occ]") {
  Machine m = machine();
  const Commit once{kAlice, 5, 0, {kX}, {{kX, {1}}}};
  CHECK(m.apply(once) == true);
  CHECK(m.apply(once) == true);
  CHECK(m.tables->rows.at(kX).size() == 1);
  CHECK_FALSE(m.apply({kAlice, 4, 0, {}, {{kX, {9}}}}));  // its client has gone beyond it
  CHECK(m.read(kX, 3) == Content{1});
  // The planted bug: judged again, it fails because of what it wrote.
  Machine forgetful = machine(Mutant::duplicate_enqueue);
  CHECK(forgetful.apply(once) == true);
  CHECK(forgetful.apply(once) == false);
}

TEST_CASE("occ store: copies of the state are apart", "[occ]") {
  Machine m = machine();
  m.apply({kAlice, 1, 0, {}, {{kX, {1}}}});
  const Machine copy = m;
  m.apply({kAlice, 2, 0, {}, {{kX, {2}}}});
  CHECK(copy.read(kX, 1) == Content{1});
  CHECK(copy.applied == 1);
  CHECK(copy.decisions != m.decisions);
}

// ---- the server -------------------------------------------------------------------------------------------------------

namespace {

/// Server n0 of three, made leader by the vote of n1.
struct Leader {
  sim::Fixture f{{.nodes = 3}};
  Node node{Config{}};
  Leader() {
    node.start(f.ctx());
    node.on(f.ctx(), ElectionTimeout{});
    node.on(f.ctx(), NodeId{0}, Vote{1, true});
    node.on(f.ctx(), NodeId{1}, Vote{1, true});
  }
  /// n1 has the log up to `index`, and so has the leader's own disk.
  void holds(std::uint64_t index) {
    node.on(f.ctx(), NodeId{0}, Persisted{1, index});
    node.on(f.ctx(), NodeId{1}, protocols::raft::AppendReply{1, true, index, 0, 0, 0});
  }
};

}  // namespace

TEST_CASE("occ store: the leader answers a commit when a majority has it and it is decided, not before", "[occ]") {
  Leader l;
  l.holds(1);
  l.node.on(l.f.ctx(), kAlice, Commit{kAlice, 1, 1, {kX}, {{kX, {4}}}});
  CHECK(l.f.sent<CommitReply>(kAlice) == nullptr);
  CHECK(l.node.machine.read(kX, 1) == Content{});
  l.holds(2);
  REQUIRE(l.f.sent<CommitReply>(kAlice) != nullptr);
  CHECK(l.f.sent<CommitReply>(kAlice)->status == Status::committed);
  CHECK(l.node.machine.read(kX, 2) == Content{4});
  // Again: at once, from what it remembers.
  l.node.on(l.f.ctx(), kAlice, Commit{kAlice, 1, 1, {kX}, {{kX, {4}}}});
  REQUIRE(l.f.sent<CommitReply>(kAlice) != nullptr);
  CHECK(l.f.sent<CommitReply>(kAlice)->status == Status::committed);
}

TEST_CASE("occ store: who does not lead decides nothing, but serves reads", "[occ]") {
  sim::Fixture f({.nodes = 3});
  Node node{Config{}};
  node.start(f.ctx());
  node.on(f.ctx(), kAlice, Commit{kAlice, 1, 0, {}, {{kX, {1}}}});
  REQUIRE(f.sent<CommitReply>(kAlice) != nullptr);
  CHECK(f.sent<CommitReply>(kAlice)->status == Status::not_leader);
  node.on(f.ctx(), kAlice, Read{1, kX, std::nullopt});
  REQUIRE(f.sent<ReadReply>(kAlice) != nullptr);
  CHECK(f.sent<ReadReply>(kAlice)->served);
  node.on(f.ctx(), kAlice, Read{1, kX, 3});
  REQUIRE(f.sent<ReadReply>(kAlice) != nullptr);
  CHECK_FALSE(f.sent<ReadReply>(kAlice)->served);
}

// ---- operations -------------------------------------------------------------------------------------------------------

namespace {

Key row(Does does, std::uint32_t number) { return {static_cast<std::uint32_t>(does), number}; }

}  // namespace

TEST_CASE("occ store: transactions in Elle's notation see what they have done themselves", "[occ]") {
  const Key k = row(Does::append, 3);
  const Operation op{Does::append, {{AccessKind::read, k, 0}, {AccessKind::append, k, 7}, {AccessKind::read, k, 0}}};
  REQUIRE(next_to_read(op, {}) != nullptr);
  CHECK(*next_to_read(op, {}) == k);
  const Rows known{{k, {1, 2}}};
  CHECK(next_to_read(op, known) == nullptr);
  const Effect effect = evaluate(op, known);
  CHECK(effect.writes == Rows{{k, {1, 2, 7}}});
  CHECK(function_of(op) == "txn");
  CHECK(input_of(op) == R"([["r",3,null],["append",3,7],["r",3,null]])");
  CHECK(output_of(op, effect) == R"([["r",3,[1,2]],["append",3,7],["r",3,[1,2,7]]])");

  const Key r = row(Does::txn, 4);
  const Operation registers{Does::txn, {{AccessKind::read, r, 0}, {AccessKind::write, r, 9}, {AccessKind::read, r, 0}}};
  CHECK(output_of(registers, evaluate(registers, {{r, {}}})) == R"([["r",4,null],["w",4,9],["r",4,9]])");
  CHECK(next_to_read({Does::txn, {{AccessKind::write, r, 9}}}, {}) == nullptr);  // a blind write reads nothing
}

TEST_CASE("occ store: a transfer moves money, or nothing where there is too little", "[occ]") {
  const Key a = row(Does::bank, 0);
  const Key b = row(Does::bank, 1);
  const Operation transfer{Does::bank, {{AccessKind::withdraw, a, 4}, {AccessKind::deposit, b, 4}}};
  const Effect first = evaluate(transfer, {{a, {}}, {b, {}}});
  CHECK_FALSE(first.refused);
  CHECK(first.writes == Rows{{a, {kOpeningBalance - 4}}, {b, {kOpeningBalance + 4}}});
  CHECK(evaluate(transfer, {{a, {3}}, {b, {}}}).refused);
  CHECK(input_of(transfer) == R"({"from":0,"to":1,"amount":4})");
  CHECK(output_of(transfer, first).empty());
  const Operation read{Does::bank, {{AccessKind::read, a, 0}, {AccessKind::read, b, 0}}};
  CHECK(output_of(read, evaluate(read, {{a, {6}}, {b, {}}})) == R"({"0":6,"1":10})");
}

TEST_CASE("occ store: a queue gives its first element, or nothing", "[occ]") {
  const Key q = row(Does::queue, 0);
  const Operation dequeue{Does::queue, {{AccessKind::take, q, 0}}};
  const Effect effect = evaluate(dequeue, {{q, {5, 6}}});
  CHECK(function_of(dequeue) == "dequeue");
  CHECK(output_of(dequeue, effect) == "5");
  CHECK(effect.writes == Rows{{q, {6}}});
  const Effect empty = evaluate(dequeue, {{q, {}}});
  CHECK(output_of(dequeue, empty) == "null");
  CHECK(empty.writes.empty());
}

TEST_CASE("occ store: sets and counters", "[occ]") {
  const Key s = row(Does::set, 0);
  const Operation add{Does::set, {{AccessKind::append, s, 5}}};
  CHECK(function_of(add) == "add");
  CHECK(input_of(add) == "5");
  CHECK(evaluate(add, {{s, {4}}}).writes == Rows{{s, {4, 5}}});
  const Operation read{Does::set, {{AccessKind::read, s, 0}}};
  CHECK(output_of(read, evaluate(read, {{s, {4, 5}}})) == "[4,5]");
  const Key c = row(Does::counter, 0);
  CHECK(evaluate({Does::counter, {{AccessKind::deposit, c, 3}}}, {{c, {}}}).writes == Rows{{c, {3}}});
  const Operation value{Does::counter, {{AccessKind::read, c, 0}}};
  CHECK(output_of(value, evaluate(value, {{c, {}}})) == "0");
}

// ---- the client -------------------------------------------------------------------------------------------------------

TEST_CASE("occ store: the last in, the greatest, the whole", "[occ]") {
  const Key key{static_cast<std::uint32_t>(Does::stack), 0};
  const Rows rows{{key, {4, 9, 6}}};
  const auto of = [&](Does does, AccessKind kind) { return Operation{does, {{kind, key, 0}}}; };
  const auto gives = [&](const Operation& operation, const Rows& known) {
    return output_of(operation, evaluate(operation, known));
  };
  const Operation pop = of(Does::stack, AccessKind::pop);
  CHECK(function_of(pop) == "pop");
  CHECK(gives(pop, rows) == "6");
  CHECK(evaluate(pop, rows).writes == Rows{{key, {4, 9}}});
  CHECK(gives(pop, {{key, {}}}) == "null");
  CHECK(evaluate(pop, {{key, {}}}).writes.empty());
  CHECK(gives(of(Does::stack, AccessKind::read), rows) == "6");
  const Operation poll = of(Does::priority_queue, AccessKind::poll);
  CHECK(gives(poll, rows) == "9");
  CHECK(evaluate(poll, rows).writes == Rows{{key, {4, 6}}});
  CHECK(gives(of(Does::priority_queue, AccessKind::read), rows) == "9");
  CHECK(function_of(of(Does::priority_queue, AccessKind::read)) == "peek");
  const Operation drain = of(Does::work, AccessKind::drain);
  CHECK(gives(drain, rows) == "[4,9,6]");
  CHECK(evaluate(drain, rows).writes == Rows{{key, {}}});
}

TEST_CASE("occ store: a lock has one holder, and a set a member once", "[occ]") {
  const Key key{static_cast<std::uint32_t>(Does::lock), 0};
  const auto lock = [&](AccessKind kind, std::int64_t who) { return Operation{Does::lock, {{kind, key, who}}}; };
  CHECK(evaluate(lock(AccessKind::acquire, 7), {{key, {}}}).writes == Rows{{key, {7}}});
  CHECK(evaluate(lock(AccessKind::acquire, 7), {{key, {8}}}).refused);
  CHECK(evaluate(lock(AccessKind::acquire, 7), {{key, {7}}}).refused);
  CHECK(evaluate(lock(AccessKind::release, 7), {{key, {7}}}).writes == Rows{{key, {}}});
  CHECK(evaluate(lock(AccessKind::release, 7), {{key, {8}}}).refused);
  CHECK(evaluate(lock(AccessKind::release, 7), {{key, {}}}).refused);
  CHECK(input_of(lock(AccessKind::acquire, 7)).empty());

  const auto member = [&](AccessKind kind) { return Operation{Does::members, {{kind, key, 2}}}; };
  const auto gives = [&](AccessKind kind, const Content& row) {
    return output_of(member(kind), evaluate(member(kind), {{key, row}}));
  };
  CHECK(gives(AccessKind::include, {1}) == "true");
  CHECK(gives(AccessKind::include, {1, 2}) == "false");
  CHECK(gives(AccessKind::exclude, {1, 2}) == "true");
  CHECK(gives(AccessKind::exclude, {1}) == "false");
  CHECK(gives(AccessKind::read, {1, 2}) == "true");
  CHECK(gives(AccessKind::read, {1}) == "false");
  CHECK(evaluate(member(AccessKind::include), {{key, {2}}}).writes.empty());
  CHECK(function_of(member(AccessKind::read)) == "contains");
  CHECK(input_of(member(AccessKind::read)) == "2");
}

TEST_CASE("occ store: the clients of a long fork write each key once, and read whole groups", "[occ]") {
  sim::check::Workload workload;
  workload.keys = 3;
  std::vector<std::uint32_t> written;
  for (std::uint32_t client = 3; client < 6; ++client) {
    sim::Rng rng(7, "long fork", client);
    std::int64_t value = std::int64_t{client} * protocols::clients::kValuesPerClient + 1;
    std::uint32_t first_key = 0;
    std::uint64_t writes = 0;
    for (int i = 0; i < 40; ++i) {
      const Draw draw{Does::long_fork, workload, first_key, false};
      const Operation operation = draw_operation(draw, rng, value);
      if (operation.accesses.front().kind == AccessKind::write) {
        REQUIRE(operation.accesses.size() == 1);
        written.push_back(operation.accesses.front().key.number);
      } else {
        REQUIRE(operation.accesses.size() == 3);
        std::uint32_t group = operation.accesses.front().key.number / 3;
        for (const Access& access : operation.accesses) CHECK(access.key.number / 3 == group);
      }
      first_key += keys_left(draw, operation, writes);
    }
  }
  REQUIRE(written.size() > 30);
  std::sort(written.begin(), written.end());
  CHECK(std::adjacent_find(written.begin(), written.end()) == written.end());
}

namespace {

/// A client among three servers, whose system is called "system" in the fixture.
struct Caller {
  sim::Fixture f{{.nodes = 3, .self = NodeId{9}}};
  Client client;
  explicit Caller(Does does) : client(settings(), does) {
    client.start(f.ctx());
    client.on(f.ctx(), NodeId{9}, Begin{});
  }
  static sim::check::Workload settings() {
    sim::check::Workload w;
    w.target = "system";
    w.reads = sim::Ratio::percent(0);
    return w;
  }
  template <class O>
  const O* observed() const {
    for (const sim::Effect& e : f.effects()) {
      if (e.kind == sim::EffectKind::observe && e.what.as<O>() != nullptr) return e.what.as<O>();
    }
    return nullptr;
  }
};

}  // namespace

TEST_CASE("occ store client: it reads at the snapshot of its first read, commits, and is told", "[occ]") {
  Caller c(Does::bank);
  c.client.on(c.f.ctx(), Next{});
  REQUIRE(c.observed<sim::check::Called>() != nullptr);
  CHECK(c.observed<sim::check::Called>()->function == "transfer");
  const Read first = *c.f.sent<Read>(NodeId{0});
  CHECK_FALSE(first.snapshot);
  c.client.on(c.f.ctx(), NodeId{0}, ReadReply{first.sequence, true, first.key, 12, {}});
  const Read second = *c.f.sent<Read>(NodeId{0});
  CHECK(second.snapshot == 12);
  c.client.on(c.f.ctx(), NodeId{0}, ReadReply{second.sequence, true, second.key, 12, {}});
  REQUIRE(c.f.sent<Commit>(NodeId{0}) != nullptr);
  CHECK(c.f.sent<Commit>(NodeId{0})->snapshot == 12);
  CHECK(c.f.sent<Commit>(NodeId{0})->reads.size() == 2);
  c.client.on(c.f.ctx(), NodeId{0}, CommitReply{first.sequence, Status::not_leader, NodeId{2}});
  REQUIRE(c.f.sent<Commit>(NodeId{2}) != nullptr);
  c.client.on(c.f.ctx(), NodeId{2}, CommitReply{first.sequence, Status::committed, {}});
  REQUIRE(c.observed<sim::check::Answered>() != nullptr);
  CHECK(c.observed<sim::check::Answered>()->outcome == sim::check::Outcome::ok);
}

TEST_CASE("occ store client: an abort is run again under a new number, five times in all, and then it has failed", "[occ]") {
  Caller c(Does::counter);
  c.client.on(c.f.ctx(), Next{});
  std::uint64_t last = 0;
  for (int i = 1; i <= 5; ++i) {
    const Read read = *c.f.sent<Read>(NodeId{0});
    CHECK(read.sequence > last);
    last = read.sequence;
    c.client.on(c.f.ctx(), NodeId{0}, ReadReply{read.sequence, true, read.key, 1, {}});
    c.client.on(c.f.ctx(), NodeId{0}, CommitReply{read.sequence, Status::aborted, {}});
    CHECK((c.observed<sim::check::Answered>() != nullptr) == (i == 5));
  }
  CHECK(c.observed<sim::check::Answered>()->outcome == sim::check::Outcome::fail);
}

TEST_CASE("occ store client: a read without an answer fails, a commit without one is unknown", "[occ]") {
  Caller c(Does::counter);
  c.client.on(c.f.ctx(), Next{});
  c.f.advance(c.client.workload.give_up_after);
  c.client.on(c.f.ctx(), Retry{});
  REQUIRE(c.observed<sim::check::Answered>() != nullptr);
  CHECK(c.observed<sim::check::Answered>()->outcome == sim::check::Outcome::fail);

  c.client.on(c.f.ctx(), Next{});
  const std::uint64_t process = c.observed<sim::check::Called>()->process;
  const Read read = *c.f.sent<Read>(NodeId{0});
  c.client.on(c.f.ctx(), NodeId{0}, ReadReply{read.sequence, true, read.key, 1, {}});
  c.client.on(c.f.ctx(), Retry{});  // to the next server, under the same number
  REQUIRE(c.f.sent<Commit>(NodeId{1}) != nullptr);
  CHECK(c.f.sent<Commit>(NodeId{1})->sequence == read.sequence);
  c.f.advance(c.client.workload.give_up_after);
  c.client.on(c.f.ctx(), Retry{});
  REQUIRE(c.observed<sim::check::Answered>() != nullptr);
  CHECK(c.observed<sim::check::Answered>()->outcome == sim::check::Outcome::info);
  c.client.on(c.f.ctx(), Next{});
  CHECK(c.observed<sim::check::Called>()->process != process);
}
