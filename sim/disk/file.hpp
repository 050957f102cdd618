// File: raw bytes in pages, with the writes that a crash may still lose or tear.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/digest.hpp"
#include "sim/core/random.hpp"
#include "sim/core/rc.hpp"

namespace sim {

/// A file of one node's disk. Reads see every write at once (the page cache); a crash sees only what was synced, and of
/// each page written since then, by chance, the old content, the new, or a mixture torn at a sector.
/// Copies share pages until one writes.
class File {
 public:
  static constexpr std::uint64_t kPageBytes = 4096;
  static constexpr std::uint64_t kSectorBytes = 512;  ///< written whole or not at all, as disks promise

  std::uint64_t size() const { return size_; }

  /// Up to `count` bytes from `offset`; fewer at the end of the file, none past it.
  std::string read(std::uint64_t offset, std::uint64_t count) const;

  /// Overwrites and extends; a gap reads as zeros. `number` orders this write among all writes of the disk.
  void write(std::uint64_t offset, std::string_view bytes, std::uint64_t number);

  /// Everything written up to that number is durable from now on.
  void sync(std::uint64_t up_to);

  /// Power loss: each page with unsynced writes keeps the old content, the new, or is torn between two of its versions.
  void crash(Rng& rng);

  /// Flips one bit of a page at rest, chosen by chance. False: there is none.
  bool rot(Rng& rng);
  /// Makes a sector at rest unreadable until it is written again: a read ends before it. False: there is none.
  bool lose_sector(Rng& rng);
  /// The next page written lands in the place of another.
  void misdirect_write() { misdirect_ = true; }
  /// From now on, until one of the two is written, a page reads as another one. False: there are not two.
  bool misdirect_read(Rng& rng);

  friend void hash_into(Digest& d, const File& file);

 private:
  using Page = std::array<char, kPageBytes>;
  struct Undo {
    std::uint64_t number;
    std::uint64_t page;
    Rc<Page> before;
    std::uint64_t size_before;
  };

  Rc<Page>& page_for_writing(std::uint64_t page);
  void crash_page(std::uint64_t page, Rng& rng);

  std::vector<Rc<Page>> pages_;
  std::uint64_t size_ = 0;
  std::uint64_t readable_until(std::uint64_t offset, std::uint64_t end) const;
  void written(std::uint64_t page, std::uint64_t within, std::uint64_t part);
  std::uint64_t source_of(std::uint64_t page) const;

  std::vector<Undo> unsynced_;  // oldest first
  bool misdirect_ = false;
  std::vector<std::uint64_t> lost_sectors_;                       // by number in the file, in order
  std::vector<std::pair<std::uint64_t, std::uint64_t>> misread_;  // (page, the page that it reads as)
};

}  // namespace sim
