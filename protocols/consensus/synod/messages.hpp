// What the agents of single-decree Paxos say to each other. 1a, 1b, 2a and 2b are the names of Lamport's specifications.
#pragma once

#include <cstdint>
#include <string>

#include "protocols/consensus/synod/ballot.hpp"
#include "sim/core/describe.hpp"

namespace protocols::synod {

// ---- on disk --------------------------------------------------------------------------------------------------------

/// What an acceptor must remember (PMS 2.5): the highest ballot that it has promised, and what it accepted last.
struct Acceptor {
  Ballot promised;
  Ballot accepted;    ///< without a round: nothing yet
  std::string value;  ///< accepted in that ballot
  SIM_DESCRIBE(Acceptor, promised, accepted, value)
};

/// What a proposer must remember (PMS 2.5): the highest round that it has begun.
struct Round {
  std::uint64_t number = 0;
  SIM_DESCRIBE(Round, number)
};

// ---- between agents -------------------------------------------------------------------------------------------------

/// 1a. A proposer asks for a promise.
struct Prepare {
  Ballot ballot;
  SIM_DESCRIBE(Prepare, ballot)
};

/// 1b. The acceptor will accept nothing below the ballot any more; what it has accepted of the highest ballot so far.
struct Promise {
  Ballot ballot;
  Ballot accepted;
  std::string value;
  SIM_DESCRIBE(Promise, ballot, accepted, value)
};

/// 2a. The proposer asks to accept a value.
struct Accept {
  Ballot ballot;
  std::string value;
  SIM_DESCRIBE(Accept, ballot, value)
};

/// 2b. The acceptor has accepted.
struct Accepted {
  Ballot ballot;
  SIM_DESCRIBE(Accepted, ballot)
};

/// The acceptor has promised a higher ballot than the one it was asked about.
struct Reject {
  Ballot ballot;
  Ballot promised;
  SIM_DESCRIBE(Reject, ballot, promised)
};

/// A learner tells others which value is chosen.
struct Decided {
  std::string value;
  SIM_DESCRIBE(Decided, value)
};

/// A learner asks whether somebody knows.
struct Query {
  SIM_DESCRIBE(Query)
};

// ---- timers ---------------------------------------------------------------------------------------------------------

/// Time for a proposer's next round.
struct NextRound {
  SIM_DESCRIBE(NextRound)
};

/// A round has taken too long: messages are lost, or acceptors are down.
struct RoundTimeout {
  SIM_DESCRIBE(RoundTimeout)
};

/// Time for a learner to ask.
struct AskAgain {
  SIM_DESCRIBE(AskAgain)
};

}  // namespace protocols::synod
