// Stores that are right by construction, with hundreds of transactions: no anomaly may be found where there is none.
#include "check_transactions_oracle.hpp"

using namespace txn_support;

namespace {

enum class Store { serial, snapshots };

// Clients of a store that takes a transaction at once (serial), or from a snapshot at its start, giving it up where another has
// committed to the same object since (snapshots). Some completions are lost.
class Clients {
 public:
  Clients(Kind kind, Store store, std::uint64_t seed, std::uint64_t txns)
      : kind_(kind), store_(store), txns_(txns), random_(seed) {}

  Log run() {
    log_.appends = kind_ == Kind::list_append;
    struct Client {
      int stage = 0;
      std::uint32_t txn = 0;
      std::uint64_t started = 0;
      std::map<std::uint32_t, std::vector<Atom>> snapshot;
      std::vector<Done> done;
      Outcome outcome = Outcome::ok;
    };
    std::vector<Client> clients(6);
    std::uint64_t begun = 0;
    for (bool open = true; begun < txns_ || open;) {
      Client& c = clients[random_.below(clients.size())];
      if (c.stage == 0 && begun < txns_) {
        c.txn = log_.open(&c - clients.data());
        ++begun;
        c.stage = 1;
      } else if (c.stage == 1) {
        c.snapshot = state_;
        c.started = commits_;
        c.stage = store_ == Store::snapshots ? 2 : 3;
        if (store_ == Store::serial) c.outcome = take_effect(c.snapshot, c.started, c.done);
      } else if (c.stage == 2) {
        c.outcome = take_effect(c.snapshot, c.started, c.done);
        c.stage = 3;
      } else if (c.stage == 3) {
        if (random_.below(12) == 0) c.outcome = Outcome::info;
        complete(c.txn, c.outcome, c.done);
        c.stage = 0;
      }
      open = std::any_of(clients.begin(), clients.end(), [](const Client& other) { return other.stage != 0; });
    }
    return std::move(log_);
  }

 private:
  struct Done {
    bool write = false;
    std::uint32_t key = 0;
    std::vector<Atom> held;
  };

  Outcome take_effect(std::map<std::uint32_t, std::vector<Atom>> view, std::uint64_t started, std::vector<Done>& done) {
    done.clear();
    std::map<std::uint32_t, std::vector<Atom>> written;
    for (std::uint64_t i = 1 + random_.below(4); i-- > 0;) {
      // New objects come as old ones are written often.
      const auto k = static_cast<std::int64_t>(random_.below(4) + commits_ / 20);
      const std::uint32_t key = log_.key_number(Value(k));
      auto& held = view[key];
      if (random_.below(2) == 0) {
        held.push_back(++value_);
        written[key] = held;
        done.push_back({true, key, {value_}});
      } else {
        done.push_back({false, key, held});
      }
    }
    for (const auto& [key, held] : written) {
      if (changed_[key] > started) return Outcome::fail;
    }
    ++commits_;
    for (const auto& [key, held] : written) {
      state_[key] = held;
      changed_[key] = commits_;
    }
    return Outcome::ok;
  }

  void complete(std::uint32_t txn, Outcome outcome, const std::vector<Done>& done) {
    for (const Done& d : done) {
      if (d.write) {
        log_.write(txn, d.key, d.held.front());
      } else if (outcome != Outcome::ok) {
        log_.read_unknown(txn, d.key);
      } else if (kind_ == Kind::list_append) {
        log_.read_list(txn, d.key, d.held);
      } else {
        log_.read(txn, d.key, d.held.empty() ? kNil : d.held.back());
      }
    }
    log_.close(txn, outcome, done.size());
  }

  Kind kind_;
  Store store_;
  std::uint64_t txns_;
  check_support::Lcg random_;
  Log log_;
  std::map<std::uint32_t, std::vector<Atom>> state_;
  std::map<std::uint32_t, std::uint64_t> changed_;
  std::uint64_t commits_ = 0;
  Atom value_ = 0;
};

}  // namespace

