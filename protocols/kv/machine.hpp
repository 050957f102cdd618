// The state machine that every server of the store replicates.
//
// It is deterministic: the same requests in the same order give the same state and the same answers anywhere. Each request
// takes effect exactly once, however often a log holds it (Ongaro's dissertation, §6.3): a session remembers the sequence
// number it applied last and what it answered, so a retry is answered again and not done again. The memory of the sessions
// is part of the state, hence of every snapshot; else a server restored from one would do a retry twice.
//
// The state is shared by copies until one of them changes it, so that a snapshot is the value itself and costs nothing
// until the next request is applied.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/kv/messages.hpp"
#include "sim/core/describe.hpp"
#include "sim/core/shared.hpp"

namespace protocols::kv {

/// What came of a command.
struct Answer {
  bool found = false;  ///< read, erase: the key had a value; cas: it held what was expected; true for write and append
  std::string value;   ///< of a read
  SIM_DESCRIBE(Answer, found, value)
};

/// What a session did last.
struct Done {
  Session session;
  std::uint64_t sequence = 0;
  Answer answer;
  SIM_DESCRIBE(Done, session, sequence, answer)
};

/// The whole state, as plain data.
struct Tables {
  std::map<std::uint32_t, std::string> values;  ///< absent and "" are the same to a client's cas and append
  std::vector<Done> sessions;                   ///< in the order of sessions
  SIM_DESCRIBE(Tables, values, sessions)
};

/// The replicated store. Copying it is cheap; a copy is a snapshot.
struct Machine {
  sim::Shared<Tables> tables;
  SIM_DESCRIBE(Machine, tables)

  /// Applies a request unless its session did already, and says what came of it, now or then. Nothing for a request older
  /// than the session's last: its client has gone on and must not see it take effect any more.
  std::optional<Answer> apply(const Request& request);
  /// What the session did last, or nullptr where it did nothing yet.
  const Done* last_of(const Session& session) const;
  /// The value of a key as it is now.
  Answer read(std::uint32_t key) const;
};

}  // namespace protocols::kv
