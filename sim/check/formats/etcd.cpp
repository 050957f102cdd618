// The log of Jepsen's etcd test, as Porcupine reads it: a register that is nil at first, with compare-and-set.
#include <charconv>
#include <map>

#include "sim/check/formats/events.hpp"

namespace sim::check::formats {

namespace {

class EtcdEvents final : public EventReader {
 public:
  explicit EtcdEvents(Window& window) : window_(window) {}

  Result<bool> next(Event& out) override {
    for (;;) {
      line_ = window_.line();
      if (!window_.take_line(text_)) return false;
      position_ = 0;
      blanks();
      if (position_ == text_.size()) continue;
      out = {};
      out.line = line_;
      if (!event(out)) return error_;
      return true;
    }
  }

  const Dialect& dialect() const override { return dialect_; }

 private:
  bool fail(std::size_t offset, std::string what) {
    error_ = {place(text_, offset, line_), std::move(what)};
    return false;
  }

  void blanks() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\t' || text_[position_] == '\r')) {
      ++position_;
    }
  }

  std::string_view word() {
    blanks();
    const std::size_t start = position_;
    while (position_ < text_.size() && text_[position_] != ' ' && text_[position_] != '\t' && text_[position_] != '\r' &&
           text_[position_] != '[' && text_[position_] != ']') {
      ++position_;
    }
    return text_.substr(start, position_ - start);
  }

  bool expect(std::string_view wanted) {
    blanks();
    const std::size_t start = position_;
    if (word() == wanted) return true;
    return fail(start, "\"" + std::string(wanted) + "\" should stand here");
  }

  bool number(std::int64_t& out) {
    blanks();
    const std::size_t start = position_;
    const std::string_view t = word();
    const auto [end, problem] = std::from_chars(t.data(), t.data() + t.size(), out);
    if (problem == std::errc() && end == t.data() + t.size()) return true;
    return fail(start, "a whole number that fits 64 bits should stand here");
  }

  // A number, nil, [A B], or the reason why there is none (:timed-out).
  bool operand(Value& out) {
    blanks();
    if (position_ < text_.size() && text_[position_] == '[') {
      ++position_;
      std::int64_t from = 0;
      std::int64_t to = 0;
      if (!number(from) || !number(to)) return false;
      blanks();
      if (position_ >= text_.size() || text_[position_] != ']') return fail(position_, "\"]\" should stand here");
      ++position_;
      out = Value(Value::List{Value(from), Value(to)});
      return true;
    }
    const std::size_t start = position_;
    if (const std::string_view t = word(); t == "nil" || t == ":timed-out") return true;
    position_ = start;
    std::int64_t n = 0;
    if (!number(n)) return false;
    out = Value(n);
    return true;
  }

  bool event(Event& out) {
    const std::size_t start = position_;
    out.column = start + 1;
    if (!expect("INFO") || !expect("jepsen.util") || !expect("-")) return false;
    std::int64_t process = 0;
    if (!number(process)) return false;
    blanks();
    const std::size_t type_at = position_;
    const std::string_view type = word();
    blanks();
    const std::size_t f_at = position_;
    const std::string_view f = word();
    if (type != ":invoke" && type != ":ok" && type != ":fail" && type != ":info") {
      return fail(type_at, "one of :invoke, :ok, :fail and :info should stand here");
    }
    if (f != ":read" && f != ":write" && f != ":cas") return fail(f_at, "one of :read, :write and :cas should stand here");
    blanks();
    const std::size_t value_at = position_;
    Value value;
    if (!operand(value)) return false;
    blanks();
    if (position_ < text_.size()) return fail(position_, "the line should end here");
    out.process = process;
    out.f = f.substr(1);
    out.value = std::move(value);
    return type == ":invoke" ? invoke(out, value_at) : complete(out, type, start);
  }

  bool invoke(Event& out, std::size_t value_at) {
    if (out.f == "write" && out.value.integer() == nullptr) return fail(value_at, "a write needs a number");
    if (out.f == "cas" && out.value.list() == nullptr) return fail(value_at, "a cas needs [expected new]");
    if (out.f != "read") open_.insert_or_assign(out.process, Open{out.f, out.value, line_});
    return true;
  }

  bool complete(Event& out, std::string_view type, std::size_t line_start) {
    out.type = type == ":ok" ? EventType::ok : type == ":fail" ? EventType::fail : EventType::info;
    const auto open = open_.find(out.process);
    if (open == open_.end()) return true;
    if (out.type == EventType::ok && open->second.f == out.f && !(open->second.value == out.value)) {
      return fail(line_start, "the " + out.f + " completes with another value than it was invoked with on line " +
                                  std::to_string(open->second.line));
    }
    open_.erase(open);
    if (out.type == EventType::fail && out.f == "cas") {  // Porcupine's reading: it saw that the value was another
      out.type = EventType::ok;
      out.value = Value(false);
    }
    return true;
  }

  struct Open {
    std::string f;
    Value value;
    std::uint32_t line;
  };

  Window& window_;
  std::string_view text_;  // of the line
  std::size_t position_ = 0;
  std::uint32_t line_ = 0;
  std::map<std::int64_t, Open> open_;  // writes and cas; a read has nothing to compare
  Dialect dialect_;
  Error error_;
};

}  // namespace

std::unique_ptr<EventReader> etcd_events(Window& window) { return std::make_unique<EtcdEvents>(window); }

}  // namespace sim::check::formats
