// What services and their clients say to each other, what a service keeps on its disk, and their timers.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/describe.hpp"

namespace protocols::services {

/// How a request was answered; HTTP's status codes in words.
enum class Status : std::uint8_t {
  ok,           ///< 200
  rejected,     ///< 4xx: the business says no; the service is well
  missing_key,  ///< 400: an idempotency key is required
  conflict,     ///< 409: the same key is being worked on
  mismatch,     ///< 422: the same key with another payload
  limited,      ///< 429: over the rate limit
  failed,       ///< 500
  unavailable,  ///< 503: its queue is full, or it may not call what it needs
  late,         ///< 504: the deadline has passed, or what it needs did not answer in time
};
SIM_DESCRIBE_ENUM(Status, ok, rejected, missing_key, conflict, mismatch, limited, failed, unavailable, late)

/// Please do something. `left` is how long the caller will wait, as in gRPC's grpc-timeout.
struct Request {
  std::uint64_t id = 0;  ///< the caller's number for this attempt
  sim::Duration left = sim::Duration::longest();
  std::string key;            ///< idempotency key; "": none
  std::uint64_t payload = 0;  ///< stands for the content; its own fingerprint
  sim::NodeId tenant{};       ///< on whose behalf: the client at the beginning of the chain
  SIM_DESCRIBE(Request, id, left, key, payload, tenant)
};

/// The answer to the attempt of that number.
struct Reply {
  std::uint64_t id = 0;
  Status status{};
  std::string body;  ///< of ok, from a service that has effects: the receipt
  SIM_DESCRIBE(Reply, id, status, body)
};

/// In the log "effects": something was done, and what was answered; one record, so that both are durable or neither.
struct Effect {
  sim::NodeId tenant{};
  std::string key;
  std::uint64_t payload = 0;
  std::string receipt;
  sim::Time at{};
  SIM_DESCRIBE(Effect, tenant, key, payload, receipt, at)
};

/// On the disk: how often this service was started, so that numbers of attempts are not used twice.
struct Lives {
  std::uint64_t count = 0;
  SIM_DESCRIBE(Lives, count)
};

/// Timer: a worker has done its own part of the job.
struct Worked {
  std::uint64_t job = 0;
  SIM_DESCRIBE(Worked, job)
};
/// Timer: nobody waits for the answer to that attempt any more.
struct TimedOut {
  std::uint64_t attempt = 0;
  SIM_DESCRIBE(TimedOut, attempt)
};
/// Timer: the wait before a retry is over.
struct Again {
  std::uint64_t attempt = 0;
  SIM_DESCRIBE(Again, attempt)
};

}  // namespace protocols::services
