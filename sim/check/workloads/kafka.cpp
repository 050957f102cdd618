// Logs with offsets: what was sent stands at one offset, consumers see it in order, and nothing before what somebody saw is lost.
#include <algorithm>
#include <set>

#include "sim/check/workloads/common.hpp"
#include "sim/check/workloads/workloads.hpp"

namespace sim::check::workloads {

namespace {

constexpr std::size_t kNowhere = ~std::size_t{0};

// A message that an operation sent or polled.
struct Message {
  std::uint32_t key = 0;
  std::uint32_t value = 0;  // of all values
  std::optional<std::int64_t> offset{};
};

// What one operation did, in its order.
struct Work {
  std::vector<Message> sent;
  std::vector<Message> polled;
};

// One key's log, as all that is known of offsets has it.
struct PartitionLog {
  struct Entry {
    std::int64_t offset = 0;
    std::uint32_t value = 0;
    std::size_t operation = 0;  // that knows it
  };
  std::vector<Entry> entries;               // by offset, then value
  std::vector<std::uint32_t> order;         // values by offset, one an offset
  std::map<std::uint32_t, std::size_t> at;  // value -> its first index in `order`
};

class Kafka {
 public:
  Kafka(const History& history, const KafkaOptions& options) : history_(history), options_(options) {}

  Result<Judgement> judge() {
    work_.resize(history_.operations.size());
    for (std::size_t i = 0; i < history_.operations.size(); ++i) {
      const auto read = take_apart(i);
      if (!read.ok()) return read.error();
    }
    note_messages();
    build_logs();
    for (std::size_t i = 0; i < work_.size(); ++i) reads_of_failed(i);
    for (std::uint32_t k = 0; k < logs_.size(); ++k) offsets(k);
    for (std::size_t i = 0; i < work_.size(); ++i) inside(i);
    sessions();
    for (std::uint32_t k = 0; k < logs_.size(); ++k) lost(k);
    for (std::size_t i = 0; i < work_.size(); ++i) unwritten(i);
    return findings_.judgement(history_, Verdict::valid, notes());
  }

 private:
  bool ok(std::size_t i) const { return history_.operations[i].outcome == Outcome::ok; }
  std::string value_name(std::uint32_t value) const { return values_.name(value); }
  std::string key_name(std::uint32_t key) const { return keys_.name(key); }
  std::string said(const Message& m) const { return value_name(m.value) + " of key " + key_name(m.key); }

  std::uint32_t key_of(const Value& key) {
    // Keys of maps are texts: 5 and "5" are one key.
    return keys_.of(key.text() != nullptr ? key : Value(key.to_json()));
  }

  // --- Operations.

  Result<bool> take_apart(std::size_t i) {
    const Operation& op = history_.operations[i];
    if (op.f != "send" && op.f != "poll" && op.f != "txn") return true;
    // What failed, or has no outcome, is known by what it asked for.
    const Value& value = op.outcome == Outcome::ok || (op.outcome == Outcome::info && !op.output.is_nil()) ? op.output : op.input;
    if (value.is_nil()) return true;
    const Value::List* list = value.list();
    if (op.f == "poll" && value.map() != nullptr) return poll(i, value);
    if (list == nullptr) {
      if (op.f == "send" && value.integer() != nullptr && op.input.list() != nullptr && op.input.list()->size() == 2) {
        return send(i, op.input.list()->front(), op.input.list()->back(), *value.integer());
      }
      return at(history_, i, "a " + op.f + " should carry a list of [send key value] and [poll {key [[offset value] ...]}]");
    }
    const bool micro = list->empty() || (list->front().list() != nullptr && !list->front().list()->empty() &&
                                         list->front().list()->front().text() != nullptr);
    if (op.f == "send" && !micro && list->size() == 2) return send(i, list->front(), list->back(), std::nullopt);
    for (const Value& step : *list) {
      const Value::List* parts = step.list();
      const std::string* what = parts == nullptr || parts->empty() ? nullptr : parts->front().text();
      if (what != nullptr && *what == "send" && parts->size() == 3) {
        auto done = send(i, (*parts)[1], (*parts)[2], std::nullopt);
        if (!done.ok()) return done;
      } else if (what != nullptr && *what == "poll" && parts->size() <= 2) {
        if (parts->size() == 1 || parts->back().is_nil()) continue;
        auto done = poll(i, parts->back());
        if (!done.ok()) return done;
      } else {
        return at(history_, i, shown(step) + " is neither [send key value] nor [poll {key [[offset value] ...]}]");
      }
    }
    return true;
  }

