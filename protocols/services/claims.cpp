#include "protocols/services/claims.hpp"

#include <algorithm>
#include <utility>

namespace protocols::services {

using resilience::at_least;
using resilience::Tally;

namespace {

std::string named(const Cluster& cluster, sim::NodeId id, std::uint32_t dependency) {
  return cluster.name(id) + "'s breaker for " + cluster.node(id).dependencies[dependency].name;
}

std::string shown(const Tally& t) {
  return std::to_string(t.calls) + " calls, " + std::to_string(t.failures) + " failed, " + std::to_string(t.slow) + " slow";
}

bool concerns_breaker(const Deed& d) { return d.did == Did::called || d.did == Did::refused || d.did == Did::settled; }

bool over(const Config& c, const Tally& t) {
  return at_least(t.failures, t.calls, c.breaker_failure_rate) || at_least(t.slow, t.calls, c.breaker_slow_rate);
}

const auto kNothing = [](const Config&, const Book&, const Deed&) { return Violation(); };

void forget_before(std::vector<sim::Time>& times, sim::Time now, sim::Duration span) {
  const auto kept = std::find_if(times.begin(), times.end(), [&](sim::Time t) { return now - t < span; });
  times.erase(times.begin(), kept);
}

}  // namespace

// ---- breakers -------------------------------------------------------------------------------------------------------

void Book::take(const Deed& deed) {
  if (!known) {
    known = true;
    state = deed.before.state;
    generation = deed.before.generation;
  }
  if (deed.at < since) since = deed.at;  // the clock went back: the wait begins again
  if (deed.did != Did::settled || deed.permit != generation) return;
  --outstanding;
  if (deed.outcome == Outcome::ignored) return;
  const sim::Time at = results.empty() ? deed.at : std::max(deed.at, results.back().at);  // in order, though the clock went back
  results.push_back({at, deed.outcome == Outcome::failure, deed.slow});
}

void Book::turn(const Deed& deed) {
  if (deed.after.generation != generation) {
    state = deed.after.state;
    generation = deed.after.generation;
    since = deed.at;
    outstanding = 0;
    results.clear();
  }
  if (deed.did == Did::called && deed.permit == generation) ++outstanding;
}

Tally Book::recount(const Config& config, sim::Time now) const {
  const std::size_t size = state == BreakerState::half_open ? config.breaker_half_open_calls : config.breaker_window_size;
  const bool by_time = config.breaker_window == resilience::WindowKind::time && state != BreakerState::half_open;
  if (!results.empty()) now = std::max(now, results.back().at);
  Tally out;
  for (std::size_t i = results.size(); i-- > 0;) {
    if (by_time ? resilience::stretch(now, 1000_ms) - resilience::stretch(results[i].at, 1000_ms) >= static_cast<std::int64_t>(size)
                : results.size() - i > size) {
      break;
    }
    out += Tally{1, results[i].failed ? 1U : 0U, results[i].slow ? 1U : 0U};
  }
  return out;
}

template <class Look, class Turned>
Violation Breakers::follow(const Cluster& cluster, sim::NodeId changed, Look&& look, Turned&& turned) {
  const Node& node = cluster.node(changed);
  if (!node.config.breaker) return {};
  auto& books = books_.at(cluster, changed);
  books.resize(node.dependencies.size());
  for (const Deed& deed : books_.deeds(cluster, changed)) {
    if (!concerns_breaker(deed)) continue;
    Book& book = books[deed.dependency];
    book.take(deed);
    if (auto broken = look(node.config, std::as_const(book), deed)) return named(cluster, changed, deed.dependency) + " " + *broken;
    book.turn(deed);
    if (auto broken = turned(node.config, std::as_const(book), deed)) {
      return named(cluster, changed, deed.dependency) + " " + *broken;
    }
  }
  return {};
}

Violation OpenMeansNoCalls::operator()(const Cluster& cluster, sim::NodeId changed) {
  return breakers_.follow(
      cluster, changed,
      [](const Config& c, const Book& book, const Deed& deed) -> Violation {
        if (deed.did != Did::called) return {};
        if (deed.after.state == BreakerState::open) {
          return "is open since " + to_text(book.since) + ", and let a call through at " + to_text(deed.at);
        }
        const bool early = deed.at - book.since < c.breaker_open_for;
        if (book.state == BreakerState::open && early) {
          return "opened at " + to_text(book.since) + " for " + to_text(c.breaker_open_for) + ", and let a call through at " +
                 to_text(deed.at);
        }
        return {};
      },
      kNothing);
}

Violation ProbesBounded::operator()(const Cluster& cluster, sim::NodeId changed) {
  return breakers_.follow(cluster, changed, kNothing, [](const Config& c, const Book& book, const Deed&) -> Violation {
    if (book.state != BreakerState::half_open) return {};
    if (book.outstanding + book.results.size() <= c.breaker_half_open_calls) return {};
    return "permits " + std::to_string(c.breaker_half_open_calls) + " calls half-open; " + std::to_string(book.outstanding) +
           " are out and " + std::to_string(book.results.size()) + " judged";
  });
}

Violation PermitsReturned::operator()(const Cluster& cluster, sim::NodeId changed) {
  return breakers_.follow(cluster, changed, kNothing, [](const Config&, const Book& book, const Deed& deed) -> Violation {
    if (deed.after.out != book.outstanding) {
      return "counts " + std::to_string(deed.after.out) + " permits out, and " + std::to_string(book.outstanding) + " calls are";
    }
    if (book.state != BreakerState::half_open) return {};
    const std::size_t taken = book.outstanding + book.results.size();
    if (deed.after.probes == taken) return {};
    return "counts " + std::to_string(deed.after.probes) + " places taken half-open; " + std::to_string(book.outstanding) +
           " calls are out and " + std::to_string(book.results.size()) + " judged";
  });
}

Violation AllowedTransitions::operator()(const Cluster& cluster, sim::NodeId changed) {
  return breakers_.follow(
      cluster, changed,
      [](const Config&, const Book& book, const Deed& deed) -> Violation {
        using S = BreakerState;
        if (deed.before.state != book.state || deed.before.generation != book.generation) {
          return "was " + sim::enum_name(book.state) + " and is " + sim::enum_name(deed.before.state) + " though nobody asked it";
        }
        const S from = deed.before.state;
        const S to = deed.after.state;
        if (deed.before.generation == deed.after.generation && from == to) return {};
        const bool allowed = (from == S::closed && to == S::open) || (from == S::open && to == S::half_open) ||
                             (from == S::half_open && (to == S::open || to == S::closed));
        if (allowed && deed.after.generation == deed.before.generation + 1) return {};
        return "went from " + sim::enum_name(from) + " to " + sim::enum_name(to);
      },
      kNothing);
}

Violation WindowExact::operator()(const Cluster& cluster, sim::NodeId changed) {
  return breakers_.follow(
      cluster, changed,
      [](const Config& c, const Book& book, const Deed& deed) -> Violation {
        if (deed.did != Did::settled || deed.outcome == Outcome::ignored) return {};
        if (deed.after.generation != deed.before.generation) return {};
        if (deed.permit != book.generation) {
          if (deed.before.window == deed.after.window) return {};
          return "counted a result of its generation " + std::to_string(deed.permit) + " in " + std::to_string(book.generation);
        }
        const Tally own = book.recount(c, deed.at);
        if (own == deed.after.window) return {};
        return "has in its window " + shown(deed.after.window) + "; recounted: " + shown(own);
      },
      kNothing);
}

Violation JudgedByWindow::operator()(const Cluster& cluster, sim::NodeId changed) {
  return breakers_.follow(
      cluster, changed,
      [](const Config& c, const Book& book, const Deed& deed) -> Violation {
        if (deed.did != Did::settled || deed.after.generation == deed.before.generation) return {};
        const Tally own = book.recount(c, deed.at);
        const resilience::CircuitBreaker fresh(c.breaker_config());
        const std::uint32_t minimum =
            book.state == BreakerState::half_open ? std::min(c.breaker_minimum_calls, c.breaker_half_open_calls) : fresh.minimum();
        const bool tripped = deed.after.state == BreakerState::open;
        if (own.calls >= minimum && over(c, own) == tripped) return {};
        return "went from " + sim::enum_name(book.state) + " to " + sim::enum_name(deed.after.state) + " after " + shown(own) +
               "; it judges from " + std::to_string(minimum) + " calls on";
      },
      kNothing);
}

Violation half_open_ends(const Cluster& cluster, sim::NodeId) {
  for (const sim::NodeId id : cluster.members()) {
    for (const Dependency& d : cluster.node(id).dependencies) {
      const auto& b = d.breaker;
      if (b.state == BreakerState::half_open && b.out == 0 && b.probes >= b.config.half_open_calls) {
        return cluster.name(id) + "'s breaker for " + d.name + " is half-open, has no place, and waits for no call";
      }
    }
  }
  return {};
}

// ---- deadlines, bulkheads, budgets, limits --------------------------------------------------------------------------

Violation no_work_after_deadline(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  if (!node.config.deadlines) return {};
  for (const Deed& d : node.deeds) {
    if (d.did == Did::started && d.at >= d.deadline) {
      return cluster.name(changed) + " began work at " + to_text(d.at) + " whose deadline was " + to_text(d.deadline);
    }
  }
  return {};
}

Violation deadlines_shrink(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  if (!node.config.deadlines) return {};
  for (const Deed& d : node.deeds) {
    if (d.did == Did::called && d.deadline > d.until) {
      return cluster.name(changed) + " gave " + node.dependencies[d.dependency].name + " until " + to_text(d.deadline) +
             " for a job whose deadline is " + to_text(d.until);
    }
  }
  return {};
}

Violation BulkheadHolds::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  if (node.config.bulkhead == 0) return {};
  auto& out = out_.at(cluster, changed);
  out.resize(node.dependencies.size());
  for (const Deed& d : out_.deeds(cluster, changed)) {
    if (d.did == Did::settled) --out[d.dependency];
    if (d.did == Did::called && ++out[d.dependency] > node.config.bulkhead) {
      return cluster.name(changed) + " has " + std::to_string(out[d.dependency]) + " calls out to " +
             node.dependencies[d.dependency].name + "; its bulkhead has " + std::to_string(node.config.bulkhead) + " places";
    }
  }
  return {};
}

