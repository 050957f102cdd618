// Sets that lose nothing: `set` looks at the last read, `set-full` follows every element through all of them.
#include <algorithm>
#include <limits>
#include <set>

#include "sim/check/workloads/common.hpp"
#include "sim/check/workloads/workloads.hpp"

namespace sim::check::workloads {

Result<Judgement> judge_set(const History& history) {
  Elements elements;
  std::vector<std::size_t> add_of;        // operation that attempted an element, the first
  std::vector<std::size_t> completed_of;  // operation that completed one
  constexpr std::size_t kNone = ~std::size_t{0};
  const auto number = [&](const Value& value) {
    const std::uint32_t n = elements.of(value);
    if (n >= add_of.size()) {
      add_of.resize(n + 1, kNone);
      completed_of.resize(n + 1, kNone);
    }
    return n;
  };
  std::size_t attempts = 0;
  std::size_t last = kNone;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    if (op.f == "add") {
      const std::uint32_t n = number(op.input);
      if (add_of[n] == kNone) {
        add_of[n] = i;
        ++attempts;
      }
      if (op.outcome == Outcome::ok) completed_of[n] = i;
    } else if (op.f == "read" && op.outcome == Outcome::ok) {
      if (last == kNone || history.operations[last].returned < op.returned) last = i;
    }
  }
  if (last == kNone) {
    Judgement out;
    out.explanation = "the set was never read";
    return out;
  }
  const Value::List* read = history.operations[last].output.list();
  if (read == nullptr) return at(history, last, "a read of a set should return a list");
  std::set<std::uint32_t> there;
  for (const Value& value : *read) there.insert(number(value));
  Findings findings;
  std::vector<std::string> unexpected;
  std::vector<std::string> lost;
  std::size_t first_lost = kNone;
  std::size_t recovered = 0;
  std::size_t acknowledged = 0;
  for (std::uint32_t n = 0; n < add_of.size(); ++n) {
    const bool present = there.count(n) != 0;
    acknowledged += completed_of[n] != kNone ? 1 : 0;
    if (present && add_of[n] == kNone) unexpected.push_back(elements.name(n));
    if (present && add_of[n] != kNone && completed_of[n] == kNone) ++recovered;
    if (present || completed_of[n] == kNone) continue;
    if (first_lost == kNone) first_lost = completed_of[n];
    lost.push_back(elements.name(n));
  }
  if (!lost.empty()) {
    findings.add("lost", {first_lost, last}, named(history, last) + " misses " + listed(lost) + ", whose adds had completed");
  }
  if (!unexpected.empty()) {
    findings.add("unexpected", {last}, named(history, last) + " returned " + listed(unexpected) + ", which nobody tried to add");
  }
  std::vector<std::string> notes{counted(attempts, "element") + " attempted, " + std::to_string(acknowledged) + " acknowledged, " +
                                 std::to_string(there.size()) + " read"};
  if (!lost.empty()) notes.push_back(std::to_string(lost.size()) + " lost");
  if (!unexpected.empty()) notes.push_back(std::to_string(unexpected.size()) + " unexpected");
  if (recovered != 0)
    notes.push_back(std::to_string(recovered) + " recovered: their adds' outcome was unknown, and they were there");
  return findings.judgement(history, Verdict::valid, std::move(notes));
}

namespace {

constexpr std::size_t kNone = ~std::size_t{0};

// One element's story.
struct Story {
  std::size_t add = kNone;           // operation
  std::size_t known = kNone;         // operation whose completion first showed it
  std::size_t last_present = kNone;  // the read invoked last that has it
  std::size_t last_absent = kNone;   // the read invoked last that misses it
  std::uint64_t seen = 0;            // stamp of the read that has it
  std::size_t duplicate = kNone;     // read that has it twice
  std::string name;
};

class SetFull {
 public:
  SetFull(const History& history, const SetFullOptions& options) : history_(history), options_(options) {}

