#include "sim/scenario/run.hpp"

#include <algorithm>
#include <utility>

#include "sim/scenario/ailments.hpp"

namespace sim {

Run::Watched::Watched(std::size_t s, const check::ClaimInfo& i, std::string full_name)
    : system(s), info(&i), claim(i.claim ? i.claim->clone() : nullptr) {
  report.name = std::move(full_name);
  report.kind = enum_name(i.kind);
  report.status = i.kind == check::ClaimKind::always      ? ClaimStatus::holds
                  : i.kind == check::ClaimKind::sometimes ? ClaimStatus::not_reached
                                                          : ClaimStatus::not_judged;
}

Run::Watched::Watched(const Watched& other)
    : system(other.system), info(other.info), claim(other.claim ? other.claim->clone() : nullptr), report(other.report) {}

Run::Run(const Scenario& scenario, std::uint64_t seed, Options options)
    : scenario_(&scenario), options_(std::move(options)), world_(seed) {
  if (scenario.swarm.operations || !scenario.swarm.settings.empty()) {
    instance_ = std::make_shared<const Scenario>(instantiate(scenario, seed, choices_));
    scenario_ = instance_.get();
  }
  build();
  if (options_.claims) watch_claims();
}

bool Run::wanted(const std::string& claim) const {
  if (!options_.only.empty() && claim != options_.only) return false;
  return scenario_->checks.empty() ||
         std::find(scenario_->checks.begin(), scenario_->checks.end(), claim) != scenario_->checks.end();
}

void Run::watch_claims() {
  open_.resize(world_.directory().systems.size());
  for (std::size_t s = 0; s < scenario_->systems.size(); ++s) {
    const check::SystemInfo& protocol = *scenario_->systems[s].protocol;
    for (const check::ClaimInfo& claim : protocol.claims) {
      const std::string name = scenario_->claim_name(scenario_->systems[s], claim.name);
      if (!wanted(name)) continue;
      if (claim.claim && protocol.watches_all) {
        for (auto& open : open_) open.push_back(watched_.size());
      } else if (claim.claim) {
        open_[s].push_back(watched_.size());
      }
      watched_.emplace_back(s, claim, name);
    }
  }
}

void Run::forget_claims() {
  options_.claims = options_.history = false;
  watched_.clear();
  open_.clear();
  violated_ = over_ = false;
}

bool Run::step() {
  if (over_) return false;
  if (!world_.step(scenario_->duration)) {
    over_ = true;
    close_eventual();
    return false;
  }
  const Step& step = world_.last();
  if (step.kind == EventKind::fault) {
    note_fault(step);
  } else if (options_.claims) {
    check_claims(step);
    if (options_.history && world_.observations().last() >= next_look_) follow_histories();
  }
  if (step.kind != EventKind::fault && world_.watched()) see_role(step.node);
  if (next_intervention_ < options_.decisions.interventions.size()) intervene();
  if (violated_) over_ = true;
  return true;
}

// Only for who watches: the trace then tells what a node plays without knowing its protocol.
void Run::see_role(NodeId node) {
  if (playing_.empty()) playing_.resize(world_.size());
  const std::uint32_t system = world_.directory().system_of[index(node)];
  if (system >= scenario_->systems.size()) return;
  const check::SystemInfo& protocol = *scenario_->systems[system].protocol;
  if (protocol.role == nullptr) return;
  const Playing now{protocol.role(world_.node(node)), protocol.epoch == nullptr ? 0 : protocol.epoch(world_.node(node))};
  Playing& before = playing_[index(node)];
  if (world_.last().kind == EventKind::start) before = {};  // what it played before a crash is over
  if (now.role == before.role && now.epoch == before.epoch) return;
  before = now;
  world_.tell_role(node, now.role, now.epoch);
}

void Run::note_fault(const Step& step) {
  std::string text = fault_text(world_, step);
  if (!text.empty()) faults_.push_back({world_.now(), std::move(text)});
}

void Run::check_claims(const Step& step) {
  auto& open = open_[world_.directory().system_of[index(step.node)]];
  // What is reached or has come true need not be looked at again.
  const auto settled = [](const Watched& watched) {
    return watched.info->kind != check::ClaimKind::always && watched.report.status != ClaimStatus::not_reached &&
           watched.report.status != ClaimStatus::not_judged;
  };
  for (std::size_t i = 0; i < open.size();) {
    Watched& watched = watched_[open[i]];
    if (!settled(watched)) check_one(watched, step);
    if (settled(watched)) {
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
}

void Run::check_one(Watched& watched, const Step& step) {
  if (watched.info->kind == check::ClaimKind::eventually && !quiet()) return;
  check::Violation found = watched.claim->check(world_, scenario_->systems[watched.system].members, step.node);
  switch (watched.info->kind) {
    case check::ClaimKind::always:
      if (found) violate(watched, step, std::move(*found));
      return;
    case check::ClaimKind::sometimes:
    case check::ClaimKind::eventually:
      if (!found) {
        watched.report.status = watched.info->kind == check::ClaimKind::sometimes ? ClaimStatus::reached : ClaimStatus::holds;
        watched.report.at = world_.now();
        watched.report.event = step.event;
        watched.report.node = world_.directory().node_names[index(step.node)];
      } else if (watched.info->kind == check::ClaimKind::eventually && world_.now() > quiet_from_ + watched.info->within) {
        violate(watched, step,
                "it has not come true within " + to_text(watched.info->within) + " after faults stopped at " +
                    to_text(quiet_from_) + ": " + (found->empty() ? watched.info->doc : *found) + "; " +
                    ailments_text(world_, *scenario_));
      }
      return;
  }
}

void Run::violate(Watched& watched, const Step& step, std::string message) {
  watched.report.status = ClaimStatus::violated;
  watched.report.message = std::move(message);
  watched.report.at = world_.now();
  watched.report.event = step.event;
  watched.report.node = world_.directory().node_names[index(step.node)];
  violated_ = true;
}

// A system in which nothing happens any more has no event at which a late claim could be found out.
void Run::close_eventual() {
  for (Watched& watched : watched_) {
    if (watched.info->kind != check::ClaimKind::eventually || watched.report.status != ClaimStatus::not_judged) continue;
    if (world_.now() < quiet_from_ + watched.info->within || quiet_from_ >= scenario_->duration) continue;
    const auto& members = scenario_->systems[watched.system].members;
    if (check::Violation found = watched.claim->check(world_, members, members.front()); found) {
      violate(watched, {EventKind::timer, world_.last().event, members.front(), members.front(), 0, false},
              "it has not come true within " + to_text(watched.info->within) + " after faults stopped: " +
                  (found->empty() ? watched.info->doc : *found) + "; " + ailments_text(world_, *scenario_));
    } else {
      watched.report.status = ClaimStatus::holds;
    }
  }
}

}  // namespace sim
