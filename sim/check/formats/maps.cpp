// Histories of maps with :process, :type, :f and :value, in EDN or JSON: Jepsen's and Knossos' own (bare, or tagged as
// #jepsen.history.Op), Elle's, Porcupine's key-value operations, and Faultline's JSON lines.
#include <algorithm>
#include <map>
#include <vector>

#include "sim/check/formats/events.hpp"
#include "sim/check/formats/reader.hpp"

namespace sim::check::formats {

namespace {

struct Notation {
  Syntax syntax = Syntax::edn;
  bool lines = false;   // one map a line, and a header first; otherwise in a vector, in a list or one after another
  bool keyed = false;   // an invocation without a key is a mistake
  bool strict = false;  // an event names its process, and an invocation its function
};

class MapEvents final : public EventReader {
 public:
  MapEvents(Window& window, Notation notation, Dialect dialect)
      : window_(window), notation_(notation), dialect_(std::move(dialect)) {}

  Result<bool> next(Event& out) override {
    for (;;) {
      Value map;
      auto more = notation_.lines ? next_line(map) : next_item(map);
      if (!more.ok() || !*more) return more;
      const bool first = first_;
      first_ = false;
      if (const Value* header = first ? map.find("faultline") : nullptr; header != nullptr && notation_.lines) {
        if (!take_header(*header)) return error_;
        continue;
      }
      if (!event(map, out)) return error_;
      return true;
    }
  }

  const Dialect& dialect() const override { return dialect_; }

 private:
  bool fail(std::string what) {
    error_ = at_map(std::move(what));
    return false;
  }
  // An error that is the whole map's.
  Error at_map(std::string what) const {
    return {"line " + std::to_string(line_) + ", column " + std::to_string(column_), std::move(what)};
  }
  std::string quoted(std::string_view name) const {
    return notation_.syntax == Syntax::edn ? ":" + std::string(name) : "\"" + std::string(name) + "\"";
  }

  Result<bool> next_line(Value& out) {
    for (;;) {
      line_ = window_.line();
      std::string_view text;
      if (!window_.take_line(text)) return false;
      Reader reader(text, Syntax::json, line_);
      if (reader.at_end()) continue;
      column_ = reader.column();
      auto object = reader.read();
      if (!object.ok()) return object.error();
      if (!reader.at_end()) return reader.error("something stands after the object; a line holds one");
      if (object->map() == nullptr) return at_map("a line should hold a JSON object");
      out = *std::move(object);
      return true;
    }
  }

  // The window may end within what is to be read: what fails or ends near the window's end is looked at again with more.
  template <class Read>
  Result<bool> with_more(Read read) {
    constexpr std::size_t few = 16;  // an escape in a string, the second character of a pair
    for (;;) {
      Reader reader(window_.text(), notation_.syntax, window_.line(), window_.column());
      Result<bool> done = read(reader);
      const std::size_t left = window_.text().size() - reader.looked_at();
      if (left <= few && !window_.ended() && window_.more()) continue;
      if (done.ok()) window_.advance(reader.position());
      return done;
    }
  }

  // Maps up to the closing bracket, or to the end of the text where there is none.
  Result<bool> next_item(Value& out) {
    if (first_) {
      auto opened = with_more([&](Reader& reader) -> Result<bool> {
        const char c = reader.peek();
        if (c == '[' || (c == '(' && notation_.syntax == Syntax::edn)) {
          reader.take(c);
          close_ = c == '[' ? ']' : ')';
        }
        return true;
      });
      if (!opened.ok()) return opened;
    }
    if (closed_) return false;
    bool there = false;
    auto done = with_more([&](Reader& reader) -> Result<bool> {
      there = false;
      if (reader.at_end()) {
        if (close_ == '\0') return true;
        return reader.error(std::string("the text ends where \"") + close_ + "\" should stand");
      }
      if (notation_.syntax == Syntax::json && close_ != '\0' && !first_ && reader.peek() != close_ && !reader.take(',')) {
        return reader.error("a comma or \"]\" should stand between two operations");
      }
      if (close_ != '\0' && reader.take(close_)) {
        closed_ = true;
        return reader.at_end() ? Result<bool>(true) : Result<bool>(reader.error("something stands after the end of the history"));
      }
      line_ = reader.line();
      column_ = reader.column();
      auto map = reader.read();
      if (!map.ok()) return map.error();
      if (map->map() == nullptr) {
        return at_map("an operation should be a map with " + quoted("process") + ", " + quoted("type") + " and " + quoted("f"));
      }
      out = *std::move(map);
      there = true;
      return true;
    });
    if (!done.ok()) return done;
    return there;
  }

  bool take_header(const Value& header) {
    if (const Value* initial = header.find("initial")) dialect_.initial = *initial;
    if (const Value* nil = header.find("nil_reads")) {
      if (nil->text() == nullptr || (*nil->text() != "any" && *nil->text() != "nil")) {
        return fail("the header's \"nil_reads\" should be \"any\" or \"nil\"");
      }
      dialect_.nil_reads_match_any = *nil->text() == "any";
    }
    return true;
  }

