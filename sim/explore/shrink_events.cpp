// The last stage of shrink(): without this fault, this message, this timer.
//
// Each candidate is tried in two ways. First with nothing new: what is left out may bring other things about (a heartbeat less, and
// a follower stands for election), and those are left out too. Then with whatever comes of it.
#include <algorithm>

#include "sim/core/digest.hpp"
#include "sim/explore/ddmin.hpp"
#include "sim/explore/shrink_search.hpp"

namespace sim {

namespace {

std::uint64_t key_of(const Omission& it, Time at, NodeId to, const Payload& what) {
  Digest d;
  d.add((std::uint64_t{index(it.node)} << 32U) | index(to), static_cast<std::uint64_t>(it.kind));
  d.add(static_cast<std::uint64_t>(at.ns), what.digest());
  return d.value();
}

/// Leaves nothing out, and notes what happens.
class Recorder final : public Censor {
 public:
  bool omits(const Omission& it, Time at, NodeId to, const Payload& what) override {
    seen.push_back({it, key_of(it, at, to, what)});
    return false;
  }
  std::vector<Happening> seen;
};

/// Leaves out everything but what is known.
class NothingNew final : public Censor {
 public:
  explicit NothingNew(std::vector<std::uint64_t> kept) : kept_(std::move(kept)), left_(kept_.size(), true) {
    std::sort(kept_.begin(), kept_.end());
  }
  bool omits(const Omission& it, Time at, NodeId to, const Payload& what) override {
    const std::uint64_t key = key_of(it, at, to, what);
    for (auto found = std::lower_bound(kept_.begin(), kept_.end(), key); found != kept_.end() && *found == key; ++found) {
      const auto place = static_cast<std::size_t>(found - kept_.begin());
      if (!left_[place]) continue;
      left_[place] = false;
      return false;
    }
    omitted.push_back(it);
    return true;
  }
  std::vector<Omission> omitted;

 private:
  std::vector<std::uint64_t> kept_;
  std::vector<bool> left_;  // by place: it has not happened yet
};

std::vector<std::uint64_t> keys_of(const std::vector<Happening>& all, std::size_t without_begin, std::size_t without_end) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i < without_begin || i >= without_end) out.push_back(all[i].key);
  }
  return out;
}

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

template <class T>
void add_range(std::vector<T>& to, const std::vector<T>& from, std::size_t begin, std::size_t end) {
  to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(begin), from.begin() + static_cast<std::ptrdiff_t>(end));
  std::sort(to.begin(), to.end());
}

}  // namespace

std::vector<Happening> ShrinkSearch::happenings() {
  Recorder recorder;
  Run run(best().scenario, best().seed, {.claims = true, .history = false, .decisions = best().decisions, .only = claim_.name});
  run.world().set_censor(&recorder);
  run.finish();
  work_ += run.world().counters().events;
  return std::move(recorder.seen);
}

bool ShrinkSearch::attempt_nothing_new(const std::vector<std::uint32_t>& without_faults, const std::vector<std::uint64_t>& kept,
                                       std::uint64_t most) {
  if (!go_on()) return false;
  NothingNew censor(kept);
  Decisions decisions = best().decisions;
  decisions.faults = without_faults;
  decisions.omissions.clear();
  Run run(best().scenario, best().seed, {.claims = true, .history = false, .decisions = decisions, .only = claim_.name});
  run.world().set_censor(&censor);
  while (run.world().counters().events <= most && run.step()) {
  }
  work_ += run.world().counters().events;
  if (run.world().counters().events > most || (claim_.judged_by_event() && !run.violated())) return false;
  decisions.omissions = std::move(censor.omitted);
  std::sort(decisions.omissions.begin(), decisions.omissions.end());
  return take(ShrinkCase{best().scenario, best().seed, std::move(decisions)}, most);
}

void shrink_faults(ShrinkSearch& search) {
  search.begin_stage("faults");
  std::vector<std::uint32_t> faults = remaining_faults(search.best());
  std::vector<std::uint64_t> kept = keys_of(search.happenings(), 0, 0);
  ddmin([&] { return faults.size(); },
        [&](std::size_t begin, std::size_t end) {
          Decisions fewer = search.best().decisions;
          add_range(fewer.faults, faults, begin, end);
          const std::vector<std::uint32_t> without = fewer.faults;
          if (!search.attempt_nothing_new(without, kept, search.size().events) &&
              !search.attempt(std::move(fewer), search.size().events))
            return false;
          faults.erase(faults.begin() + static_cast<std::ptrdiff_t>(begin), faults.begin() + static_cast<std::ptrdiff_t>(end));
          kept = keys_of(search.happenings(), 0, 0);
          return true;
        });
}

void shrink_events(ShrinkSearch& search) {
  search.begin_stage("timers and messages");
  std::vector<Happening> events = search.happenings();
  ddmin([&] { return events.size(); },
        [&](std::size_t begin, std::size_t end) {
          const std::uint64_t most = search.size().events - 1;
          bool fewer = search.attempt_nothing_new(search.best().decisions.faults, keys_of(events, begin, end), most);
          if (!fewer) {
            Decisions decisions = search.best().decisions;
            for (std::size_t i = begin; i < end; ++i) decisions.omissions.push_back(events[i].omission);
            std::sort(decisions.omissions.begin(), decisions.omissions.end());
            fewer = search.attempt(std::move(decisions), most);
          }
          if (fewer) events = search.happenings();
          return fewer;
        });
}

}  // namespace sim
