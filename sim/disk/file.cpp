#include "sim/disk/file.hpp"

#include <algorithm>

#include "sim/core/describe.hpp"

namespace sim {

std::string File::read(std::uint64_t offset, std::uint64_t count) const {
  std::string out;
  if (offset >= size_) return out;
  count = readable_until(offset, std::min(size_, offset + std::min(count, size_))) - offset;
  out.reserve(count);
  while (count > 0) {
    const std::uint64_t within = offset % kPageBytes;
    const std::uint64_t part = std::min(count, kPageBytes - within);
    out.append(pages_[source_of(offset / kPageBytes)]->data() + within, part);
    offset += part;
    count -= part;
  }
  return out;
}

Rc<File::Page>& File::page_for_writing(std::uint64_t page) {
  while (pages_.size() <= page) pages_.push_back(Rc<Page>::make(Page{}));
  return pages_[page];
}

void File::write(std::uint64_t offset, std::string_view bytes, std::uint64_t number) {
  while (!bytes.empty()) {
    const std::uint64_t within = offset % kPageBytes;
    const std::uint64_t part = std::min<std::uint64_t>(bytes.size(), kPageBytes - within);
    std::uint64_t page = offset / kPageBytes;
    page_for_writing(page);
    if (misdirect_ && pages_.size() > 1) {
      misdirect_ = false;
      page = page > 0 ? page - 1 : 1;
    }
    Rc<Page>& content = page_for_writing(page);
    written(page, within, part);
    unsynced_.push_back({number, page, content, size_});
    std::copy_n(bytes.data(), part, content.write().data() + within);
    offset += part;
    size_ = std::max(size_, offset);
    bytes.remove_prefix(part);
  }
}

void File::sync(std::uint64_t up_to) {
  std::erase_if(unsynced_, [&](const Undo& undo) { return undo.number <= up_to; });
}

void File::crash(Rng& rng) {
  if (unsynced_.empty()) return;
  const std::uint64_t synced_size = unsynced_.front().size_before;
  std::vector<std::uint64_t> dirty;
  for (const Undo& undo : unsynced_) dirty.push_back(undo.page);
  std::sort(dirty.begin(), dirty.end());
  dirty.erase(std::unique(dirty.begin(), dirty.end()), dirty.end());
  for (const std::uint64_t page : dirty) crash_page(page, rng);
  // The length is metadata of its own: the new one or the old one survives.
  if (rng.below(2) == 0) {
    size_ = synced_size;
    pages_.resize((size_ + kPageBytes - 1) / kPageBytes);
    if (size_ % kPageBytes != 0) {
      auto& last = pages_.back().write();
      std::fill(last.begin() + static_cast<std::ptrdiff_t>(size_ % kPageBytes), last.end(), '\0');
    }
  }
  unsynced_.clear();
}

void File::crash_page(std::uint64_t page, Rng& rng) {
  std::vector<Rc<Page>> versions;
  for (const Undo& undo : unsynced_) {
    if (undo.page == page) versions.push_back(undo.before);
  }
  versions.push_back(pages_[page]);
  const std::uint64_t survivor = rng.below(versions.size());
  Rc<Page> content = versions[survivor];
  // Half of the writes that survive in part are torn: some sectors of the next version made it too.
  if (survivor + 1 < versions.size() && rng.below(2) == 0) {
    const Rc<Page>& next = versions[survivor + 1];
    const std::uint64_t torn_at = kSectorBytes * rng.below(kPageBytes / kSectorBytes);
    std::copy_n(next->data(), torn_at, content.write().data());
  }
  pages_[page] = content;
}

// ---- what goes wrong with what is at rest -----------------------------------------------------------------------------

std::uint64_t File::readable_until(std::uint64_t offset, std::uint64_t end) const {
  for (const std::uint64_t sector : lost_sectors_) {
    const std::uint64_t begins = sector * kSectorBytes;
    if (begins + kSectorBytes > offset && begins < end) return std::max(begins, offset);
  }
  return end;
}

std::uint64_t File::source_of(std::uint64_t page) const {
  for (const auto& [wanted, other] : misread_) {
    if (wanted == page && other < pages_.size()) return other;
  }
  return page;
}

void File::written(std::uint64_t page, std::uint64_t within, std::uint64_t part) {
  if (lost_sectors_.empty() && misread_.empty()) return;
  const std::uint64_t first = (page * kPageBytes + within) / kSectorBytes;
  const std::uint64_t last = (page * kPageBytes + within + part - 1) / kSectorBytes;
  std::erase_if(lost_sectors_, [&](std::uint64_t sector) { return first <= sector && sector <= last; });
  std::erase_if(misread_, [&](const auto& m) { return m.first == page || m.second == page; });
}

bool File::rot(Rng& rng) {
  if (size_ == 0) return false;
  const std::uint64_t at = rng.below(size_);
  const std::uint64_t bit = rng.below(8);
  char& byte = pages_[at / kPageBytes].write()[at % kPageBytes];
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << bit));
  return true;
}

bool File::lose_sector(Rng& rng) {
  if (size_ == 0) return false;
  lost_sectors_.push_back(rng.below((size_ + kSectorBytes - 1) / kSectorBytes));
  std::sort(lost_sectors_.begin(), lost_sectors_.end());
  lost_sectors_.erase(std::unique(lost_sectors_.begin(), lost_sectors_.end()), lost_sectors_.end());
  return true;
}

bool File::misdirect_read(Rng& rng) {
  if (pages_.size() < 2) return false;
  const std::uint64_t page = rng.below(pages_.size());
  const std::uint64_t other = (page + 1 + rng.below(pages_.size() - 1)) % pages_.size();
  misread_.emplace_back(page, other);
  return true;
}

// Also what a crash could bring back: equal bytes with different pasts have different futures.
void hash_into(Digest& d, const File& file) {
  for (const auto& page : file.pages_) d.add(std::string_view(page->data(), page->size()));
  d.add(file.size_, file.misdirect_ ? 1 : 0);
  hash_into(d, file.lost_sectors_);
  hash_into(d, file.misread_);
  for (const File::Undo& undo : file.unsynced_) {
    d.add(undo.page, undo.size_before);
    if (undo.before) d.add(std::string_view(undo.before->data(), undo.before->size()));
  }
}

}  // namespace sim