Violation RetriesWithinBudget::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  if (!node.config.budget) return {};
  const Config& c = node.config;
  auto& all = seen_.at(cluster, changed);
  all.resize(node.dependencies.size());
  for (const Deed& d : seen_.deeds(cluster, changed)) {
    Seen& seen = all[d.dependency];
    if (d.did == Did::requested) seen.requests.push_back(d.at);
    if (d.did != Did::retried) continue;
    seen.retries.push_back(d.at);
    forget_before(seen.requests, d.at, c.budget_window);
    forget_before(seen.retries, d.at, c.budget_window / 10 * 9);
    const auto one = static_cast<std::int64_t>(sim::Ratio::kOne);
    const std::int64_t allowed = c.budget_window.ns * static_cast<std::int64_t>(c.budget_min_per_second) +
                                 static_cast<std::int64_t>(seen.requests.size() * c.budget_share.billionths);
    if (static_cast<std::int64_t>(seen.retries.size()) * one > allowed) {
      return cluster.name(changed) + " made " + std::to_string(seen.retries.size()) + " retries to " +
             node.dependencies[d.dependency].name + " in " + to_text(c.budget_window / 10 * 9) + ", with " +
             std::to_string(seen.requests.size()) + " requests in " + to_text(c.budget_window);
    }
  }
  return {};
}

