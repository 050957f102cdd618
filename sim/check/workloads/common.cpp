#include "sim/check/workloads/common.hpp"

#include <algorithm>
#include <utility>

namespace sim::check::workloads {

namespace {

std::string cut(std::string text) {
  constexpr std::size_t kMost = 60;
  if (text.size() > kMost) text = text.substr(0, kMost / 2) + "..." + text.substr(text.size() - kMost / 2);
  return text;
}

}  // namespace

std::vector<Event> events_of(const History& history) {
  std::vector<Event> out;
  out.reserve(history.operations.size() * 2);
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    out.push_back({op.invoked, i, true});
    if (op.returned != Operation::kNever) out.push_back({op.returned, i, false});
  }
  std::sort(out.begin(), out.end(), [](const Event& a, const Event& b) { return a.position < b.position; });
  return out;
}

std::uint32_t Elements::of(const Value& value) {
  std::string text = value.to_json();
  const auto [place, fresh] = numbers_.emplace(text, static_cast<std::uint32_t>(values_.size()));
  if (fresh) values_.push_back(std::move(text));
  return place->second;
}

std::string Elements::name(std::uint32_t number) const { return cut(values_[number]); }

std::string shown(const Value& value) { return cut(value.is_nil() ? "nil" : value.to_json()); }

Error at(const History& history, std::size_t operation, std::string what) {
  const Operation& op = history.operations[operation];
  const std::uint32_t line = op.return_line != 0 ? op.return_line : op.call_line;
  return {line != 0 ? "line " + std::to_string(line) : "operation " + std::to_string(operation), std::move(what)};
}

std::string named(const History& history, std::size_t operation) {
  const Operation& op = history.operations[operation];
  std::string out = "the " + op.f + " by process " + std::to_string(op.process);
  const std::uint32_t line = op.return_line != 0 ? op.return_line : op.call_line;
  if (line != 0) return out + " on line " + std::to_string(line);
  if (op.return_time) return out + " at " + to_text(*op.return_time);
  return out + " (operation " + std::to_string(operation) + ")";
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 8;
  std::string out;
  const std::size_t shown = names.size() > kMost + 1 ? kMost : names.size();
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
    out += names[i];
  }
  if (shown < names.size()) out += " and " + std::to_string(names.size() - shown) + " more";
  return out;
}

std::string counted(std::size_t n, const std::string& what) { return std::to_string(n) + " " + what + (n == 1 ? "" : "s"); }

void Findings::add(std::string name, std::vector<std::size_t> operations, std::string explanation) {
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (all_[i].name != name) continue;
    ++count_[i];
    return;
  }
  all_.push_back({std::move(name), std::move(explanation), std::move(operations), {}});
  count_.push_back(1);
}

Judgement Findings::judgement(const History& history, Verdict otherwise, std::vector<std::string> notes) const {
  Judgement out;
  out.steps = history.operations.size();
  out.verdict = all_.empty() ? otherwise : Verdict::invalid;
  out.notes = std::move(notes);
  if (all_.empty()) return out;
  out.findings = all_;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (count_[i] > 1) out.notes.push_back(all_[i].name + ": " + std::to_string(count_[i]) + " times");
  }
  out.explanation = all_.front().explanation;
  out.core = all_.front().operations;
  std::sort(out.core.begin(), out.core.end());
  out.core.erase(std::unique(out.core.begin(), out.core.end()), out.core.end());
  out.failing = all_.front().operations.back();
  return out;
}

}  // namespace sim::check::workloads
