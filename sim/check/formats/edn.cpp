// Histories as EDN maps: Jepsen's and Knossos' own, and the key-value operations of Porcupine's test data.
#include "sim/check/formats/formats.hpp"
#include "sim/check/formats/reader.hpp"

namespace sim::check::formats {

namespace {

class EdnHistory {
 public:
  EdnHistory(std::string_view text, bool keyed) : reader_(text, Syntax::edn), keyed_(keyed) {}

  Result<History> parse() {
    const char first = reader_.peek();
    if (first == '[' || first == '(') {
      reader_.take(first);
      if (!events(first == '[' ? ']' : ')')) return error_;
      if (!reader_.at_end()) return reader_.error("something stands after the end of the history");
    } else if (!events('\0')) {
      return error_;
    }
    return std::move(builder_).finish();
  }

 private:
  bool failed(Error error) {
    error_ = std::move(error);
    return false;
  }
  bool fail(std::string what) { return failed({"line " + std::to_string(line_), std::move(what)}); }

  // Maps up to the closing bracket, or to the end of the text where there is none.
  bool events(char close) {
    for (;;) {
      if (reader_.at_end()) {
        return close == '\0' || failed(reader_.error(std::string("the text ends where \"") + close + "\" should stand"));
      }
      if (close != '\0' && reader_.take(close)) return true;
      line_ = reader_.line();
      auto map = reader_.read();
      if (!map.ok()) return failed(map.error());
      if (map->map() == nullptr) return fail("an operation should be a map with :process, :type and :f");
      if (!event(*map)) return false;
    }
  }

  bool event(Value& map) {
    const Value* process = map.find("process");
    if (process == nullptr) return fail("the operation has no :process");
    if (process->integer() == nullptr) {
      return process->text() != nullptr || fail("a :process should be a number, or a keyword such as :nemesis");
    }
    const Value* type = map.find("type");
    const Value* f = map.find("f");
    if (type == nullptr || type->text() == nullptr) return fail("the operation has no :type");
    if (f == nullptr || f->text() == nullptr) return fail("the operation has no :f");
    std::optional<Time> time;
    if (const Value* at = map.find("time"); at != nullptr && at->integer() != nullptr) time = Time{*at->integer()};
    const Value* value = map.find("value");
    if (*type->text() == "invoke") return invoke(map, *process->integer(), *f->text(), time);
    const std::string& t = *type->text();
    if (t != "ok" && t != "fail" && t != "info") return fail("the :type \"" + t + "\" is none of :invoke, :ok, :fail and :info");
    const auto done = builder_.complete({.process = *process->integer(),
                                         .time = time,
                                         .outcome = t == "ok"     ? Outcome::ok
                                                    : t == "fail" ? Outcome::fail
                                                                  : Outcome::info,
                                         .value = value == nullptr ? Value() : *value,
                                         .f = *f->text(),
                                         .line = line_});
    return done.ok() || failed(done.error());
  }

  bool invoke(const Value& map, std::int64_t process, const std::string& f, std::optional<Time> time) {
    std::optional<std::string> key;
    if (const Value* k = map.find("key"); k != nullptr && !k->is_nil()) {
      key = k->text() != nullptr ? *k->text() : k->to_json();
    } else if (keyed_) {
      return fail("the operation has no :key");
    }
    const Value* value = map.find("value");
    const auto done = builder_.invoke({.process = process,
                                       .time = time,
                                       .f = f,
                                       .key = std::move(key),
                                       .value = value == nullptr ? Value() : *value,
                                       .line = line_});
    return done.ok() || failed(done.error());
  }

  Reader reader_;
  bool keyed_;
  std::uint32_t line_ = 0;
  HistoryBuilder builder_;
  Error error_;
};

}  // namespace

Result<History> parse_kv(std::string_view text) {
  auto history = EdnHistory(text, true).parse();
  if (history.ok()) history->initial = Value("");
  return history;
}

Result<History> parse_edn(std::string_view text) {
  auto history = EdnHistory(text, false).parse();
  if (history.ok()) {
    history->initial = Value(std::int64_t{0});  // as Knossos' own tests construct their registers
    history->nil_reads_match_any = true;
  }
  return history;
}

}  // namespace sim::check::formats
