#include "sim/check/transactions/log.hpp"

#include <algorithm>

namespace sim::check::transactions {

namespace {

Error at_line(std::uint32_t line, std::string what) {
  return {line == 0 ? std::string() : "line " + std::to_string(line), std::move(what)};
}

bool is_read(std::string_view f) { return f == "r" || f == "read"; }
bool is_write(std::string_view f) { return f == "w" || f == "write"; }

// [["r", "x", 1], ...]: every member is a list that begins with the name of an access.
bool are_accesses(const Value& value) {
  if (value.list() == nullptr) return false;
  for (const Value& access : *value.list()) {
    const Value::List* parts = access.list();
    if (parts == nullptr || parts->size() < 2 || parts->size() > 3 || (*parts)[0].text() == nullptr) return false;
  }
  return true;
}

// Reads and writes of registers stand for transactions of one access.
bool is_plain(std::string_view f, bool keyed, const Value& value) {
  return (is_read(f) || is_write(f) || f == "append") && (keyed || !are_accesses(value));
}

std::string access_error(std::string_view f, const Value& value) {
  if (f != "append" && !is_write(f) && !is_read(f)) return "\"" + std::string(f) + "\" is no access; they are r, w and append";
  if (!is_read(f) && value.is_nil()) return std::string(f) + " of nil writes nothing";
  return {};
}

// What is wrong with an invocation's accesses, or nothing.
std::string operand_error(std::string_view f, bool plain, const Value& value) {
  if (plain) return access_error(f, value);
  for (const Value& access : *value.list()) {
    const Value::List& parts = *access.list();
    if (auto wrong = access_error(*parts[0].text(), parts.size() == 3 ? parts[2] : Value()); !wrong.empty()) return wrong;
  }
  return {};
}

}  // namespace

Result<std::size_t> LogBuilder::invoke(Invocation event) {
  const bool plain = is_plain(event.f, event.key.has_value(), event.value);
  if (!plain && !are_accesses(event.value)) {
    return at_line(event.line, "a transaction's value should be a list of accesses, such as [[\"r\", \"x\", 1]], not " +
                                   event.value.to_json() + (event.f.empty() ? "" : " (" + event.f + ")"));
  }
  if (auto wrong = operand_error(event.f, plain, event.value); !wrong.empty()) return at_line(event.line, std::move(wrong));
  const auto [place, fresh] = open_.try_emplace(event.process);
  if (!fresh) {
    return at_line(event.line, "process " + std::to_string(event.process) + " invokes a transaction while its last one" +
                                   (place->second.line == 0 ? "" : " of line " + std::to_string(place->second.line)) +
                                   " is still open");
  }
  Open& open = place->second;
  open.txn = log_.open(event.process, {event.line, event.time});
  open.f = std::move(event.f);
  open.key = std::move(event.key);
  open.input = std::move(event.value);
  open.line = event.line;
  open.plain = plain;
  return open.txn;
}

Result<std::size_t> LogBuilder::complete(const Completion& event) {
  const auto place = open_.find(event.process);
  if (place == open_.end()) {
    return at_line(event.line, "process " + std::to_string(event.process) + " completes a transaction that it never invoked");
  }
  const Open& open = place->second;
  if (!event.f.empty() && event.f != open.f) {
    return at_line(event.line, "process " + std::to_string(event.process) + " completes " + std::string(event.f) +
                                   " while its open operation is " + open.f);
  }
  // Of a write of one access the completion repeats the value, or says nothing.
  const bool ok = event.outcome == Outcome::ok && (open.plain || !event.value.is_nil());
  const bool output = ok && (!open.plain || is_read(open.f));
  const auto count = take(open, output ? event.value : open.input, ok, event.line != 0 ? event.line : open.line);
  if (!count.ok()) return count.error();
  log_.close(open.txn, event.outcome, *count, {event.line, event.time});
  const std::size_t index = open.txn;
  open_.erase(place);
  return index;
}

Log LogBuilder::finish() && {
  for (const auto& [process, open] : open_) {
    const auto count = take(open, open.input, false, open.line);
    log_.close(open.txn, Outcome::info, count.ok() ? *count : 0);
  }
  open_.clear();
  return std::move(log_);
}

Result<std::size_t> LogBuilder::take(const Open& open, const Value& value, bool known, std::uint32_t line) {
  if (open.plain) {
    const auto done = access(open.txn, open.f, log_.key_number(open.key ? Value(*open.key) : Value("register")), value,
                             known && !(nil_any_ && value.is_nil()), line);
    if (!done.ok()) return done.error();
    return std::size_t{1};
  }
  if (value.list() == nullptr) {
    return at_line(line, "a transaction's value should be a list of accesses, such as [[\"r\", \"x\", 1]]");
  }
  for (const Value& one : *value.list()) {
    const auto done = access(open.txn, one, known, line);
    if (!done.ok()) return done.error();
  }
  return value.list()->size();
}

Result<bool> LogBuilder::access(std::uint32_t txn, const Value& value, bool known, std::uint32_t line) {
  const Value::List* parts = value.list();
  if (parts == nullptr || parts->size() < 2 || parts->size() > 3 || (*parts)[0].text() == nullptr) {
    return at_line(line, value.to_json() + " is no access; one is [function, object, value]");
  }
  return access(txn, *(*parts)[0].text(), log_.key_number((*parts)[1]), parts->size() == 3 ? (*parts)[2] : Value(), known, line);
}

Result<bool> LogBuilder::access(std::uint32_t txn, std::string_view f, std::uint32_t key, const Value& value, bool known,
                                std::uint32_t line) {
  if (auto wrong = access_error(f, value); !wrong.empty()) return at_line(line, std::move(wrong));
  if (!is_read(f)) {
    log_.appends = log_.appends || f == "append";
    log_.write(txn, key, log_.atom(value));
    return true;
  }
  if (!known) {
    log_.read_unknown(txn, key);
  } else if (value.list() != nullptr) {
    std::vector<Atom> elements;
    elements.reserve(value.list()->size());
    for (const Value& element : *value.list()) elements.push_back(log_.atom(element));
    log_.read_list(txn, key, elements);
  } else {
    log_.read(txn, key, log_.atom(value));
  }
  return true;
}

Result<Log> log_of(const History& history) {
  struct Event {
    std::uint64_t position;
    std::size_t operation;
    bool call;
  };
  std::vector<Event> events;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    events.push_back({op.invoked, i, true});
    if (op.returned != Operation::kNever) events.push_back({op.returned, i, false});
  }
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.position < b.position; });
  LogBuilder builder;
  builder.nil_reads_match_any(history.nil_reads_match_any);
  builder.log().set_initial(history.initial);
  for (const Event& e : events) {
    const Operation& op = history.operations[e.operation];
    const auto done = e.call ? builder.invoke({op.process, op.call_time, op.f, op.key, op.input, op.call_line})
                             : builder.complete({op.process, op.return_time, op.outcome, op.output, op.f, op.return_line});
    if (done.ok()) continue;
    Error error = done.error();
    if (error.where.empty()) error.where = "operation " + std::to_string(e.operation);
    return error;
  }
  Log log = std::move(builder).finish();
  // A dialect's initial value that a transaction writes is that transaction's.
  const Atom initial = log.initial();
  const auto writes = [&](const Access& a) { return a.write() && a.atom == initial; };
  if (std::any_of(log.accesses().begin(), log.accesses().end(), writes)) log.set_initial(Value());
  return log;
}

}  // namespace sim::check::transactions
