// Saved slots and logs: what a crash may take and what it may not.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/disk/disk.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace sim;  // NOLINT(google-build-using-namespace)

struct Saved {
  std::uint64_t n = 0;
  SIM_DESCRIBE(Saved, n)
};

struct Entry {
  std::uint64_t term = 0;
  std::string text;
  SIM_DESCRIBE(Entry, term, text)
};

constexpr std::uint64_t kSeeds = 2000;

void save(Disk& disk, const PoolRef& pool, std::string_view slot, std::uint64_t n) {
  disk.save(slot, Payload::of(*pool, Saved{n}));
}

std::uint64_t saved(const Disk& disk, std::string_view slot) {
  const Payload held = disk.saved(slot);
  return held ? held.as<Saved>()->n : 0;
}

Disk crashed(const Disk& disk, std::uint64_t seed) {
  Disk out = disk;
  Rng rng(seed, "disk", 0);
  out.crash(rng);
  return out;
}

std::vector<std::uint64_t> numbers(const Disk& disk, std::string_view name) {
  std::vector<std::uint64_t> out;
  const CowLog<std::uint64_t>* log = disk.records<std::uint64_t>(name);
  if (log == nullptr) return out;
  out.push_back(log->first());  // the place of the log counts like its content
  for (std::uint64_t i = log->first(); i <= log->last(); ++i) out.push_back(log->at(i));
  return out;
}

/// One random operation on a log, as a protocol may do it.
void operate(DurableLog<std::uint64_t> log, Rng& rng) {
  switch (rng.below(8)) {
    case 0:
      if (!log.empty()) log.truncate(log.first() + rng.below(log.last() - log.first() + 1));
      return;
    case 1:
      if (!log.empty()) log.compact(log.first() + rng.below(log.last() - log.first() + 2));
      return;
    case 2:
      if (rng.below(4) == 0) log.reset(1 + rng.below(50));
      return;
    default: log.append(rng.next());
  }
}

}  // namespace

TEST_CASE("a slot reads as what was saved last, and as nothing before", "[disk]") {
  const PoolRef pool;
  Disk disk;
  CHECK_FALSE(static_cast<bool>(disk.saved("vote")));
  save(disk, pool, "vote", 1);
  save(disk, pool, "vote", 2);
  save(disk, pool, "other", 9);
  CHECK(saved(disk, "vote") == 2);
  CHECK(saved(disk, "other") == 9);
  CHECK(disk.written() == 3);
  CHECK(disk.synced() == 0);
}

TEST_CASE("a crash leaves one of the values that a slot has had since its sync, and over seeds each of them", "[disk]") {
  const PoolRef pool;
  Disk disk;
  save(disk, pool, "vote", 1);
  disk.sync(disk.written());
  for (std::uint64_t n = 2; n <= 4; ++n) save(disk, pool, "vote", n);
  std::map<std::uint64_t, int> seen;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) ++seen[saved(crashed(disk, seed), "vote")];
  CHECK(seen.size() == 4);
  CHECK(seen.contains(1));
  CHECK(seen.contains(4));
}

TEST_CASE("a slot that was never synced may be gone after a crash", "[disk]") {
  const PoolRef pool;
  Disk disk;
  save(disk, pool, "vote", 7);
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) seen.insert(saved(crashed(disk, seed), "vote"));
  CHECK(seen == std::set<std::uint64_t>{0, 7});
}

TEST_CASE("no crash takes what was synced", "[disk]") {
  const PoolRef pool;
  Disk disk;
  save(disk, pool, "vote", 7);
  disk.log<std::uint64_t>("log").append(11);
  disk.append("wal", "bytes");
  disk.sync(disk.written());
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Disk after = crashed(disk, seed);
    after = crashed(after, seed + 1);
    REQUIRE(saved(after, "vote") == 7);
    REQUIRE(numbers(after, "log") == std::vector<std::uint64_t>{1, 11});
    REQUIRE(after.read("wal", 0, 100) == "bytes");
  }
}

