// Sequential consistency: some order of all operations that keeps that of every process explains every result.
//
// L. Lamport, "How to make a multiprocessor computer that correctly executes multiprocess programs", IEEE Trans. Computers 1979.
// It is not local: objects that are sequential one by one need not be so together, hence all are judged at once. Deciding is
// NP-complete (P. Gibbons and E. Korach, "Testing shared memories", SIAM J. Comput. 1997): what causality alone forbids
// (A. Bouajjani, C. Enea, R. Guerraoui and J. Hamza, "On verifying causal consistency", POPL 2017) is looked for first where values
// are different, then a search goes over the prefixes of the processes, depth first, with a memory of where it has been.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/judge.hpp"
#include "sim/check/judgement.hpp"
#include "sim/check/models.hpp"

namespace sim::check {

/// Judges a history by a model of Faultline's. An operation whose outcome is unknown may take effect at any time after what its
/// process did before it, or never; what the process did later does not wait for it. `order` of a valid history keeps the order of
/// every process. Steps are transitions tried.
/// Error: the history has operations that the model does not; `where` is a line or "operation 3".
Result<Judgement> judge_sequential(ModelName model, const History& history, const Limits& limits = {});

namespace detail {

/// One operation of a process, in the partition (object) that it is about.
struct SessionOp {
  std::uint32_t origin = 0;
  std::uint32_t partition = 0;
  std::uint32_t cls = 0;
  std::uint64_t invoked = 0;  ///< decides what is tried first, nothing else
};

/// An operation whose outcome is unknown, and what must come before it.
struct LooseOp {
  SessionOp op;
  std::uint32_t session = 0;
  std::uint32_t after = 0;  ///< how many operations of the session come before it
};

/// Processes' operations in their order.
struct Sessions {
  std::vector<std::vector<SessionOp>> all;
  std::vector<LooseOp> loose;
};

Sessions sessions_of(const History& history, const std::vector<std::vector<CompactOp>>& partitions);
Judgement unexplained(const History& history, std::vector<std::size_t> core, std::size_t failing);
/// Reads that causality alone forbids; valid when there are none, which proves nothing.
Judgement causal_filter(ModelName model, const History& history);

/// Searches for an order. P: std::vector<Partition<M>>.
template <Machine M>
class SequentialSearch {
 public:
  SequentialSearch(std::vector<Partition<M>>& partitions, const Sessions& sessions, const Limits& limits)
      : partitions_(partitions), sessions_(sessions), limits_(limits) {
    width_ = sessions.all.size() + partitions.size() + (sessions.loose.size() + 31) / 32;
    now_.assign(width_, 0);
    for (std::size_t p = 0; p < partitions.size(); ++p) state(static_cast<std::uint32_t>(p)) = partitions[p].machine.initial();
  }

  Verdict run() {
    remaining_ = 0;
    for (const auto& session : sessions_.all) remaining_ += session.size();
    look();
    if (remaining_ == 0) return Verdict::valid;
    if (!remember()) return Verdict::undecided;
    frames_.push_back(frame());
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      if (frame.choice == frame.choices.size()) {
        frames_.pop_back();
        continue;
      }
      if (steps >= limits_.steps || bytes() > limits_.bytes) return Verdict::undecided;
      // Back to where the frame began.
      now_ = frame.before;
      remaining_ = frame.remaining;
      order_.resize(frame.order);
      if (!choose(frame.choices[frame.choice++])) continue;
      look();
      if (remaining_ == 0) return Verdict::valid;
      furthest_ = std::min(furthest_, remaining_);
      if (remember()) frames_.push_back(this->frame());
    }
    return Verdict::invalid;
  }

  const std::vector<std::size_t>& order() const { return order_; }
  std::size_t furthest() const { return furthest_; }
  std::uint64_t steps = 0;

 private:
  struct Frame {
    std::size_t choice = 0;
    std::vector<std::uint32_t> choices;  // sessions, then loose operations
    std::size_t order = 0;
    std::vector<std::uint32_t> before;
    std::size_t remaining = 0;
  };

  std::uint32_t& position(std::size_t session) { return now_[session]; }
  std::uint32_t& state(std::uint32_t partition) { return now_[sessions_.all.size() + partition]; }
  std::uint32_t& bits(std::size_t loose) { return now_[sessions_.all.size() + partitions_.size() + loose / 32]; }

  // What can come next, the earliest first: most histories are nearly linearizable.
  Frame frame() {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> next;
    for (std::size_t s = 0; s < sessions_.all.size(); ++s) {
      if (position(s) < sessions_.all[s].size()) {
        next.emplace_back(sessions_.all[s][position(s)].invoked, static_cast<std::uint32_t>(s));
      }
    }
    std::sort(next.begin(), next.end());
    Frame out;
    for (const auto& [invoked, session] : next) out.choices.push_back(session);
    // What may never have happened is tried last.
    for (std::size_t k = 0; k < sessions_.loose.size(); ++k) {
      const LooseOp& op = sessions_.loose[k];
      if ((bits(k) & (std::uint32_t{1} << (k % 32))) == 0 && position(op.session) >= op.after) {
        out.choices.push_back(static_cast<std::uint32_t>(sessions_.all.size() + k));
      }
    }
    out.order = order_.size();
    out.before = now_;
    out.remaining = remaining_;
    return out;
  }

