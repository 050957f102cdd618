#include "sim/cli/sweep.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <mutex>

#include "sim/cli/commands.hpp"
#include "sim/cli/crew.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/scenario/json.hpp"

namespace sim::cli {

namespace {

// What ranks write to each other: a helper {"outcomes": [...], "want": 12}, rank 0 in answer {"first": 1, "last": 12}, {} where
// it has none just now, or {"over": true}. A helper waits for the answer before it writes again.

std::uint64_t number_in(const Value& letter, std::string_view key) {
  const Value* held = letter.find(key);
  return held == nullptr || held->integer() == nullptr ? 0 : static_cast<std::uint64_t>(*held->integer());
}

Value read_letter(const std::string& text) {
  auto letter = parse_json(text);
  assert(letter.ok());
  return *std::move(letter);
}

void rest() { usleep(200); }

/// Where seeds come from and outcomes go to. Called by all threads at once; `main` as in run_crew().
class Work {
 public:
  Work() = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  virtual ~Work() = default;

  /// A seed to run; waits for one if need be. Nothing: it is over.
  virtual std::optional<std::uint64_t> next(bool main) = 0;
  /// Asked every few thousand events: whether a seed's outcome is still wanted.
  virtual bool wanted(std::uint64_t seed, bool main) = 0;
  virtual void done(explore::Outcome outcome) = 0;
};

std::optional<explore::Outcome> run_seed(const Scenario& scenario, const std::vector<explore::ClaimName>& claims,
                                         std::uint64_t seed, Work& work, bool main) {
  constexpr std::uint64_t piece = 4096;  // events: a millisecond or two
  Run run(scenario, seed);
  for (std::uint64_t steps = 1; run.step(); ++steps) {
    if (steps % piece == 0 && !work.wanted(seed, main)) return std::nullopt;
  }
  return explore::outcome_of(run, claims);
}

/// Each thread takes the next seed when it is done with one, so that none waits for a slow one.
void work_off(const Scenario& scenario, Work& work, unsigned jobs) {
  const auto claims = explore::claims_of(scenario);
  run_crew(jobs, [&](bool main) {
    while (const auto seed = work.next(main)) {
      if (auto outcome = run_seed(scenario, claims, *seed, work, main)) work.done(*std::move(outcome));
    }
  });
}

/// Rank 0's: the whole sweep.
class Desk final : public Work {
 public:
  Desk(const Scenario& scenario, const SweepBounds& bounds, Ranks& ranks)
      : bounds_(bounds),
        ranks_(ranks),
        ledger_(bounds.seeds, explore::Tally(explore::claims_of(scenario)), {.stop_after = bounds.stop_after}),
        helpers_(ranks.size() - 1) {}

  std::optional<std::uint64_t> next(bool main) override {
    while (true) {
      if (main) attend();
      {
        const std::lock_guard lock(mutex_);
        if (over()) return std::nullopt;
        if (const auto seed = ledger_.take(1)) return seed->first;
      }
      rest();
    }
  }

  bool wanted(std::uint64_t seed, bool main) override {
    if (main) attend();
    if (out_of_time()) return false;
    const std::lock_guard lock(mutex_);
    return ledger_.wanted(seed);
  }

  void done(explore::Outcome outcome) override {
    const std::lock_guard lock(mutex_);
    if (!over()) ledger_.add(std::move(outcome));
  }

  /// Tells the helpers that it is over, each when it writes.
  void dismiss() {
    while (helpers_ > 0) answer(ranks_.wait());
  }

  Swept result() const {
    const explore::Tally& tally = ledger_.tally();
    const bool stopped = bounds_.stop_after > 0 && tally.failed() >= bounds_.stop_after;
    const Ended ended = !ledger_.complete() ? ended_.load() : stopped ? Ended::stop_after : Ended::all_run;
    return {tally, ended, wall_seconds() - begun_};
  }

 private:
  /// Under the lock: nothing that comes in can change the result any more.
  bool over() const { return ended_.load() != Ended::all_run || ledger_.complete(); }

  bool out_of_time() {
    if (ended_.load() != Ended::all_run) return true;
    const bool interrupted = Interrupt::requested();
    const bool late = bounds_.seconds > 0 && wall_seconds() - begun_ >= bounds_.seconds;
    if (!interrupted && !late) return false;
    Ended running = Ended::all_run;
    ended_.compare_exchange_strong(running, interrupted ? Ended::interrupted : Ended::time_limit);
    return true;
  }

