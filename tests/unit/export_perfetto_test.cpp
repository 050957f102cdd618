// Chrome's trace event JSON: what the format asks of slices, flows and metadata, and what of the run must be found in it.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "tests/unit/export_support.hpp"

using namespace export_test;  // NOLINT(google-build-using-namespace)

namespace {

struct Slice {
  std::int64_t begin = 0;  // nanoseconds
  std::int64_t end = 0;
  std::size_t place = 0;  // in the file
  const Value* event = nullptr;
};
using Thread = std::pair<std::int64_t, std::int64_t>;  // process and thread

std::int64_t integer(const Value& event, std::string_view key) {
  const Value* found = event.find(key);
  REQUIRE(found != nullptr);
  REQUIRE(found->integer() != nullptr);
  return *found->integer();
}
std::string text(const Value& event, std::string_view key) {
  const Value* found = event.find(key);
  return found == nullptr || found->text() == nullptr ? "" : *found->text();
}

/// A trace read by the format's rules. Times are read as text, so that no digit is lost.
class TraceEvents {
 public:
  explicit TraceEvents(const std::string& json) {
    REQUIRE(is_utf8(json));
    auto parsed = sim::parse_json(quoted_times(json));
    INFO(json.substr(0, 2000));
    REQUIRE(parsed.ok());
    document_ = *std::move(parsed);
    REQUIRE(document_.find("traceEvents") != nullptr);
    REQUIRE(document_.find("traceEvents")->list() != nullptr);
    for (const Value& event : events()) sort_in(event);
    check_nesting();
    check_flows();
  }
  const Value& document() const { return document_; }
  const Value::List& events() const { return *document_.find("traceEvents")->list(); }
  std::string thread_name(const Value& event) const { return thread_names_.at(thread(event)); }
  std::string process_name(const Value& event) const { return process_names_.at(integer(event, "pid")); }
  std::vector<const Value*> slices(std::string_view category) const {
    std::vector<const Value*> out;
    for (const Value& event : events()) {
      if (text(event, "ph") == "X" && text(event, "cat") == category) out.push_back(&event);
    }
    return out;
  }
  /// Pairs of the events' numbers, sender and receiver, of all flows.
  std::multiset<std::pair<std::int64_t, std::int64_t>> flows() const { return flows_; }
  static std::int64_t nanoseconds(const Value& event, std::string_view key) {
    const std::string digits = text(event, key);
    const std::size_t point = digits.find('.');
    REQUIRE(point != std::string::npos);
    REQUIRE(digits.size() == point + 4);
    return std::stoll(digits.substr(0, point)) * 1000 + std::stoll(digits.substr(point + 1));
  }

