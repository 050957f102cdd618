// The state that every server builds from the log: versions of rows, and what each client's transaction came to last.
//
// Deciding is part of applying: whether a transaction commits follows from the log alone, so that all servers decide alike and
// nobody needs to ask (Bernstein, Reid and Das, "Hyder", CIDR 2011: meld).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "protocols/transactions/occ_store/config.hpp"
#include "protocols/transactions/occ_store/messages.hpp"
#include "sim/core/describe.hpp"
#include "sim/core/shared.hpp"

namespace protocols::occ_store {

/// A row as the entry at `index` left it.
struct Version {
  std::uint64_t index = 0;
  Content content;
  SIM_DESCRIBE(Version, index, content)
};

/// What became of a client's transaction last.
struct Done {
  std::uint64_t sequence = 0;
  bool committed = false;
  SIM_DESCRIBE(Done, sequence, committed)
};

struct Tables {
  std::map<Key, std::vector<Version>> rows;  ///< oldest version first
  std::map<sim::NodeId, Done> clients;
  SIM_DESCRIBE(Tables, rows, clients)
};

struct Machine {
  sim::Shared<Tables> tables;
  std::uint64_t applied = 0;    ///< the entry applied last
  std::uint64_t decisions = 0;  ///< a digest of all decisions so far: equal at two servers that decided alike
  std::uint64_t window = 0;     ///< snapshots older than so many entries are gone
  Mutant mutant = Mutant::none;
  SIM_DESCRIBE(Machine, tables, applied, decisions, window, mutant)

  /// Applies the entry behind the one applied last, which is no transaction.
  void skip() { ++applied; }
  /// Applies the entry behind the one applied last: commits or aborts the transaction, unless that is decided already, and says
  /// which. Nothing for one that its client has gone beyond. `trusted`: without validation (a planted bug).
  std::optional<bool> apply(const Commit& commit, bool trusted = false);
  /// The row after the entry `snapshot`, or nothing where that is too old or not applied yet.
  std::optional<Content> read(const Key& key, std::uint64_t snapshot) const;
  /// What became of the client's transaction, or nullptr where none was decided yet.
  const Done* last_of(sim::NodeId client) const;

 private:
  bool planted(Mutant bug) const { return mutant == bug; }
  bool changed_since(const Key& key, std::uint64_t snapshot) const;
  bool valid(const Commit& commit) const;
  void write(const Write& write);
};

}  // namespace protocols::occ_store
