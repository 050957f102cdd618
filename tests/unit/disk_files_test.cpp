// Raw files: bytes, pages, and writes torn at sectors.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/disk/disk.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace sim;  // NOLINT(google-build-using-namespace)

constexpr std::uint64_t kPage = File::kPageBytes;
constexpr std::uint64_t kSector = File::kSectorBytes;

Disk crashed(const Disk& disk, std::uint64_t seed) {
  Disk out = disk;
  Rng rng(seed, "disk", 0);
  out.crash(rng);
  return out;
}

/// A synced page of 'a' with an unsynced write of 'b' over all of it.
Disk half_written_page() {
  Disk disk;
  disk.write("f", 0, std::string(kPage, 'a'));
  disk.sync(disk.written());
  disk.write("f", 0, std::string(kPage, 'b'));
  return disk;
}

}  // namespace

TEST_CASE("a file reads as it was written, whatever the offsets", "[disk]") {
  Rng rng(1, "bytes", 0);
  Disk disk;
  std::string model;
  for (int i = 0; i < 500; ++i) {
    const std::uint64_t offset = rng.below(3 * kPage);
    const std::string bytes(1 + rng.below(2 * kPage), static_cast<char>('a' + rng.below(26)));
    disk.write("f", offset, bytes);
    model.resize(std::max<std::size_t>(model.size(), offset + bytes.size()), '\0');
    model.replace(offset, bytes.size(), bytes);
    REQUIRE(disk.size("f") == model.size());
    const std::uint64_t from = rng.below(6 * kPage);
    const std::uint64_t count = rng.below(3 * kPage);
    REQUIRE(disk.read("f", from, count) == (from < model.size() ? model.substr(from, count) : std::string()));
  }
}

TEST_CASE("a gap reads as zeros, a missing file as empty", "[disk]") {
  Disk disk;
  disk.write("f", 2 * kPage + 3, "x");
  CHECK(disk.size("f") == 2 * kPage + 4);
  std::string expected(2 * kPage + 3, '\0');
  expected += 'x';
  CHECK(disk.read("f", 0, 3 * kPage) == expected);
  CHECK(disk.read("g", 0, 10).empty());
  CHECK(disk.size("g") == 0);
  CHECK(disk.read("f", 2 * kPage + 4, 10).empty());
  CHECK(disk.read("f", ~std::uint64_t{0}, ~std::uint64_t{0}).empty());
}

TEST_CASE("a crash leaves a page old, new, or torn at a sector with the new part first", "[disk]") {
  const Disk disk = half_written_page();
  std::map<std::uint64_t, int> new_bytes;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const std::string page = crashed(disk, seed).read("f", 0, kPage);
    REQUIRE(page.size() == kPage);
    const std::uint64_t fresh = std::min(page.find('a'), page.size());
    REQUIRE(page.find('b', fresh) == std::string::npos);
    REQUIRE(fresh % kSector == 0);
    ++new_bytes[fresh];
  }
  CHECK(new_bytes.size() == kPage / kSector + 1);  // every place to tear at, the old and the new occurred
  CHECK(new_bytes[0] > 100);
  CHECK(new_bytes[kPage] > 100);
}

TEST_CASE("of several unsynced writes a crash leaves any version, and tears only between neighbours", "[disk]") {
  Disk disk;
  disk.write("f", 0, std::string(kPage, 'a'));
  disk.sync(disk.written());
  for (const char c : {'b', 'c', 'd'}) disk.write("f", 0, std::string(kPage, c));
  std::set<std::set<char>> mixtures;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const std::string page = crashed(disk, seed).read("f", 0, kPage);
    mixtures.insert(std::set<char>(page.begin(), page.end()));
  }
  CHECK(mixtures == std::set<std::set<char>>{{'a'}, {'b'}, {'c'}, {'d'}, {'a', 'b'}, {'b', 'c'}, {'c', 'd'}});
}

TEST_CASE("pages of one write survive independently", "[disk]") {
  Disk disk;
  disk.write("f", 0, std::string(2 * kPage, 'a'));
  disk.sync(disk.written());
  disk.write("f", 0, std::string(2 * kPage, 'b'));
  std::set<std::pair<char, char>> seen;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Disk after = crashed(disk, seed);
    seen.emplace(after.read("f", kPage - 1, 1)[0], after.read("f", 2 * kPage - 1, 1)[0]);
  }
  CHECK(seen.size() == 4);
}

TEST_CASE("what was synced on a page survives a crash of a later write beside it", "[disk]") {
  Disk disk;
  disk.write("f", 0, "durable");
  disk.sync(disk.written());
  disk.write("f", 100, "maybe");
  std::set<std::string> beside;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Disk after = crashed(disk, seed);
    REQUIRE(after.read("f", 0, 7) == "durable");
    beside.insert(after.read("f", 100, 5));
  }
  CHECK(beside == std::set<std::string>{"", std::string(5, '\0'), "maybe"});
}

TEST_CASE("a write between two syncs stays open until the second", "[disk]") {
  Disk disk;
  disk.append("f", "one");
  const std::uint64_t first = disk.written();
  disk.append("f", "two");
  disk.sync(first);
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) seen.insert(crashed(disk, seed).read("f", 0, 10));
  CHECK(seen == std::set<std::string>{"one", "onetwo", std::string("one\0\0\0", 6)});
  disk.sync(disk.written());
  for (std::uint64_t seed = 0; seed < 50; ++seed) REQUIRE(crashed(disk, seed).read("f", 0, 10) == "onetwo");
}

TEST_CASE("a file that shrinks back in a crash grows again from zeros", "[disk]") {
  Disk disk;
  disk.append("f", "head");
  disk.sync(disk.written());
  disk.append("f", std::string(2 * kPage, 'x'));
  bool shrunk = false;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Disk after = crashed(disk, seed);
    REQUIRE(after.read("f", 0, 4) == "head");
    if (after.size("f") != 4) continue;
    shrunk = true;
    after.write("f", 2 * kPage, "tail");
    std::string expected(2 * kPage - 4, '\0');
    expected += "tail";
    REQUIRE(after.read("f", 4, 2 * kPage) == expected);
  }
  CHECK(shrunk);
}

TEST_CASE("a crash of a copy does not reach the pages of the original", "[disk]") {
  const Disk disk = half_written_page();
  for (std::uint64_t seed = 0; seed < 100; ++seed) crashed(disk, seed);
  CHECK(disk.read("f", 0, kPage) == std::string(kPage, 'b'));
}

TEST_CASE("one seed crashes one disk one way", "[disk]") {
  const Disk disk = half_written_page();
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    REQUIRE(crashed(disk, seed).read("f", 0, kPage) == crashed(disk, seed).read("f", 0, kPage));
  }
}
