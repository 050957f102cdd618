#include "protocols/services/spec.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "protocols/services/claims.hpp"
#include "protocols/services/client.hpp"

namespace protocols::services {

namespace {

using sim::check::Spec;

// A series over the seconds of the run, all nodes together; nothing where all are 0. What a node counted before it crashed is lost.
template <std::uint64_t Second::*Field>
sim::Value each_second(const Cluster& cluster) {
  std::vector<std::uint64_t> sums;
  for (const sim::NodeId id : cluster.members()) {
    const std::vector<Second>& seconds = cluster.node(id).seconds;
    sums.resize(std::max(sums.size(), seconds.size()));
    for (std::size_t i = 0; i < seconds.size(); ++i) sums[i] += seconds[i].*Field;
  }
  if (std::all_of(sums.begin(), sums.end(), [](std::uint64_t sum) { return sum == 0; })) return {};
  sim::Value::List out;
  for (const std::uint64_t sum : sums) out.emplace_back(static_cast<std::int64_t>(sum));
  return sim::Value(std::move(out));
}

void add_settings(Spec<Node>& s) {
  s.config<Config, Mutant>({
      {"workers", "jobs at once; a worker is busy until its job is answered, calls included"},
      {"queue", "jobs that wait for a worker, at most; what arrives beyond that is answered unavailable"},
      {"queue_order", "which job a free worker takes: the oldest or the newest"},
      {"service_time", "how long a worker's own part takes: the mean, of log-normal the median"},
      {"service_distribution", "how that varies"},
      {"sigma", "log-normal: that of the underlying normal distribution"},
      {"slow_share", "share of jobs that take slow_time instead"},
      {"slow_time", "how long those take"},
      {"failures", "share of jobs that fail (500)"},
      {"refusals", "share of jobs that business rules refuse (4xx)"},
      {"brownout_at", "when all work begins to take brownout_factor times as long, by its own clock"},
      {"brownout_for", "for how long; 0s: never"},
      {"brownout_factor", "how much longer"},
      {"limiter", "what bounds the requests that are let in"},
      {"limit_count", "requests in each limit_per"},
      {"limit_per", "the length of a window, or the time in which limit_count tokens drip"},
      {"limit_burst", "token-bucket, gcra: requests at once"},
      {"effects", "each job that ends ok leaves a record in the log \"effects\", and is answered with its receipt"},
      {"idempotency", "requests must carry a key, and a key takes effect once"},
      {"key_retention", "for how long after its effect a key is remembered"},
      {"calls", "the systems that each job calls, separated by commas; empty: none"},
      {"fan_out", "how many calls a job makes to each of them"},
      {"calls_in_turn", "whether a job makes them one after another, until one fails; else all at once"},
      {"timeout", "how long an attempt may take"},
      {"deadlines", "whether a call gets no more time than is left for its job, and late jobs are refused"},
      {"attempts", "how often a call is made, the first time included; 1: no retries"},
      {"backoff", "the wait before a retry: full, equal, decorrelated and randomized draw it from a growing interval"},
      {"backoff_base", "the first wait"},
      {"backoff_cap", "the longest"},
      {"backoff_factor", "how much each grows, at least 1"},
      {"budget", "whether retries are bounded by a budget"},
      {"budget_share", "retries for each request of the window"},
      {"budget_min_per_second", "retries a second that are always allowed, on average over the window"},
      {"budget_window", "over which requests and retries are counted"},
      {"breaker", "whether calls go through a circuit breaker, one for each system called"},
      {"breaker_window", "what it judges by: the last calls (count), or the calls of the last seconds (time)"},
      {"breaker_window_size", "calls, or seconds"},
      {"breaker_minimum_calls", "calls in the window before it judges"},
      {"breaker_failure_rate", "share of failures at which it opens"},
      {"breaker_slow_rate", "share of slow calls at which it opens"},
      {"breaker_slow_call", "a call that takes longer is slow"},
      {"breaker_open_for", "how long it stays open"},
      {"breaker_half_open_calls", "calls that it lets through half-open, to judge by them"},
      {"breaker_half_open_for", "how long it stays half-open, at most; 0s: until those calls are judged"},
      {"bulkhead", "calls to one system at once, at most; 0: any number"},
      {"throttle", "whether calls are throttled by the share of those that are accepted (Google SRE book, ch. 21)"},
  });
}

void add_breaker_claims(Spec<Node>& s) {
  s.always("open-means-no-calls", "no call leaves while its breaker is open, and it stays open for its time", OpenMeansNoCalls{});
  s.always("probes-bounded", "half-open, no more calls are out or judged than the breaker permits", ProbesBounded{});
  s.always("permits-returned", "permits and places of a breaker are those of calls that are out: each is returned once",
           PermitsReturned{});
  s.always("allowed-transitions", "a breaker goes from closed to open to half-open to open or closed", AllowedTransitions{});
  s.always("window-exact", "a breaker's window holds the results of its generation, recounted", WindowExact{});
  s.always("judged-by-window", "a breaker trips, and closes again, only when a full enough window says so", JudgedByWindow{});
  s.sometimes("breaker-opened", "a breaker trips");
  s.sometimes("breaker-half-open", "an open breaker lets a call through to see");
  s.sometimes("breaker-closed-again", "its probes succeed");
  s.sometimes("breaker-reopened", "its probes fail");
  s.sometimes("call-refused-by-breaker", "a call is not made because of a breaker");
  s.sometimes("late-result-ignored", "a call ends in a later generation than it began in");
  s.sometimes("probe-ignored", "a probe ends in a way that says nothing about the dependency's health");
}

void add_other_claims(Spec<Node>& s) {
  s.always("no-work-after-deadline", "no worker takes up a job after its deadline", no_work_after_deadline);
  s.always("deadlines-shrink", "a call's deadline is no later than that of the job that needs it", deadlines_shrink);
  s.always("bulkhead-holds", "calls that are out to one system are no more than its bulkhead has places", BulkheadHolds{});
  s.always("retries-within-budget", "retries are no more than their share of requests and what is always allowed",
           RetriesWithinBudget{});
  s.always("limiter-bound", "admitted in any span t: at most burst + rate * t; or the limit in each window", LimiterBound{});
  s.always("one-effect-per-key", "what a key asks for is done once, whatever is lost, repeated or crashes", OneEffectPerKey{});
  s.always("replies-identical", "all ok answers of a key are the same", RepliesIdentical{});
  s.always("replay-matches-request", "an ok answer is for the payload that was asked for", ReplayMatchesRequest{});
  s.sometimes("late-work-refused", "a job's deadline passes while it waits for a worker");
  s.sometimes("queue-full", "a request finds the queue full");
  s.sometimes("bulkhead-full", "a call finds the bulkhead full");
  s.sometimes("retried", "a failed call is made again");
  s.sometimes("budget-spent", "a failed call is not made again, for the budget is spent");
  s.sometimes("limited", "a request is over the rate limit");
  s.sometimes("throttled", "a call is not made because too few were accepted of late");
  s.sometimes("key-replayed", "a request is answered as it was before");
  s.sometimes("key-conflict", "a request finds its key being worked on");
  s.sometimes("key-mismatch", "a request's key stands for another payload");
  s.eventually("goodput-recovers", "in a whole second four in five of a service's requests are answered ok and in time",
               GoodputRecovers{}, 5_s);
  s.eventually("half-open-ends", "no breaker is half-open with all places taken by calls that have ended", half_open_ends, 5_s);
}

void add_mutants(Spec<Node>& s) {
  s.mutant("half-open-leak", "an ignored outcome keeps its place: the breaker stays half-open for ever",
           "resilience4j#544, opossum#276");
  s.mutant("half-open-flood", "half-open lets every call through: the recovering dependency is flooded",
           "opossum#119, resilience4j#1432");
  s.mutant("late-result-counts", "results of calls of an earlier state are counted: wrong changes of state",
           "what gobreaker's generations prevent");
  s.mutant("minimum-ignored", "judges before the window holds the minimum of calls: one failure opens it",
           "resilience4j's minimumNumberOfCalls, as resilience4j#1351 had it set");
  s.mutant("open-is-advice", "lets calls through after half of the time that it should be open", "Nygard, Release It!, ch. 5");
  s.mutant("open-closes", "closes when its wait is over, without a probe: all the load at once", "Nygard, Release It!, ch. 5");
  s.mutant("retries-earn-budget", "a retry pays into the budget as a request does: retries finance retries", "finagle#956");
  s.mutant("bulkhead-double-release", "the answer to a call that timed out gives its place back a second time",
           "elasticsearch#14908");
  s.mutant("tat-max-omitted", "GCRA without max(TAT, now): idle time is credit without bound", "ITU-T I.371, annex A");
  s.mutant("works-past-deadline", "takes up jobs for which nobody waits any more", "Google SRE book, ch. 22");
  s.mutant("deadline-restarts", "gives each call its full timeout, whatever is left for the job", "grpc-java#1205");
  s.mutant("check-then-act", "takes a key only when the work is done: two requests at once both take effect",
           "IETF idempotency-key draft; APIS#193");
  s.mutant("keys-in-memory", "forgets its keys in a crash: a retry takes effect again", "IETF idempotency-key draft");
  s.mutant("fingerprint-ignored", "replays a reply to a request with another payload", "IETF idempotency-key draft, 2.7");
  s.mutant("reply-not-stored", "remembers that a key is done, not what was answered", "IETF idempotency-key draft, 2.6");
}

}  // namespace

Spec<Node> spec() {
  Spec<Node> s("service", "A service of a chain or graph of services: queue, workers, calls, and what guards them");
  add_settings(s);
  s.clients<Client>("calls", "asks for something to be done, with an idempotency key, and asks again with the same key");
  add_breaker_claims(s);
  add_other_claims(s);
  add_mutants(s);
  s.measure("arrived", "requests that arrived since the last start, each second", each_second<&Second::arrived>);
  s.measure("goodput", "requests answered ok while their caller was waiting, each second", each_second<&Second::good>);
  s.measure("calls", "calls that went out to other services, retries included, each second", each_second<&Second::calls>);
  return s;
}

}  // namespace protocols::services
