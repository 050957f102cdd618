// Idempotency keys, after draft-ietf-httpapi-idempotency-key-header: a client names what it wants done, so that asking twice does
// it once.
//
//   no key where one is required          400
//   a key never seen, or expired          go ahead; the key is taken from now on
//   the same key, still being worked on   409
//   the same key, another payload         422
//   the same key, done                    the reply that was given then
//
// Why it is safe. The key is taken before the work begins, so of two requests at once only one goes ahead (not "look up, act,
// record"). What was done and the record of it become durable together: the holder logs both as one record, and rebuilds the
// store from that log when it starts. So for each key there is an effect exactly where there is a reply to replay. A key whose
// work had no effect (it failed before, or a crash took it) is given back.
//
// The scope of a key is (tenant, operation, key): nobody is shown another tenant's reply.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "protocols/resilience/mutant.hpp"
#include "sim/core/describe.hpp"

namespace protocols::resilience {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// A key within its scope.
struct ScopedKey {
  std::uint32_t tenant = 0;
  std::uint32_t operation = 0;
  std::string key;
  SIM_DESCRIBE(ScopedKey, tenant, operation, key)
  friend auto operator<=>(const ScopedKey&, const ScopedKey&) = default;
};

/// What to do with a request.
enum class Verdict : std::uint8_t {
  proceed,
  replay,    ///< answer what find() has
  missing,   ///< 400
  conflict,  ///< 409
  mismatch,  ///< 422
};
SIM_DESCRIBE_ENUM(Verdict, proceed, replay, missing, conflict, mismatch)

struct IdempotencyStore {
  struct Record {
    std::uint64_t fingerprint = 0;  ///< of the payload
    bool done = false;
    std::string reply;
    sim::Time done_at{};
    SIM_DESCRIBE(Record, fingerprint, done, reply, done_at)
  };

  sim::Duration retention = 86'400'000_ms;  ///< from the reply on; 24 h (Stripe)
  Mutant mutant = Mutant::none;
  std::map<ScopedKey, Record> records;
  std::set<std::pair<sim::Time, ScopedKey>> by_age;  ///< of those done
  SIM_DESCRIBE(IdempotencyStore, retention, mutant, records, by_age)

  /// A request with that key ("": none) and payload arrives. After proceed, complete() or give_back() must follow.
  Verdict begin(const ScopedKey& key, std::uint64_t fingerprint, sim::Time now);
  /// Its work took effect, and that was answered.
  void complete(const ScopedKey& key, std::uint64_t fingerprint, std::string reply, sim::Time now);
  /// Its work had no effect.
  void give_back(const ScopedKey& key);
  /// The reply of a key that is done, else nullptr.
  const std::string* find(const ScopedKey& key) const;

 private:
  void expire(sim::Time now);
};

}  // namespace protocols::resilience
