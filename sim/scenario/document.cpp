// Changing a member of a document, for `--set`.
#include <algorithm>
#include <charconv>

#include "sim/core/words.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/scenario.hpp"

namespace sim {

namespace {

std::vector<std::string> split_path(std::string_view path) {
  const char separator = path.starts_with('/') ? '/' : '.';
  if (path.starts_with('/')) path.remove_prefix(1);
  std::vector<std::string> out;
  while (true) {
    const std::size_t end = path.find(separator);
    out.emplace_back(path.substr(0, end));
    if (end == std::string_view::npos) return out;
    path.remove_prefix(end + 1);
  }
}

/// The document with the member at `path` replaced; an object's last step may be new.
std::optional<Error> replace(Value& at, std::span<const std::string> path, const Value& value, const std::string& walked) {
  if (path.empty()) {
    at = value;
    return std::nullopt;
  }
  const std::string here = walked + "/" + path.front();
  if (const Value::List* list = at.list(); list != nullptr) {
    std::size_t i = 0;
    const std::string& step = path.front();
    const auto parsed = std::from_chars(step.data(), step.data() + step.size(), i);
    if (parsed.ec != std::errc() || parsed.ptr != step.data() + step.size() || i >= list->size()) {
      return Error{here, "found \"" + step + "\", expected an index below " + std::to_string(list->size())};
    }
    Value::List changed = *list;
    if (auto error = replace(changed[i], path.subspan(1), value, here)) return error;
    at = Value(std::move(changed));
    return std::nullopt;
  }
  if (at.map() == nullptr && !at.is_nil()) return Error{here, "found " + at.to_json() + " above it, which has no members"};
  Value::Map changed = at.is_nil() ? Value::Map() : *at.map();
  auto member = std::find_if(changed.begin(), changed.end(), [&](const auto& m) { return m.first == path.front(); });
  if (member == changed.end()) member = changed.insert(changed.end(), {path.front(), Value()});
  if (auto error = replace(member->second, path.subspan(1), value, here)) return error;
  at = Value(std::move(changed));
  return std::nullopt;
}

}  // namespace

std::optional<Error> set_member(Value& document, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return Error{"", "found \"" + std::string(assignment) + "\", expected PATH=VALUE, as in systems.0.nodes=7"};
  }
  const std::string_view text = assignment.substr(equals + 1);
  auto parsed = parse_json(text);
  return replace(document, split_path(assignment.substr(0, equals)), parsed ? *parsed : Value(text), "");
}

}  // namespace sim
