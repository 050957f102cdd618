// Payload, Pool and CowLog: sharing that nobody may notice.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/cow_log.hpp"
#include "sim/core/payload.hpp"
#include "sim/core/random.hpp"
#include "sim/core/rc.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace sim;  // NOLINT(google-build-using-namespace)

struct Nothing {
  SIM_DESCRIBE(Nothing)
};

struct NothingElse {
  SIM_DESCRIBE(NothingElse)
};

struct Words {
  std::string text;
  std::uint64_t number = 0;
  SIM_DESCRIBE(Words, text, number)
};

struct OtherWords {
  std::string text;
  std::uint64_t number = 0;
  SIM_DESCRIBE(OtherWords, text, number)
};

struct Huge {
  std::array<std::uint64_t, 200> numbers{};
  SIM_DESCRIBE(Huge, numbers)
};

const std::string kLong = "a text that is too long for the small-string buffer of any library";

}  // namespace

TEST_CASE("copies of a payload share one value", "[core]") {
  const PoolRef pool;
  const Payload a = Payload::of(*pool, Words{kLong, 7});
  const Payload b = a;  // NOLINT(performance-unnecessary-copy-initialization)
  REQUIRE(a.as<Words>() != nullptr);
  CHECK(a.as<Words>() == b.as<Words>());
  CHECK(a.as<Words>()->text == kLong);
  CHECK(a.name() == "Words");
}

TEST_CASE("payloads are equal exactly when their types and their fields are", "[core]") {
  const PoolRef pool;
  const PoolRef elsewhere;
  const Payload a = Payload::of(*pool, Words{kLong, 7});
  CHECK(a == Payload::of(*pool, Words{kLong, 7}));
  CHECK(a == Payload::of(*elsewhere, Words{kLong, 7}));
  CHECK_FALSE(a == Payload::of(*pool, Words{kLong, 8}));
  CHECK_FALSE(a == Payload::of(*pool, OtherWords{kLong, 7}));
  CHECK_FALSE(a == Payload());
  CHECK(Payload() == Payload());
  CHECK(a.digest() == digest_of(Words{kLong, 7}));
  CHECK(Payload().digest() == 0);
}

TEST_CASE("a payload gives its value only to those who name its type", "[core]") {
  const PoolRef pool;
  const Payload a = Payload::of(*pool, Words{"x", 1});
  CHECK(a.as<OtherWords>() == nullptr);
  CHECK(a.as<Nothing>() == nullptr);
  CHECK(Payload().as<Words>() == nullptr);
  CHECK_FALSE(static_cast<bool>(Payload()));
}

TEST_CASE("a payload of a type without fields takes no block and still knows its type", "[core]") {
  const PoolRef pool;
  const Payload a = Payload::of(*pool, Nothing{});
  const Payload b = Payload::of(*pool, Nothing{});
  CHECK(a == b);
  CHECK(a.as<Nothing>() == b.as<Nothing>());
  CHECK(a.as<NothingElse>() == nullptr);
  CHECK_FALSE(a == Payload::of(*pool, NothingElse{}));
  CHECK(a.digest() == digest_of(Nothing{}));
  CHECK(to_json(a) == "{}");
}

TEST_CASE("a payload shows its value as JSON, and none as null", "[core]") {
  const PoolRef pool;
  CHECK(to_json(Payload::of(*pool, Words{"x", 1})) == R"({"text":"x","number":1})");
  CHECK(to_json(Payload()) == "null");
}

TEST_CASE("a payload survives moves and assignments to itself", "[core]") {
  const PoolRef pool;
  Payload a = Payload::of(*pool, Words{kLong, 1});
  Payload b = Payload::of(*pool, Words{kLong, 2});
  Payload& same = a;
  a = same;
  CHECK(a.as<Words>()->number == 1);
  a = b;
  CHECK(a.as<Words>()->number == 2);
  const Payload c = std::move(b);
  CHECK(c.as<Words>()->number == 2);
  a = Payload();
  CHECK(c.as<Words>()->text == kLong);
}

TEST_CASE("a freed block is used again for the next payload of its size", "[core]") {
  const PoolRef pool;
  Payload first = Payload::of(*pool, Words{kLong, 1});
  const void* where = first.as<Words>();
  first = Payload();
  const Payload second = Payload::of(*pool, Words{kLong, 2});
  CHECK(static_cast<const void*>(second.as<Words>()) == where);
}

TEST_CASE("payloads outlive the pool's last owner", "[core]") {
  std::vector<Payload> kept;
  {
    const PoolRef pool;
    for (std::uint64_t i = 0; i < 1000; ++i) kept.push_back(Payload::of(*pool, Words{kLong, i}));
    kept.push_back(Payload::of(*pool, Huge{}));
  }
  for (std::uint64_t i = 0; i < 1000; ++i) REQUIRE(kept[i].as<Words>()->number == i);
  CHECK(kept.back().as<Huge>()->numbers.size() == 200);
  kept.clear();  // a sanitizer would say if this freed twice or not at all
  CHECK(kept.empty());
}

