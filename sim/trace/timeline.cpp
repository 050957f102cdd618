#include "sim/trace/timeline.hpp"

#include <algorithm>

namespace sim {

namespace {

bool among(const std::vector<std::uint32_t>& nodes, std::uint32_t node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

template <class Row>
std::span<const Row> rows_of(const std::vector<Row>& rows, std::uint32_t node) {
  const auto first = std::lower_bound(rows.begin(), rows.end(), node, [](const Row& r, std::uint32_t n) { return r.node < n; });
  const auto last = std::upper_bound(first, rows.end(), node, [](std::uint32_t n, const Row& r) { return n < r.node; });
  return {first, last};
}

template <class T>
std::size_t room(const std::vector<T>& v) {
  return v.capacity() * sizeof(T);
}

}  // namespace

bool Timeline::Fault::hits(std::uint32_t node) const { return among(nodes, node); }

bool Timeline::Fault::between(std::uint32_t from, std::uint32_t to) const {
  if (others.empty()) return hits(from) && hits(to);  // a ring
  return (hits(from) && among(others, to)) || (both_ways && hits(to) && among(others, from));
}

std::span<const std::uint32_t> Timeline::effects_of(std::uint32_t number) const {
  const std::uint32_t first = effects_begin[number - 1];
  return {effects.data() + first, effects_begin[number] - first};
}

std::string_view Timeline::value_of(std::uint32_t number) const {
  if (number == 0 || number > values_end.size()) return {};
  const std::uint64_t first = number == 1 ? 0 : values_end[number - 2];
  return std::string_view(values).substr(first, values_end[number - 1] - first);
}

std::uint32_t Timeline::last_until(Time at) const {
  const auto it = std::upper_bound(events.begin(), events.end(), at, [](Time t, const Event& e) { return t < e.at; });
  return static_cast<std::uint32_t>(it - events.begin());
}

std::span<const Timeline::Ailment> Timeline::ailments_of(std::uint32_t node) const { return rows_of(ailments, node); }
std::span<const Timeline::Role> Timeline::roles_of(std::uint32_t node) const { return rows_of(roles, node); }

std::uint32_t Timeline::role_at(std::uint32_t node, Time at) const {
  const std::span<const Role> own = roles_of(node);
  const auto it = std::upper_bound(own.begin(), own.end(), at, [](Time t, const Role& r) { return t < r.begin; });
  return it == own.begin() ? kNone : static_cast<std::uint32_t>(&*std::prev(it) - roles.data());
}

std::string Timeline::role_text(const Role& role) const {
  if (role.role == 0) return "down";
  const std::string& epoch = nodes[role.node].epoch;
  return epoch.empty() ? text(role.role) : text(role.role) + ", " + epoch + " " + std::to_string(role.epoch);
}

const Timeline::Claim* Timeline::violation() const {
  const Claim* first = nullptr;
  for (const Claim& claim : claims) {
    const bool counts = claim.status == "violated" && claim.event != 0;
    if (counts && (first == nullptr || claim.event < first->event)) first = &claim;
  }
  return first;
}

std::size_t Timeline::bytes() const {
  std::size_t out = room(events) + room(messages) + room(faults) + room(ailments) + room(roles) + room(operations) + room(asides) +
                    room(effects_begin) + room(effects) + values.capacity() + room(values_end);
  for (const auto& list : by_node) out += room(list);
  return out;
}

std::string Timeline::describe(std::uint32_t number) const {
  const Event& event = this->event(number);
  if (event.kind == RecordKind::fault) return fault_events[event.message].text;
  const std::string& name = nodes[event.node].name;
  switch (event.kind) {
    case RecordKind::start: return name + (event.cause == 0 ? " starts" : " starts again");
    case RecordKind::deliver: {
      const std::uint32_t from = messages[event.message].from;
      return name + " gets " + text(event.type) + (from == event.node ? " from itself" : " from " + nodes[from].name);
    }
    case RecordKind::timer: return name + ": timer " + text(event.type);
    default: return name + ": disk synced";
  }
}

std::string Timeline::explain(const Message& message) const {
  const std::string why = message.fault == kNone ? "" : ": " + faults[message.fault].text;
  switch (message.fate) {
    case MessageFate::loss: return "lost by the link" + why;
    case MessageFate::cut: return "stopped by a partition" + why;
    case MessageFate::omitted: return "taken out of this run";
    case MessageFate::down: return "arrived at " + nodes[message.to].name + " while it was down" + why;
    case MessageFate::corrupt: return "arrived corrupt and was thrown away" + why;
    case MessageFate::delivered: break;
  }
  if (message.again) return "a duplicate that the link made" + why;
  if (message.late) return "took " + to_text(message.ended - message.sent) + why;
  return {};
}

}  // namespace sim