Violation LimiterBound::operator()(const Cluster& cluster, sim::NodeId changed) {
  using resilience::LimiterKind;
  const Node& node = cluster.node(changed);
  const Config& c = node.config;
  if (c.limiter == LimiterKind::off) return {};
  const bool bucket = c.limiter == LimiterKind::token_bucket || c.limiter == LimiterKind::gcra;
  Seen& seen = seen_.at(cluster, changed);
  for (const Deed& d : seen_.deeds(cluster, changed)) {
    if (d.did != Did::admitted) continue;
    const std::int64_t elapsed = std::max<std::int64_t>((d.at - seen.last).ns, 0);
    const auto count = static_cast<std::int64_t>(c.limit_count);
    const bool all_paid = elapsed >= seen.excess / count + 1;
    seen.excess = c.limit_per.ns + (all_paid ? 0 : std::max<std::int64_t>(seen.excess - elapsed * count, 0));
    seen.last = d.at;
    const std::int64_t window = resilience::stretch(d.at, c.limit_per);
    seen.admitted = window == seen.window ? seen.admitted + 1 : 1;
    seen.window = window;
    if (bucket && seen.excess > static_cast<std::int64_t>(c.limit_burst) * c.limit_per.ns) {
      return cluster.name(changed) + " admitted, up to " + to_text(d.at) + ", " +
             std::to_string((seen.excess + c.limit_per.ns - 1) / c.limit_per.ns) + " more than its rate; its burst is " +
             std::to_string(c.limit_burst);
    }
    if (!bucket && seen.admitted > c.limit_count) {
      return cluster.name(changed) + " admitted " + std::to_string(seen.admitted) + " in one window; its limit is " +
             std::to_string(c.limit_count);
    }
  }
  return {};
}

