#include "sim/check/objects/log.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <utility>

namespace sim::check::objects {

namespace {

// Values that are no whole numbers get numbers from here on upwards; whole numbers below kLeast are refused.
constexpr std::int64_t kNamed = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kLeast = kNamed + (std::int64_t{1} << 40U);

constexpr std::array<std::pair<Kind, std::string_view>, 4> kKinds{{
    {Kind::set, "set"},
    {Kind::queue, "queue"},
    {Kind::stack, "stack"},
    {Kind::priority_queue, "priority-queue"},
}};

std::string_view name_of(Kind kind, const Row& row) {
  switch (row.method) {
    case Method::insert: return kind == Kind::queue ? "enqueue" : kind == Kind::stack ? "push" : "insert";
    case Method::take: return kind == Kind::queue ? "dequeue" : kind == Kind::stack ? "pop" : "poll";
    case Method::peek: return "peek";
    case Method::remove: return "remove";
    case Method::contains: break;
  }
  return "contains";
}

bool nothing(const Value& value) { return value.is_nil() || (value.integer() != nullptr && *value.integer() == -1); }

bool refused(const Value& value) { return value.boolean() != nullptr && !*value.boolean(); }

Error at(const Operation& op, std::size_t index, std::string what) {
  return {op.call_line != 0 ? "line " + std::to_string(op.call_line) : "operation " + std::to_string(index), std::move(what)};
}

// What one operation of a history is, or the error.
Result<Row> row_of(Log& log, const Operation& op, std::size_t index) {
  const std::optional<Method> method = method_named(log.kind(), op.f);
  if (!method) {
    return at(op, index, "a " + std::string(to_text(log.kind())) + " has no function \"" + op.f + "\"");
  }
  Row row;
  row.method = *method;
  row.start = op.invoked;
  const bool known = op.outcome == Outcome::ok;
  row.end = known ? op.returned : Row::kNever;
  const bool takes = *method == Method::take || *method == Method::peek;
  if (!known) {
    row.result = Result3::unknown;
  } else if (takes ? nothing(op.output) : refused(op.output)) {
    row.result = Result3::no;
  }
  const Value& about = takes ? op.output : op.input;
  if (takes && row.result != Result3::yes) return row;
  if (about.is_nil()) return at(op, index, "the " + op.f + " names no value");
  if (*method == Method::insert && row.result == Result3::no && log.kind() != Kind::set) {
    return at(op, index, "an insertion that was refused did not happen: record it as fail");
  }
  if (log.kind() == Kind::priority_queue && about.integer() == nullptr) {
    return at(op, index, "the values of a priority queue should be whole numbers, which are their priorities");
  }
  auto number = log.number(about);
  if (!number.ok()) return at(op, index, number.error().what);
  row.value = *number;
  return row;
}

}  // namespace

std::string_view to_text(Kind kind) {
  for (const auto& [k, text] : kKinds) {
    if (k == kind) return text;
  }
  return {};
}

std::optional<Kind> kind_named(std::string_view text) {
  if (text == "priorityqueue") return Kind::priority_queue;
  for (const auto& [k, name] : kKinds) {
    if (name == text) return k;
  }
  return std::nullopt;
}

std::optional<Method> method_named(Kind kind, std::string_view f) {
  if (f == "insert" || f == "add") return Method::insert;
  if (kind == Kind::set) {
    if (f == "remove") return Method::remove;
    if (f == "contains") return Method::contains;
    return std::nullopt;
  }
  if (f == "peek") return Method::peek;
  if (kind == Kind::stack) {
    if (f == "push") return Method::insert;
    if (f == "pop") return Method::take;
    return std::nullopt;
  }
  if (f == "enqueue" || f == "enq" || f == "push" || f == "send") return Method::insert;
  if (f == "dequeue" || f == "deq" || f == "pop" || f == "poll" || f == "remove" || f == "recv") return Method::take;
  return std::nullopt;
}

Value Log::value(std::int64_t value) const {
  if (value >= kLeast) return Value(value);
  return names_[static_cast<std::size_t>(value - kNamed)];
}

Result<std::int64_t> Log::number(const Value& value) {
  if (const std::int64_t* n = value.integer()) {
    if (*n < kLeast) return Error{"", "the value " + std::to_string(*n) + " is out of range"};
    return *n;
  }
  const auto fresh = static_cast<std::int64_t>(kNamed + static_cast<std::int64_t>(names_.size()));
  const auto [place, added] = named_.emplace(value.to_json(), fresh);
  if (added) names_.push_back(value);
  return place->second;
}

void Log::note_line(std::uint32_t line) {
  if (lines_.empty()) {
    // The rows so far stand on consecutive lines; once lines_ has an entry, line_of() reads it.
    lines_.resize(rows_.size());
    if (first_line_ != 0) std::iota(lines_.begin(), lines_.end(), first_line_);
  }
  lines_.push_back(line);
}

std::uint32_t Log::line_of(std::size_t i) const {
  if (!lines_.empty()) return lines_[i];
  return first_line_ == 0 ? 0 : first_line_ + static_cast<std::uint32_t>(i);
}

void Log::add(const Row& row, const Operation& from, std::size_t origin) {
  rows_.push_back(row);
  sources_.push_back({origin, from.process, from.f, from.call_time, from.return_time, from.call_line, from.return_line});
}

Operation Log::operation(std::size_t i) const {
  const Row& row = rows_[i];
  Operation op;
  op.f = name_of(kind_, row);
  op.invoked = row.start;
  op.returned = row.end;
  op.outcome = row.result == Result3::unknown ? Outcome::info : Outcome::ok;
  const bool takes = row.method == Method::take || row.method == Method::peek;
  if (!takes) op.input = value(row.value);
  if (takes && row.result == Result3::yes) op.output = value(row.value);
  if (kind_ == Kind::set && row.result != Result3::unknown) op.output = Value(row.result == Result3::yes);
  if (i < sources_.size()) {
    const Source& from = sources_[i];
    op.process = from.process;
    op.f = from.f;
    op.call_time = from.call_time;
    op.return_time = from.return_time;
    op.call_line = from.call_line;
    op.return_line = from.return_line;
  } else {
    op.process = static_cast<std::int64_t>(i);
    op.call_line = op.return_line = line_of(i);
  }
  return op;
}

std::string Log::moment(std::size_t i, bool start) const {
  const Row& row = rows_[i];
  if (clock_ == Clock::instants) return std::to_string((start ? row.start : row.end) / 2);
  if (i < sources_.size()) {
    const Source& from = sources_[i];
    const auto& time = start ? from.call_time : from.return_time;
    if (time) return to_text(*time);
    const std::uint32_t line = start ? from.call_line : from.return_line;
    if (line != 0) return "line " + std::to_string(line);
  }
  return "operation " + std::to_string(origin(i));
}

std::string Log::when(std::size_t i, bool start) const {
  std::string out = moment(i, start);
  if (out.starts_with("line")) return "on " + out;
  if (out.starts_with("operation")) return "(" + out + ")";
  return "at " + out;
}

History Log::history() const {
  History out;
  out.operations.reserve(size());
  std::vector<std::pair<std::uint64_t, std::size_t>> events;
  for (std::size_t i = 0; i < size(); ++i) {
    out.operations.push_back(operation(i));
    events.emplace_back(rows_[i].start, i * 2);
    if (rows_[i].end != Row::kNever) events.emplace_back(rows_[i].end, i * 2 + 1);
  }
  std::sort(events.begin(), events.end());
  for (std::size_t at = 0; at < events.size(); ++at) {
    Operation& op = out.operations[events[at].second / 2];
    (events[at].second % 2 == 0 ? op.invoked : op.returned) = at;
  }
  return out;
}

Log Log::part(const std::vector<std::size_t>& rows) const {
  Log out(kind_, clock_);
  out.names_ = names_;
  out.named_ = named_;
  for (const std::size_t i : rows) {
    out.rows_.push_back(rows_[i]);
    if (i < sources_.size()) {
      out.sources_.push_back(sources_[i]);
    } else {
      out.lines_.push_back(line_of(i));
    }
  }
  return out;
}

Result<Log> log_of(Kind kind, const History& history) {
  Log log(kind, Clock::events);
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    if (op.outcome == Outcome::fail) continue;
    if (op.key != history.operations.front().key) return at(op, i, "the history is about several keys: judge each by itself");
    const auto row = row_of(log, op, i);
    if (!row.ok()) return row.error();
    log.add(*row, op, i);
  }
  return log;
}

}  // namespace sim::check::objects
