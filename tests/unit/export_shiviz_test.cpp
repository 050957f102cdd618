// Logs for ShiViz: the first line's expression matches every other, and the vector clocks say exactly what happened before what.
#include <map>
#include <regex>

#include "tests/unit/export_support.hpp"

using namespace export_test;  // NOLINT(google-build-using-namespace)

namespace {

struct LogLine {
  std::string host;
  std::map<std::string, std::int64_t> clock;
  std::string event;
};

/// Reads a log as ShiViz does: the expression in the first line, the delimiter in the second.
std::vector<LogLine> read_log(const std::string& log) {
  REQUIRE(is_utf8(log));
  std::vector<std::string> lines = lines_of(log);
  REQUIRE(lines.size() >= 2);
  CHECK(lines[1].empty());
  // std::regex knows no names for groups; their order says the same.
  std::string expression = lines[0];
  for (const std::string_view group : {"(?<host>", "(?<clock>", "(?<event>"}) {
    const std::size_t at = expression.find(group);
    REQUIRE(at != std::string::npos);
    CHECK(expression.substr(0, at).find("(?<event>") == std::string::npos);
    expression.replace(at, group.size(), "(");
  }
  const std::regex regex(expression, std::regex::ECMAScript);
  std::vector<LogLine> out;
  for (std::size_t i = 2; i < lines.size(); ++i) {
    INFO(lines[i]);
    std::smatch match;
    REQUIRE(std::regex_match(lines[i], match, regex));
    REQUIRE(match.size() == 4);
    LogLine line{match[1], {}, match[3]};
    const auto clock = sim::parse_json(match[2].str());
    REQUIRE(clock.ok());
    REQUIRE(clock->map() != nullptr);
    for (const auto& [host, count] : *clock->map()) {
      REQUIRE(count.integer() != nullptr);
      CHECK(*count.integer() > 0);
      CHECK(line.clock.emplace(host, *count.integer()).second);
    }
    CHECK(!line.event.empty());
    out.push_back(std::move(line));
  }
  return out;
}

/// What ShiViz refuses: a host's own clock that does not begin at 1 and rise by 1, or one that knows of a later time of another
/// host than that host had come to.
void check_clocks(const std::vector<LogLine>& log) {
  std::map<std::string, std::int64_t> own;
  for (const LogLine& line : log) {
    REQUIRE(line.clock.count(line.host) == 1);
    CHECK(line.clock.at(line.host) == ++own[line.host]);
    for (const auto& [host, count] : line.clock) CHECK(count <= own[host]);
  }
}

bool before(const LogLine& a, const LogLine& b) {
  for (const auto& [host, count] : a.clock) {
    const auto there = b.clock.find(host);
    if (there == b.clock.end() || there->second < count) return false;
  }
  return a.clock != b.clock;
}

/// Happened-before by its definition, from causes and the order at each node, among the events from `first` to `last`.
std::vector<std::vector<bool>> happened_before(const Timeline& timeline, std::uint32_t first, std::uint32_t last) {
  std::vector<std::vector<bool>> out(last + 1, std::vector<bool>(last + 1, false));
  for (std::uint32_t n = first; n <= last; ++n) {
    const auto follows = [&](std::uint32_t earlier) {
      if (earlier < first) return;
      out[earlier][n] = true;
      for (std::uint32_t i = first; i < earlier; ++i) out[i][n] = out[i][n] || out[i][earlier];
    };
    if (timeline.event(n).cause != 0) follows(timeline.event(n).cause);
    for (std::uint32_t i = first; i < n; ++i) {
      if (timeline.event(i).node != Timeline::kNone && timeline.event(i).node == timeline.event(n).node) follows(i);
    }
  }
  return out;
}

/// Compares the clocks of a log with what its definition says of the events that are in it.
std::size_t compare_orders(const Timeline& timeline, const ExportOptions& options) {
  const std::vector<LogLine> log = read_log(exported(timeline, ExportFormat::shiviz, options));
  check_clocks(log);
  std::vector<std::uint32_t> events;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  for (std::uint32_t n = 1; n <= timeline.events.size(); ++n) {
    const Timeline::Event& event = timeline.event(n);
    if (event.at < options.from || event.at > options.to) continue;
    const bool shown =
        options.nodes.empty() || std::find(options.nodes.begin(), options.nodes.end(), event.node) != options.nodes.end();
    if (!shown) continue;
    if (first == 0) first = n;
    last = n;
    if (event.node != Timeline::kNone) events.push_back(n);
  }
  REQUIRE(events.size() == log.size());
  const auto truth = happened_before(timeline, first, last);
  std::size_t ordered = 0;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    for (std::size_t k = 0; k < events.size(); ++k) {
      const bool says = before(log[i], log[k]);
      wrong += says == truth[events[i]][events[k]] ? 0 : 1;
      ordered += says ? 1 : 0;
    }
  }
  CHECK(wrong == 0);
  return ordered;
}

}  // namespace

