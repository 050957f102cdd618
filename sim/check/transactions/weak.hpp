// The models of sessions: read committed, read atomic, causal consistency and the session guarantees, for transactions on objects
// whose values tell who wrote them.
//
// All but one are of one form (Biswas and Enea, OOPSLA 2019): there is an order of the transactions that holds the session order so
// and reads-from wr, in which the transaction that a read returned comes after every other writer of the object that the reader is
// bound to see. They differ in who that is. When reader t3 reads object x of t1, writer t2 of x is bound to come before t1 where
//   read committed      t3 read something of t2 before this
//   read atomic         t3 reads something of t2 anywhere, or t2 came before t3 in its session
//   causal convergence  t2 is in t3's causal past, so and wr in any number (CyclicCF of Bouajjani et al., POPL 2017)
//   read your writes    t2 came before t3 in its session
//   monotonic reads     something of t2 was read earlier in t3's session
//   monotonic writes    t3 reads of a transaction that t2 came before in that one's session
//   writes follow reads t3 reads of a transaction that, or whose session before, had read something of t2
// The four session guarantees (Terry et al., PDIS 1994; Viotti and Vukolić, CSUR 2016) want such an order for each session alone:
// sessions need not agree. Causal memory wants one for each session too, in which what is bound to come before counts as past again
// (CyclicHB). Causal consistency proper wants one for each transaction alone (WriteCORead). An object's initial value comes before
// every write (WriteCOInitRead, WriteHBInitRead). Lists: whoever reads an element sees its writer, and the order of elements is
// part of every order.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/check/judgement.hpp"
#include "sim/check/transactions/infer.hpp"

namespace sim::check::transactions {

/// Why a model is contradicted.
struct WeakFinding {
  Consistency model = Consistency::causal;
  Finding finding;
};

/// What was found for several models.
struct WeakStudy {
  std::vector<WeakFinding> findings;   ///< at most one a model
  std::vector<Consistency> undecided;  ///< a limit was reached
  std::string explanation;             ///< which limit
  std::uint64_t steps = 0;
};

/// Whether a model is one of these. Read committed is only for registers; of lists the cycles of dependencies decide it.
bool is_weak(Consistency model, Kind kind);

/// Judges by each of the models, exactly, unless a limit is reached.
WeakStudy judge_weak(const Inferred& all, Kind kind, std::span<const Consistency> models, const Limits& limits);

}  // namespace sim::check::transactions