TEST_CASE("a sync up to a write makes what came before durable and leaves the rest open", "[disk]") {
  const PoolRef pool;
  Disk disk;
  save(disk, pool, "vote", 1);
  disk.log<std::uint64_t>("log").append(10);
  const std::uint64_t point = disk.written();
  save(disk, pool, "vote", 2);
  disk.log<std::uint64_t>("log").append(20);
  disk.sync(point);
  std::set<std::uint64_t> votes;
  std::set<std::vector<std::uint64_t>> logs;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Disk after = crashed(disk, seed);
    votes.insert(saved(after, "vote"));
    logs.insert(numbers(after, "log"));
  }
  CHECK(votes == std::set<std::uint64_t>{1, 2});
  CHECK(logs == std::set<std::vector<std::uint64_t>>{{1, 10}, {1, 10, 20}});
}

TEST_CASE("a sync of the past changes nothing", "[disk]") {
  const PoolRef pool;
  Disk disk;
  save(disk, pool, "vote", 1);
  save(disk, pool, "vote", 2);
  disk.sync(2);
  disk.sync(1);
  CHECK(disk.synced() == 2);
}

TEST_CASE("after a crash nothing is left to lose", "[disk]") {
  const PoolRef pool;
  Disk disk;
  for (std::uint64_t n = 0; n < 10; ++n) {
    save(disk, pool, "vote", n);
    disk.log<std::uint64_t>("log").append(n);
  }
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Disk once = crashed(disk, seed);
    REQUIRE(once.synced() == once.written());
    const Disk twice = crashed(once, seed + 1000);
    REQUIRE(saved(once, "vote") == saved(twice, "vote"));
    REQUIRE(numbers(once, "log") == numbers(twice, "log"));
  }
}

TEST_CASE("objects fail independently of each other, as files of one file system do", "[disk]") {
  const PoolRef pool;
  Disk disk;
  save(disk, pool, "a", 1);
  save(disk, pool, "b", 1);
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Disk after = crashed(disk, seed);
    seen.emplace(saved(after, "a"), saved(after, "b"));
  }
  CHECK(seen.size() == 4);
}

TEST_CASE("a crash leaves the log as it was after a prefix of its unsynced operations", "[disk]") {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    CAPTURE(seed);
    Rng rng(seed, "operations", 0);
    Disk disk;
    for (int i = 0; i < 10; ++i) operate(disk.log<std::uint64_t>("log"), rng);
    disk.sync(disk.written());
    std::vector<std::vector<std::uint64_t>> prefixes{numbers(disk, "log")};
    for (int i = 0; i < 8; ++i) {
      operate(disk.log<std::uint64_t>("log"), rng);
      prefixes.push_back(numbers(disk, "log"));
    }
    const std::vector<std::uint64_t> after = numbers(crashed(disk, seed), "log");
    REQUIRE(std::find(prefixes.begin(), prefixes.end(), after) != prefixes.end());
  }
}

TEST_CASE("over seeds every prefix of a log's unsynced operations survives a crash, equally often", "[disk]") {
  Disk disk;
  auto log = disk.log<std::uint64_t>("log");
  for (std::uint64_t n = 1; n <= 6; ++n) log.append(n);
  disk.sync(disk.written());
  std::vector<std::vector<std::uint64_t>> prefixes{numbers(disk, "log")};
  const auto done = [&] { prefixes.push_back(numbers(disk, "log")); };
  log.truncate(5), done();
  log.append(50), done();
  log.compact(3), done();
  log.append(60), done();
  log.reset(100), done();
  log.append(1000), done();
  std::map<std::vector<std::uint64_t>, int> seen;
  for (std::uint64_t seed = 0; seed < 7 * 400; ++seed) ++seen[numbers(crashed(disk, seed), "log")];
  CHECK(seen.size() == prefixes.size());
  for (const auto& prefix : prefixes) CHECK(std::abs(seen[prefix] - 400) < 5 * 20);
}

TEST_CASE("a truncation that was not synced may bring back what it cut", "[disk]") {
  Disk disk;
  for (std::uint64_t n = 1; n <= 200; ++n) disk.log<std::uint64_t>("log").append(n);  // more than one block of a CowLog
  disk.sync(disk.written());
  disk.log<std::uint64_t>("log").truncate(10);
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 0; seed < 100; ++seed) sizes.insert(numbers(crashed(disk, seed), "log").size() - 1);
  CHECK(sizes == std::set<std::size_t>{9, 200});
}

TEST_CASE("an operation that changes nothing is no write", "[disk]") {
  Disk disk;
  auto log = disk.log<std::uint64_t>("log");
  log.append(1);
  const std::uint64_t before = disk.written();
  log.truncate(2);
  log.truncate(100);
  log.compact(1);
  log.compact(0);
  CHECK(disk.written() == before);
}

