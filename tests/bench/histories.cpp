// Speed of the judge on recorded histories: Porcupine's etcd and key-value corpora, where the machine has them
// ($FAULTLINE_HISTORIES, or ../shared/data/histories beside the project), by the built-in models and by models such as a user
// writes. Reading and judging are timed apart; memory is what the judge held at most, counted by operator new. Porcupine v1's
// figures on the same files, measured on a machine of this class: etcd 1.3-2.0 s in total (the slowest file 450 ms), kv with 50
// clients 606 ms, 76 MB.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <new>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "measure.hpp"
#include "sim/check/judge.hpp"
#include "sim/check/question.hpp"
#include "sim/core/random.hpp"
#include "tests/unit/corpus_support.hpp"

namespace {

std::size_t live = 0;  // bytes, by what operator new was asked for
std::size_t peak = 0;

constexpr std::size_t kHeader = alignof(std::max_align_t);

}  // namespace

void* operator new(std::size_t size) {
  auto* held = static_cast<char*>(std::malloc(size + kHeader));
  if (held == nullptr) std::abort();
  *reinterpret_cast<std::size_t*>(held) = size;
  live += size;
  peak = std::max(peak, live);
  return held + kHeader;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return operator new(size); }
void operator delete(void* p, const std::nothrow_t&) noexcept { operator delete(p); }
void operator delete(void* p) noexcept {
  if (p == nullptr) return;
  char* held = static_cast<char*>(p) - kHeader;
  live -= *reinterpret_cast<std::size_t*>(held);
  std::free(held);
}
void operator delete(void* p, std::size_t) noexcept { operator delete(p); }

namespace bench {
namespace {

using namespace sim::check;
using corpus_support::corpus;
using corpus_support::read;
using sim::Value;

// A register as Porcupine's test suite writes its etcd model: nothing said beyond a state and a step.
struct UserRegister {
  using State = std::int64_t;
  struct Op {
    int f = 0;
    std::int64_t a = 0;
    std::int64_t b = 0;
    bool ok = false;
    bool known = false;
    bool operator==(const Op&) const = default;
  };
  static constexpr std::int64_t kNone = -1'000'000;