  bool time(const Value* at, std::optional<Time>& out) {
    out.reset();
    if (at == nullptr || at->is_nil()) return true;
    if (const auto* ns = at->integer(); ns != nullptr && *ns >= 0) {
      out = Time{*ns};
      return true;
    }
    if (!notation_.strict) return true;  // Jepsen's :time counts from the start of the test; what happened before it is negative
    if (at->text() == nullptr) {
      return fail("a \"time\" should be nanoseconds (a whole number, not negative) or text such as \"1.25s\"");
    }
    const auto parsed = parse_duration(*at->text());
    if (!parsed.ok()) return fail("the \"time\" " + parsed.error().what);
    out = Time{parsed->ns};
    return true;
  }

  bool event(Value& map, Event& out) {
    out = {};
    out.line = line_;
    out.column = column_;
    const Value* process = map.find("process");
    const Value* type = map.find("type");
    const Value* f = map.find("f");
    const Value* value = map.find("value");
    if (type == nullptr || type->text() == nullptr) {
      return fail("the event has no " + quoted("type") + ": invoke, ok, fail or info");
    }
    if (f != nullptr && !f->is_nil() && f->text() == nullptr) return fail("the " + quoted("f") + " of an event should be a name");
    if (!time(map.find("time"), out.time)) return false;
    const std::string& t = *type->text();
    if (t == "invoke") {
      out.type = EventType::invoke;
    } else if (t == "ok") {
      out.type = EventType::ok;
    } else if (t == "fail") {
      out.type = EventType::fail;
    } else if (t == "info") {
      out.type = EventType::info;
    } else {
      return fail("the " + quoted("type") + " \"" + t + "\" is none of invoke, ok, fail and info");
    }
    if (f != nullptr && f->text() != nullptr) out.f = *f->text();
    if (value != nullptr) out.value = *value;
    if (process != nullptr && process->text() != nullptr) {
      out.type = EventType::fault;
      return true;
    }
    if (process != nullptr && process->integer() != nullptr) {
      out.process = *process->integer();
    } else if (process != nullptr && !process->is_nil()) {
      return fail("a " + quoted("process") + " should be a whole number, or a name such as nemesis");
    } else if (notation_.strict) {
      return fail("the event has no " + quoted("process") + ", a whole number");
    }
    const bool anonymous = process == nullptr || process->is_nil();
    if (out.type == EventType::invoke && !key(map, out.key)) return false;
    if (out.type == EventType::invoke && out.f.empty()) {
      if (notation_.strict || out.value.list() == nullptr)
        return fail("the invocation has no " + quoted("f") + ", the name of a function");
      out.f = "txn";  // Elle's examples leave it out
    }
    return !anonymous || number_process(out);
  }

  bool key(const Value& map, std::optional<std::string>& out) {
    const Value* k = map.find("key");
    if (k == nullptr || k->is_nil()) return !notation_.keyed || fail("the operation has no " + quoted("key"));
    if (notation_.strict && k->text() == nullptr && k->integer() == nullptr) {
      return fail("a \"key\" should be text or a whole number");
    }
    out = k->text() != nullptr ? *k->text() : k->to_json();
    return true;
  }

  // Histories written by hand leave processes out. A completion then belongs to the open operation of its function and value, or
  // else to the oldest open one of its function; an invocation to the first process that is free.
  bool number_process(Event& out) {
    if (out.type == EventType::invoke) {
      std::int64_t process = 0;
      const auto taken = [&](const Anonymous& a) { return a.process == process; };
      while (std::any_of(anonymous_.begin(), anonymous_.end(), taken)) ++process;
      if (anonymous_.size() >= kMostAnonymous) return fail("too many operations are open that name no " + quoted("process"));
      out.process = process;
      anonymous_.push_back({process, out.f, out.value});
      return true;
    }
    const auto of_f = [&](const Anonymous& a) { return out.f.empty() || a.f == out.f; };
    auto at =
        std::find_if(anonymous_.begin(), anonymous_.end(), [&](const Anonymous& a) { return of_f(a) && a.value == out.value; });
    if (at == anonymous_.end()) at = std::find_if(anonymous_.begin(), anonymous_.end(), of_f);
    if (at == anonymous_.end()) return fail("this completes an operation that was never invoked");
    out.process = at->process;
    anonymous_.erase(at);
    return true;
  }

  static constexpr std::size_t kMostAnonymous = 1000;
  struct Anonymous {
    std::int64_t process;
    std::string f;
    Value value;
  };

  Window& window_;
  Notation notation_;
  Dialect dialect_;
  std::uint32_t line_ = 0;  // where the map begins
  std::size_t column_ = 1;
  bool first_ = true;
  char close_ = '\0';
  bool closed_ = false;
  std::vector<Anonymous> anonymous_;
  Error error_;
};

// As Knossos' own tests construct their registers.
Dialect of_knossos() { return {Value(std::int64_t{0}), true}; }

}  // namespace

std::unique_ptr<EventReader> kv_events(Window& window) {
  return std::make_unique<MapEvents>(window, Notation{.keyed = true}, Dialect{Value(""), false});
}

std::unique_ptr<EventReader> edn_events(Window& window) { return std::make_unique<MapEvents>(window, Notation{}, of_knossos()); }

std::unique_ptr<EventReader> json_events(Window& window) {
  return std::make_unique<MapEvents>(window, Notation{.syntax = Syntax::json}, of_knossos());
}

std::unique_ptr<EventReader> jsonl_events(Window& window) {
  return std::make_unique<MapEvents>(window, Notation{.syntax = Syntax::json, .lines = true, .strict = true}, Dialect{});
}

}  // namespace sim::check::formats
