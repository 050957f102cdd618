#include "sim/explore/tally.hpp"

#include <algorithm>
#include <tuple>

namespace sim::explore {

namespace {

bool cheaper(const Outcome& a, const Outcome& b) { return std::tie(a.events, a.seed) < std::tie(b.events, b.seed); }

}  // namespace

Tally::Tally(const std::vector<ClaimName>& claims, TallyLimits limits) : limits_(limits) {
  for (const ClaimName& claim : claims) claims_.push_back({.claim = claim});
}

void Tally::add(Outcome outcome) {
  ++seeds_;
  events_ += outcome.events;
  virtual_ns_ += static_cast<std::uint64_t>(outcome.virtual_time.ns);
  digest_.add(outcome.seed, outcome.digest);
  assert(outcome.statuses.size() == claims_.size());
  for (std::size_t i = 0; i < claims_.size(); ++i) {
    const ClaimStatus status = outcome.statuses[i];
    if (status == ClaimStatus::reached && claims_[i].in(status) == 0) claims_[i].first_reached = outcome.seed;
    ++claims_[i].seeds[static_cast<std::size_t>(status)];
  }
  for (const std::string& mark : outcome.marks) {
    auto held = marks_.find(mark);
    if (held == marks_.end()) {
      if (marks_.size() >= limits_.marks) continue;
      held = marks_.emplace(mark, MarkTally{mark, 0, outcome.seed}).first;
    }
    ++held->second.seeds;
  }
  if (outcome.undecided()) {
    ++undecided_;
    if (undecided_list_.size() < limits_.undecided) undecided_list_.push_back(outcome.seed);
  }
  if (outcome.violated()) add_failure(std::move(outcome));
}

void Tally::add_failure(Outcome outcome) {
  ++failed_;
  if (failures_.size() < limits_.failures) failures_.push_back({outcome.seed, outcome.claim, outcome.digest, outcome.events});
  auto held = groups_.find({outcome.claim, outcome.cause});
  if (held == groups_.end()) {
    const std::string cause = groups_.size() < limits_.groups ? outcome.cause : "other causes";
    held = groups_.try_emplace({outcome.claim, cause}, Group{outcome.claim, cause, 0, outcome.seed, outcome}).first;
  }
  Group& group = held->second;
  ++group.seeds;
  if (cheaper(outcome, group.cheapest)) group.cheapest = std::move(outcome);
}

std::vector<MarkTally> Tally::marks() const {
  std::vector<MarkTally> out;
  for (const auto& [name, mark] : marks_) out.push_back(mark);
  return out;
}

std::vector<Group> Tally::groups() const {
  std::vector<Group> out;
  for (const auto& [key, group] : groups_) out.push_back(group);
  std::stable_sort(out.begin(), out.end(), [](const Group& a, const Group& b) { return a.seeds > b.seeds; });
  return out;
}

const Outcome* Tally::cheapest() const {
  const Outcome* best = nullptr;
  for (const auto& [key, group] : groups_) {
    if (best == nullptr || cheaper(group.cheapest, *best)) best = &group.cheapest;
  }
  return best;
}

std::vector<std::string> Tally::unreached() const {
  std::vector<std::string> out;
  for (const ClaimTally& c : claims_) {
    if (c.claim.kind == "sometimes" && c.in(ClaimStatus::reached) == 0) out.push_back(c.claim.name);
  }
  return out;
}

std::vector<std::string> Tally::untested() const {
  std::vector<std::string> out;
  for (const ClaimTally& c : claims_) {
    if (c.claim.kind != "sometimes" && c.in(ClaimStatus::not_judged) == seeds_ && seeds_ > 0) out.push_back(c.claim.name);
  }
  return out;
}

}  // namespace sim::explore