  // [offset, value], or the value alone where the offset is not known (or comes apart from it).
  Result<bool> send(std::size_t i, const Value& key, const Value& sent, std::optional<std::int64_t> offset) {
    const Value::List* pair = sent.list();
    Message m;
    m.key = key_of(key);
    const bool asked = history_.operations[i].outcome == Outcome::fail;
    if (pair != nullptr && pair->size() == 2 && !asked && (pair->front().integer() != nullptr || pair->front().is_nil())) {
      if (pair->front().integer() != nullptr) m.offset = *pair->front().integer();
      m.value = values_.of(pair->back());
    } else {
      m.value = values_.of(sent);
      m.offset = offset;
    }
    work_[i].sent.push_back(m);
    return true;
  }

  Result<bool> poll(std::size_t i, const Value& polled) {
    const Value::Map* map = polled.map();
    if (map == nullptr) return at(history_, i, "a poll should return a map from keys to lists of [offset value]");
    for (const auto& [key, messages] : *map) {
      if (messages.list() == nullptr) return at(history_, i, "a poll should return a list of [offset value] for key " + key);
      for (const Value& message : *messages.list()) {
        const Value::List* pair = message.list();
        if (pair == nullptr || pair->size() != 2 || (pair->front().integer() == nullptr && !pair->front().is_nil())) {
          return at(history_, i, shown(message) + " is no message: it should be [offset value]");
        }
        Message m;
        m.key = key_of(Value(key));
        m.value = values_.of(pair->back());
        if (pair->front().integer() != nullptr) m.offset = *pair->front().integer();
        work_[i].polled.push_back(m);
      }
    }
    return true;
  }

  // --- What is known of messages.

  void note_messages() {
    for (std::size_t i = 0; i < work_.size(); ++i) {
      for (const Message& m : work_[i].sent) writer_[{m.key, m.value}] = i;
      if (!ok(i)) continue;
      for (const Message& m : work_[i].polled) reader_.emplace(std::pair(m.key, m.value), i);
    }
  }

  bool polled(const Message& m) const { return reader_.count({m.key, m.value}) != 0; }

  // A send took effect: it is ok, or one of its messages was polled.
  bool committed(std::size_t i) const {
    if (ok(i)) return true;
    return history_.operations[i].outcome == Outcome::info &&
           std::any_of(work_[i].sent.begin(), work_[i].sent.end(), [&](const Message& m) { return polled(m); });
  }

  void build_logs() {
    logs_.resize(keys_.size());
    for (std::size_t i = 0; i < work_.size(); ++i) {
      if (ok(i) || committed(i)) {
        for (const Message& m : work_[i].sent) enter(m, i);
      }
      if (!ok(i)) continue;
      for (const Message& m : work_[i].polled) enter(m, i);
    }
    for (PartitionLog& log : logs_) {
      std::stable_sort(log.entries.begin(), log.entries.end(),
                       [](const auto& a, const auto& b) { return a.offset != b.offset ? a.offset < b.offset : a.value < b.value; });
      const auto same = [](const auto& a, const auto& b) { return a.offset == b.offset && a.value == b.value; };
      log.entries.erase(std::unique(log.entries.begin(), log.entries.end(), same), log.entries.end());
      for (std::size_t e = 0; e < log.entries.size(); ++e) {
        if (e > 0 && log.entries[e].offset == log.entries[e - 1].offset) continue;
        log.at.emplace(log.entries[e].value, log.order.size());
        log.order.push_back(log.entries[e].value);
      }
    }
  }

  void enter(const Message& m, std::size_t i) {
    if (m.offset) logs_[m.key].entries.push_back({*m.offset, m.value, i});
  }

  std::size_t index(std::uint32_t key, std::uint32_t value) const {
    const auto place = logs_[key].at.find(value);
    return place == logs_[key].at.end() ? kNowhere : place->second;
  }

  // How far the second is behind the first in the log; 1 where that is not known.
  std::int64_t distance(const Message& a, const Message& b) const {
    const std::size_t i = index(a.key, a.value);
    const std::size_t j = index(b.key, b.value);
    return i == kNowhere || j == kNowhere ? 1 : static_cast<std::int64_t>(j) - static_cast<std::int64_t>(i);
  }

  // An operation that knows where a value stands.
  void add_knower(std::uint32_t key, std::uint32_t value, std::vector<std::size_t>& out) const {
    for (const auto& entry : logs_[key].entries) {
      if (entry.value != value) continue;
      out.push_back(entry.operation);
      return;
    }
  }

  // --- What can be wrong.

  void reads_of_failed(std::size_t i) {
    if (!ok(i)) return;
    for (const Message& m : work_[i].polled) {
      const auto writer = writer_.find({m.key, m.value});
      if (writer == writer_.end() || history_.operations[writer->second].outcome != Outcome::fail) continue;
      findings_.add(
          "G1a", {writer->second, i},
          named(history_, i) + " polled " + said(m) + ", though " + named(history_, writer->second) + ", which sent it, failed");
    }
  }

