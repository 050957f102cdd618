#include "viz/model/focus.hpp"

#include <algorithm>

namespace viz {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Whether `text` has `word` in it, whatever the case of their letters (of ASCII).
bool holds(std::string_view text, std::string_view word) {
  return std::search(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) { return lower(a) == lower(b); }) !=
         text.end();
}

template <class T>
bool listed(const std::vector<T>& list, T what) {
  return list.empty() || std::find(list.begin(), list.end(), what) != list.end();
}

/// Whether a fault event is one of the nodes' that are asked for.
bool hits(const sim::Timeline& timeline, const sim::Timeline::Event& event, const std::vector<std::uint32_t>& nodes) {
  const sim::Timeline::Fault& fault = timeline.faults[timeline.fault_events[event.message].fault];
  const auto among = [&](std::uint32_t node) { return std::find(nodes.begin(), nodes.end(), node) != nodes.end(); };
  return std::any_of(fault.nodes.begin(), fault.nodes.end(), among) || std::any_of(fault.others.begin(), fault.others.end(), among);
}

bool wants_kind(const Filter& filter, sim::RecordKind kind) {
  switch (kind) {
    case sim::RecordKind::deliver: return filter.messages;
    case sim::RecordKind::timer: return filter.timers;
    case sim::RecordKind::sync: return filter.syncs;
    case sim::RecordKind::fault: return filter.faults;
    default: return true;
  }
}

}  // namespace

// -- Focus --

void Focus::set(const sim::Timeline& timeline, std::uint32_t event, std::uint32_t hops) {
  event_ = event <= timeline.events.size() ? event : 0;
  hops_ = hops;
  past_.clear();
  future_.clear();
  more_past_ = false;
  more_future_ = false;
  if (event_ == 0) return;

  std::uint32_t cause = timeline.event(event_).cause;
  for (; cause != 0 && past_.size() < hops; cause = timeline.event(cause).cause) past_.push_back(cause);
  more_past_ = cause != 0;
  std::reverse(past_.begin(), past_.end());

  // Every event has one cause, so that what came of one is a tree: no event is met twice.
  std::vector<std::uint32_t> level{event_};
  std::vector<std::uint32_t> next;
  for (std::uint32_t hop = 0; !level.empty() && !more_future_; ++hop) {
    next.clear();
    for (const std::uint32_t e : level) {
      const auto effects = timeline.effects_of(e);
      const std::size_t room = hop < hops ? kMost - future_.size() : 0;
      if (effects.size() > room) more_future_ = true;
      const auto taken = effects.first(std::min(room, effects.size()));
      future_.insert(future_.end(), taken.begin(), taken.end());
      next.insert(next.end(), taken.begin(), taken.end());
    }
    level.swap(next);
  }
  std::sort(future_.begin(), future_.end());
}

Kin Focus::kin(std::uint32_t event) const {
  if (event_ == 0 || event == 0) return Kin::none;
  if (event == event_) return Kin::self;
  if (event < event_) return std::binary_search(past_.begin(), past_.end(), event) ? Kin::past : Kin::none;
  return std::binary_search(future_.begin(), future_.end(), event) ? Kin::future : Kin::none;
}

// -- Filter --

bool disturbed(const sim::Timeline::Message& message) {
  return message.fate != sim::MessageFate::delivered || message.again || message.late || message.fault != sim::Timeline::kNone;
}

std::string describe_lost(const sim::Timeline& timeline, const sim::Timeline::Message& message) {
  std::string out = timeline.text(message.type);
  out.append(" from ").append(timeline.nodes[message.from].name).append(" to ").append(timeline.nodes[message.to].name);
  return out.append(" is lost (").append(sim::enum_name(message.fate)).append(")");
}

bool Filter::everything() const { return *this == Filter{}; }

bool Filter::passes(const sim::Timeline& timeline, std::uint32_t event) const {
  const sim::Timeline::Event& e = timeline.event(event);
  if (!wants_kind(*this, e.kind)) return false;
  if (!types.empty() && (e.type == 0 || !listed(types, e.type))) return false;
  if (!nodes.empty() && !(e.node == sim::Timeline::kNone ? hits(timeline, e, nodes) : listed(nodes, e.node))) return false;
  if (only_disturbed && e.kind == sim::RecordKind::deliver && !disturbed(timeline.messages[e.message])) return false;
  return text.empty() || holds(timeline.describe(event), text) || holds(timeline.value_of(event), text);
}

