#include "sim/check/objects/fastlin_text.hpp"

#include <array>
#include <cstring>
#include <string>
#include <utility>

namespace sim::check::objects {

namespace {

// Instants are doubled (see Clock::instants), and one more must fit.
constexpr std::int64_t kLatest = std::int64_t{1} << 61U;

// A line's words, by their places in it.
class Words {
 public:
  explicit Words(std::string_view line) : line_(line) {}

  bool at_end() {
    while (at_ < line_.size() && blank(line_[at_])) ++at_;
    return at_ == line_.size();
  }
  std::string_view next() {
    if (at_end()) {
      start_ = at_;
      return {};
    }
    start_ = at_;
    while (at_ < line_.size() && !blank(line_[at_])) ++at_;
    return line_.substr(start_, at_ - start_);
  }
  // Where the word that came last starts.
  std::size_t start() const { return start_; }

 private:
  static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

  std::string_view line_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
};

bool whole_number(std::string_view word, std::int64_t& out) {
  const bool negative = word.starts_with('-');
  if (negative) word.remove_prefix(1);
  if (word.empty() || word.size() > 18) return false;
  std::int64_t n = 0;
  for (const char c : word) {
    if (c < '0' || c > '9') return false;
    n = n * 10 + (c - '0');
  }
  out = negative ? -n : n;
  return true;
}

using Word = FastlinReader::Word;
constexpr std::array<Word, 17> kWords{{
    {Kind::queue, "enq", Method::insert, Result3::yes},
    {Kind::queue, "deq", Method::take, Result3::yes},
    {Kind::queue, "peek", Method::peek, Result3::yes},
    {Kind::queue, "enqueue", Method::insert, Result3::yes},
    {Kind::queue, "dequeue", Method::take, Result3::yes},
    {Kind::stack, "push", Method::insert, Result3::yes},
    {Kind::stack, "pop", Method::take, Result3::yes},
    {Kind::stack, "peek", Method::peek, Result3::yes},
    {Kind::priority_queue, "insert", Method::insert, Result3::yes},
    {Kind::priority_queue, "poll", Method::take, Result3::yes},
    {Kind::priority_queue, "peek", Method::peek, Result3::yes},
    {Kind::set, "insert", Method::insert, Result3::yes},
    {Kind::set, "remove", Method::remove, Result3::yes},
    {Kind::set, "contains_true", Method::contains, Result3::yes},
    {Kind::set, "contains_false", Method::contains, Result3::no},
    {Kind::set, "add", Method::insert, Result3::yes},
    {Kind::set, "contains", Method::contains, Result3::yes},
}};

const Word* word_of(Kind kind, std::string_view text) {
  for (const Word& word : kWords) {
    if (word.kind == kind && word.text == text) return &word;
  }
  return nullptr;
}

Error at(std::uint32_t number, std::size_t offset, std::string what) {
  return {"line " + std::to_string(number) + ", column " + std::to_string(offset + 1), std::move(what)};
}

std::string quoted(std::string_view word) {
  if (word.empty()) return "the end of the line";
  constexpr std::size_t kMost = 40;
  return "\"" + std::string(word.substr(0, kMost)) + (word.size() > kMost ? "...\"" : "\"");
}

}  // namespace

Result<bool> FastlinReader::line(std::string_view text, std::uint32_t number) {
  if (dialect_ == Dialect::fastlin && usual(text, number)) return true;
  Words words(text);
  if (words.at_end()) return true;
  if (!log_) return header(text, number);
  const std::string_view first = words.next();
  if (first.front() == '#') return true;
  if (dialect_ == Dialect::unknown) {
    std::int64_t process = 0;
    dialect_ = whole_number(first, process) ? Dialect::fptlin : Dialect::fastlin;
  }
  return row(text, number);
}

Result<bool> FastlinReader::header(std::string_view text, std::uint32_t number) {
  Words words(text);
  std::string_view first = words.next();
  if (first.front() != '#') {
    return at(number, words.start(), "found " + quoted(first) + " where a header such as \"# queue\" should stand");
  }
  first.remove_prefix(1);
  const std::string_view name = first.empty() ? words.next() : first;
  const auto kind = kind_named(name);
  if (!kind) {
    return at(number, words.start(),
              quoted(name) + " is not supported: the collection should be set, queue, stack or priorityqueue");
  }
  log_.emplace(*kind, Clock::instants);
  return true;
}

Result<bool> FastlinReader::row(std::string_view text, std::uint32_t number) {
  Words words(text);
  std::int64_t start = 0;
  std::int64_t end = 0;
  const auto instant = [&](std::int64_t& out) { return whole_number(words.next(), out) && out >= 0 && out < kLatest; };
  const auto bad = [&](std::string_view expected) {
    Words again(text);
    std::string_view found;
    do found = again.next();
    while (again.start() < words.start());
    return at(number, words.start(), "found " + quoted(found) + " where " + std::string(expected) + " should stand");
  };
  const bool fptlin = dialect_ == Dialect::fptlin;
  if (fptlin) {
    std::int64_t process = 0;
    if (!whole_number(words.next(), process)) return bad("the number of a process");
    if (!instant(start)) return bad("the instant at which the operation starts");
    if (!instant(end)) return bad("the instant at which the operation ends");
  }
  const std::string_view name = words.next();
  const Word* word = word_of(log_->kind(), name);
  if (word == nullptr) return bad("an operation of a " + std::string(to_text(log_->kind())));
  Row row;
  row.method = word->method;
  row.result = word->result;
  const bool takes = row.method == Method::take || row.method == Method::peek;
  if (!whole_number(words.next(), row.value)) return bad("a whole number, the value,");
  if (row.value == -1) {
    if (!takes) return bad("a value (-1 means that the collection was empty)");
    row.result = Result3::no;
    row.value = 0;
  }
  if (!fptlin) {
    if (!instant(start)) return bad("the instant at which the operation starts");
    if (!instant(end)) return bad("the instant at which the operation ends");
  } else if (log_->kind() == Kind::set && !words.at_end()) {
    const std::string_view result = words.next();
    if (result == "false" || result == "0") {
      row.result = Result3::no;
    } else if (result != "true" && result != "1") {
      return bad("the result, true or false,");
    }
  }
  if (!words.at_end()) {
    words.next();
    return bad("the end of the line");
  }
  if (end < start)
    return at(number, 0, "the operation ends at " + std::to_string(end) + ", before it starts at " + std::to_string(start));
  row.start = static_cast<std::uint64_t>(start) * 2;
  row.end = static_cast<std::uint64_t>(end) * 2 + 1;
  log_->add(row, number);
  return true;
}

// The usual line, "method value start end" with single blanks; false: it is for row() to read, or to refuse.
bool FastlinReader::usual(std::string_view text, std::uint32_t number) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const char* const blank = static_cast<const char*>(std::memchr(at, ' ', text.size()));
  if (blank == nullptr) return false;
  const std::string_view name(at, static_cast<std::size_t>(blank - at));
  if (last_ == nullptr || name != last_->text) {
    const Word* word = word_of(log_->kind(), name);
    if (word == nullptr) return false;
    last_ = word;
  }
  at = blank;
  std::int64_t numbers[3];
  for (std::int64_t& n : numbers) {
    if (at == end || *at != ' ') return false;
    ++at;
    const char* const start = at;
    n = 0;
    constexpr std::ptrdiff_t most = 18;  // digits that fit 64 bits whatever they are
    for (; at != end && static_cast<unsigned char>(*at - '0') < 10; ++at) {
      if (at - start == most) return false;
      n = n * 10 + (*at - '0');
    }
    if (at == start) return false;
  }
  if (at != end || numbers[2] < numbers[1] || numbers[2] >= kLatest) return false;
  Row row;
  row.value = numbers[0];
  row.start = static_cast<std::uint64_t>(numbers[1]) * 2;
  row.end = static_cast<std::uint64_t>(numbers[2]) * 2 + 1;
  row.method = last_->method;
  row.result = last_->result;
  log_->add(row, number);
  return true;
}

Result<Log> FastlinReader::finish() && {
  if (!log_) return Error{"line 1, column 1", "the text is empty: a header such as \"# queue\" should stand here"};
  return *std::move(log_);
}

Result<Log> FastlinReader::read(std::string_view text) {
  FastlinReader reader;
  constexpr std::size_t kLine = 16;  // bytes of a line, or more
  std::size_t rows = text.size() / kLine;
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (reader.dialect_ != Dialect::fastlin || !reader.usual(line, number)) {
      auto done = reader.line(line, number);
      if (!done.ok()) return done.error();
      if (reader.log_) reader.log_->reserve(std::exchange(rows, 0));
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return std::move(reader).finish();
}

}  // namespace sim::check::objects
