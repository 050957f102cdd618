// Two-phase commit with presumed abort, after Gray, "Notes on Data Base Operating Systems" (1978), section 5.8.3.3, and Mohan,
// Lindsay & Obermarck, "Transaction Management in the R* Distributed Database Management System" (TODS 1986).
//
// The idea. A transfer changes accounts at two participants, at both or at neither. The coordinator (the first member of the
// system) asks both to prepare. A participant that can do its part writes that down and votes yes; from then on it may neither do
// nor drop it by itself: it is in doubt. If all vote yes the coordinator writes "commit" to its log, which is the moment at which
// the transfer has happened, and tells them; if one votes no, or not in time, it tells them "abort".
//
// Why it is safe. A participant decides alone only before it has voted yes. After that only the coordinator's decision counts,
// and that is one bit on one disk. Presumed abort: of a transaction that the coordinator's log does not know, and that is not
// being voted on, the answer is abort; so aborts need no log and no acknowledgement.
//
// What it costs. A participant in doubt holds its account locked, and if the coordinator is away it stays so for as long as that
// lasts: the protocol blocks. Asking the other participant helps only if that one knows, or has not voted yet (then it votes no for
// good, and both abort). With both in doubt nobody can tell whether the coordinator has decided. The measures show for how long
// participants were in doubt; sagas (protocols/transactions/saga) are the way out that gives up isolation instead.
//
// Deliberately left out: several coordinators, more than two participants in a transfer, read-only votes, three-phase commit.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "protocols/transactions/two_phase_commit/config.hpp"
#include "protocols/transactions/two_phase_commit/messages.hpp"
#include "sim/node/node.hpp"

namespace protocols::two_phase_commit {

/// A transfer as its coordinator sees it.
struct Coordinated {
  Transfer transfer;
  Decision decision{};
  std::vector<sim::NodeId> voted;         ///< yes
  std::vector<sim::NodeId> acknowledged;  ///< of a commit
  std::optional<sim::NodeId> client;      ///< whom to tell; none after a crash, until it asks again
  sim::CallId call;
  SIM_DESCRIBE(Coordinated, transfer, decision, voted, acknowledged, client, call)
};

/// A transfer as a participant sees it.
struct Part {
  Decision decision{};  ///< unknown: in doubt
  Prepare prepare;
  sim::NodeId coordinator{};
  sim::Time doubt_since{};
  SIM_DESCRIBE(Part, decision, prepare, coordinator, doubt_since)
};

/// What role a node plays: the first of its system coordinates.
enum class Role : std::uint8_t { coordinator, participant };
SIM_DESCRIBE_ENUM(Role, coordinator, participant)

/// A member: the coordinator or a participant.
struct Node {
  explicit Node(const Config& c, Mutant m = Mutant::none) : config(c), mutant(m) {}

  Config config;
  Mutant mutant = Mutant::none;
  Role role = Role::participant;

  // Of the coordinator.
  std::map<TxId, Coordinated> open;    ///< being voted on, or committed and not acknowledged by all
  std::map<RequestId, TxId> voting;    ///< what clients wait for
  std::map<RequestId, Decision> told;  ///< for clients that ask again
  TxId last_tx = 0;

  // Of a participant.
  std::vector<std::uint64_t> balance;   ///< by account: what has been committed
  std::map<std::uint64_t, TxId> locks;  ///< by account: the transaction that is in doubt about it
  std::map<TxId, Part> parts;
  TxId changed = 0;          ///< the transaction about which something changed last
  Decision changed_to{};     ///< unknown: it was promised
  sim::Duration in_doubt{};  ///< for how long its transactions were, those that are over
  sim::Duration longest_doubt{};
  SIM_DESCRIBE(Node, config, mutant, role, open, voting, told, last_tx, balance, locks, parts, changed, changed_to, in_doubt,
               longest_doubt)

  using Inbox = sim::Accepts<sim::Call<Transfer>, Prepare, Vote, Decide, Acknowledge, Inquire, VotesDue, DecideAgain, InDoubt>;
  void start(sim::Ctx& ctx);

  // coordinator.cpp
  void on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<Transfer>& call);
  void on(sim::Ctx& ctx, sim::NodeId from, const Vote& vote);
  void on(sim::Ctx& ctx, sim::NodeId from, const Acknowledge& acknowledge);
  void on(sim::Ctx& ctx, const VotesDue& due);
  void on(sim::Ctx& ctx, const DecideAgain& again);

  // participant.cpp
  void on(sim::Ctx& ctx, sim::NodeId from, const Prepare& prepare);
  void on(sim::Ctx& ctx, sim::NodeId from, const Decide& decide);
  void on(sim::Ctx& ctx, const InDoubt& doubt);

  // Either.
  void on(sim::Ctx& ctx, sim::NodeId from, const Inquire& inquire);

 private:
  bool planted(Mutant bug) const { return mutant == bug; }

  void start_coordinator(sim::Ctx& ctx);
  void decide(sim::Ctx& ctx, TxId tx, Decision decision);
  void tell(sim::Ctx& ctx, TxId tx, const Coordinated& c) const;
  static sim::NodeId participant(const sim::Ctx& ctx, std::uint32_t place);

  void start_participant(sim::Ctx& ctx);
  bool can(const Prepare& prepare) const;
  void promise(sim::Ctx& ctx, const Part& part);
  void resolve(sim::Ctx& ctx, TxId tx, Decision decision);
  void apply(const Part& part, Decision decision);
};

}  // namespace protocols::two_phase_commit