  /// What only the main thread does, between events and while it waits.
  void attend() {
    out_of_time();
    while (const auto letter = ranks_.poll()) answer(*letter);
    const std::lock_guard lock(mutex_);
    const auto done = static_cast<double>(ledger_.back()) / static_cast<double>(bounds_.seeds.size());
    const double spent = bounds_.seconds > 0 ? (wall_seconds() - begun_) / bounds_.seconds : 0;
    progress_.show(std::max(done, spent), 1, ledger_.back(), "seeds",
                   fmt::format("{} failure{}", grouped(ledger_.failed()), ledger_.failed() == 1 ? "" : "s"));
  }

  void answer(const Ranks::Letter& letter) {
    const Value said = read_letter(letter.text);
    Value::Map reply;
    {
      const std::lock_guard lock(mutex_);
      for (const Value& item : *said.find("outcomes")->list()) {
        auto outcome = explore::outcome_from(item);
        assert(outcome.ok());
        if (!over()) ledger_.add(*std::move(outcome));
      }
      if (over()) {
        reply.emplace_back("over", Value(true));
        --helpers_;
      } else if (const auto seeds = ledger_.take(number_in(said, "want"))) {
        reply.emplace_back("first", count(seeds->first));
        reply.emplace_back("last", count(seeds->last));
      }
    }
    ranks_.send(letter.from, Value(std::move(reply)).to_json());
  }

  SweepBounds bounds_;
  Ranks& ranks_;
  std::mutex mutex_;
  explore::Ledger ledger_;
  int helpers_;                               // other ranks that do not know yet that it is over
  std::atomic<Ended> ended_{Ended::all_run};  // or why it ended early
  double begun_ = wall_seconds();
  Progress progress_;
};

/// The other ranks': seeds that rank 0 gave out.
class Stock final : public Work {
 public:
  Stock(unsigned jobs, Ranks& ranks) : jobs_(jobs), ranks_(ranks) {}

  std::optional<std::uint64_t> next(bool main) override {
    while (true) {
      if (main) exchange();
      {
        const std::lock_guard lock(mutex_);
        if (over_) return std::nullopt;
        if (next_ < end_) return next_++;
      }
      rest();
    }
  }

  bool wanted(std::uint64_t, bool main) override {
    if (main) exchange();
    return !over_;
  }

  void done(explore::Outcome outcome) override {
    const std::lock_guard lock(mutex_);
    outcomes_.push_back(to_value(outcome));
  }

 private:
  static constexpr double kPause = 0.02;  // seconds between two letters, unless the stock is used up

  void exchange() {
    if (waiting_) {
      const auto letter = ranks_.poll();
      if (!letter) return;
      take_in(read_letter(letter->text));
    }
    const std::lock_guard lock(mutex_);
    const bool hungry = next_ == end_ && got_some_;
    if (!over_ && !waiting_ && (hungry || wall_seconds() - written_ >= kPause)) write();
  }

  void take_in(const Value& reply) {
    const std::lock_guard lock(mutex_);
    waiting_ = false;
    over_ = reply.find("over") != nullptr;
    got_some_ = reply.find("first") != nullptr;
    if (!got_some_) return;
    next_ = number_in(reply, "first");
    end_ = number_in(reply, "last") + 1;
  }

  // Asks for twice as much as was worked off since the last letter, once the stock is used up.
  void write() {
    constexpr std::uint64_t most = 1024;
    const std::uint64_t want = next_ < end_ ? 0 : std::clamp<std::uint64_t>(2 * outcomes_.size(), jobs_, most);
    Value::Map letter{{"outcomes", Value(std::move(outcomes_))}, {"want", count(want)}};
    outcomes_.clear();
    written_ = wall_seconds();
    waiting_ = true;
    ranks_.send(0, Value(std::move(letter)).to_json());
  }

  unsigned jobs_;
  Ranks& ranks_;
  std::mutex mutex_;
  std::uint64_t next_ = 0;  // the stock: seeds next_..end_-1
  std::uint64_t end_ = 0;
  Value::List outcomes_;
  std::atomic<bool> over_{false};
  bool waiting_ = false;  // for an answer; this and the following for the main thread alone
  bool got_some_ = true;  // by the last answer
  double written_ = 0;
};

}  // namespace

Swept sweep(const Scenario& scenario, const SweepBounds& bounds, unsigned jobs, Ranks& ranks) {
  const Interrupt interrupt;
  Desk desk(scenario, bounds, ranks);
  work_off(scenario, desk, jobs);
  Swept out = desk.result();
  desk.dismiss();
  return out;
}

void help_sweep(const Scenario& scenario, unsigned jobs, Ranks& ranks) {
  const Interrupt interrupt;  // rank 0 hears of it too, and decides
  Stock stock(jobs, ranks);
  work_off(scenario, stock, jobs);
}

}  // namespace sim::cli
