// What the coordinator, the participants and clients say to each other, and what is on their disks.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/script/calls.hpp"

namespace protocols::two_phase_commit {

/// Numbers a transaction: the coordinator's life in the upper half, so that no number is used again after a crash; else the answer
/// "abort" to a question about a transaction that a crash forgot could meet its successor of the same number.
using TxId = std::uint64_t;
/// Numbers what a client wants, so that what it asks for twice is done once.
using RequestId = std::uint64_t;

/// How a transaction ended.
enum class Decision : std::uint8_t { unknown, commit, abort };
SIM_DESCRIBE_ENUM(Decision, unknown, commit, abort)

/// A client learns how its transfer ended.
struct Transferred {
  bool committed = false;
  SIM_DESCRIBE(Transferred, committed)
};
/// A client wants `amount` moved from one participant's account to another's. The places are those among the participants.
struct Transfer {
  using Answer = Transferred;
  RequestId request = 0;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint64_t account = 0;
  std::uint64_t amount = 0;
  SIM_DESCRIBE(Transfer, request, from, to, account, amount)
};

/// Phase one: can you do this? `change` is taken from the account if it is negative, and put into it if not.
struct Prepare {
  TxId tx = 0;
  std::uint64_t account = 0;
  std::int64_t change = 0;
  sim::NodeId other{};  ///< the other participant, to be asked when in doubt
  SIM_DESCRIBE(Prepare, tx, account, change, other)
};
/// Yes is a promise: the participant can do it and will not undo it by itself, whatever happens to it.
struct Vote {
  TxId tx = 0;
  bool yes = false;
  SIM_DESCRIBE(Vote, tx, yes)
};
/// Phase two.
struct Decide {
  TxId tx = 0;
  Decision decision{};
  SIM_DESCRIBE(Decide, tx, decision)
};
/// A participant has carried the decision out, so that the coordinator may forget the transaction.
struct Acknowledge {
  TxId tx = 0;
  SIM_DESCRIBE(Acknowledge, tx)
};
/// A participant in doubt asks the coordinator, or another participant, for the decision.
struct Inquire {
  TxId tx = 0;
  SIM_DESCRIBE(Inquire, tx)
};

/// Coordinator's timer: the votes have had their time.
struct VotesDue {
  TxId tx = 0;
  SIM_DESCRIBE(VotesDue, tx)
};
/// Coordinator's timer: a decision is not acknowledged by all.
struct DecideAgain {
  TxId tx = 0;
  SIM_DESCRIBE(DecideAgain, tx)
};
/// Participant's timer: it has promised, and hears nothing.
struct InDoubt {
  TxId tx = 0;
  SIM_DESCRIBE(InDoubt, tx)
};

/// A line of a participant's log.
struct Logged {
  TxId tx = 0;
  Decision decision{};  ///< unknown: it has promised
  Prepare prepare;
  sim::NodeId coordinator{};
  SIM_DESCRIBE(Logged, tx, decision, prepare, coordinator)
};
/// A line of the coordinator's log: only commits are written (presumed abort).
struct Committed {
  TxId tx = 0;
  Transfer transfer;
  bool forgotten = false;  ///< everybody has acknowledged it
  SIM_DESCRIBE(Committed, tx, transfer, forgotten)
};
/// On the coordinator's disk: how often it was started.
struct Lives {
  std::uint64_t count = 0;
  SIM_DESCRIBE(Lives, count)
};

}  // namespace protocols::two_phase_commit
