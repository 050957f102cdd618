#include "sim/check/transactions/log.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace sim::check::transactions {

std::string_view to_text(Kind kind) { return kind == Kind::list_append ? "list-append" : "rw-register"; }

std::uint32_t Log::Numbers::of(const Value& value, std::vector<Value>& values) {
  constexpr std::int64_t kDense = 1 << 22;
  const auto fresh = static_cast<std::uint32_t>(values.size());
  if (const std::int64_t* i = value.integer(); i != nullptr && *i >= 0 && *i < kDense) {
    const auto at = static_cast<std::size_t>(*i);
    // Only as far as the numbers in use reach: a few large ones must not cost a large table.
    if (at < 64 + 4 * values.size()) {
      if (at >= dense.size()) dense.resize(std::max(at + 1, 2 * dense.size()), kNone);
      if (dense[at] != kNone) return dense[at];
    }
  }
  const std::string text = value.to_json();
  const std::uint32_t index =
      table.find_or_insert(hash_text(text), fresh, [&](std::uint32_t other) { return values[other] == value; });
  if (index == fresh) values.push_back(value);
  if (const std::int64_t* i = value.integer(); i != nullptr && *i >= 0 && static_cast<std::uint64_t>(*i) < dense.size()) {
    dense[static_cast<std::size_t>(*i)] = index;
  }
  return index;
}

std::uint32_t Log::key_number(const Value& key) {
  const std::uint32_t number = key_numbers_.of(key, keys_);
  if (number >= longest_.size()) longest_.resize(number + 1);
  return number;
}

Atom Log::atom(const Value& value) {
  if (value.is_nil()) return kNil;
  if (const std::int64_t* i = value.integer(); i != nullptr && *i >= 0 && *i < static_cast<std::int64_t>(kFirstOther)) {
    return static_cast<Atom>(*i);
  }
  return kFirstOther + other_numbers_.of(value, others_);
}

Value Log::value(Atom atom) const {
  if (atom == kNil) return {};
  return atom >= kFirstOther ? others_[atom - kFirstOther] : Value(static_cast<std::int64_t>(atom));
}

std::string Log::key_text(std::uint32_t number) const {
  const Value& key = keys_[number];
  return key.text() != nullptr ? *key.text() : (key.integer() != nullptr ? "key " : "") + key.to_json();
}

std::string Log::text(Atom atom) const { return atom == kNil ? "nil" : value(atom).to_json(); }

std::uint32_t Log::process_number(std::int64_t process) {
  if (process == -1) {
    // ~0 is the map's own key.
    if (minus_one_ == kNone) {
      minus_one_ = static_cast<std::uint32_t>(processes_.size());
      processes_.push_back(process);
    }
    return minus_one_;
  }
  std::uint32_t& number = process_numbers_.at(static_cast<std::uint64_t>(process));
  if (number == kNoIndex) {
    number = static_cast<std::uint32_t>(processes_.size());
    processes_.push_back(process);
  }
  return number;
}

std::uint32_t Log::open(std::int64_t process, const Place& place) {
  const auto index = static_cast<std::uint32_t>(txns_.size());
  Txn txn;
  txn.invoked = position_++;
  txn.process = process_number(process);
  txns_.push_back(txn);
  note(index, place, true);
  return index;
}

void Log::note(std::uint32_t txn, const Place& place, bool call) {
  if (place.line != 0 && lines_.size() <= txn) lines_.resize(txn + 1);
  if (place.line != 0) (call ? lines_[txn].call : lines_[txn].ret) = place.line;
  if (place.time && times_.size() <= txn) times_.resize(txn + 1);
  if (place.time) (call ? times_[txn].call : times_[txn].ret) = place.time;
}

void Log::read_list(std::uint32_t txn, std::uint32_t key, std::span<const Atom> elements) {
  std::vector<Atom>& known = longest_[key];
  const std::size_t common = std::min(known.size(), elements.size());
  const bool agrees = common == 0 || std::memcmp(known.data(), elements.data(), common * sizeof(Atom)) == 0;
  std::uint32_t at = Access::kShared;
  if (agrees) {
    known.insert(known.end(), elements.begin() + static_cast<std::ptrdiff_t>(common), elements.end());
  } else {
    at = static_cast<std::uint32_t>(elements_.size());
    elements_.insert(elements_.end(), elements.begin(), elements.end());
  }
  append({key, txn, at, static_cast<std::uint32_t>(elements.size()) << 3U | 4U | 2U});
}

