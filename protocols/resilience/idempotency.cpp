#include "protocols/resilience/idempotency.hpp"

#include <utility>

namespace protocols::resilience {

void IdempotencyStore::expire(sim::Time now) {
  while (!by_age.empty() && now - by_age.begin()->first > retention) {
    records.erase(by_age.begin()->second);
    by_age.erase(by_age.begin());
  }
}

Verdict IdempotencyStore::begin(const ScopedKey& key, std::uint64_t fingerprint, sim::Time now) {
  if (key.key.empty()) return Verdict::missing;
  expire(now);
  const auto at = records.find(key);
  if (at == records.end()) {
    if (mutant != Mutant::check_then_act) records.emplace(key, Record{fingerprint, false, {}, {}});
    return Verdict::proceed;
  }
  const Record& known = at->second;
  if (known.fingerprint != fingerprint && mutant != Mutant::fingerprint_ignored) return Verdict::mismatch;
  return known.done ? Verdict::replay : Verdict::conflict;
}

void IdempotencyStore::complete(const ScopedKey& key, std::uint64_t fingerprint, std::string reply, sim::Time now) {
  Record& record = records[key];
  if (record.done) by_age.erase({record.done_at, key});
  record = {fingerprint, true, mutant == Mutant::reply_not_stored ? std::string() : std::move(reply), now};
  by_age.emplace(now, key);
}

void IdempotencyStore::give_back(const ScopedKey& key) {
  const auto at = records.find(key);
  if (at != records.end() && !at->second.done) records.erase(at);
}

const std::string* IdempotencyStore::find(const ScopedKey& key) const {
  const auto at = records.find(key);
  return at == records.end() || !at->second.done ? nullptr : &at->second.reply;
}

}  // namespace protocols::resilience