TEST_CASE("two handles on one log see the same records", "[disk]") {
  Disk disk;
  disk.log<Entry>("log").append({1, "a"});
  auto log = disk.log<Entry>("log");
  log.append({2, "b"});
  CHECK(disk.log<Entry>("log").last() == 2);
  CHECK(log.at(1) == Entry{1, "a"});
  CHECK(disk.records<Entry>("log")->size() == 2);
  CHECK(disk.records<Entry>("none") == nullptr);
  CHECK(disk.records<std::uint64_t>("log") == nullptr);
  CHECK(disk.log<std::uint64_t>("numbers").empty());
}

TEST_CASE("a copy of a disk and the original go their own ways", "[disk]") {
  const PoolRef pool;
  Disk a;
  save(a, pool, "vote", 1);
  a.log<std::uint64_t>("log").append(1);
  a.append("wal", "one");
  Disk b = a;
  save(b, pool, "vote", 2);
  b.log<std::uint64_t>("log").append(2);
  b.append("wal", "two");
  b.sync(b.written());
  CHECK(saved(a, "vote") == 1);
  CHECK(numbers(a, "log") == std::vector<std::uint64_t>{1, 1});
  CHECK(a.read("wal", 0, 100) == "one");
  CHECK(a.synced() == 0);
  CHECK(saved(b, "vote") == 2);
  CHECK(b.read("wal", 0, 100) == "onetwo");
  a = b;
  b.wipe();
  CHECK(saved(a, "vote") == 2);
  CHECK(b.written() == 0);
  CHECK(numbers(b, "log").empty());
}

TEST_CASE("equal disks have equal digests, and each difference shows", "[disk]") {
  const PoolRef pool;
  const auto digest = [](const Disk& disk) {
    Digest d;
    disk.hash(d);
    return d.value();
  };
  Disk a;
  save(a, pool, "vote", 1);
  a.log<std::uint64_t>("log").append(1);
  a.append("wal", "one");
  std::set<std::uint64_t> seen{digest(a)};
  CHECK(digest(Disk(a)) == digest(a));
  Disk other = a;
  save(other, pool, "vote", 2);
  CHECK(seen.insert(digest(other)).second);
  other = a;
  other.log<std::uint64_t>("log").append(1);
  CHECK(seen.insert(digest(other)).second);
  other = a;
  other.append("wal", "x");
  CHECK(seen.insert(digest(other)).second);
  other = a;
  other.sync(other.written());
  CHECK(seen.insert(digest(other)).second);
}

TEST_CASE("disks that read alike but would crash differently have different digests", "[disk]") {
  const auto digest = [](const Disk& disk) {
    Digest d;
    disk.hash(d);
    return d.value();
  };
  Disk appended;
  appended.log<std::uint64_t>("log").append(1);
  appended.sync(appended.written());
  appended.log<std::uint64_t>("log").append(2);
  Disk truncated;
  for (std::uint64_t n = 1; n <= 3; ++n) truncated.log<std::uint64_t>("log").append(n);
  truncated.sync(truncated.written());
  truncated.log<std::uint64_t>("log").truncate(3);
  REQUIRE(numbers(appended, "log") == numbers(truncated, "log"));
  CHECK(digest(appended) != digest(truncated));

  Disk one;
  one.write("wal", 0, "a");
  one.sync(one.written());
  one.write("wal", 0, "c");
  Disk two;
  two.write("wal", 0, "b");
  two.sync(two.written());
  two.write("wal", 0, "c");
  CHECK(digest(one) != digest(two));
}

TEST_CASE("a disk shows its content as JSON", "[disk]") {
  const PoolRef pool;
  Disk disk;
  const auto json = [&] {
    std::string out;
    disk.json(out);
    return out;
  };
  CHECK(json() == R"({"slots":{},"logs":{},"files":{}})");
  save(disk, pool, "vote", 1);
  save(disk, pool, "a\"b", 2);
  disk.log<Entry>("log").append({1, "x"});
  disk.append("wal", "12345");
  CHECK(json() == R"({"slots":{"vote":{"n":1},"a\"b":{"n":2}},)"
                  R"("logs":{"log":{"first":1,"elements":[{"term":1,"text":"x"}]}},"files":{"wal":5}})");
}
