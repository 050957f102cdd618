// The replicated store's state machine: what commands do, and that each is done once (dissertation, §6.3).
#include "protocols/kv/machine.hpp"
#include "tests/unit/catch.hpp"

using namespace protocols;
using kv::Command;
using kv::Function;

namespace {

constexpr kv::Session kAlice{sim::NodeId{7}, 0};
constexpr kv::Session kBob{sim::NodeId{8}, 0};

std::string value_of(const kv::Machine& m, std::uint32_t key) { return m.read(key).value; }

}  // namespace

TEST_CASE("kv machine: write, append, erase and read", "[kv]") {
  kv::Machine m;
  CHECK_FALSE(m.read(1).found);
  CHECK(m.apply({kAlice, 1, {Function::write, 1, "a", {}}})->found);
  CHECK(m.apply({kAlice, 2, {Function::append, 1, "b", {}}})->found);
  CHECK(m.apply({kAlice, 3, {Function::append, 2, "c", {}}})->found);
  CHECK(m.apply({kAlice, 4, {Function::read, 1, {}, {}}}) == kv::Answer{true, "ab"});
  CHECK(value_of(m, 2) == "c");
  CHECK(m.apply({kAlice, 5, {Function::erase, 1, {}, {}}})->found);
  CHECK_FALSE(m.apply({kAlice, 6, {Function::erase, 1, {}, {}}})->found);
  CHECK_FALSE(m.read(1).found);
}

TEST_CASE("kv machine: cas changes a value only where it finds what it expects", "[kv]") {
  kv::Machine m;
  CHECK_FALSE(m.apply({kAlice, 1, {Function::cas, 1, "new", "old"}})->found);
  CHECK_FALSE(m.read(1).found);
  CHECK(m.apply({kAlice, 2, {Function::write, 1, "old", {}}}));
  CHECK(m.apply({kAlice, 3, {Function::cas, 1, "new", "old"}})->found);
  CHECK(value_of(m, 1) == "new");
  CHECK_FALSE(m.apply({kAlice, 4, {Function::cas, 1, "newer", "old"}})->found);
  CHECK(value_of(m, 1) == "new");
}

TEST_CASE("kv machine: an absent key is as good as an empty one to a cas", "[kv]") {
  kv::Machine m;
  CHECK(m.apply({kAlice, 1, {Function::cas, 1, "first", ""}})->found);
  CHECK(value_of(m, 1) == "first");
}

TEST_CASE("kv machine: a retry is answered again and not done again (6.3)", "[kv]") {
  kv::Machine m;
  REQUIRE(m.apply({kAlice, 1, {Function::append, 1, "x", {}}}));
  REQUIRE(m.apply({kAlice, 1, {Function::append, 1, "x", {}}}));
  CHECK(value_of(m, 1) == "x");
  // The answer is the one of then, though another client has changed the value since.
  REQUIRE(m.apply({kAlice, 2, {Function::cas, 1, "y", "x"}})->found);
  REQUIRE(m.apply({kBob, 1, {Function::write, 1, "z", {}}}));
  CHECK(m.apply({kAlice, 2, {Function::cas, 1, "y", "x"}})->found);
  CHECK(value_of(m, 1) == "z");
}

TEST_CASE("kv machine: a request older than the session's last never takes effect", "[kv]") {
  kv::Machine m;
  REQUIRE(m.apply({kAlice, 2, {Function::write, 1, "later", {}}}));
  CHECK_FALSE(m.apply({kAlice, 1, {Function::write, 1, "earlier", {}}}));
  CHECK(value_of(m, 1) == "later");
}

TEST_CASE("kv machine: slots of one client are sessions of their own", "[kv]") {
  kv::Machine m;
  const kv::Session other{kAlice.client, 1};
  REQUIRE(m.apply({kAlice, 5, {Function::append, 1, "a", {}}}));
  REQUIRE(m.apply({other, 1, {Function::append, 1, "b", {}}}));
  CHECK(value_of(m, 1) == "ab");
  REQUIRE(m.last_of(kAlice) != nullptr);
  CHECK(m.last_of(kAlice)->sequence == 5);
  CHECK(m.last_of(other)->sequence == 1);
  CHECK(m.last_of(kBob) == nullptr);
}

TEST_CASE("kv machine: a copy is a snapshot, sessions included", "[kv]") {
  kv::Machine m;
  REQUIRE(m.apply({kAlice, 1, {Function::append, 1, "x", {}}}));
  kv::Machine restored = m;
  CHECK(restored == m);
  CHECK(sim::digest_of(restored) == sim::digest_of(m));
  REQUIRE(m.apply({kAlice, 2, {Function::append, 1, "y", {}}}));
  CHECK(value_of(restored, 1) == "x");
  CHECK_FALSE(restored == m);
  REQUIRE(restored.apply({kAlice, 1, {Function::append, 1, "x", {}}}));
  CHECK(value_of(restored, 1) == "x");
  // The same requests in the same order give the same state, whatever was retried.
  REQUIRE(restored.apply({kAlice, 2, {Function::append, 1, "y", {}}}));
  CHECK(restored == m);
  CHECK(sim::digest_of(restored) == sim::digest_of(m));
}