  void offsets(std::uint32_t key) {
    const auto& entries = logs_[key].entries;
    std::map<std::uint32_t, std::size_t> first;
    for (std::size_t e = 0; e < entries.size(); ++e) {
      if (e > 0 && entries[e].offset == entries[e - 1].offset) {
        findings_.add("inconsistent-offsets", {entries[e - 1].operation, entries[e].operation},
                      "offset " + std::to_string(entries[e].offset) + " of key " + key_name(key) + " holds " +
                          value_name(entries[e - 1].value) + " for " + named(history_, entries[e - 1].operation) + ", and " +
                          value_name(entries[e].value) + " for " + named(history_, entries[e].operation));
      }
      const auto [place, fresh] = first.emplace(entries[e].value, e);
      if (fresh) continue;
      const auto& before = entries[place->second];
      findings_.add("duplicate", {before.operation, entries[e].operation},
                    value_name(entries[e].value) + " of key " + key_name(key) + " stands at offset " +
                        std::to_string(before.offset) + " for " + named(history_, before.operation) + ", and at offset " +
                        std::to_string(entries[e].offset) + " for " + named(history_, entries[e].operation));
    }
  }

  // Calls `visit` with each message and the one of the same key before it.
  template <class Visit>
  static void each_pair(const std::vector<Message>& messages, Visit&& visit) {
    std::map<std::uint32_t, const Message*> last;
    for (const Message& m : messages) {
      const Message*& before = last[m.key];
      if (before != nullptr) visit(*before, m);
      before = &m;
    }
  }

  void inside(std::size_t i) {
    if (history_.operations[i].outcome == Outcome::fail) return;
    const std::string who = named(history_, i);
    each_pair(work_[i].polled, [&](const Message& a, const Message& b) {
      if (!ok(i)) return;
      const std::int64_t delta = distance(a, b);
      if (delta > 1) skip("int-poll-skip", {i}, who + " polled " + said(a) + " and next " + value_name(b.value), a, delta);
      if (delta < 1) back("int-nonmonotonic-poll", {i}, who + " polled " + said(a) + " and next " + value_name(b.value), a, b);
    });
    each_pair(work_[i].sent, [&](const Message& a, const Message& b) {
      if (distance(a, b) < 1)
        back("int-nonmonotonic-send", {i}, who + " sent " + said(a) + " and next " + value_name(b.value), a, b);
    });
    if (!ok(i)) return;
    std::set<std::pair<std::uint32_t, std::uint32_t>> own;
    for (const Message& m : work_[i].sent) own.insert({m.key, m.value});
    for (const Message& m : work_[i].polled) {
      if (own.count({m.key, m.value}) != 0)
        findings_.add("precommitted-read", {i}, who + " polled " + said(m) + ", which it had sent itself");
    }
  }

  void skip(const std::string& name, std::vector<std::size_t> operations, const std::string& what, const Message& a,
            std::int64_t delta) {
    const std::uint32_t missed = logs_[a.key].order[index(a.key, a.value) + 1];
    std::vector<std::size_t> involved;
    add_knower(a.key, missed, involved);
    involved.insert(involved.end(), operations.begin(), operations.end());
    report(name, std::move(involved),
           what + ", though " + (delta == 2 ? "" : std::to_string(delta - 1) + " messages, the first of them ") +
               value_name(missed) + (delta == 2 ? " stands between them" : ", stand between them"));
  }

  void back(const std::string& name, std::vector<std::size_t> operations, const std::string& what, const Message& a,
            const Message& b) {
    std::vector<std::size_t> involved;
    add_knower(a.key, a.value, involved);
    add_knower(b.key, b.value, involved);
    involved.insert(involved.end(), operations.begin(), operations.end());
    report(name, std::move(involved), what + ", which is " + (a.value == b.value ? "the same again" : "before that in the log"));
  }

  // Rebalances of consumers that subscribe explain some of it.
  void report(const std::string& name, std::vector<std::size_t> involved, std::string why) {
    if (options_.subscribes && (name == "poll-skip" || name == "nonmonotonic-poll")) {
      ++borne_[name];
    } else {
      findings_.add(name, std::move(involved), std::move(why));
    }
  }

