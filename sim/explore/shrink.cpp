#include "sim/explore/shrink.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

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

/// The case at hand with simpler scenarios, the shortest run first. What works early decides what can work later, so that several
/// are made, each from the beginning, with more and more work for each change; the best of them once more, with all of it.
std::vector<FailingCase> simple_cases(ShrinkSearch& search, const ShrinkOptions& options) {
  const auto shorter = [](const FailingCase& a, const FailingCase& b) { return a.size.events < b.size.events; };
  const FailingCase original = search.failing();
  std::vector<FailingCase> out;
  for (const std::uint64_t part : std::initializer_list<std::uint64_t>{64, 32, 16, 8, 4}) {
    search.restart(original);
    search.set_effort(options.effort / part);
    shrink_scenario(search, options.work / 2);
    out.push_back(search.failing());
  }
  search.restart(*std::min_element(out.begin(), out.end(), shorter));
  search.set_effort(options.effort);
  shrink_scenario(search, options.work * 3 / 4);
  out.push_back(search.failing());
  search.begin_stage("seeds");
  const std::vector<FailingCase> others = search.others(kOthers);
  out.insert(out.end(), others.begin(), others.end());
  std::stable_sort(out.begin(), out.end(), shorter);
  return out;
}

}  // namespace

std::optional<RunSize> size_if_failing(const ShrinkCase& it, const WantedClaim& claim, std::uint64_t most, std::uint64_t& work) {
  constexpr std::uint64_t building = 300;  // what building a world costs, in events
  const bool history = claim.at_end();
  // Hardly any candidate fails by the claim, so that it is looked at alone...
  Run run(it.scenario, it.seed, {.claims = true, .history = history, .decisions = it.decisions, .only = claim.name});
  bool over = false;
  while (run.world().counters().events < most && !over) over = !run.step();
  work += building + run.world().counters().events;
  if (!over && run.step()) return std::nullopt;
  if (!run.violated() && (claim.judged_by_event() || run.report().violation() == nullptr)) return std::nullopt;
  // ... and of one that does, the others must hold until then.
  Run whole(it.scenario, it.seed, {.claims = true, .history = history, .decisions = it.decisions});
  whole.finish();
  work += building + whole.world().counters().events;
  const Report report = whole.report();
  const ClaimReport* violation = report.violation();
  if (violation == nullptr || violation->name != claim.name) return std::nullopt;
  return size_of(whole, report);
}

bool ShrinkSearch::go_on() {
  const bool wanted = options_->watcher == nullptr || options_->watcher->go_on(stage_, size(), runs_);
  stopped_ = stopped_ || runs_ >= options_->runs || !wanted;
  runs_ += stopped_ ? 0 : 1;
  return !stopped_;
}

bool ShrinkSearch::attempt(ShrinkCase candidate, std::uint64_t most) { return go_on() && take(std::move(candidate), most); }

bool ShrinkSearch::take(ShrinkCase candidate, std::uint64_t most) {
  const auto size = size_if_failing(candidate, claim_, most, work_);
  if (!size) return false;
  best_ = {std::move(candidate), *size};
  return true;
}

bool ShrinkSearch::attempt(Decisions decisions, std::uint64_t most) {
  return attempt(ShrinkCase{best().scenario, best().seed, std::move(decisions)}, most);
}

bool ShrinkSearch::attempt(const Value& document, std::uint64_t most) {
  if (stopped_) return false;
  const Loaded loaded = load_scenario(document, *registry_);
  if (!loaded.scenario) return false;
  if (attempt(ShrinkCase{*loaded.scenario, best().seed, best().decisions}, most)) return true;
  const std::uint64_t enough = work_ + effort_;
  for (std::uint64_t seed = 1; seed <= options_->seeds && work_ < enough && !stopped_; ++seed) {
    if (attempt(ShrinkCase{*loaded.scenario, seed, best().decisions}, most)) return true;
  }
  return false;
}

bool ShrinkSearch::attempt_same(const Value& document) {
  const Loaded loaded = load_scenario(document, *registry_);
  return loaded.scenario && attempt(ShrinkCase{*loaded.scenario, best().seed, best().decisions}, size().events);
}

void ShrinkSearch::other_seeds() {
  const std::uint64_t enough = work_ + 2 * effort_;
  for (std::uint64_t seed = 1; work_ < enough && size().events > 1 && !stopped_; ++seed)
    attempt(ShrinkCase{best().scenario, seed, best().decisions}, size().events - 1);
}

std::vector<FailingCase> ShrinkSearch::others(std::size_t most) {
  std::vector<FailingCase> out;
  const std::uint64_t enough = work_ + 2 * effort_;
  for (std::uint64_t seed = 1; work_ < enough && go_on(); ++seed) {
    ShrinkCase other{best().scenario, seed, best().decisions};
    const auto size = size_if_failing(other, claim_, 2 * best_.size.events, work_);
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
  // What was left out before is numbered for the nodes and the seed at hand.
  std::vector<FailingCase> starts{search.failing()};
  if (search.best().decisions.empty()) starts = simple_cases(search, options);
  FailingCase smallest = starts.front();
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const bool hopeless = starts[i].size.events / 4 > smallest.size.events || search.work() >= options.work;
    if (i > 0 && (hopeless || search.stopped())) continue;
    search.restart(std::move(starts[i]));
    shrink_run(search);
    if (i == 0 || search.size().events < smallest.size.events) smallest = search.failing();
  }
  out.smallest = std::move(smallest.it);
  out.after = smallest.size;
  out.runs = search.runs();
  out.complete = !search.stopped();
  return out;
}

}  // namespace sim
