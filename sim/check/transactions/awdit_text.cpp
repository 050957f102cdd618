#include "sim/check/transactions/awdit_text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sim::check::transactions {

namespace {

// Goes over one line.
class Cursor {
 public:
  Cursor(std::string_view text, std::uint32_t number) : text_(text), number_(number) {
    while (!text_.empty() && blank(text_.back())) text_.remove_suffix(1);
  }

  void skip_blanks() {
    while (at_ < text_.size() && blank(text_[at_])) ++at_;
  }
  bool at_end() {
    skip_blanks();
    return at_ == text_.size();
  }
  bool take(char c) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::optional<std::int64_t> number() {
    skip_blanks();
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), out);
    if (error != std::errc()) return std::nullopt;
    at_ = static_cast<std::size_t>(end - text_.data());
    return out;
  }
  bool separated() const { return at_ < text_.size() && blank(text_[at_]); }
  // Three or more of one character and nothing else.
  bool rule(char c) const {
    return text_.size() >= 3 && std::all_of(text_.begin(), text_.end(), [&](char other) { return other == c; });
  }
  Error error(std::string_view expected) const {
    const std::string found = at_ < text_.size() ? "\"" + std::string(text_.substr(at_, 12)) + "\"" : "the end of the line";
    return {"line " + std::to_string(number_) + ", column " + std::to_string(at_ + 1),
            found + " stands where " + std::string(expected) + " is expected"};
  }

 private:
  static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

  std::string_view text_;
  std::uint32_t number_;
  std::size_t at_ = 0;
};

}  // namespace

AwditText::AwditText() {
  log_.has_realtime = false;
  log_.has_initial = false;
  log_.sessions_in_models = true;
}

Result<bool> AwditText::line(std::string_view text, std::uint32_t number) {
  Cursor at(text, number);
  if (at.at_end()) return true;
  if (at.rule('-') || at.rule('=')) {
    end_transaction();
    if (at.rule('=')) ++session_;
    return true;
  }
  Row row;
  row.write = at.take('w');
  if (!row.write && !at.take('r')) return at.error("r or w, or a line of dashes or of equals signs");
  for (Value* part : {&row.key, &row.value}) {
    if (!at.separated()) return at.error("a blank");
    const auto value = at.number();
    if (!value) return at.error("a whole number");
    *part = Value(*value);
  }
  if (!at.at_end()) return at.error("the end of the line");
  if (rows_.empty()) first_line_ = number;
  rows_.push_back(std::move(row));
  return true;
}

void AwditText::end_transaction() {
  if (rows_.empty()) return;
  const std::uint32_t txn = log_.open(session_, {first_line_, {}});
  for (const Row& row : rows_) {
    const std::uint32_t key = log_.key_number(row.key);
    if (row.write) {
      log_.write(txn, key, log_.atom(row.value));
    } else {
      log_.read(txn, key, log_.atom(row.value));
    }
  }
  log_.close(txn, Outcome::ok, rows_.size());
  rows_.clear();
}

Result<Log> AwditText::finish() {
  end_transaction();
  return std::move(log_);
}

PolysiText::PolysiText() = default;

Result<bool> PolysiText::line(std::string_view text, std::uint32_t number) {
  Cursor at(text, number);
  if (at.at_end()) return true;
  Row row;
  row.write = at.take('w');
  if (!row.write && !at.take('r')) return at.error("r or w");
  if (!at.take('(')) return at.error("\"(\"");
  std::int64_t session = 0;
  std::int64_t txn = 0;
  bool first = true;
  for (std::int64_t* part : {&row.key, &row.value, &session, &txn}) {
    if (!first && !at.take(',')) return at.error("a comma");
    first = false;
    const auto value = at.number();
    if (!value) return at.error("a whole number");
    *part = *value;
  }
  if (!at.take(')')) return at.error("\")\"");
  if (!at.at_end()) return at.error("the end of the line");
  const auto [place, fresh] = numbers_.try_emplace({session, txn}, static_cast<std::uint32_t>(groups_.size()));
  if (fresh) groups_.push_back({session, txn, number, 0});
  row.group = place->second;
  const auto [open, first_of_session] = open_.try_emplace(session, row.group);
  if (!fresh && open->second != row.group) {
    return Error{"line " + std::to_string(number) + ", column 1",
                 "transaction " + std::to_string(txn) + " of session " + std::to_string(session) +
                     " goes on after the session's transaction " + std::to_string(groups_[open->second].txn) + " began"};
  }
  open->second = row.group;
  ++groups_[row.group].rows;
  rows_.push_back(row);
  return true;
}

Result<Log> PolysiText::finish() {
  Log log;
  log.has_realtime = false;
  log.sessions_in_models = true;
  log.set_initial(Value(std::int64_t{0}));
  std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.group < b.group; });
  std::size_t at = 0;
  for (const Group& group : groups_) {
    const std::uint32_t txn = log.open(group.session, {group.line, {}});
    for (const std::size_t end = at + group.rows; at < end; ++at) {
      const std::uint32_t key = log.key_number(Value(rows_[at].key));
      const Atom atom = log.atom(Value(rows_[at].value));
      if (rows_[at].write) {
        log.write(txn, key, atom);
      } else {
        log.read(txn, key, atom);
      }
    }
    log.close(txn, Outcome::ok, group.rows);
  }
  return log;
}

}  // namespace sim::check::transactions
