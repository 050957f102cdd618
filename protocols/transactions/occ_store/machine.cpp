#include "protocols/transactions/occ_store/machine.hpp"

#include <algorithm>

namespace protocols::occ_store {

const Done* Machine::last_of(sim::NodeId client) const {
  const auto held = tables->clients.find(client);
  return held == tables->clients.end() ? nullptr : &held->second;
}

bool Machine::changed_since(const Key& key, std::uint64_t snapshot) const {
  const auto row = tables->rows.find(key);
  return row != tables->rows.end() && row->second.back().index > snapshot;
}

// Backward validation (Kung and Robinson, TODS 1981, section 4): the transaction takes effect here and now if all that it read is
// still what it read. Rows that it writes without having read them need no check: nothing of it depends on them.
bool Machine::valid(const Commit& commit) const {
  const auto changed = [&](const Key& key) { return changed_since(key, commit.snapshot); };
  const auto written = [&](const Key& key) {
    return std::any_of(commit.writes.begin(), commit.writes.end(), [&](const Write& w) { return w.key == key; });
  };
  if (planted(Mutant::read_committed)) return true;
  if (planted(Mutant::snapshot_isolation))  // first committer wins: of two that write one row, and no more
    return std::none_of(commit.writes.begin(), commit.writes.end(), [&](const Write& w) { return changed(w.key); });
  return std::none_of(commit.reads.begin(), commit.reads.end(), [&](const Key& key) {
    if (planted(Mutant::lost_update) && written(key)) return false;
    return changed(key);
  });
}

// The versions that no snapshot can ask for any more go: all but the newest that is older than the window.
void Machine::write(const Write& write) {
  std::vector<Version>& versions = tables.write().rows[write.key];
  versions.push_back({applied, write.content});
  std::size_t gone = 0;
  while (gone + 1 < versions.size() && versions[gone + 1].index + window <= applied) ++gone;
  versions.erase(versions.begin(), versions.begin() + static_cast<std::ptrdiff_t>(gone));
}

std::optional<bool> Machine::apply(const Commit& commit, bool trusted) {
  ++applied;
  const Done* last = planted(Mutant::duplicate_enqueue) ? nullptr : last_of(commit.client);
  if (last != nullptr && commit.sequence <= last->sequence)
    return commit.sequence == last->sequence ? std::optional(last->committed) : std::nullopt;
  bool committed = trusted || valid(commit);
  if (committed) {
    for (const Write& w : commit.writes) write(w);
  } else if (planted(Mutant::torn_transfer)) {
    for (const Write& w : commit.writes) {
      if (changed_since(w.key, commit.snapshot)) continue;
      write(w);
      committed = true;
    }
  }
  tables.write().clients[commit.client] = {commit.sequence, committed};
  sim::Digest d;
  d.add(decisions);
  d.add(sim::digest_of(commit));
  d.add(committed ? 1 : 0);
  decisions = d.value();
  return committed;
}

std::optional<Content> Machine::read(const Key& key, std::uint64_t snapshot) const {
  if (snapshot > applied || snapshot + window < applied) return std::nullopt;
  const auto row = tables->rows.find(key);
  if (row == tables->rows.end()) return Content{};
  const std::vector<Version>& versions = row->second;
  const auto after =
      std::upper_bound(versions.begin(), versions.end(), snapshot, [](std::uint64_t s, const Version& v) { return s < v.index; });
  return after == versions.begin() ? Content{} : std::prev(after)->content;
}

}  // namespace protocols::occ_store