bool Filter::shows(const sim::Timeline& timeline, const sim::Timeline::Message& message) const {
  if (!messages || !listed(types, message.type)) return false;
  if (!listed(nodes, message.from) && !listed(nodes, message.to)) return false;
  if (only_disturbed && !disturbed(message)) return false;
  if (text.empty()) return true;
  if (message.event == 0) return holds(describe_lost(timeline, message), text) || holds(timeline.explain(message), text);
  return holds(timeline.describe(message.event), text) || holds(timeline.value_of(message.event), text);
}

// -- Steps --

namespace {

/// The nearest event after (or before) one in some nodes' lists of their events for which `good` holds; 0: none.
template <class Good>
std::uint32_t nearest_in_lists(const sim::Timeline& timeline, const std::vector<std::uint32_t>& nodes, std::uint32_t event,
                               bool forward, const Good& good) {
  for (std::uint32_t at = event;;) {
    std::uint32_t best = 0;
    for (const std::uint32_t node : nodes) {
      const std::vector<std::uint32_t>& list = timeline.by_node[node];  // indices, which are numbers less one
      if (forward) {
        const auto found = std::lower_bound(list.begin(), list.end(), at);
        if (found != list.end() && (best == 0 || *found + 1 < best)) best = *found + 1;
      } else {
        const auto found = std::lower_bound(list.begin(), list.end(), at - 1);
        if (found != list.begin()) best = std::max(best, *(found - 1) + 1);
      }
    }
    if (best == 0 || good(best)) return best;
    at = best;
  }
}

/// The same among all events.
template <class Good>
std::uint32_t nearest_of_all(const sim::Timeline& timeline, std::uint32_t event, bool forward, const Good& good) {
  const auto count = static_cast<std::uint32_t>(timeline.events.size());
  if (forward) {
    for (std::uint32_t e = event + 1; e <= count; ++e) {
      if (good(e)) return e;
    }
  } else {
    for (std::uint32_t e = event - 1; e >= 1; --e) {
      if (good(e)) return e;
    }
  }
  return 0;
}

/// The nearest event that passes and is like `like` says.
template <class Like>
std::uint32_t nearest_step(const sim::Timeline& timeline, std::uint32_t event, bool forward, const Filter& filter,
                           const Like& like) {
  if (!forward && event <= 1) return 0;
  const auto good = [&](std::uint32_t e) { return like(e) && filter.passes(timeline, e); };
  // Faults are of no node's list, so the lists are all there is only where faults are not asked for.
  if (!filter.nodes.empty() && !filter.faults) return nearest_in_lists(timeline, filter.nodes, event, forward, good);
  return nearest_of_all(timeline, event, forward, good);
}

std::uint32_t step_to_cause(const sim::Timeline& timeline, std::uint32_t event, const Filter& filter) {
  std::uint32_t cause = timeline.event(event).cause;
  while (cause != 0 && !filter.passes(timeline, cause)) cause = timeline.event(cause).cause;
  return cause;
}

/// The first effect that passes, or the first effect of those that do not; 0: none near.
std::uint32_t step_to_effect(const sim::Timeline& timeline, std::uint32_t event, const Filter& filter) {
  constexpr std::size_t kFar = 4096;  // events that are looked at
  std::vector<std::uint32_t> queue{event};
  for (std::size_t i = 0; i < queue.size() && queue.size() < kFar; ++i) {
    for (const std::uint32_t effect : timeline.effects_of(queue[i])) {
      if (filter.passes(timeline, effect)) return effect;
      queue.push_back(effect);
    }
  }
  return 0;
}

std::uint32_t step_along_causes(const sim::Timeline& timeline, std::uint32_t event, bool back, const Filter& filter,
                                std::vector<std::uint32_t>& trail) {
  // A trail from elsewhere, or of another filter, leads nowhere from here.
  if (!trail.empty() && (trail.back() > timeline.events.size() || step_to_cause(timeline, trail.back(), filter) != event))
    trail.clear();
  if (back) {
    const std::uint32_t cause = step_to_cause(timeline, event, filter);
    if (cause != 0) trail.push_back(event);
    return cause;
  }
  if (trail.empty()) return step_to_effect(timeline, event, filter);
  const std::uint32_t effect = trail.back();
  trail.pop_back();
  return effect;
}

}  // namespace

