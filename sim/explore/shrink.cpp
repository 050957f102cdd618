#include "sim/explore/shrink.hpp"

#include <algorithm>
#include <utility>

#include "sim/explore/ddmin.hpp"
#include "sim/explore/shrink_search.hpp"

namespace sim {

namespace {

RunSize size_of(const Run& run, const Report& report) {
  RunSize out;
  for (const SystemPlan& system : run.scenario().systems) out.nodes += system.members.size();
  for (const ClientPlan& group : run.scenario().clients) out.clients += group.members.size();
  out.events = report.counters.events;
  out.delivered = report.counters.delivered;
  out.timers = report.counters.timers;
  out.faults = report.faults.size();
  out.virtual_time = report.virtual_time;
  return out;
}

// What is left out in one of the stages, in the order in which it would have happened.

std::vector<std::uint32_t> remaining_faults(const ShrinkCase& it) {
  const std::size_t all =
      Run(it.scenario, it.seed, {.claims = false, .history = false, .decisions = it.decisions}).planned_faults();
  const std::vector<std::uint32_t>& without = it.decisions.faults;
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < all; ++i) {
    if (!std::binary_search(without.begin(), without.end(), i)) out.push_back(i);
  }
  return out;
}

/// Adds what a node has done since it was last looked at, but for what is left out already.
void add_done(Omission::Kind kind, NodeId node, std::uint64_t& known, std::uint64_t done, const std::vector<Omission>& without,
              std::vector<Omission>& out) {
  for (; known < done; ++known) {
    const Omission one{kind, node, known};
    if (!std::binary_search(without.begin(), without.end(), one)) out.push_back(one);
  }
}

/// The timers that fire and the messages that are sent.
std::vector<Omission> remaining_events(const ShrinkCase& it) {
  Run run(it.scenario, it.seed, {.claims = true, .history = false, .decisions = it.decisions});
  const World& world = run.world();
  std::vector<std::uint64_t> sent(world.size());
  std::vector<std::uint64_t> fired(world.size());
  std::vector<Omission> out;
  while (run.step()) {
    for (std::uint32_t i = 0; i < world.size(); ++i) {
      add_done(Omission::Kind::timer, NodeId{i}, fired[i], world.timers_fired(NodeId{i}), it.decisions.omissions, out);
      add_done(Omission::Kind::message, NodeId{i}, sent[i], world.messages_sent(NodeId{i}), it.decisions.omissions, out);
    }
  }
  return out;
}

void shrink_faults(ShrinkSearch& search) {
  search.begin_stage("faults");
  std::vector<std::uint32_t> faults = remaining_faults(search.best());
  ddmin([&] { return faults.size(); },
        [&](std::size_t begin, std::size_t end) {
          Decisions fewer = search.best().decisions;
          fewer.faults.insert(fewer.faults.end(), faults.begin() + static_cast<std::ptrdiff_t>(begin),
                              faults.begin() + static_cast<std::ptrdiff_t>(end));
          std::sort(fewer.faults.begin(), fewer.faults.end());
          if (!search.attempt(std::move(fewer), search.size().events)) return false;
          faults.erase(faults.begin() + static_cast<std::ptrdiff_t>(begin), faults.begin() + static_cast<std::ptrdiff_t>(end));
          return true;
        });
}

void shrink_events(ShrinkSearch& search) {
  search.begin_stage("timers and messages");
  std::vector<Omission> events = remaining_events(search.best());
  ddmin([&] { return events.size(); },
        [&](std::size_t begin, std::size_t end) {
          Decisions fewer = search.best().decisions;
          fewer.omissions.insert(fewer.omissions.end(), events.begin() + static_cast<std::ptrdiff_t>(begin),
                                 events.begin() + static_cast<std::ptrdiff_t>(end));
          std::sort(fewer.omissions.begin(), fewer.omissions.end());
          if (!search.attempt(std::move(fewer), search.size().events - 1)) return false;
          events = remaining_events(search.best());
          return true;
        });
}

/// Shrinks one run of a scenario that stays as it is but for its length.
void shrink_run(ShrinkSearch& search) {
  shrink_duration(search);
  shrink_faults(search);
  for (std::uint64_t before = 0; before != search.size().events && !search.stopped();) {
    before = search.size().events;
    shrink_events(search);
    shrink_duration(search);
    shrink_faults(search);
  }
}

/// From how many other seeds to start too: which of them shrinks furthest cannot be seen beforehand.
constexpr std::size_t kOthers = 100;

}  // namespace