  // What each process did, one operation after another.
  void sessions() {
    struct Last {
      Message message;
      std::size_t operation = 0;
    };
    using ByKey = std::map<std::uint32_t, Last>;
    std::map<std::int64_t, ByKey> polls;
    std::map<std::int64_t, ByKey> sends;
    for (const Event& event : events_of(history_)) {
      const std::size_t i = event.operation;
      const Operation& op = history_.operations[i];
      if (event.invocation || op.outcome == Outcome::fail) continue;
      if (op.f == "assign" || op.f == "subscribe") {
        std::set<std::uint32_t> kept;
        const Value& value = op.output.is_nil() ? op.input : op.output;
        if (value.list() != nullptr) {
          for (const Value& key : *value.list()) kept.insert(key_of(key));
        }
        for (auto* all : {&polls, &sends}) {
          std::erase_if((*all)[op.process], [&](const auto& last) { return kept.count(last.first) == 0; });
        }
        continue;
      }
      if (ok(i)) follow(work_[i].polled, i, polls[op.process], true);
      follow(work_[i].sent, i, sends[op.process], false);
    }
  }

  template <class ByKey>
  void follow(const std::vector<Message>& messages, std::size_t i, ByKey& last, bool polls) {
    std::set<std::uint32_t> seen;
    for (const Message& m : messages) {
      const auto before = last.find(m.key);
      if (!seen.insert(m.key).second || before == last.end()) continue;
      const std::int64_t delta = distance(before->second.message, m);
      const std::string what = named(history_, i) + (polls ? " polled " : " sent ") + said(m) + " after " +
                               named(history_, before->second.operation) + " had ended with " +
                               value_name(before->second.message.value);
      const std::vector<std::size_t> both{before->second.operation, i};
      if (polls && delta > 1) skip("poll-skip", both, what, before->second.message, delta);
      if (delta < 1) back(polls ? "nonmonotonic-poll" : "nonmonotonic-send", both, what, before->second.message, m);
    }
    for (const Message& m : messages) last[m.key] = {m, i};
  }

  // Somebody polled what stands behind a message in the log, and nobody that message.
  void lost(std::uint32_t key) {
    const PartitionLog& log = logs_[key];
    std::size_t bound = kNowhere;
    for (const auto& [value, place] : log.at) {
      if (reader_.count({key, value}) != 0 && (bound == kNowhere || place > bound)) bound = place;
    }
    if (bound == kNowhere) return;
    const std::uint32_t furthest = log.order[bound];
    for (const auto& [value, place] : log.at) {
      if (place > bound || reader_.count({key, value}) != 0) continue;
      const auto writer = writer_.find({key, value});
      if (writer == writer_.end() || !committed(writer->second)) continue;
      std::vector<std::size_t> involved{writer->second};
      for (const Message& m : work_[writer->second].sent) {
        if (!ok(writer->second) && polled(m)) involved.push_back(reader_.at({m.key, m.value}));
      }
      add_knower(key, value, involved);
      add_knower(key, furthest, involved);
      const std::size_t reader = reader_.at({key, furthest});
      involved.push_back(reader);
      findings_.add("lost-write", std::move(involved),
                    value_name(value) + " of key " + key_name(key) + ", sent by " + named(history_, writer->second) +
                        ", was never polled, though " + named(history_, reader) + " polled " + value_name(furthest) +
                        ", which stands behind it in the log");
    }
  }

  void unwritten(std::size_t i) {
    if (!ok(i)) return;
    for (const Message& m : work_[i].polled) {
      if (writer_.count({m.key, m.value}) == 0) {
        findings_.add("unwritten-poll", {i}, named(history_, i) + " polled " + said(m) + ", which nobody sent");
      }
    }
  }

  std::vector<std::string> notes() const {
    std::size_t sent = 0;
    std::size_t unseen = 0;
    std::set<std::uint32_t> keys;
    for (std::size_t i = 0; i < work_.size(); ++i) {
      if (!ok(i)) continue;
      for (const Message& m : work_[i].sent) {
        ++sent;
        if (polled(m)) continue;
        ++unseen;
        keys.insert(m.key);
      }
    }
    std::vector<std::string> out{counted(sent, "message") + " sent, " + std::to_string(reader_.size()) + " polled, in " +
                                 counted(logs_.size(), "key")};
    if (unseen != 0)
      out.push_back(counted(unseen, "message") + " unseen: sent, and never polled, in " + counted(keys.size(), "key"));
    for (const auto& [name, count] : borne_) out.push_back(name + ": " + std::to_string(count) + " times, as rebalances may bring");
    return out;
  }

  const History& history_;
  const KafkaOptions& options_;
  Elements keys_;
  Elements values_;
  std::vector<Work> work_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> writer_;  // (key, value) -> the last that sent it
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> reader_;  // (key, value) -> the first ok one that polled it
  std::vector<PartitionLog> logs_;
  std::map<std::string, std::size_t> borne_;
  Findings findings_;
};

}  // namespace

Result<Judgement> judge_kafka(const History& history, const KafkaOptions& options) { return Kafka(history, options).judge(); }

}  // namespace sim::check::workloads