  // `pairs`: values are [key, value]. `key`: the one to look at.
  Result<bool> follow(const std::vector<Event>& events, bool pairs, const std::string& key) {
    for (const Event& event : events) {
      const Operation& op = history_.operations[event.operation];
      const Value* value = &op.input;
      if (op.f == "add") {
        if (pairs && !inside(value, key)) continue;
        if (event.invocation) {
          begin(event.operation, *value);
        } else if (op.outcome == Outcome::ok) {
          Story& story = stories_[number_of(*value)];
          if (story.known == kNone) story.known = event.operation;
        }
      } else if (op.f == "read" && !event.invocation && op.outcome == Outcome::ok) {
        value = &op.output;
        if (pairs && !inside(value, key)) continue;
        if (value->list() == nullptr) return at(history_, event.operation, "a read of a set should return a list");
        read(event.operation, *value->list());
      }
    }
    return true;
  }

  // Counts what became of the elements, and forgets them.
  void settle() {
    for (const Story& story : stories_) {
      if (story.add == kNone) continue;
      ++attempts_;
      if (story.duplicate != kNone) {
        ++duplicated_;
        findings_.add("duplicated", {story.add, story.duplicate},
                      named(history_, story.duplicate) + " returned " + story.name + " more than once");
      }
      const std::uint64_t present = invoked(story.last_present);
      const std::uint64_t absent = invoked(story.last_absent);
      if (story.last_present != kNone && (story.last_absent == kNone || absent < present)) {
        stable(story);
      } else if (story.known != kNone && story.last_absent != kNone && (story.last_present == kNone || present < absent) &&
                 history_.operations[story.known].returned < absent) {
        lost(story);
      } else {
        ++never_read_;
      }
    }
    stories_.clear();
    elements_ = Elements();
  }

  Judgement judgement() {
    std::vector<std::string> notes{counted(attempts_, "element") + ": " + std::to_string(stable_) + " stable, " +
                                   std::to_string(lost_) + " lost, " + std::to_string(never_read_) + " never read"};
    if (stale_ != 0)
      notes.push_back(std::to_string(stale_) + " of the stable ones were stale: missed by a read after they were known");
    if (duplicated_ != 0) notes.push_back(std::to_string(duplicated_) + " were read twice at once");
    latencies("stable", stable_after_, notes);
    latencies("lost", lost_after_, notes);
    Judgement out = findings_.judgement(history_, stable_ == 0 ? Verdict::undecided : Verdict::valid, std::move(notes));
    if (out.verdict == Verdict::undecided) out.explanation = "no element was ever read: nothing can be said of them";
    return out;
  }

 private:
  static bool inside(const Value*& value, const std::string& key) {
    const Value::List* pair = value->list();
    if (pair == nullptr || pair->size() != 2 || pair->front().to_json() != key) return false;
    value = &pair->back();
    return true;
  }

  std::uint32_t number_of(const Value& value) {
    const std::uint32_t n = elements_.of(value);
    if (n >= stories_.size()) stories_.resize(n + 1);
    return n;
  }

  void begin(std::size_t operation, const Value& value) {
    Story& story = stories_[number_of(value)];
    if (story.add != kNone) {  // added again: a new story, as in Jepsen's checker; what was read twice stays so
      const std::size_t duplicate = story.duplicate;
      story = Story();
      story.duplicate = duplicate;
    }
    story.add = operation;
    story.name = elements_.name(number_of(value));
  }

  void read(std::size_t operation, const Value::List& values) {
    ++stamp_;
    for (const Value& value : values) {
      Story& story = stories_[number_of(value)];
      if (story.seen == stamp_ && story.duplicate == kNone) story.duplicate = operation;
      story.seen = stamp_;
    }
    for (Story& story : stories_) {
      if (story.add == kNone) continue;
      const bool present = story.seen == stamp_;
      if (present && story.known == kNone) story.known = operation;
      std::size_t& last = present ? story.last_present : story.last_absent;
      if (last == kNone || invoked(last) < invoked(operation)) last = operation;
    }
  }