  State initial() const { return kNone; }
  static std::int64_t number(const Value& v) { return v.integer() == nullptr ? kNone : *v.integer(); }
  sim::Result<std::optional<Op>> encode(const Operation& op) const {
    Op out;
    out.known = op.outcome == Outcome::ok;
    if (op.f == "read") {
      out.a = number(op.output);
    } else if (op.f == "write") {
      out.f = 1;
      out.a = number(op.input);
    } else {
      out.f = 2;
      out.a = number((*op.input.list())[0]);
      out.b = number((*op.input.list())[1]);
      out.ok = out.known && op.output.boolean() == nullptr;
    }
    return std::optional<Op>(out);
  }
  bool step(State& state, const Op& op) const {
    if (op.f == 0) return !op.known || state == op.a;
    if (op.f == 1) {
      state = op.a;
      return true;
    }
    const bool match = state == op.a;
    if (op.known && match != op.ok) return false;
    if (match) state = op.b;
    return true;
  }
  std::uint64_t hash(const State& state) const { return static_cast<std::uint64_t>(state); }
  std::uint64_t hash(const Op& op) const {
    return (static_cast<std::uint64_t>(op.f) * 31 + static_cast<std::uint64_t>(op.a)) * 31 + static_cast<std::uint64_t>(op.b) * 4 +
           (op.ok ? 2U : 0U) + (op.known ? 1U : 0U);
  }
};

// And its key-value model: a text a key, partitioned.
struct UserKv {
  using State = std::string;
  struct Op {
    int f = 0;
    bool known = false;
    std::string value;
    bool operator==(const Op&) const = default;
  };
  State initial() const { return {}; }
  std::string partition(const Operation& op) const { return *op.key; }
  sim::Result<std::optional<Op>> encode(const Operation& op) const {
    const int f = op.f == "get" ? 0 : op.f == "put" ? 1 : 2;
    const Value& value = f == 0 ? op.output : op.input;
    return std::optional<Op>({f, op.outcome == Outcome::ok, value.text() == nullptr ? std::string() : *value.text()});
  }
  bool step(State& state, const Op& op) const {
    if (op.f == 0) return !op.known || state == op.value;
    state = op.f == 1 ? op.value : state + op.value;
    return true;
  }
  std::uint64_t hash(const std::string& text) const {
    std::uint64_t h = 1469598103934665603U;
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return h;
  }
  std::uint64_t hash(const Op& op) const {
    return hash(op.value) * 8 + static_cast<std::uint64_t>(op.f) * 2 + (op.known ? 1U : 0U);
  }
};

struct Judged {
  double seconds = 0;
  std::size_t bytes = 0;
  Verdict verdict{};
};

// Repeats until it can be timed; the median of the runs.
template <class Work>
Judged time_it(const Options& options, Work work) {
  Judged out;
  const std::size_t before = live;
  peak = live;
  out.verdict = work();
  out.bytes = peak - before;
  int times = 1;
  out.seconds = median(options.runs, [&] {
    for (;;) {
      const double begin = cpu_seconds();
      for (int i = 0; i < times; ++i) (void)work();
      const double spent = cpu_seconds() - begin;
      if (spent > 0.002 || options.smoke) return spent / times;
      times *= 4;
    }
  });
  return out;
}

struct Totals {
  std::size_t files = 0;
  std::size_t operations = 0;
  double reading = 0;
  double judging = 0;
  double logs = 0;  // sum of logarithms, for the geometric mean
  double slowest = 0;
  std::size_t bytes = 0;
  std::size_t wrong = 0;
};

std::string row(const std::string& name, const Totals& t) {
  return fmt::format("{:<32}{:>5}{:>8}{:>10.2f}{:>11.3f}{:>11.4f}{:>11.3f}{:>9}{:>7}\n", name, t.files, t.operations,
                     t.reading * 1e3, t.judging * 1e3, t.files == 0 ? 0.0 : std::exp(t.logs / static_cast<double>(t.files)) * 1e3,
                     t.slowest * 1e3, t.bytes >> 10U, t.wrong);
}

void add(Totals& t, const History& history, double reading, const Judged& judged, const std::string& expected) {
  ++t.files;
  t.operations += history.operations.size();
  t.reading += reading;
  t.judging += judged.seconds;
  t.logs += std::log(std::max(judged.seconds, 1e-9));
  t.slowest = std::max(t.slowest, judged.seconds);
  t.bytes = std::max(t.bytes, judged.bytes);
  if (to_text(judged.verdict) != expected) ++t.wrong;
}

// A history that needs no file, so that a smoke run has something to do.
History small() {
  HistoryBuilder builder;
  for (int i = 0; i < 50; ++i) {
    (void)builder.invoke({.process = i % 3, .f = i % 2 == 0 ? "write" : "read", .value = Value(std::int64_t{i})});
    (void)builder.complete({.process = i % 3, .value = Value(std::int64_t{i - i % 2})});
  }
  return std::move(builder).finish();
}

/// A run of a store like Porcupine's: gets, appends and now and then a put, by clients on ten keys, pieces all different.
/// `wrong`: one get near the end misses all but the first piece.
History store(std::size_t operations, std::size_t clients, bool wrong) {
  sim::Rng rng(1, "store", clients);
  struct Client {
    int phase = 0;
    std::string f;
    std::string key;
    std::string value;
  };
  std::vector<Client> all(clients);
  std::map<std::string, std::string> held;
  HistoryBuilder builder;
  std::size_t begun = 0;
  for (std::size_t open = 0; begun < operations || open > 0;) {
    const std::size_t c = rng.below(clients);
    Client& client = all[c];
    const auto process = static_cast<std::int64_t>(c);
    const bool reads = client.f == "get";
    if (client.phase == 0) {
      if (begun == operations) continue;
      const std::uint64_t what = rng.below(20);
      client.f = what < 8 ? "get" : what < 19 ? "append" : "put";
      client.key = std::to_string(rng.below(10));
      client.value = "x " + std::to_string(c) + " " + std::to_string(begun++) + " y";
      ++open;
      const bool gets = client.f == "get";
      (void)builder.invoke(
          {.process = process, .f = client.f, .key = client.key, .value = gets ? sim::Value() : sim::Value(client.value)});
    } else if (client.phase == 1) {
      std::string& now = held[client.key];
      if (reads) client.value = now;
      if (!reads) now = client.f == "put" ? client.value : now + client.value;
    } else {
      --open;
      if (wrong && reads && begun > operations - operations / 20 && client.value.size() > 100) {
        client.value.resize(client.value.find('y') + 1);
        wrong = false;
      }
      (void)builder.complete({.process = process, .value = reads ? sim::Value(client.value) : sim::Value()});
    }
    client.phase = (client.phase + 1) % 3;
  }
  return std::move(builder).finish();
}

/// Whether the verdicts on 50 clients of a store are right; a model of a user's may be undecided.
bool fifty(const Options& options) {
  for (const bool wrong : {false, true}) {
    if (wrong && options.smoke) continue;  // too little for it to show
    const History history = store(options.smoke ? 200 : 7'000, 50, wrong);
    const Recorded recorded(history);
    const Question question{.model = ModelName::kv, .consistency = Consistency::linearizable};
    const Judged own = time_it(options, [&] { return judge(question, recorded)->verdict; });
    const Judged general = time_it(options, [&] { return judge_linearizable(ModelName::kv, history)->verdict; });
    const Judged user = time_it(options, [&] { return judge_with(UserKv{}, history)->verdict; });
    fmt::print(
        "kv, 50 clients, generated, {} operations: built-in {} {:.3f} ms, general search {} {:.3f} ms ({} KiB), user's {} {:.3f} "
        "ms\n",
        history.operations.size(), to_text(own.verdict), own.seconds * 1e3, to_text(general.verdict), general.seconds * 1e3,
        general.bytes >> 10U, to_text(user.verdict), user.seconds * 1e3);
    const Verdict right = wrong ? Verdict::invalid : Verdict::valid;
    const Verdict opposite = wrong ? Verdict::valid : Verdict::invalid;
    if (own.verdict != right || general.verdict == opposite || user.verdict == opposite) return false;
  }
  return true;
}

int run(const Options& options) {
  const std::filesystem::path folder = corpus();
  Totals etcd;
  Totals etcd_user;
  Totals kv;
  Totals kv_user;
  std::string slow;
  std::istringstream expected(read(folder / "expected.tsv"));
  for (std::string name, verdict; expected >> name >> verdict;) {
    const bool is_etcd = name.starts_with("etcd/");
    if (!is_etcd && !name.starts_with("kv/")) continue;
    if (options.smoke && etcd.files + kv.files >= 3) break;
    const std::string text = read(folder / name);
    const Format format = is_etcd ? Format::etcd : Format::kv;
    const History history = parse(format, text).value();
    const double reading = time_it(options, [&] { return parse(format, text).ok() ? Verdict::valid : Verdict::invalid; }).seconds;
    const Question question{.model = is_etcd ? ModelName::cas_register : ModelName::kv, .consistency = Consistency::linearizable};
    const Recorded recorded(history);
    const Judged own = time_it(options, [&] { return judge(question, recorded)->verdict; });
    const Judged user =
        time_it(options, [&] { return (is_etcd ? judge_with(UserRegister{}, history) : judge_with(UserKv{}, history))->verdict; });
    add(is_etcd ? etcd : kv, history, reading, own, verdict);
    add(is_etcd ? etcd_user : kv_user, history, reading, user, verdict);
    if (!is_etcd) {
      slow += fmt::format("{:<24}{:>9}{:>8} operations, built-in {:>9.3f} ms, user's {:>10.3f} ms ({})\n", name, verdict,
                          history.operations.size(), own.seconds * 1e3, user.seconds * 1e3, to_text(user.verdict));
    }
  }
  const bool right = fifty(options);
  if (etcd.files + kv.files == 0) {
    const Recorded recorded(small());
    const Judged judged = time_it(
        options, [&] { return judge({.model = ModelName::reg, .consistency = Consistency::linearizable}, recorded)->verdict; });
    fmt::print("no corpus in {}; a register of 50 operations: {:.4f} ms\n", folder.string(), judged.seconds * 1e3);
    return right && judged.verdict == Verdict::valid ? 0 : 1;
  }
  fmt::print("{:<32}{:>5}{:>8}{:>10}{:>11}{:>11}{:>11}{:>9}{:>7}\n", "corpus, model", "files", "ops", "read ms", "judge ms",
             "geomean", "slowest", "KiB", "wrong");
  fmt::print("{}{}{}{}", row("etcd, cas-register", etcd), row("etcd, a user's register", etcd_user), row("kv, kv", kv),
             row("kv, a user's kv", kv_user));
  fmt::print("{}", slow);
  return right && etcd.wrong + kv.wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::run(bench::options(argc, argv)); }