TEST_CASE("blocks of all sizes are aligned and do not overlap", "[core]") {
  const PoolRef pool;
  std::vector<std::pair<unsigned char*, std::size_t>> blocks;
  Rng rng(1, "sizes", 0);
  for (int i = 0; i < 2000; ++i) {
    const std::size_t size = 1 + rng.below(700);
    auto* block = static_cast<unsigned char*>((*pool).allocate(size));
    REQUIRE(reinterpret_cast<std::uintptr_t>(block) % 16 == 0);
    std::fill(block, block + size, static_cast<unsigned char>(i));
    blocks.emplace_back(block, size);
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto [block, size] = blocks[i];
    REQUIRE(std::all_of(block, block + size, [&](unsigned char c) { return c == static_cast<unsigned char>(i); }));
    (*pool).deallocate(block, size);
  }
}

TEST_CASE("a shared value is copied when one of its owners writes, and only then", "[core]") {
  Rc<std::string> a = Rc<std::string>::make("one");
  Rc<std::string> b = a;
  CHECK(&*a == &*b);
  b.write() = "two";
  CHECK(*a == "one");
  CHECK(*b == "two");
  const std::string* alone = &*b;
  b.write() += "!";
  CHECK(&*b == alone);
}

namespace {

/// What a CowLog should be: a vector and the index of its first element.
struct Model {
  std::uint64_t first = 1;
  std::vector<std::uint64_t> elements;
  std::uint64_t last() const { return first + elements.size() - 1; }
};

void require_equal(const CowLog<std::uint64_t>& log, const Model& model) {
  REQUIRE(log.first() == model.first);
  REQUIRE(log.size() == model.elements.size());
  REQUIRE(log.last() == model.last());
  REQUIRE(log.empty() == model.elements.empty());
  bool equal = true;
  for (std::uint64_t i = 0; i < model.elements.size(); ++i) equal = equal && log.at(model.first + i) == model.elements[i];
  REQUIRE(equal);
}

void change(CowLog<std::uint64_t>& log, Model& model, Rng& rng) {
  const std::uint64_t n = model.elements.size();
  switch (rng.below(16)) {
    case 0: {
      const std::uint64_t cut = n - std::min(n, rng.below(100));
      log.truncate(model.first + cut);
      model.elements.resize(cut);
      return;
    }
    case 1: {
      const std::uint64_t gone = rng.below(n + 1);
      log.compact(model.first + gone);
      model.elements.erase(model.elements.begin(), model.elements.begin() + static_cast<std::ptrdiff_t>(gone));
      model.first += gone;
      return;
    }
    case 2:
      if (rng.below(8) == 0) {
        model = {1 + rng.below(1000), {}};
        log.reset(model.first);
      }
      return;
    default:
      for (std::uint64_t i = rng.below(40); i > 0; --i) {
        model.elements.push_back(rng.next());
        log.append(model.elements.back());
      }
  }
}

}  // namespace

TEST_CASE("a CowLog and its copies do what a vector does, whatever the order of operations", "[core]") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    Rng rng(seed, "cow-log", 0);
    std::vector<std::pair<CowLog<std::uint64_t>, Model>> family(1);
    for (int i = 0; i < 400; ++i) {
      const std::size_t who = rng.below(family.size());
      if (family.size() < 5 && rng.below(10) == 0) family.push_back(family[who]);
      if (rng.below(20) == 0) family[rng.below(family.size())] = family[who];
      change(family[who].first, family[who].second, rng);
      require_equal(family[who].first, family[who].second);
    }
    for (const auto& [log, model] : family) require_equal(log, model);
  }
}

TEST_CASE("equal logs have equal digests, however they came to be", "[core]") {
  CowLog<std::uint64_t> straight;
  for (std::uint64_t i = 0; i < 100; ++i) straight.append(i);
  CowLog<std::uint64_t> crooked;
  for (std::uint64_t i = 0; i < 300; ++i) crooked.append(i < 80 ? i : 0);
  crooked.truncate(81);
  for (std::uint64_t i = 80; i < 100; ++i) crooked.append(i);
  CHECK(straight == crooked);
  CHECK(digest_of(straight) == digest_of(crooked));
  crooked.compact(2);
  CHECK_FALSE(straight == crooked);
  CHECK(digest_of(straight) != digest_of(crooked));
  straight.truncate(3);
  CHECK(to_json(straight) == R"({"first":1,"elements":[0,1]})");
}
