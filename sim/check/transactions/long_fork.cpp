#include "sim/check/transactions/long_fork.hpp"

#include <algorithm>
#include <utility>

#include "sim/check/linearizability_table.hpp"
#include "sim/check/transactions/explain.hpp"

namespace sim::check::transactions {

namespace {

class LongFork {
 public:
  LongFork(const Log& log, const Limits& limits)
      : log_(log), limits_(limits), value_(log.keys(), kNone), writer_(log.keys(), kNone) {}

  Result<Judgement> run() {
    for (std::uint32_t a = 0; a < log_.accesses().size(); ++a) {
      if (!one_value(a)) return error_;
    }
    out_.verdict = Verdict::valid;
    for (std::uint32_t t = 0; t < log_.size() && out_.verdict == Verdict::valid; ++t) {
      if (log_.txn(t).outcome == Outcome::ok) read(t);
    }
    return std::move(out_);
  }

 private:
  bool fail(std::uint32_t a, std::string what) {
    error_ = {place_of(log_, log_.access(a).txn), std::move(what)};
    return false;
  }

  // Objects have one value beside the initial one, so that reads can be compared.
  bool one_value(std::uint32_t at) {
    const Access& a = log_.access(at);
    if (!a.known()) return true;
    if (a.list()) return fail(at, "a read of " + log_.key_text(a.key) + " returned a list, where one value or nil is expected");
    if (a.atom == kNil || (log_.initial() != kNil && a.atom == log_.initial())) return true;
    if (a.write() && writer_[a.key] != kNone) {
      return fail(at, log_.key_text(a.key) + " is written a second time (first on " +
                          place_of(log_, log_.access(writer_[a.key]).txn) +
                          "); a long fork can only be told where every object is written once");
    }
    if (a.write()) writer_[a.key] = at;
    std::uint32_t& known = value_[a.key];
    if (known == kNone) known = at;
    if (log_.access(known).atom == a.atom) return true;
    return fail(at, log_.key_text(a.key) + " has two values, " + log_.text(log_.access(known).atom) + " on " +
                        place_of(log_, log_.access(known).txn) + " and " + log_.text(a.atom) +
                        "; a long fork can only be told where every object is written once");
  }

  void read(std::uint32_t t) {
    seen_.clear();
    missed_.clear();
    for (const Access& a : log_.accesses(t)) {
      if (!a.read()) continue;
      const bool saw = a.atom != kNil && a.atom != log_.initial();
      auto& of = saw ? seen_ : missed_;
      if (std::find(of.begin(), of.end(), a.key) == of.end()) of.push_back(a.key);
      const std::uint32_t w = writer_[a.key];
      if (!saw || w == kNone || log_.txn(log_.access(w).txn).outcome != Outcome::fail) continue;
      Names name(log_);
      Finding finding{"G1a", name(t) + " read " + log_.text(a.atom) + " in " + log_.key_text(a.key), {log_.access(w).txn, t}, {}};
      finding.explanation += ", which " + name(log_.access(w).txn) + " wrote, a transaction that failed";
      return settle(std::move(finding));
    }
    for (const std::uint32_t seen : seen_) {
      for (const std::uint32_t missed : missed_) {
        if (!pair(t, seen, missed)) return;
      }
    }
  }

  // A transaction that saw one object's write and not the other's.
  bool pair(std::uint32_t t, std::uint32_t seen, std::uint32_t missed) {
    const std::uint32_t reverse = order_.at(std::uint64_t{missed} << 32U | seen);
    if (reverse != kNoIndex && reverse != t) {
      settle(fork(reverse, t, seen, missed));
      return false;
    }
    std::uint32_t& first = order_.at(std::uint64_t{seen} << 32U | missed);
    if (first == kNoIndex) first = t;
    if (++out_.steps <= limits_.steps && order_.bytes() <= limits_.bytes) return true;
    out_.verdict = Verdict::undecided;
    out_.explanation = "undecided: the limit of " + std::to_string(limits_.steps) + " steps and " + std::to_string(limits_.bytes) +
                       " bytes was reached at " + place_of(log_, t);
    return false;
  }

  Finding fork(std::uint32_t before, std::uint32_t t, std::uint32_t seen, std::uint32_t missed) const {
    Names name(log_);
    const auto value = [&](std::uint32_t key) { return log_.text(log_.access(value_[key]).atom); };
    Finding out{"long-fork", name(before) + " read " + log_.key_text(missed) + " as " + value(missed), {before, t}, {}};
    out.explanation +=
        " and " + log_.key_text(seen) + " as nil, but " + name(t) + " read " + log_.key_text(seen) + " as " + value(seen);
    out.explanation += " and " + log_.key_text(missed) + " as nil: they disagree about which of the two was written first";
    out.links.push_back(
        {before, t, "rw", name(before) + " read " + log_.key_text(seen) + " before the write that " + name(t) + " saw"});
    out.links.push_back(
        {t, before, "rw", name(t) + " read " + log_.key_text(missed) + " before the write that " + name(before) + " saw"});
    return out;
  }

  void settle(Finding finding) {
    out_.verdict = Verdict::invalid;
    out_.explanation = finding.explanation;
    out_.core = finding.operations;
    std::sort(out_.core.begin(), out_.core.end());
    out_.failing = finding.operations.back();
    out_.findings.push_back(std::move(finding));
  }

  const Log& log_;
  Limits limits_;
  Judgement out_;
  Error error_;
  std::vector<std::uint32_t> value_;   // by object: an access that has its value
  std::vector<std::uint32_t> writer_;  // by object: the access that wrote it
  std::vector<std::uint32_t> seen_;
  std::vector<std::uint32_t> missed_;
  WordMap order_;  // two objects -> a transaction that saw the first's write and not the second's
};

}  // namespace

Result<Judgement> judge_long_fork(const Log& log, const Limits& limits) { return LongFork(log, limits).run(); }

}  // namespace sim::check::transactions