std::uint32_t stepped(const sim::Timeline& timeline, std::uint32_t event, Step step, const Filter& filter,
                      std::vector<std::uint32_t>& trail) {
  if (event > timeline.events.size()) return event;
  const auto any = [](std::uint32_t) { return true; };
  const bool forward = step == Step::next || step == Step::next_of_node || step == Step::next_of_type;
  std::uint32_t to = 0;
  if (step == Step::next || step == Step::previous) {
    to = nearest_step(timeline, event, forward, filter, any);
    return to == 0 ? event : to;
  }
  if (event == 0) return 0;

  const sim::Timeline::Event& from = timeline.event(event);
  switch (step) {
    case Step::next_of_node:
    case Step::previous_of_node:
      if (from.node == sim::Timeline::kNone) {
        to = nearest_step(timeline, event, forward, filter, [&](std::uint32_t e) { return timeline.event(e).node == from.node; });
      } else {
        to = nearest_in_lists(timeline, {from.node}, event, forward, [&](std::uint32_t e) { return filter.passes(timeline, e); });
      }
      break;
    case Step::next_of_type:
    case Step::previous_of_type:
      to = nearest_step(timeline, event, forward, filter, [&](std::uint32_t e) {
        return timeline.event(e).kind == from.kind && timeline.event(e).type == from.type;
      });
      break;
    default: to = step_along_causes(timeline, event, step == Step::cause, filter, trail); break;
  }
  return to == 0 ? event : to;
}

// -- Find --

namespace {

/// What a search goes through beside the events, each at its place among them.
class Findings {
 public:
  Findings(std::size_t most, std::size_t& total) : most_(most), total_(total) { total_ = 0; }
  template <class Say>
  void add(std::uint32_t event, std::uint32_t message, sim::Time at, const Say& say) {
    ++total_;
    if (found_.size() < most_) found_.push_back({event, message, at, say()});
  }
  std::vector<Find> take() { return std::move(found_); }

 private:
  std::size_t most_;
  std::size_t& total_;
  std::vector<Find> found_;
};

bool passes_aside(const Filter& filter, const sim::Timeline::Aside& aside) {
  if (!filter.types.empty() || filter.only_disturbed) return false;
  if (aside.kind != sim::RecordKind::note && aside.kind != sim::RecordKind::mark) return false;
  return listed(filter.nodes, aside.node) && (filter.text.empty() || holds(aside.text, filter.text));
}

/// The lost messages that pass, in the order of the events after which they stand: those of `cause` are found with it.
std::vector<std::uint32_t> lost_messages(const sim::Timeline& timeline, const Filter& filter) {
  std::vector<std::uint32_t> lost;
  for (std::uint32_t m = 0; m < timeline.messages.size(); ++m) {
    const sim::Timeline::Message& message = timeline.messages[m];
    if (message.event == 0 && filter.shows(timeline, message)) lost.push_back(m);
  }
  std::stable_sort(lost.begin(), lost.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return timeline.messages[a].cause < timeline.messages[b].cause; });
  return lost;
}

}  // namespace

std::vector<Find> find(const sim::Timeline& timeline, const Filter& filter, std::size_t most, std::size_t& total) {
  Findings out(most, total);
  const std::vector<std::uint32_t> lost = lost_messages(timeline, filter);
  auto next_lost = lost.begin();
  auto next_aside = timeline.asides.begin();
  const auto count = static_cast<std::uint32_t>(timeline.events.size());
  // 0 stands for what hangs on no event.
  for (std::uint32_t e = 0; e <= count; ++e) {
    const sim::Time at = e == 0 ? sim::Time{} : timeline.event(e).at;
    if (e != 0 && filter.passes(timeline, e)) {
      out.add(e, sim::Timeline::kNone, at, [&] { return timeline.describe(e); });
    }
    for (; next_aside != timeline.asides.end() && next_aside->event <= e; ++next_aside) {
      if (!passes_aside(filter, *next_aside)) continue;
      const sim::Timeline::Aside& aside = *next_aside;
      out.add(e, sim::Timeline::kNone, at, [&] {
        const bool somewhere = aside.node < timeline.nodes.size();
        return (somewhere ? timeline.nodes[aside.node].name + ": " : std::string()) + aside.text;
      });
    }
    for (; next_lost != lost.end() && timeline.messages[*next_lost].cause <= e; ++next_lost) {
      const sim::Timeline::Message& message = timeline.messages[*next_lost];
      out.add(e, *next_lost, message.sent, [&] { return describe_lost(timeline, message); });
    }
  }
  return out.take();
}

}  // namespace viz
