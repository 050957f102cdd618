// The log of Jepsen's etcd test, as Porcupine reads it: a register that is nil at first, with compare-and-set.
#include <charconv>

#include "sim/check/formats/formats.hpp"
#include "sim/check/formats/reader.hpp"

namespace sim::check::formats {

namespace {

class EtcdLog {
 public:
  explicit EtcdLog(std::string_view text) : text_(text) {}

  Result<History> parse() {
    while (position_ < text_.size()) {
      ++line_;
      line_end_ = std::min(text_.find('\n', position_), text_.size());
      blanks();
      if (position_ < line_end_ && !event()) return error_;
      position_ = line_end_ + 1;
    }
    return std::move(builder_).finish();
  }

 private:
  bool fail(std::size_t offset, std::string what) {
    error_ = {place(text_, offset), std::move(what)};
    return false;
  }
  bool failed(const Error& error) {
    error_ = error;
    return false;
  }

  void blanks() {
    while (position_ < line_end_ && (text_[position_] == ' ' || text_[position_] == '\t' || text_[position_] == '\r')) {
      ++position_;
    }
  }

  std::string_view word() {
    blanks();
    const std::size_t start = position_;
    while (position_ < line_end_ && text_[position_] != ' ' && text_[position_] != '\t' && text_[position_] != '\r' &&
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
    if (position_ < line_end_ && text_[position_] == '[') {
      ++position_;
      std::int64_t from = 0;
      std::int64_t to = 0;
      if (!number(from) || !number(to)) return false;
      blanks();
      if (position_ >= line_end_ || text_[position_] != ']') return fail(position_, "\"]\" should stand here");
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

  bool event() {
    const std::size_t start = position_;
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
    if (position_ < line_end_) return fail(position_, "the line should end here");
    if (type == ":invoke") return invoke(process, f.substr(1), std::move(value), value_at);
    return complete(process, type, f.substr(1), std::move(value), start);
  }

  bool invoke(std::int64_t process, std::string_view f, Value value, std::size_t value_at) {
    if (f == "write" && value.integer() == nullptr) return fail(value_at, "a write needs a number");
    if (f == "cas" && value.list() == nullptr) return fail(value_at, "a cas needs [expected new]");
    const auto done = builder_.invoke({.process = process, .f = std::string(f), .value = std::move(value), .line = line_});
    return done.ok() || failed(done.error());
  }

  bool complete(std::int64_t process, std::string_view type, std::string_view f, Value value, std::size_t line_start) {
    Outcome outcome = type == ":ok" ? Outcome::ok : type == ":fail" ? Outcome::fail : Outcome::info;
    const Operation* open = builder_.open(process);
    if (outcome == Outcome::ok && open != nullptr && f != "read" && open->f == f && !(open->input == value)) {
      return fail(line_start, "the " + std::string(f) + " completes with another value than it was invoked with on line " +
                                  std::to_string(open->call_line));
    }
    if (outcome == Outcome::fail && f == "cas") {
      outcome = Outcome::ok;
      value = Value(false);
    }
    const auto done = builder_.complete({.process = process, .outcome = outcome, .value = std::move(value), .f = f, .line = line_});
    return done.ok() || failed(done.error());
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t line_end_ = 0;
  std::uint32_t line_ = 0;
  HistoryBuilder builder_;
  Error error_;
};

}  // namespace

Result<History> parse_etcd(std::string_view text) { return EtcdLog(text).parse(); }

}  // namespace sim::check::formats
