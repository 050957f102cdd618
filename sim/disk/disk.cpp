#include "sim/disk/disk.hpp"

#include <algorithm>

namespace sim {

Disk::Disk(const Disk& other) : written_(other.written_), synced_(other.synced_), slots_(other.slots_), files_(other.files_) {
  logs_.reserve(other.logs_.size());
  for (const NamedLog& log : other.logs_) logs_.push_back({log.name, log.store->clone()});
}

Disk& Disk::operator=(const Disk& other) {
  Disk copy(other);
  *this = std::move(copy);
  return *this;
}

void Disk::save(std::string_view slot, Payload value) {
  auto it = std::find_if(slots_.begin(), slots_.end(), [&](const Slot& s) { return s.name == slot; });
  if (it == slots_.end()) it = slots_.insert(slots_.end(), Slot{std::string(slot), {}, {}});
  it->unsynced.emplace_back(++written_, std::move(it->value));
  it->value = std::move(value);
}

Payload Disk::saved(std::string_view slot) const {
  for (const Slot& s : slots_) {
    if (s.name == slot) return s.value;
  }
  return {};
}

const File* Disk::find_file(std::string_view name) const {
  const auto it = std::find_if(files_.begin(), files_.end(), [&](const NamedFile& f) { return f.name == name; });
  return it == files_.end() ? nullptr : &it->file;
}

void Disk::write(std::string_view file, std::uint64_t offset, std::string_view bytes) {
  auto it = std::find_if(files_.begin(), files_.end(), [&](const NamedFile& f) { return f.name == file; });
  if (it == files_.end()) it = files_.insert(files_.end(), NamedFile{std::string(file), {}});
  it->file.write(offset, bytes, ++written_);
}

void Disk::append(std::string_view file, std::string_view bytes) { write(file, size(file), bytes); }

std::string Disk::read(std::string_view file, std::uint64_t offset, std::uint64_t count) const {
  const File* found = find_file(file);
  return found == nullptr ? std::string() : found->read(offset, count);
}

std::uint64_t Disk::size(std::string_view file) const {
  const File* found = find_file(file);
  return found == nullptr ? 0 : found->size();
}

// Also makes durable what a sync that lied has left behind.
void Disk::sync(std::uint64_t up_to) {
  synced_ = std::max(synced_, up_to);
  for (Slot& slot : slots_) {
    std::size_t done = 0;
    while (done < slot.unsynced.size() && slot.unsynced[done].first <= up_to) ++done;
    slot.unsynced.erase(slot.unsynced.begin(), slot.unsynced.begin() + static_cast<std::ptrdiff_t>(done));
  }
  for (NamedLog& log : logs_) log.store->sync(up_to);
  for (NamedFile& file : files_) file.file.sync(up_to);
}

void Disk::crash(Rng& rng) {
  for (Slot& slot : slots_) {
    const std::uint64_t kept = rng.below(slot.unsynced.size() + 1);
    if (kept < slot.unsynced.size()) slot.value = std::move(slot.unsynced[kept].second);
    slot.unsynced.clear();
  }
  for (NamedLog& log : logs_) log.store->crash(rng);
  for (NamedFile& file : files_) file.file.crash(rng);
  synced_ = written_;
}

std::uint32_t Disk::destroy(Damage damage, Rng& rng, std::uint32_t count) {
  std::uint32_t done = 0;
  // A misdirected read is tried again where a checksum tells; a misdirected write spoils the record that it lands on.
  if (damage != Damage::misdirected_read) {
    for (NamedLog& log : logs_) done += log.store->destroy(rng, count);
  }
  for (NamedFile& named : files_) {
    for (std::uint32_t i = 0; i < count; ++i) {
      switch (damage) {
        case Damage::rot: done += named.file.rot(rng) ? 1 : 0; break;
        case Damage::sector: done += named.file.lose_sector(rng) ? 1 : 0; break;
        case Damage::misdirected_read: done += named.file.misdirect_read(rng) ? 1 : 0; break;
        case Damage::misdirected_write:
          named.file.misdirect_write();
          ++done;
          break;
      }
    }
  }
  return done;
}

void Disk::hash(Digest& d) const {
  for (const Slot& slot : slots_) {
    d.add(slot.name);
    d.add(slot.value.digest(), slot.unsynced.size());
    for (const auto& [number, before] : slot.unsynced) d.add(before.digest());
  }
  for (const NamedLog& log : logs_) {
    d.add(log.name);
    log.store->hash(d);
  }
  for (const NamedFile& file : files_) {
    d.add(file.name);
    hash_into(d, file.file);
  }
  d.add(written_ - synced_);
}

void Disk::json(std::string& out) const {
  const auto separate = [&] {
    if (out.back() != '{') out += ',';
  };
  out += "{\"slots\":{";
  for (const Slot& slot : slots_) {
    separate();
    append_json_string(out, slot.name);
    out += ':';
    slot.value.json(out);
  }
  out += "},\"logs\":{";
  for (const NamedLog& log : logs_) {
    separate();
    append_json_string(out, log.name);
    out += ':';
    log.store->json(out);
  }
  out += "},\"files\":{";
  for (const NamedFile& file : files_) {
    separate();
    append_json_string(out, file.name);
    out += ':' + std::to_string(file.file.size());
  }
  out += "}}";
}

}  // namespace sim