TEST_CASE("shiviz: a line an event, with its clock, its words and what was lost", "[export]") {
  const std::vector<LogLine> log = read_log(exported(story(), ExportFormat::shiviz));
  check_clocks(log);
  REQUIRE(log.size() == 12);
  CHECK(log[4].host == "n1");
  CHECK(log[4].event == "n1: timer Election at 0.010000s; note: stands for election");
  CHECK(log[5].host == "n2");
  CHECK(log[5].clock == std::map<std::string, std::int64_t>{{"n1", 2}, {"n2", 2}});
  CHECK(log[7].event.find("Append to n3 is lost (cut)") != std::string::npos);
  CHECK(log[8].host == "c1");
  CHECK(log[8].clock == std::map<std::string, std::int64_t>{{"n1", 3}, {"n2", 3}, {"c1", 2}});
  for (const LogLine& line : log) CHECK(line.clock.count("n3") == (line.host == "n3" ? 1U : 0U));
}

TEST_CASE("shiviz: clocks order exactly what happened before what", "[export]") {
  std::size_t ordered = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    INFO("seed " << seed);
    const Timeline timeline = arbitrary(seed, 90);
    ordered += compare_orders(timeline, {});
    ordered += compare_orders(timeline, {.from = timeline.event(20).at, .to = timeline.event(70).at});
    // What is not shown still carries knowledge from one node to another.
    ordered += compare_orders(timeline, {.nodes = {0, 3}});
  }
  CHECK(ordered > 10'000);
}

TEST_CASE("shiviz: hosts without events are not there, and names that are alike stay apart", "[export]") {
  Teller t({{"a b", "s", "", ""}, {"a\nb", "s", "", ""}, {"silent", "s", "", ""}, {"", "s", "", ""}});
  t.start(0, at(0_s));
  t.start(1, at(0_s));
  t.start(3, at(0_s));
  const std::vector<LogLine> log = read_log(exported(t.finish(at(1_s)), ExportFormat::shiviz));
  check_clocks(log);
  REQUIRE(log.size() == 3);
  CHECK(log[0].host == "a_b");
  CHECK(log[1].host == "a_b_2");
  CHECK(log[2].host == "_");
}

TEST_CASE("shiviz: no text breaks it, an empty run is one, and a long one is cut", "[export]") {
  for (const std::string& spice : spices()) {
    INFO(spice);
    const std::vector<LogLine> log = read_log(exported(story(spice), ExportFormat::shiviz));
    check_clocks(log);
    CHECK(log.size() == 12);
  }
  CHECK(read_log(exported(Teller({}).finish(Time{}), ExportFormat::shiviz)).empty());
  std::string notice;
  const Timeline timeline = arbitrary(3, 4000);
  const std::vector<LogLine> log = read_log(exported(timeline, ExportFormat::shiviz, {}, &notice));
  CHECK(log.size() <= sim::usual_limit(ExportFormat::shiviz));
  CHECK(log.size() > sim::usual_limit(ExportFormat::shiviz) * 4 / 5);
  CHECK(notice.find("Only the first 3000 of ") == 0);
}
