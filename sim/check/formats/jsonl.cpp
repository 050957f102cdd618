// Faultline's own format: one JSON object a line, an optional header first. docs/checking.md is its description.
#include <algorithm>

#include "sim/check/formats/formats.hpp"
#include "sim/check/formats/reader.hpp"

namespace sim::check::formats {

namespace {

class JsonLines {
 public:
  explicit JsonLines(std::string_view text) : text_(text) {}

  Result<History> parse() {
    bool first = true;
    for (std::size_t start = 0; start < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', start), text_.size());
      ++line_;
      Reader reader(text_.substr(start, end - start), Syntax::json, line_);
      start = end + 1;
      if (reader.at_end()) continue;
      const auto object = reader.read();
      if (!object.ok()) return object.error();
      if (!reader.at_end()) return reader.error("something stands after the object; a line holds one");
      if (object->map() == nullptr) return error("a line should hold a JSON object");
      const Value* header = first ? object->find("faultline") : nullptr;
      first = false;
      if (!(header != nullptr ? take_header(*header) : event(*object))) return error_;
    }
    return std::move(builder_).finish();
  }

 private:
  Error error(std::string what) const { return {"line " + std::to_string(line_), std::move(what)}; }
  bool fail(std::string what) {
    error_ = error(std::move(what));
    return false;
  }

  bool take_header(const Value& header) {
    if (const Value* initial = header.find("initial")) builder_.history().initial = *initial;
    if (const Value* nil = header.find("nil_reads")) {
      if (nil->text() == nullptr || (*nil->text() != "any" && *nil->text() != "nil")) {
        return fail("the header's \"nil_reads\" should be \"any\" or \"nil\"");
      }
      builder_.history().nil_reads_match_any = *nil->text() == "any";
    }
    return true;
  }

  bool time(const Value* at, std::optional<Time>& out) {
    if (at == nullptr || at->is_nil()) return true;
    if (const auto* ns = at->integer(); ns != nullptr && *ns >= 0) {
      out = Time{*ns};
      return true;
    }
    if (at->text() == nullptr)
      return fail("a \"time\" should be nanoseconds (a whole number, not negative) or text such as \"1.25s\"");
    const auto parsed = parse_duration(*at->text());
    if (!parsed.ok()) return fail("the \"time\" " + parsed.error().what);
    out = Time{parsed->ns};
    return true;
  }

  bool event(const Value& object) {
    const Value* process = object.find("process");
    const Value* type = object.find("type");
    const Value* f = object.find("f");
    if (process == nullptr || process->integer() == nullptr) return fail("an event needs a \"process\", a whole number");
    if (type == nullptr || type->text() == nullptr) return fail("an event needs a \"type\": invoke, ok, fail or info");
    if (f != nullptr && f->text() == nullptr) return fail("the \"f\" of an event should be text, such as \"read\"");
    std::optional<Time> at;
    if (!time(object.find("time"), at)) return false;
    const std::string& t = *type->text();
    if (t == "invoke") return f != nullptr ? invoke(object, *f->text(), at) : fail("an invocation needs an \"f\"");
    if (t != "ok" && t != "fail" && t != "info") return fail("the \"type\" \"" + t + "\" is none of invoke, ok, fail and info");
    const Value* value = object.find("value");
    return settled(builder_.complete({.process = *process->integer(),
                                      .time = at,
                                      .outcome = t == "ok"     ? Outcome::ok
                                                 : t == "fail" ? Outcome::fail
                                                               : Outcome::info,
                                      .value = value == nullptr ? Value() : *value,
                                      .f = f == nullptr ? std::string_view() : std::string_view(*f->text()),
                                      .line = line_}));
  }

  bool invoke(const Value& object, const std::string& f, std::optional<Time> at) {
    std::optional<std::string> key;
    if (const Value* k = object.find("key"); k != nullptr && !k->is_nil()) {
      if (k->text() == nullptr && k->integer() == nullptr) return fail("a \"key\" should be text or a whole number");
      key = k->text() != nullptr ? *k->text() : k->to_json();
    }
    const Value* value = object.find("value");
    return settled(builder_.invoke({.process = *object.find("process")->integer(),
                                    .time = at,
                                    .f = f,
                                    .key = std::move(key),
                                    .value = value == nullptr ? Value() : *value,
                                    .line = line_}));
  }

  bool settled(const Result<std::size_t>& done) {
    if (!done.ok()) error_ = done.error();
    return done.ok();
  }

  std::string_view text_;
  std::uint32_t line_ = 0;
  HistoryBuilder builder_;
  Error error_;
};

void append_event(std::string& out, const Operation& op, std::string_view type, const Value& value,
                  const std::optional<Time>& time) {
  out += "{\"process\":" + std::to_string(op.process) + ",\"type\":\"";
  out += type;
  out += "\",\"f\":";
  append_json_string(out, op.f);
  if (op.key) {
    out += ",\"key\":";
    append_json_string(out, *op.key);
  }
  out += ",\"value\":" + value.to_json();
  if (time) out += ",\"time\":\"" + to_text(*time) + "\"";
  out += "}\n";
}

}  // namespace

Result<History> parse_jsonl(std::string_view text) { return JsonLines(text).parse(); }

}  // namespace sim::check::formats

namespace sim::check {

std::string to_jsonl(const History& history) {
  struct Event {
    std::uint64_t position;
    const Operation* op;
  };
  std::vector<Event> events;
  for (const Operation& op : history.operations) {
    events.push_back({op.invoked, &op});
    if (op.returned != Operation::kNever) events.push_back({op.returned, &op});
  }
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.position < b.position; });
  std::string out = "{\"faultline\":{\"history\":1,\"initial\":" + history.initial.to_json() + ",\"nil_reads\":\"" +
                    (history.nil_reads_match_any ? "any" : "nil") + "\"}}\n";
  for (const auto& [position, op] : events) {
    if (position == op->invoked) {
      formats::append_event(out, *op, "invoke", op->input, op->call_time);
    } else {
      formats::append_event(out, *op, to_text(op->outcome), op->output, op->return_time);
    }
  }
  return out;
}

}  // namespace sim::check
