#include "sim/check/recorded.hpp"

#include "sim/check/formats/events.hpp"
#include "sim/check/objects/fastlin_text.hpp"
#include "sim/check/transactions/awdit_text.hpp"

namespace sim::check {

namespace {

// Feeds the lines of a text to a reader of whole operations.
template <class Reader>
Result<Recorded> read_lines(formats::Window& window, Reader reader) {
  std::string_view text;
  for (;;) {
    const std::uint32_t number = window.line();
    if (!window.take_line(text)) break;
    const auto taken = reader.line(text, number);
    if (!taken.ok()) return taken.error();
  }
  auto log = std::move(reader).finish();
  if (!log.ok()) return Error{log.error().where.empty() ? "line 1, column 1" : log.error().where, log.error().what};
  return Recorded(*std::move(log));
}

// Whether an event's value is a list of accesses that transactions::LogBuilder takes.
bool has_accesses(const formats::Event& event) {
  const Value::List* accesses = event.value.list();
  if (event.f != "txn" || accesses == nullptr || accesses->empty()) return false;
  const Value::List* first = accesses->front().list();
  if (first == nullptr || first->size() != 3 || first->front().text() == nullptr) return false;
  const std::string& access = *first->front().text();
  return access == "append" || access == "r" || access == "w";
}

// Feeds events to a builder, `event` first.
template <class Builder>
std::optional<Error> read_events(formats::EventReader& reader, formats::Event& event, Builder& builder,
                                 std::vector<FaultNote>& faults) {
  std::uint64_t position = 0;
  for (;;) {
    if (event.type == formats::EventType::fault) {
      faults.push_back(
          {.f = std::move(event.f), .value = std::move(event.value), .position = position, .time = event.time, .line = event.line});
    } else {
      const auto added = formats::add_event(builder, event);
      if (!added.ok()) return Error{event.place(), added.error().what};
      ++position;
    }
    const auto more = reader.next(event);
    if (!more.ok()) return more.error();
    if (!*more) return std::nullopt;
  }
}

// What Knossos' registers hold at first depends on who builds them: 0 in its tests, nil at its command line and elle-cli's. A cas
// that expects nil tells them apart, unless a 0 was seen that nobody wrote.
bool begins_nil(const History& history) {
  const Value zero(std::int64_t{0});
  bool nil_expected = false;
  bool zero_seen = false;
  bool zero_written = false;
  for (const Operation& op : history.operations) {
    if (op.outcome == Outcome::fail) continue;
    const bool ok = op.outcome == Outcome::ok;
    const Value::List* operands = op.f == "cas" ? op.input.list() : nullptr;
    if (operands != nullptr && operands->size() == 2) {
      nil_expected = nil_expected || operands->front().is_nil();
      zero_seen = zero_seen || (ok && operands->front() == zero);
      zero_written = zero_written || operands->back() == zero;
    }
    zero_seen = zero_seen || (ok && op.f == "read" && op.output == zero);
    zero_written = zero_written || (op.f == "write" && op.input == zero);
  }
  return nil_expected && (zero_written || !zero_seen);
}

bool of_transactions(ModelName model) { return model == ModelName::list_append || model == ModelName::rw_register; }

}  // namespace

Result<Recorded> read_recorded(Format format, formats::Window& window, std::optional<ModelName> model) {
  if (format == Format::fastlin) return read_lines(window, objects::FastlinReader());
  if (format == Format::awdit) return read_lines(window, transactions::AwditText());
  if (format == Format::plume) return read_lines(window, transactions::PolysiText());
  const auto reader = formats::events_of(format, window);
  formats::Event event;
  auto more = reader->next(event);
  if (!more.ok()) return more.error();
  std::vector<FaultNote> faults;  // before the first operation
  while (*more && event.type == formats::EventType::fault) {
    faults.push_back({.f = std::move(event.f), .value = std::move(event.value), .time = event.time, .line = event.line});
    more = reader->next(event);
    if (!more.ok()) return more.error();
  }
  if (*more && (model ? of_transactions(*model) : has_accesses(event))) {
    transactions::LogBuilder builder;
    builder.nil_reads_match_any(reader->dialect().nil_reads_match_any);
    if (const auto error = read_events(*reader, event, builder, faults)) return *error;
    // A register of Elle's is nil at first whatever Knossos' is, so only what a history says itself counts.
    if (format == Format::jsonl) builder.log().set_initial(reader->dialect().initial);
    Recorded out(std::move(builder).finish());
    out.faults = std::move(faults);
    return out;
  }
  HistoryBuilder builder;
  if (*more) {
    if (const auto error = read_events(*reader, event, builder, faults)) return *error;
  }
  builder.history().faults = std::move(faults);
  const bool of_knossos = format == Format::edn || format == Format::json;
  builder.history().initial = of_knossos && begins_nil(builder.history()) ? Value() : reader->dialect().initial;
  builder.history().nil_reads_match_any = reader->dialect().nil_reads_match_any;
  return Recorded(std::move(builder).finish());
}

Result<History> parse(Format format, std::string_view text) {
  formats::Window window(text);
  // A model of objects: transactions stay values.
  auto recorded = read_recorded(format, window, ModelName::reg);
  if (!recorded.ok()) return recorded.error();
  return to_history(*recorded);
}

std::size_t size(const Recorded& recorded) {
  if (const auto* history = std::get_if<History>(&recorded.form)) return history->operations.size();
  if (const auto* log = std::get_if<objects::Log>(&recorded.form)) return log->size();
  return std::get<transactions::Log>(recorded.form).size();
}

History to_history(const Recorded& recorded) {
  if (const auto* history = std::get_if<History>(&recorded.form)) return *history;
  if (const auto* log = std::get_if<objects::Log>(&recorded.form)) return log->history();
  const auto& log = std::get<transactions::Log>(recorded.form);
  History out;
  out.operations.reserve(log.size());
  for (std::size_t i = 0; i < log.size(); ++i) out.operations.push_back(log.operation(i));
  out.faults = recorded.faults;
  return out;
}

}  // namespace sim::check