// ---- effects --------------------------------------------------------------------------------------------------------

Violation OneEffectPerKey::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  if (!node.config.effects) return {};
  Seen& seen = seen_.at(cluster, changed);  // after a crash anew: some effects may never have been
  const auto& log = cluster.log<Effect>(changed, Node::kEffects);
  for (std::uint64_t i = std::max(seen.last + 1, log.first()); i <= log.last(); ++i) {
    const Effect& e = log.at(i);
    seen.last = i;
    if (e.key.empty()) continue;
    const auto [at, first] = seen.effects.try_emplace(std::to_string(index(e.tenant)) + "/" + e.key, e.at);
    if (first) continue;
    if (e.at - at->second <= node.config.key_retention) {
      return cluster.name(changed) + " did what key " + at->first + " asks for at " + to_text(at->second) + " and again at " +
             to_text(e.at);
    }
    at->second = e.at;
  }
  return {};
}

template <class Differs>
Violation Answers::follow(const Cluster& cluster, sim::NodeId changed, Differs&& differs) {
  const Node& node = cluster.node(changed);
  if (!node.config.idempotency) return {};
  bool fresh = false;
  auto& seen = seen_.at(cluster, changed, &fresh);
  if (fresh) {  // what was never durable was never told to anybody
    const auto& log = cluster.log<Effect>(changed, Node::kEffects);
    for (std::uint64_t i = log.first(); i <= log.last(); ++i) {
      const Effect& e = log.at(i);
      seen[std::to_string(index(e.tenant)) + "/" + e.key] = {e.payload, e.receipt, e.at};
    }
  }
  for (const Deed& d : seen_.deeds(cluster, changed)) {
    if (d.did != Did::answered) continue;
    const auto [at, first] = seen.try_emplace(d.key, Answer{d.payload, d.receipt, d.at});
    if (first) continue;
    if (d.at - at->second.at > node.config.key_retention) {
      at->second = {d.payload, d.receipt, d.at};
    } else if (auto broken = differs(at->second, d)) {
      return cluster.name(changed) + " " + *broken;
    }
  }
  return {};
}

Violation RepliesIdentical::operator()(const Cluster& cluster, sim::NodeId changed) {
  return answers_.follow(cluster, changed, [](const Answers::Answer& first, const Deed& d) -> Violation {
    if (first.receipt == d.receipt) return {};
    return "answered key " + d.key + " with \"" + first.receipt + "\" and later with \"" + d.receipt + "\"";
  });
}

Violation ReplayMatchesRequest::operator()(const Cluster& cluster, sim::NodeId changed) {
  return answers_.follow(cluster, changed, [](const Answers::Answer& first, const Deed& d) -> Violation {
    if (first.payload == d.payload) return {};
    return "answered a request of payload " + std::to_string(d.payload) + " with what key " + d.key + " did for payload " +
           std::to_string(first.payload);
  });
}

// ---- goodput --------------------------------------------------------------------------------------------------------

Violation GoodputRecovers::operator()(const Cluster& cluster, sim::NodeId) {
  if (!began_) began_ = cluster.now();
  for (const sim::NodeId id : cluster.members()) {
    const Node& node = cluster.node(id);
    // Whole seconds of its own clock, from the next one on.
    const auto from = static_cast<std::size_t>(began_->ns / 1'000'000'000 + 1);
    const auto now = static_cast<std::size_t>(cluster.now().ns / 1'000'000'000);
    bool recovered = node.seconds.size() + 2 < from;  // nothing arrives: nothing to do
    for (std::size_t i = from; i < std::min(now, node.seconds.size()) && !recovered; ++i) {
      recovered = node.seconds[i].good * 5 >= node.seconds[i].arrived * 4;
    }
    if (recovered) continue;
    const Second last = now > from && now <= node.seconds.size() ? node.seconds[now - 1] : Second{};
    return "of " + std::to_string(last.arrived) + " requests that arrived at " + cluster.name(id) + " in the last second, " +
           std::to_string(last.good) + " were answered ok and in time";
  }
  return {};
}

}  // namespace protocols::services
