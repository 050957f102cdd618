// Random histories of a few transactions against the definitions, tried out order by order.
#include "check_transactions_oracle.hpp"

using namespace txn_support;

namespace {

struct Shape {
  Kind kind;
  std::uint64_t txns;
  std::uint64_t processes;
  std::uint64_t keys;
  std::uint64_t accesses;
  bool outcomes;  // some fail, some are unknown
};

// A system that mostly works: it keeps versions, and reads old ones now and then.
class Random {
 public:
  Random(const Shape& shape, std::uint64_t seed) : shape_(shape), random_(seed) {}

  Log log() {
    log_.appends = shape_.kind == Kind::list_append;
    std::vector<std::vector<std::uint32_t>> open(shape_.processes);
    std::uint64_t begun = 0;
    state_.assign(shape_.keys, {});
    disturbance_ = random_.below(3);
    while (begun < shape_.txns || any(open)) {
      const std::uint64_t p = random_.below(shape_.processes);
      if (open[p].empty()) {
        if (begun == shape_.txns) continue;
        open[p].push_back(log_.open(static_cast<std::int64_t>(p)));
        ++begun;
      } else {
        run(open[p].back());
        open[p].clear();
      }
    }
    return std::move(log_);
  }

 private:
  static bool any(const std::vector<std::vector<std::uint32_t>>& open) {
    return std::any_of(open.begin(), open.end(), [](const auto& of) { return !of.empty(); });
  }

  void run(std::uint32_t txn) {
    const std::uint64_t roll = shape_.outcomes ? random_.below(10) : 9;
    const Outcome outcome = roll == 0 ? Outcome::fail : roll <= 2 ? Outcome::info : Outcome::ok;
    const bool applies = outcome == Outcome::ok || (outcome == Outcome::info && random_.below(2) == 0);
    // A snapshot that may be old, object by object or as a whole.
    std::vector<std::vector<Atom>> view = state_;
    for (std::uint64_t k = 0; k < shape_.keys; ++k) {
      if (disturbance_ == 0 || random_.below(3) != 0) continue;
      const std::uint64_t drop = 1 + random_.below(2);
      for (std::uint64_t i = 0; i < drop && !view[k].empty(); ++i) view[k].pop_back();
    }
    const std::uint64_t count = 1 + random_.below(shape_.accesses);
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto k = static_cast<std::uint32_t>(random_.below(shape_.keys));
      const std::uint32_t key = log_.key_number(Value(static_cast<std::int64_t>(k)));
      if (random_.below(2) == 0) {
        const Atom atom = ++written_;
        log_.write(txn, key, atom);
        view[k].push_back(atom);
        if (applies) {
          if (disturbance_ == 2 && random_.below(8) == 0 && !state_[k].empty()) {
            state_[k].insert(state_[k].end() - 1, atom);
          } else {
            state_[k].push_back(atom);
          }
        }
      } else if (outcome != Outcome::ok) {
        log_.read_unknown(txn, key);
      } else if (shape_.kind == Kind::list_append) {
        log_.read_list(txn, key, view[k]);
      } else {
        log_.read(txn, key, view[k].empty() ? kNil : view[k].back());
      }
    }
    log_.close(txn, outcome, count);
  }

  Shape shape_;
  check_support::Lcg random_;
  Log log_;
  std::vector<std::vector<Atom>> state_;
  std::uint64_t disturbance_ = 0;
  Atom written_ = 0;
};

std::string shown(const Log& log) {
  std::string out;
  for (std::size_t t = 0; t < log.size(); ++t) {
    const Operation op = log.operation(t);
    out += "T" + std::to_string(t) + " process " + std::to_string(op.process) + " " + std::string(to_text(op.outcome)) + " [" +
           std::to_string(op.invoked) + ", " + std::to_string(op.returned) + "] " +
           (op.outcome == Outcome::ok ? op.output : op.input).to_json() + "\n";
  }
  return out;
}

struct Strong {
  Consistency model;
  bool snapshot;
  Beyond keep;
};
constexpr Strong kStrong[] = {
    {Consistency::serializable, false, Beyond::data},
    {Consistency::strong_session_serializable, false, Beyond::session},
    {Consistency::strict_serializable, false, Beyond::realtime},
    {Consistency::snapshot_isolation, true, Beyond::data},
    {Consistency::strong_session_snapshot_isolation, true, Beyond::session},
    {Consistency::strong_snapshot_isolation, true, Beyond::realtime},
};

