#include "sim/explore/causality.hpp"

#include <algorithm>
#include <cassert>

namespace sim {

void Causality::write(const Record& record) {
  if (record.kind > RecordKind::fault) return;  // it hangs on an event and is none
  assert(index(record.event) == entries_.size() + 1);
  entries_.push_back({record.cause, record.at, record.node, record.kind});
  if (record.kind != RecordKind::fault) return;
  const auto hit = world_->fault_hit(static_cast<std::uint32_t>(world_->last().fault));
  hits_.emplace_back(record.event, std::vector<NodeId>(hit.begin(), hit.end()));
}

std::vector<NodeId> Causality::touched(EventId event) const {
  if (at(event).kind != RecordKind::fault) return {at(event).node};
  const auto found = std::lower_bound(hits_.begin(), hits_.end(), event, [](const auto& hit, EventId e) { return hit.first < e; });
  return found->second;
}

EventId Causality::last_until(Time time) const {
  const auto after = std::upper_bound(entries_.begin(), entries_.end(), time, [](Time t, const Entry& e) { return t < e.at; });
  return EventId{static_cast<std::uint64_t>(after - entries_.begin())};
}

EventId Causality::last_at(NodeId node, EventId until) const {
  for (EventId e = until; index(e) > 0; e = EventId{index(e) - 1}) {
    if (at(e).kind != RecordKind::fault) {
      if (at(e).node == node) return e;
      continue;
    }
    const std::vector<NodeId> hit = touched(e);
    if (std::find(hit.begin(), hit.end(), node) != hit.end()) return e;
  }
  return {};
}

Causality::Past Causality::past(EventId event, std::uint64_t most) const {
  Past out;
  for (EventId e = event; index(e) != 0; e = at(e).cause) {
    if (out.events.empty() || out.events.size() < most) {
      out.events.push_back(e);
    } else {
      ++out.earlier;
    }
  }
  std::reverse(out.events.begin(), out.events.end());
  return out;
}

}  // namespace sim
