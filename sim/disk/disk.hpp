// Disk: what one node keeps through a crash: saved states, logs of records, raw files.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/payload.hpp"
#include "sim/disk/durable_log.hpp"
#include "sim/disk/file.hpp"

namespace sim {

/// A copyable disk. Every write has a number, counted over the whole disk; sync(n) makes the writes up to n durable. When a
/// sync happens, and how long it takes, is the engine's business. Objects (slots, logs, files) fail independently of each
/// other in a crash, as files of one file system do.
class Disk {
 public:
  Disk() = default;
  Disk(const Disk& other);
  Disk(Disk&&) noexcept = default;
  Disk& operator=(const Disk& other);
  Disk& operator=(Disk&&) noexcept = default;
  ~Disk() = default;

  /// Replaces the content of a slot as a whole (written beside, then renamed): a crash leaves the old or the new value.
  void save(std::string_view slot, Payload value);
  /// The content of a slot as its node sees it; empty where nothing was saved.
  Payload saved(std::string_view slot) const;

  /// The log of that name, created empty at first use. Asking for it with another record type is a bug and asserts.
  template <Hashable T>
  DurableLog<T> log(std::string_view name) {
    return DurableLog<T>(typed_log<T>(name), written_);
  }
  /// The records of a log, or nullptr where there is no log of that name and type: for claims and tools.
  template <Hashable T>
  const CowLog<T>* records(std::string_view name) const {
    for (const auto& [known, store] : logs_) {
      if (known == name && store->type() == &detail::kRecordType<T>) return &static_cast<const TypedLog<T>&>(*store).records();
    }
    return nullptr;
  }

  /// Raw files: at offsets, at the end, and reading. A missing file reads as empty.
  void write(std::string_view file, std::uint64_t offset, std::string_view bytes);
  void append(std::string_view file, std::string_view bytes);
  std::string read(std::string_view file, std::uint64_t offset, std::uint64_t count) const;
  std::uint64_t size(std::string_view file) const;

  std::uint64_t written() const { return written_; }  ///< number of the newest write
  std::uint64_t synced() const { return synced_; }    ///< every write up to this number is durable
  void sync(std::uint64_t up_to);
  /// A sync that lies: it reports success, and nothing of it is durable before the next honest one.
  void pretend_sync(std::uint64_t up_to) { synced_ = std::max(synced_, up_to); }

  /// Power loss: unsynced writes are lost, torn or kept, object by object, as the stream decides.
  void crash(Rng& rng);
  /// Destroys up to `count` records of logs and as many places of each file, by chance; how many. A record is found damaged
  /// when its log is opened again (DurableLog::first_damaged); what a file returns is for the protocol's own checksums to
  /// notice. Slots are kept in two copies, as superblocks are, so no single fault destroys one.
  enum class Damage : std::uint8_t { rot, sector, misdirected_write, misdirected_read };
  std::uint32_t destroy(Damage damage, Rng& rng, std::uint32_t count);
  /// A new, empty disk.
  void wipe() { *this = Disk(); }

  void hash(Digest& d) const;
  /// The content as one JSON object: {"slots":{...},"logs":{...},"files":{name: size}}.
  void json(std::string& out) const;

 private:
  struct Slot {
    std::string name;
    Payload value;
    std::vector<std::pair<std::uint64_t, Payload>> unsynced;  // (number of a write, the value before it), oldest first
  };
  struct NamedLog {
    std::string name;
    std::unique_ptr<LogStore> store;
  };
  struct NamedFile {
    std::string name;
    File file;
  };

  template <Hashable T>
  TypedLog<T>& typed_log(std::string_view name) {
    for (auto& log : logs_) {
      if (log.name == name) {
        assert(log.store->type() == &detail::kRecordType<T>);
        return static_cast<TypedLog<T>&>(*log.store);
      }
    }
    logs_.push_back({std::string(name), std::make_unique<TypedLog<T>>()});
    return static_cast<TypedLog<T>&>(*logs_.back().store);
  }
  const File* find_file(std::string_view name) const;

  std::uint64_t written_ = 0;  // first, because the engine asks for these two after every event
  std::uint64_t synced_ = 0;
  std::vector<Slot> slots_;
  std::vector<NamedLog> logs_;
  std::vector<NamedFile> files_;
};

}  // namespace sim
