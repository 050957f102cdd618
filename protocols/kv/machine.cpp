#include "protocols/kv/machine.hpp"

#include <algorithm>

namespace protocols::kv {
namespace {

template <class Sessions>
auto place_of(Sessions& sessions, const Session& session) {
  return std::lower_bound(sessions.begin(), sessions.end(), session, [](const Done& d, const Session& s) { return d.session < s; });
}

Answer execute(std::map<std::uint32_t, std::string>& values, const Command& command) {
  switch (command.function) {
    case Function::read: {
      const auto held = values.find(command.key);
      return held == values.end() ? Answer{} : Answer{true, held->second};
    }
    case Function::write: values[command.key] = command.value; return {true, {}};
    case Function::append: values[command.key] += command.value; return {true, {}};
    case Function::erase: return {values.erase(command.key) > 0, {}};
    case Function::cas: {
      const auto held = values.find(command.key);
      if ((held == values.end() ? std::string() : held->second) != command.expected) return {};
      values[command.key] = command.value;
      return {true, {}};
    }
    case Function::call: break;  // no store has any
  }
  return {};
}

}  // namespace

const Done* Machine::last_of(const Session& session) const {
  const auto held = place_of(tables->sessions, session);
  return held == tables->sessions.end() || held->session != session ? nullptr : &*held;
}

std::optional<Answer> Machine::apply(const Request& request) {
  if (const Done* last = last_of(request.session); last != nullptr && request.sequence <= last->sequence) {
    return request.sequence == last->sequence ? std::optional(last->answer) : std::nullopt;
  }
  Tables& t = tables.write();
  auto held = place_of(t.sessions, request.session);
  if (held == t.sessions.end() || held->session != request.session) held = t.sessions.insert(held, {request.session, 0, {}});
  held->sequence = request.sequence;
  held->answer = execute(t.values, request.command);
  return held->answer;
}

Answer Machine::read(std::uint32_t key) const {
  const auto held = tables->values.find(key);
  return held == tables->values.end() ? Answer{} : Answer{true, held->second};
}

}  // namespace protocols::kv
