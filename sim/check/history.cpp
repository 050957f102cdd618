#include "sim/check/history.hpp"

namespace sim::check {

namespace {

Error at_line(std::uint32_t line, std::string what) {
  return {line == 0 ? std::string() : "line " + std::to_string(line), std::move(what)};
}

}  // namespace

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok: return "ok";
    case Outcome::fail: return "fail";
    case Outcome::info: break;
  }
  return "info";
}

Result<std::size_t> HistoryBuilder::invoke(Invocation event) {
  if (event.f.empty()) return at_line(event.line, "the invocation names no function");
  const std::size_t index = history_.operations.size();
  const auto [place, fresh] = open_.emplace(event.process, index);
  if (!fresh) {
    const Operation& before = history_.operations[place->second];
    return at_line(event.line, "process " + std::to_string(event.process) + " invokes " + event.f + " while its " + before.f +
                                   (before.call_line == 0 ? "" : " of line " + std::to_string(before.call_line)) +
                                   " is still open");
  }
  Operation& op = history_.operations.emplace_back();
  op.process = event.process;
  op.f = std::move(event.f);
  op.key = std::move(event.key);
  op.input = std::move(event.value);
  op.invoked = position_++;
  op.call_time = event.time;
  op.call_line = event.line;
  return index;
}

Result<std::size_t> HistoryBuilder::complete(Completion event) {
  const auto place = open_.find(event.process);
  if (place == open_.end()) {
    return at_line(event.line, "process " + std::to_string(event.process) + " completes an operation that it never invoked");
  }
  const std::size_t index = place->second;
  Operation& op = history_.operations[index];
  if (!event.f.empty() && event.f != op.f) {
    return at_line(event.line, "process " + std::to_string(event.process) + " completes " + std::string(event.f) +
                                   " while its open operation is " + op.f);
  }
  open_.erase(place);
  op.output = std::move(event.value);
  op.outcome = event.outcome;
  op.returned = position_++;
  op.return_time = event.time;
  op.return_line = event.line;
  return index;
}

void HistoryBuilder::fault(FaultNote note) {
  note.position = position_;
  history_.faults.push_back(std::move(note));
}

const Operation* HistoryBuilder::open(std::int64_t process) const {
  const auto place = open_.find(process);
  return place == open_.end() ? nullptr : &history_.operations[place->second];
}

}  // namespace sim::check