 private:
  static Thread thread(const Value& event) { return {integer(event, "pid"), integer(event, "tid")}; }
  static std::string quoted_times(const std::string& json) {
    std::string out;
    bool quoted = false;  // within a JSON string
    for (std::size_t i = 0; i < json.size(); ++i) {
      for (const std::string_view key : {",\"ts\":", ",\"dur\":"}) {
        if (quoted || json.compare(i, key.size(), key) != 0) continue;
        std::size_t end = i + key.size();
        while (json[end] == '.' || (json[end] >= '0' && json[end] <= '9')) ++end;
        out += std::string(key) + "\"" + json.substr(i + key.size(), end - i - key.size()) + "\"";
        i = end;
      }
      out += json[i];
      if (quoted && json[i] == '\\') {
        out += json[++i];
      } else if (json[i] == '"') {
        quoted = !quoted;
      }
    }
    return out;
  }
  void sort_in(const Value& event) {
    const std::string phase = text(event, "ph");
    REQUIRE(!phase.empty());
    REQUIRE(event.find("name") != nullptr);
    const std::string what = text(event, "name");
    if (phase == "M" && what.starts_with("process_")) {
      if (what == "process_name") process_names_[integer(event, "pid")] = text(*event.find("args"), "name");
      return;
    }
    const Thread where = thread(event);
    CHECK(where.first != where.second);
    if (phase == "M") {
      if (what != "thread_name") return;
      CHECK(thread_names_.emplace(where, text(*event.find("args"), "name")).second);
      return;
    }
    CHECK(thread_names_.count(where) == 1);
    CHECK(process_names_.count(where.first) == 1);
    const std::int64_t at = nanoseconds(event, "ts");
    const std::size_t place = static_cast<std::size_t>(&event - events().data());
    if (phase == "X") {
      const std::int64_t ns = nanoseconds(event, "dur");
      CHECK(ns > 0);
      threads_[where].push_back({at, at + ns, place, &event});
    } else if (phase == "s" || phase == "f") {
      CHECK((phase == "f") == (text(event, "bp") == "e"));
      auto& list = phase == "s" ? sends_ : receives_;
      CHECK(list.emplace(integer(event, "id"), &event).second);
    } else {
      CHECK(phase == "i");
      CHECK(text(event, "s") == "t");
    }
  }
  // Slices of a thread lie within each other or apart; of equal ones the outer stands first in the file.
  void check_nesting() {
    for (auto& [where, slices] : threads_) {
      std::stable_sort(slices.begin(), slices.end(), [](const Slice& a, const Slice& b) { return a.begin < b.begin; });
      std::vector<Slice> open;
      for (const Slice& slice : slices) {
        while (!open.empty() && open.back().end <= slice.begin) open.pop_back();
        if (!open.empty()) CHECK(slice.end <= open.back().end);
        if (!open.empty()) CHECK(slice.place > open.back().place);
        open.push_back(slice);
      }
    }
  }
  // The slice that a flow event belongs to: the innermost that is open when the file has come there.
  const Value& slice_of(const Value& flow) const {
    const std::int64_t at = nanoseconds(flow, "ts");
    const std::size_t place = static_cast<std::size_t>(&flow - events().data());
    const Slice* found = nullptr;
    for (const Slice& slice : threads_.at(thread(flow))) {
      if (slice.begin <= at && at < slice.end && slice.place < place && (found == nullptr || slice.place > found->place))
        found = &slice;
    }
    REQUIRE(found != nullptr);
    return *found->event;
  }
  void check_flows() {
    CHECK(sends_.size() == receives_.size());
    for (const auto& [id, send] : sends_) {
      REQUIRE(receives_.count(id) == 1);
      const Value& receive = *receives_[id];
      CHECK(text(*send, "name") == text(receive, "name"));
      CHECK(text(*send, "cat") == text(receive, "cat"));
      CHECK(nanoseconds(*send, "ts") <= nanoseconds(receive, "ts"));
      flows_.emplace(integer(*slice_of(*send).find("args"), "event"), integer(*slice_of(receive).find("args"), "event"));
    }
  }

  Value document_;
  std::map<std::int64_t, std::string> process_names_;
  std::map<Thread, std::string> thread_names_;
  std::map<Thread, std::vector<Slice>> threads_;
  std::map<std::int64_t, const Value*> sends_;
  std::map<std::int64_t, const Value*> receives_;
  std::multiset<std::pair<std::int64_t, std::int64_t>> flows_;
};

const Value* named(const std::vector<const Value*>& events, std::string_view name) {
  const auto at = std::find_if(events.begin(), events.end(), [&](const Value* e) { return text(*e, "name") == name; });
  return at == events.end() ? nullptr : *at;
}

}  // namespace

TEST_CASE("perfetto: nodes are threads, events slices, messages flows, to the nanosecond", "[export]") {
  const Timeline timeline = story();
  const TraceEvents trace(exported(timeline, ExportFormat::perfetto));
  CHECK(trace.flows() == std::multiset<std::pair<std::int64_t, std::int64_t>>{{5, 6}, {7, 8}, {8, 11}, {8, 12}});
  const auto delivered = trace.slices("deliver");
  REQUIRE(delivered.size() == 4);
  const Value* vote = named(delivered, "Vote");
  REQUIRE(vote != nullptr);
  CHECK(trace.thread_name(*vote) == "n1");
  CHECK(trace.process_name(*vote) == "store");
  CHECK(TraceEvents::nanoseconds(*vote, "ts") == 18'000'000);
  CHECK(vote->find("args")->find("value")->to_json() == "{\"granted\":true}");
  CHECK(integer(*vote->find("args"), "cause") == 7);
  CHECK(trace.slices("timer").size() == 3);
  CHECK(trace.slices("sync").size() == 1);
  CHECK(trace.slices("start").size() == 4);
}