// Judges random logs by the strong models; the numbers of valid and invalid ones.
std::pair<int, int> compare_strong(const Shape& shape, std::uint64_t first, std::uint64_t last) {
  std::pair<int, int> counts;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const Log log = Random(shape, seed).log();
    INFO("seed " << seed << "\n" << shown(log));
    Oracle oracle(log, shape.kind);
    for (const Strong& s : kStrong) {
      INFO(to_text(s.model));
      const auto judged = judge(log, shape.kind, s.model);
      REQUIRE(judged.ok());
      INFO(judged->explanation);
      const bool expected = s.snapshot ? oracle.snapshot(s.keep) : oracle.serializable(s.keep);
      REQUIRE(std::string(to_text(judged->verdict)) == (expected ? "valid" : "invalid"));
      (expected ? counts.first : counts.second) += 1;
      if (expected && !s.snapshot) REQUIRE(oracle.is_serial(judged->order, s.keep));
      if (!expected) {
        REQUIRE_FALSE(judged->explanation.empty());
        const auto again = judge(log.part(judged->core), shape.kind, s.model);
        REQUIRE(again.ok());
        REQUIRE(again->verdict == Verdict::invalid);
      }
      REQUIRE(*judge(log, shape.kind, s.model) == *judged);
    }
  }
  return counts;
}

constexpr Consistency kWeak[] = {
    Consistency::read_committed,     Consistency::read_atomic,      Consistency::causal,
    Consistency::causal_convergence, Consistency::causal_memory,    Consistency::read_your_writes,
    Consistency::monotonic_reads,    Consistency::monotonic_writes, Consistency::writes_follow_reads,
};

void compare_weak(const Shape& shape, std::uint64_t first, std::uint64_t last, bool sessions) {
  std::map<Consistency, std::pair<int, int>> counts;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    Log log = Random(shape, seed).log();
    log.sessions_in_models = sessions;
    INFO("seed " << seed << "\n" << shown(log));
    Oracle oracle(log, shape.kind);
    // A transaction that contradicts itself, or was read half done, is judged by that alone.
    const auto strict = judge(log, shape.kind);
    REQUIRE(strict.ok());
    if (has(*strict, "internal") || has(*strict, "G1b") || has(*strict, "future-read") || has(*strict, "incompatible-order"))
      continue;
    for (const Consistency model : kWeak) {
      const auto judged = judge(log, shape.kind, model);
      REQUIRE(judged.ok());
      if (shape.kind == Kind::list_append && model == Consistency::read_committed) continue;
      INFO(to_text(model));
      INFO(judged->explanation);
      const bool expected = oracle.weak(model);
      REQUIRE(std::string(to_text(judged->verdict)) == (expected ? "valid" : "invalid"));
      (expected ? counts[model].first : counts[model].second) += 1;
      if (!expected) {
        const auto again = judge(log.part(judged->core), shape.kind, model);
        REQUIRE(again.ok());
        REQUIRE(again->verdict == Verdict::invalid);
      }
    }
  }
  for (const Consistency model : kWeak) {
    if (shape.kind == Kind::list_append && model == Consistency::read_committed) continue;
    INFO(to_text(model) << " " << counts[model].first << " " << counts[model].second);
    CHECK(counts[model].first > 0);
    CHECK(counts[model].second > 0);
  }
}

}  // namespace

TEST_CASE("transactions on lists: strong models against every order", "[check][transactions]") {
  const auto [valid, invalid] = compare_strong({Kind::list_append, 5, 3, 2, 4, true}, 1, 700);
  CHECK(valid > 300);
  CHECK(invalid > 300);
}

TEST_CASE("transactions on lists without failures: strong models against every order", "[check][transactions]") {
  compare_strong({Kind::list_append, 5, 4, 3, 4, false}, 1, 700);
}

TEST_CASE("transactions on registers: strong models against every order", "[check][transactions]") {
  const auto [valid, invalid] = compare_strong({Kind::rw_register, 5, 3, 2, 4, true}, 1, 700);
  CHECK(valid > 300);
  CHECK(invalid > 300);
}

TEST_CASE("transactions on registers without failures: strong models against every order", "[check][transactions]") {
  compare_strong({Kind::rw_register, 6, 4, 2, 3, false}, 1, 500);
}

TEST_CASE("transactions of one access: strong models against every order", "[check][transactions]") {
  compare_strong({Kind::rw_register, 7, 4, 2, 1, true}, 1, 400);
}

TEST_CASE("transactions on registers: models of sessions against every order", "[check][causal]") {
  compare_weak({Kind::rw_register, 6, 3, 3, 4, true}, 1, 900, false);
}

TEST_CASE("transactions on registers: models of sessions that all keep sessions", "[check][causal]") {
  compare_weak({Kind::rw_register, 6, 3, 3, 4, true}, 5001, 5900, true);
}

TEST_CASE("transactions on lists: models of sessions against every order", "[check][causal]") {
  compare_weak({Kind::list_append, 6, 3, 3, 4, true}, 1, 600, false);
}