std::optional<RunSize> size_if_failing(const ShrinkCase& it, const WantedClaim& claim, std::uint64_t most, std::uint64_t& handled) {
  Run run(it.scenario, it.seed, {.claims = true, .history = claim.kind == "history", .decisions = it.decisions});
  bool over = false;
  while (run.world().counters().events < most && !over) over = !run.step();
  constexpr std::uint64_t beginning = 300;  // what building a world costs, in events
  handled += beginning + run.world().counters().events;
  if (!over && run.step()) return std::nullopt;
  const Report report = run.report();
  const ClaimReport* violation = report.violation();
  if (violation == nullptr || violation->name != claim.name) return std::nullopt;
  return size_of(run, report);
}

bool ShrinkSearch::go_on() {
  const bool wanted = options_->watcher == nullptr || options_->watcher->go_on(stage_, size(), runs_);
  stopped_ = stopped_ || runs_ >= options_->runs || !wanted;
  runs_ += stopped_ ? 0 : 1;
  return !stopped_;
}

bool ShrinkSearch::attempt(ShrinkCase candidate, std::uint64_t most) {
  if (!go_on()) return false;
  const auto size = size_if_failing(candidate, claim_, most, events_);
  if (!size) return false;
  best_ = {std::move(candidate), *size};
  return true;
}

bool ShrinkSearch::attempt(Decisions decisions, std::uint64_t most) {
  return attempt(ShrinkCase{best().scenario, best().seed, std::move(decisions)}, most);
}

bool ShrinkSearch::attempt(const Value& document) {
  if (stopped_) return false;
  const Loaded loaded = load_scenario(document, *registry_);
  if (!loaded.scenario) return false;
  const std::uint64_t most = size().events + size().events / 2;
  if (attempt(ShrinkCase{*loaded.scenario, best().seed, best().decisions}, most)) return true;
  const std::uint64_t enough = events_ + options_->effort;
  for (std::uint64_t seed = 1; seed <= options_->seeds && events_ < enough && !stopped_; ++seed) {
    if (attempt(ShrinkCase{*loaded.scenario, seed, best().decisions}, most)) return true;
  }
  return false;
}

bool ShrinkSearch::attempt_same(const Value& document) {
  const Loaded loaded = load_scenario(document, *registry_);
  return loaded.scenario && attempt(ShrinkCase{*loaded.scenario, best().seed, best().decisions}, size().events);
}

void ShrinkSearch::other_seeds() {
  const std::uint64_t enough = events_ + 2 * options_->effort;
  for (std::uint64_t seed = 1; events_ < enough && size().events > 1 && !stopped_; ++seed)
    attempt(ShrinkCase{best().scenario, seed, best().decisions}, size().events - 1);
}

std::vector<FailingCase> ShrinkSearch::others(std::size_t most) {
  std::vector<FailingCase> out;
  const std::uint64_t enough = events_ + options_->effort;
  for (std::uint64_t seed = 1; events_ < enough && go_on(); ++seed) {
    ShrinkCase other{best().scenario, seed, best().decisions};
    const auto size = size_if_failing(other, claim_, 2 * best_.size.events, events_);
    if (size && seed != best().seed) out.push_back({std::move(other), *size});
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.size.events < b.size.events; });
  if (out.size() > most) out.resize(most);
  return out;
}

Result<Shrunk> shrink(ShrinkCase failing, const Registry& registry, const ShrinkOptions& options) {
  Run run(failing.scenario, failing.seed, {.decisions = failing.decisions});
  run.finish();
  const Report report = run.report();
  const ClaimReport* violation = report.violation();
  if (violation == nullptr) return Error{"", "the run violates no claim"};
  Shrunk out;
  out.claim = violation->name;
  out.before = size_of(run, report);
  ShrinkSearch search({std::move(failing), out.before}, {violation->name, violation->kind}, registry, options);
  std::vector<FailingCase> others;
  // What was left out before is numbered for the nodes and the seed at hand.
  if (search.best().decisions.empty()) {
    shrink_scenario(search);
    search.begin_stage("seeds");
    others = search.others(kOthers);
  }
  shrink_run(search);
  FailingCase smallest = search.failing();
  for (FailingCase& other : others) {
    search.restart(std::move(other));
    shrink_run(search);
    if (search.size().events < smallest.size.events) smallest = search.failing();
  }
  out.smallest = std::move(smallest.it);
  out.after = smallest.size;
  out.runs = search.runs();
  out.complete = !search.stopped();
  return out;
}

}  // namespace sim