TEST_CASE("a strictly serializable store satisfies every model", "[check][transactions]") {
  for (const Kind kind : {Kind::list_append, Kind::rw_register}) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      const Log log = Clients(kind, Store::serial, seed, 300).run();
      const auto judged = judge(log, kind);
      REQUIRE(judged.ok());
      INFO(to_text(kind) << " seed " << seed << " " << judged->explanation);
      REQUIRE(judged->verdict == Verdict::valid);
      CHECK(strongest(judged->satisfied) == std::vector<Consistency>{Consistency::strict_serializable});
      CHECK(Oracle(log, kind).is_serial(judged->order, Beyond::realtime));
      for (const ConsistencyInfo& info : all_consistencies()) {
        INFO(info.text);
        const auto one = judge(log, kind, info.name);
        REQUIRE(one.ok());
        CHECK(one->verdict == Verdict::valid);
      }
    }
  }
}

TEST_CASE("a store of snapshots satisfies strong snapshot isolation and is not serializable", "[check][transactions]") {
  using enum Consistency;
  for (const Kind kind : {Kind::list_append, Kind::rw_register}) {
    int skewed = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      const Log log = Clients(kind, Store::snapshots, seed, 300).run();
      for (const Consistency model :
           {strong_snapshot_isolation, strong_session_snapshot_isolation, snapshot_isolation, causal_convergence, read_atomic,
            read_committed, monotonic_reads, monotonic_writes, read_your_writes, writes_follow_reads, causal}) {
        const auto judged = judge(log, kind, model);
        REQUIRE(judged.ok());
        INFO(to_text(kind) << " seed " << seed << " " << to_text(model) << " " << judged->explanation);
        REQUIRE(judged->verdict == Verdict::valid);
      }
      const auto serial = judge(log, kind, serializable);
      REQUIRE(serial.ok());
      if (serial->verdict != Verdict::invalid) continue;
      ++skewed;
      CHECK(judge(log.part(serial->core), kind, serializable)->verdict == Verdict::invalid);
      CHECK(serial->core.size() <= 12);
    }
    CHECK(skewed > 0);
  }
}

// Elle's :sequential-keys? and :linearizable-keys?.
TEST_CASE("what is taken for granted of single registers", "[check][transactions]") {
  using enum Consistency;
  const Log stale = serial_log("0 [[w x 1]]\n1 [[w x 2]]\n2 [[r x 1]]\n3 [[r x 2] [w y 1]]\n2 [[r y 1]]");
  CHECK(judge(stale, Kind::rw_register, serializable)->verdict == Verdict::valid);
  const Log skew = concurrent_log({"[[w x 1] [w y 1]]", "[[w x 2] [w y 2]]", "[[r x 1] [r y 2]]"});
  CHECK(judge(skew, Kind::rw_register, snapshot_isolation)->verdict == Verdict::invalid);
  // Each session sees x go from 1 to 2, though 2 does not depend on 1; another reads 2 and what came with 1, and not the reverse.
  const Log old = serial_log("0 [[w x 1]]\n0 [[w x 2] [w y 2]]\n1 [[r y 2] [r x 1]]");
  const auto plain = judge(old, Kind::rw_register, read_uncommitted);
  REQUIRE(plain.ok());
  CHECK(plain->verdict == Verdict::valid);
  const Log order = serial_log("0 [[w x 1]]\n0 [[w x 2]]\n1 [[r x 2] [w y 1]]\n2 [[r y 1] [r x 1]]");
  CHECK(judge(order, Kind::rw_register, serializable)->verdict == Verdict::valid);
  const auto assumed = judge(order, Kind::rw_register, serializable, {}, {.sequential_keys = true});
  REQUIRE(assumed.ok());
  CHECK(assumed->verdict == Verdict::invalid);
  CHECK(assumed->findings.front().name == "G-single");
  CHECK(judge(order, Kind::rw_register, serializable, {}, {.linearizable_keys = true})->verdict == Verdict::invalid);
}