void Log::close(std::uint32_t txn, Outcome outcome, std::size_t count, const Place& place) {
  assert(count <= accesses_.size());
  Txn& t = txns_[txn];
  t.first = static_cast<std::uint32_t>(accesses_.size() - count);
  t.count = static_cast<std::uint32_t>(count);
  t.outcome = outcome;
  if (outcome == Outcome::ok) t.returned = position_;
  ++position_;
  note(txn, place, false);
}

std::uint32_t Log::line(std::size_t txn) const {
  if (txn >= lines_.size()) return 0;
  const Lines& l = lines_[txn];
  return txns_[txn].outcome == Outcome::ok && l.ret != 0 ? l.ret : l.call;
}

Value Log::access_value(const Access& a, bool with_reads) const {
  Value held;
  if (with_reads && a.list()) {
    Value::List elements;
    for (const Atom e : list(a)) elements.push_back(value(e));
    held = Value(std::move(elements));
  } else if (a.write() || (with_reads && a.known())) {
    held = value(a.atom);
  }
  return Value(Value::List{Value(a.write() ? (appends ? "append" : "w") : "r"), keys_[a.key], std::move(held)});
}

Operation Log::operation(std::size_t txn) const {
  const Txn& t = txns_[txn];
  Operation op;
  op.process = processes_[t.process];
  op.f = "txn";
  op.outcome = t.outcome;
  op.invoked = t.invoked;
  if (t.returned != kNone) op.returned = t.returned;
  Value::List in;
  Value::List out;
  for (const Access& a : accesses(txn)) {
    in.push_back(access_value(a, false));
    if (t.outcome == Outcome::ok) out.push_back(access_value(a, true));
  }
  op.input = Value(std::move(in));
  if (t.outcome == Outcome::ok) op.output = Value(std::move(out));
  if (txn < lines_.size()) {
    op.call_line = lines_[txn].call;
    op.return_line = lines_[txn].ret;
  }
  if (txn < times_.size()) {
    op.call_time = times_[txn].call;
    op.return_time = times_[txn].ret;
  }
  return op;
}

std::size_t Log::bytes() const {
  std::size_t sum = txns_.capacity() * sizeof(Txn) + accesses_.capacity() * sizeof(Access) + elements_.capacity() * sizeof(Atom) +
                    lines_.capacity() * sizeof(Lines) + times_.capacity() * sizeof(Times);
  for (const auto& list : longest_) sum += sizeof(std::vector<Atom>) + list.capacity() * sizeof(Atom);
  return sum;
}

Log Log::part(std::span<const std::size_t> which) const {
  Log out;
  out.has_realtime = has_realtime;
  out.has_initial = has_initial;
  out.sessions_in_models = sessions_in_models;
  out.appends = appends;
  out.initial_ = out.atom(value(initial_));
  for (const std::size_t i : which) {
    const auto index = static_cast<std::uint32_t>(out.txns_.size());
    Txn t = txns_[i];
    t.process = out.process_number(processes_[t.process]);
    t.first = static_cast<std::uint32_t>(out.accesses_.size());
    out.txns_.push_back(t);
    for (Access a : accesses(i)) {
      const std::uint32_t key = out.key_number(keys_[a.key]);
      if (a.list()) {
        std::vector<Atom> elements;
        for (const Atom e : list(a)) elements.push_back(out.atom(value(e)));
        out.read_list(index, key, elements);
      } else {
        a.txn = index;
        a.key = key;
        a.atom = out.atom(value(a.atom));
        out.append(a);
      }
    }
    if (i < lines_.size()) {
      out.lines_.resize(index + 1);
      out.lines_[index] = lines_[i];
    }
    if (i < times_.size()) {
      out.times_.resize(index + 1);
      out.times_[index] = times_[i];
    }
  }
  out.position_ = position_;
  return out;
}

std::string place_of(const Log& log, std::size_t txn) {
  const std::uint32_t line = log.line(txn);
  return line != 0 ? "line " + std::to_string(line) : "operation " + std::to_string(txn);
}

}  // namespace sim::check::transactions
