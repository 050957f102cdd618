// Transactions a second: a million of four accesses each, made by a strictly serializable store, judged for strict serializability.
//
// The shape is that of Jepsen's list-append workload: a handful of objects at a time, each given up for a new one after so many
// appends (Elle's `max-writes-per-key`), clients that overlap. "Build" makes the log out of events whose values are in memory
// already, so that no text is parsed; "judge" goes from the log to the verdict with its witness.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "measure.hpp"
#include "sim/check/transactions/judge.hpp"
#include "sim/core/random.hpp"

namespace bench {
namespace {

using sim::Rng;
using sim::Value;
using sim::check::Consistency;
using sim::check::Judgement;
using sim::check::Outcome;
using sim::check::Verdict;
using sim::check::transactions::Atom;
using sim::check::transactions::Kind;
using sim::check::transactions::Log;

struct Setting {
  const char* name;
  Kind kind;
  std::uint32_t processes;
  std::uint32_t writes_per_key;
  Consistency wanted = Consistency::strict_serializable;
  bool faulty = false;  ///< one stale read in the middle
  std::size_t gib = 0;  ///< limit on memory, where the usual one does not do
};

constexpr std::uint32_t kAccesses = 4;
constexpr std::uint32_t kActiveKeys = 10;

// A store and its clients: a transaction begins, takes effect at once some time later, and completes later still.
class Store {
 public:
  Store(const Setting& setting, std::uint32_t txns) : setting_(setting), txns_(txns), rng_(7, "transactions", 0) {
    log_.appends = setting.kind == Kind::list_append;
    for (std::uint32_t i = 0; i < kActiveKeys; ++i) fresh(i);
  }

  Log run() {
    std::vector<Client> clients(setting_.processes);
    for (std::uint32_t open = 0; begun_ < txns_ || open > 0;) {
      const auto p = static_cast<std::uint32_t>(rng_.below(setting_.processes));
      Client& c = clients[p];
      switch (c.stage) {
        case 0:
          if (begun_ == txns_) break;
          c.txn = log_.open(p);
          ++begun_;
          ++open;
          c.stage = 1;
          break;
        case 1:
          take_effect(c);
          c.stage = 2;
          break;
        default:
          complete(c);
          --open;
          c.stage = 0;
      }
    }
    return std::move(log_);
  }

 private:
  struct Access {
    bool write = false;
    std::uint32_t key = 0;
    Atom atom = 0;
    std::uint32_t count = 0;  // of a list that was read
  };
  struct Client {
    std::uint32_t txn = 0;
    int stage = 0;
    std::vector<Access> accesses{};
  };

  void fresh(std::uint32_t slot) {
    active_[slot] = log_.key_number(Value(static_cast<std::int64_t>(state_.size())));
    state_.emplace_back();
  }

  void take_effect(Client& c) {
    c.accesses.clear();
    for (std::uint32_t i = 0; i < kAccesses; ++i) {
      const auto slot = static_cast<std::uint32_t>(rng_.below(kActiveKeys));
      const std::uint32_t key = active_[slot];
      std::vector<Atom>& state = state_[key];
      if (rng_.below(2) == 0) {
        c.accesses.push_back({true, key, ++written_, 0});
        state.push_back(written_);
        if (state.size() >= setting_.writes_per_key) fresh(slot);
      } else {
        auto size = static_cast<std::uint32_t>(state.size());
        if (setting_.faulty && c.txn == txns_ / 2 && size > 2) size -= 2;
        c.accesses.push_back({false, key, size == 0 ? sim::check::transactions::kNil : state[size - 1], size});
      }
    }
  }

  void complete(Client& c) {
    for (const Access& a : c.accesses) {
      if (a.write) {
        log_.write(c.txn, a.key, a.atom);
      } else if (setting_.kind == Kind::list_append) {
        log_.read_list(c.txn, a.key, {state_[a.key].data(), a.count});
      } else {
        log_.read(c.txn, a.key, a.atom);
      }
    }
    log_.close(c.txn, Outcome::ok, c.accesses.size());
  }

  Setting setting_;
  std::uint32_t txns_;
  Rng rng_;
  Log log_;
  std::vector<std::vector<Atom>> state_;
  std::uint32_t active_[kActiveKeys] = {};
  std::uint32_t begun_ = 0;
  Atom written_ = 0;
};

int run(const Options& options) {
  const std::uint32_t txns = options.smoke ? 20'000 : 1'000'000;
  const std::vector<Setting> settings{
      {"list-append, 10 processes, 32 writes a key", Kind::list_append, 10, 32},
      {"list-append, 20 processes, 256 writes a key", Kind::list_append, 20, 256},
      {"list-append, 50 processes, 256 writes a key", Kind::list_append, 50, 256},
      {"list-append, one stale read", Kind::list_append, 20, 256, Consistency::strict_serializable, true},
      {"rw-register, 32 writes a key, limit 2 GiB", Kind::rw_register, 20, 32, Consistency::strict_serializable, false, 2},
      {"rw-register, causal-convergence", Kind::rw_register, 20, 32, Consistency::causal_convergence},
  };
  std::string json;
  fmt::print("{} transactions of {} accesses, {} objects at a time\n", txns, kAccesses, kActiveKeys);
  fmt::print("{:<46} {:>9} {:>9} {:>12} {:>9} {:>9}  verdict\n", "", "build s", "judge s", "txn/s", "log MiB", "peak MiB");
  for (const Setting& setting : settings) {
    double build = 0;
    std::size_t bytes = 0;
    std::string verdict;
    const double judged = median(options.runs, [&] {
      double began = cpu_seconds();
      const Log log = Store(setting, txns).run();
      build = cpu_seconds() - began;
      bytes = log.bytes();
      sim::check::Limits limits;
      if (setting.gib != 0) limits.bytes = setting.gib << 30U;
      began = cpu_seconds();
      const auto result = sim::check::transactions::judge(log, setting.kind, setting.wanted, limits);
      const double took = cpu_seconds() - began;
      verdict = result.ok() ? std::string(to_text(result->verdict)) : result.error().what;
      if (!result.ok() || (result->verdict == Verdict::invalid) != setting.faulty) std::exit(1);
      return took;
    });
    fmt::print("{:<46} {:>9.3f} {:>9.3f} {:>12.0f} {:>9} {:>9}  {}\n", setting.name, build, judged, txns / judged, bytes >> 20U,
               peak_kib() >> 10, verdict);
    json += fmt::format("{}{{\"setting\":\"{}\",\"judge_s\":{:.4f},\"build_s\":{:.4f}}}", json.empty() ? "" : ",", setting.name,
                        judged, build);
  }
  if (options.json) fmt::print("[{}]\n", json);
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::run(bench::options(argc, argv)); }