  // What changes nothing may as well happen as soon as it can.
  void look() {
    for (bool again = true; again;) {
      again = false;
      for (std::size_t s = 0; s < sessions_.all.size(); ++s) {
        const auto& session = sessions_.all[s];
        while (position(s) < session.size()) {
          const SessionOp& op = session[position(s)];
          M& machine = partitions_[op.partition].machine;
          ++steps;
          if (!machine.pure(op.cls) || machine.next(state(op.partition), op.cls) == kNoIndex) break;
          order_.push_back(op.origin);
          ++position(s);
          --remaining_;
          again = true;
        }
      }
    }
  }

  bool choose(std::size_t choice) {
    ++steps;
    const bool loose = choice >= sessions_.all.size();
    if (!loose) {
      if (position(choice) == sessions_.all[choice].size()) return false;
      if (!apply(sessions_.all[choice][position(choice)])) return false;
      ++position(choice);
      --remaining_;
      return true;
    }
    const std::size_t k = choice - sessions_.all.size();
    const LooseOp& op = sessions_.loose[k];
    const std::uint32_t bit = std::uint32_t{1} << (k % 32);
    if ((bits(k) & bit) != 0 || position(op.session) < op.after || !apply(op.op)) return false;
    bits(k) |= bit;
    return true;
  }

  bool apply(const SessionOp& op) {
    const std::uint32_t next = partitions_[op.partition].machine.next(state(op.partition), op.cls);
    if (next == kNoIndex) return false;
    state(op.partition) = next;
    order_.push_back(op.origin);
    return true;
  }

  // False if it has been here before.
  bool remember() {
    std::uint64_t hash = width_;
    for (const std::uint32_t word : now_) hash = mix(hash ^ word) + 0x9E3779B97F4A7C15U;
    const auto fresh = static_cast<std::uint32_t>(been_.size() / width_);
    const auto same = [&](std::uint32_t i) {
      return std::equal(now_.begin(), now_.end(), been_.begin() + static_cast<std::ptrdiff_t>(i * width_));
    };
    if (width_ == 0 || index_.find_or_insert(hash, fresh, same) != fresh) return false;
    been_.insert(been_.end(), now_.begin(), now_.end());
    return true;
  }

  std::size_t bytes() const {
    std::size_t out = been_.capacity() * sizeof(std::uint32_t) + index_.bytes() +
                      frames_.size() * (width_ * 4 + sessions_.all.size() * 4 + sizeof(Frame));
    for (const auto& p : partitions_) out += p.machine.bytes();
    return out;
  }

  std::vector<Partition<M>>& partitions_;
  const Sessions& sessions_;
  const Limits& limits_;
  std::size_t width_ = 0;
  std::vector<std::uint32_t> now_;  // positions of sessions, states of partitions, loose operations that took effect
  std::size_t remaining_ = 0;
  std::size_t furthest_ = ~std::size_t{0};
  std::vector<std::size_t> order_;
  std::vector<Frame> frames_;
  std::vector<std::uint32_t> been_;
  IndexTable index_;
};

template <Machine M>
std::pair<Judgement, std::size_t> search_sequential(std::vector<Partition<M>>& partitions, const History& history,
                                                    const Limits& limits) {
  std::vector<std::vector<CompactOp>> ops;
  ops.reserve(partitions.size());
  for (const auto& p : partitions) ops.push_back(p.ops);
  const Sessions sessions = sessions_of(history, ops);
  SequentialSearch<M> search(partitions, sessions, limits);
  Judgement out;
  out.verdict = search.run();
  out.steps = search.steps;
  if (out.verdict == Verdict::valid) out.order = search.order();
  return {std::move(out), search.furthest()};
}

}  // namespace detail

/// Judges a history by a model of the caller's; its partitions are objects. A core is the whole history.
/// Error: what the model's `encode` said.
template <Model M>
Result<Judgement> judge_sequential_with(const M& model, const History& history, const Limits& limits = {}) {
  auto partitions = partition(model, history);
  if (!partitions.ok()) return partitions.error();
  auto [out, left] = detail::search_sequential(*partitions, history, limits);
  if (out.verdict == Verdict::invalid) {
    Judgement whole = detail::unexplained(history, {}, 0);
    whole.steps = out.steps;
    return whole;
  }
  if (out.verdict == Verdict::undecided) {
    out.explanation = "all but " + std::to_string(left) + " operations are explained; a limit is reached";
  }
  return std::move(out);
}

}  // namespace sim::check