  std::uint64_t invoked(std::size_t operation) const { return operation == kNone ? 0 : history_.operations[operation].invoked; }

  // From when the element was known to just after a read began; never negative.
  void took(const Story& story, std::size_t until, std::vector<std::int64_t>& out) const {
    const auto& known = history_.operations[story.known].return_time;
    if (!known) return;
    if (until == kNone) {
      out.push_back(0);
      return;
    }
    const auto& end = history_.operations[until].call_time;
    std::int64_t late = 0;
    if (!end || __builtin_sub_overflow(end->ns, known->ns, &late) || late == std::numeric_limits<std::int64_t>::max()) return;
    out.push_back(std::max<std::int64_t>(0, late + 1));
  }

  void stable(const Story& story) {
    ++stable_;
    took(story, story.last_absent, stable_after_);
    if (story.last_absent == kNone || invoked(story.last_absent) < history_.operations[story.known].returned) return;
    ++stale_;
    if (!options_.linearizable) return;
    findings_.add("stale", {story.add, story.known, story.last_present, story.last_absent},
                  named(history_, story.last_absent) + " misses " + story.name + ", though " + named(history_, story.known) +
                      " had completed before it began");
  }

  void lost(const Story& story) {
    ++lost_;
    took(story, story.last_present, lost_after_);
    std::vector<std::size_t> involved{story.add, story.known};
    if (story.last_present != kNone) involved.push_back(story.last_present);
    involved.push_back(story.last_absent);
    findings_.add("lost", std::move(involved),
                  named(history_, story.last_absent) + " and all later ones miss " + story.name + ", though " +
                      named(history_, story.known) + " had completed before it began");
  }

  static void latencies(const std::string& what, std::vector<std::int64_t>& all, std::vector<std::string>& notes) {
    if (all.empty()) return;
    std::sort(all.begin(), all.end());
    const auto quantile = [&](std::size_t percent) {
      return to_text(Duration{all[std::min(all.size() - 1, all.size() * percent / 100)]});
    };
    notes.push_back(what + " after: median " + quantile(50) + ", 95% " + quantile(95) + ", 99% " + quantile(99) + ", longest " +
                    quantile(100));
  }

  const History& history_;
  const SetFullOptions& options_;
  Elements elements_;
  std::vector<Story> stories_;
  std::uint64_t stamp_ = 0;
  Findings findings_;
  std::size_t attempts_ = 0;
  std::size_t stable_ = 0;
  std::size_t lost_ = 0;
  std::size_t never_read_ = 0;
  std::size_t stale_ = 0;
  std::size_t duplicated_ = 0;
  std::vector<std::int64_t> stable_after_;
  std::vector<std::int64_t> lost_after_;
};

// The keys of values that are pairs [key, value]; nothing if some ok read is no pair whose second is a list.
std::set<std::string> keys_of(const History& history) {
  std::set<std::string> keys;
  for (const Operation& op : history.operations) {
    const bool read = op.f == "read" && op.outcome == Outcome::ok;
    if (!read && op.f != "add") continue;
    const Value::List* pair = (read ? op.output : op.input).list();
    if (pair == nullptr || pair->size() != 2 || (read && pair->back().list() == nullptr)) return {};
    keys.insert(pair->front().to_json());
  }
  return keys;
}

}  // namespace

Result<Judgement> judge_set_full(const History& history, const SetFullOptions& options) {
  SetFull sets(history, options);
  const std::vector<Event> events = events_of(history);
  const std::set<std::string> keys = keys_of(history);
  if (keys.empty()) {
    const auto done = sets.follow(events, false, {});
    if (!done.ok()) return done.error();
    sets.settle();
  }
  for (const std::string& key : keys) {
    const auto done = sets.follow(events, true, key);
    if (!done.ok()) return done.error();
    sets.settle();
  }
  return sets.judgement();
}

}  // namespace sim::check::workloads