TEST_CASE("perfetto: faults, roles, operations, losses, notes and claims are there", "[export]") {
  const TraceEvents trace(exported(story(), ExportFormat::perfetto));
  const auto faults = trace.slices("fault");
  REQUIRE(faults.size() == 2);
  CHECK(trace.thread_name(*named(faults, "partition")) == "faults");
  CHECK(trace.thread_name(*named(faults, "crash")) == "faults 2");
  CHECK(TraceEvents::nanoseconds(*named(faults, "crash"), "dur") == 8'000'000);
  CHECK(TraceEvents::nanoseconds(*named(faults, "partition"), "dur") == 20'000'000);
  const auto roles = trace.slices("role");
  REQUIRE(roles.size() == 2);
  CHECK(text(*roles[0], "name") == "candidate, term 1");
  CHECK(TraceEvents::nanoseconds(*roles[1], "dur") == 22'000'000);
  CHECK(trace.thread_name(*roles[1]) == "n1 role");
  const auto operations = trace.slices("operation");
  REQUIRE(operations.size() == 2);
  CHECK(text(*operations[0], "name") == "read key 3 = 7");
  CHECK(text(*operations[1]->find("args"), "outcome") == "never answered");
  std::vector<std::string> instants;
  for (const Value& event : trace.events()) {
    if (text(event, "ph") == "i") instants.push_back(trace.thread_name(event) + ": " + text(event, "name"));
  }
  std::sort(instants.begin(), instants.end());
  CHECK(instants == std::vector<std::string>{"claims: reached: store.elects", "claims: violated: store.safety", "n1: mark: elected",
                                             "n1: note: stands for election", "n2: lost (down): Append", "n3: lost (cut): Append"});
}

TEST_CASE("perfetto: any run nests and every flow lies in its two slices", "[export]") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Timeline timeline = arbitrary(seed, 120);
    const TraceEvents trace(exported(timeline, ExportFormat::perfetto));
    std::multiset<std::pair<std::int64_t, std::int64_t>> wanted;
    for (const Timeline::Message& m : timeline.messages) {
      if (m.event != 0) wanted.emplace(m.cause, m.event);
    }
    INFO("seed " << seed);
    CHECK(wanted.size() > 20);
    CHECK(trace.flows() == wanted);
  }
}

TEST_CASE("perfetto: a range has flows only between events that are in it", "[export]") {
  const Timeline timeline = story();
  const TraceEvents late(exported(timeline, ExportFormat::perfetto, {.from = at(16_ms), .to = at(26_ms)}));
  CHECK(late.flows() == std::multiset<std::pair<std::int64_t, std::int64_t>>{{8, 11}});
  CHECK(late.slices("deliver").size() == 2);
  const TraceEvents few(exported(timeline, ExportFormat::perfetto, {.nodes = {0, 1}}));
  CHECK(few.flows() == std::multiset<std::pair<std::int64_t, std::int64_t>>{{5, 6}, {7, 8}});
  std::string notice;
  const TraceEvents first(exported(timeline, ExportFormat::perfetto, {.most = 6}, &notice));
  CHECK(notice == "Only the first 6 of 15 events are shown, up to 0.014000s.");
  CHECK(text(*first.document().find("otherData"), "notice") == notice);
  CHECK(first.flows() == std::multiset<std::pair<std::int64_t, std::int64_t>>{{5, 6}});
}

TEST_CASE("perfetto: no text breaks it, and an empty run is one", "[export]") {
  for (const std::string& spice : spices()) {
    INFO(spice);
    const TraceEvents trace(exported(story(spice), ExportFormat::perfetto));
    CHECK(trace.flows().size() == 4);
  }
  const TraceEvents nothing(exported(Teller({}).finish(Time{}), ExportFormat::perfetto));
  CHECK(nothing.slices("deliver").empty());
  const TraceEvents idle(exported(Teller({{"n1", "s", "", ""}}).finish(at(1_s)), ExportFormat::perfetto));
  CHECK(idle.events().size() == 6);  // two processes and a thread, each with a name and a place
}
