// Pictures of judged histories: what is drawn, that nothing overlaps, and that SVG and HTML are well-formed.
#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "check_support.hpp"
#include "sim/check/explain/picture.hpp"

using namespace sim::check;
using sim::Value;

namespace {

History of(std::string_view lines) {
  auto history = parse(Format::jsonl, lines);
  REQUIRE(history.ok());
  return *std::move(history);
}

const std::string kStale =
    "{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"value\":\"<a&b>\",\"time\":\"1s\"}\n"
    "{\"process\":0,\"type\":\"ok\",\"time\":\"2s\"}\n"
    "{\"process\":\"nemesis\",\"type\":\"info\",\"f\":\"partition\",\"value\":\"n1 | n2\",\"time\":\"3s\"}\n"
    "{\"process\":7,\"type\":\"invoke\",\"f\":\"write\",\"value\":5}\n"
    "{\"process\":2,\"type\":\"invoke\",\"f\":\"read\"}\n"
    "{\"process\":2,\"type\":\"ok\",\"value\":null}\n"
    "{\"process\":\"nemesis\",\"type\":\"info\",\"f\":\"heal\"}\n";

// Whether every element that opens is closed in its turn and every attribute is quoted; void elements of HTML need no end.
bool well_formed(std::string_view text) {
  std::vector<std::string> open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '>') return false;
    if (text[i] != '<') continue;
    std::size_t end = i + 1;
    for (bool quoted = false; end < text.size() && (quoted || text[end] != '>'); ++end) {
      if (text[end] == '"') quoted = !quoted;
      if (!quoted && text[end] == '<') return false;
    }
    if (end >= text.size()) return false;
    const std::string_view tag = text.substr(i + 1, end - i - 1);
    const std::string name(tag.substr(0, tag.find_first_of(" \n")));
    i = end;
    if (tag.starts_with('!') || tag.ends_with('/') || name == "meta") continue;
    if (!tag.starts_with('/')) {
      open.push_back(name);
      if (name == "style") i = text.find("</style>", i) - 1;  // its text has other rules
    } else if (open.empty() || open.back() != tag.substr(1)) {
      return false;
    } else {
      open.pop_back();
    }
  }
  return open.empty();
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("of a violation the core is drawn, with the faults around it", "[check][picture]") {
  const History history = of(kStale);
  const auto judged = judge({.model = ModelName::reg, .consistency = Consistency::linearizable}, history);
  REQUIRE(judged->verdict == Verdict::invalid);
  REQUIRE(judged->core.size() == 2);
  const Picture picture = lay_out(history, *judged, "a title");
  CHECK(picture.lanes == std::vector<std::string>{"process 0", "process 2"});
  REQUIRE(picture.bars.size() == 2);
  CHECK(picture.bars[0].label == "write <a&b>");
  CHECK(picture.bars[0].emphasis == Emphasis::core);
  CHECK(picture.bars[1].emphasis == Emphasis::failing);
  CHECK(picture.bars[0].right < picture.bars[1].left);
  REQUIRE(picture.faults.size() == 1);
  CHECK(picture.faults[0].hover == "partition n1 | n2 at 3s, line 3");
  CHECK(picture.faults[0].x > picture.bars[0].right);
  CHECK(picture.faults[0].x < picture.bars[1].left);
  CHECK(picture.notice == "The other 1 operation is not needed to see what is wrong.");

  const std::string svg = to_svg(picture);
  CHECK(well_formed(svg));
  CHECK(svg.find("write &lt;a&amp;b&gt;") != std::string::npos);
  CHECK(count(svg, "class=\"bar failing\"") == 1);
  const std::string html = to_html(picture, history, *judged);
  CHECK(well_formed(html));
  CHECK(html.find("process 0: write &lt;a&amp;b&gt;, 1s to 2s, lines 1 and 2") != std::string::npos);
  CHECK(html.find("http") == html.find("http://www.w3.org/2000/svg"));  // nothing is fetched from anywhere
}

TEST_CASE("of a valid history the order is drawn, and an open operation to the right edge", "[check][picture]") {
  const History history =
      of("{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"value\":1}\n"
         "{\"process\":1,\"type\":\"invoke\",\"f\":\"read\"}\n"
         "{\"process\":1,\"type\":\"ok\",\"value\":1}\n");
  const auto judged = judge({.model = ModelName::reg, .consistency = Consistency::linearizable}, history);
  REQUIRE(judged->verdict == Verdict::valid);
  const Picture picture = lay_out(history, *judged, "t");
  REQUIRE(picture.bars.size() == 2);
  CHECK(picture.bars[0].open);
  CHECK(picture.bars[0].right == picture.width);
  CHECK(picture.bars[0].position == "1");
  CHECK(picture.bars[1].position == "2");
  CHECK(picture.bars[1].label == "read = 1");
}

TEST_CASE("bars of a lane never overlap and hold their labels, in any history", "[check][picture]") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    check_support::Lcg random(seed);
    HistoryBuilder builder;
    for (int i = 0; i < 60; ++i) {
      const auto process = static_cast<std::int64_t>(random.below(5));
      if (random.below(10) == 0) builder.fault({.f = "crash"});
      if (builder.open(process) == nullptr) {
        REQUIRE(builder.invoke({.process = process, .f = "write", .value = Value(std::string(random.below(50), 'x'))}).ok());
      } else if (random.below(8) != 0) {
        REQUIRE(builder.complete({.process = process}).ok());
      }
    }
    const History history = std::move(builder).finish();
    Judgement all;
    all.verdict = Verdict::undecided;
    const Picture picture = lay_out(history, all, "t");
    REQUIRE(picture.bars.size() == history.operations.size());
    std::vector<int> reached(picture.lanes.size(), 0);
    for (const Bar& bar : picture.bars) {
      CHECK(bar.left > reached[bar.lane]);
      CHECK(bar.right >= bar.left + static_cast<int>(bar.label.size()) * 7);
      CHECK(bar.right <= picture.width);
      reached[bar.lane] = bar.right;
    }
  }
}

TEST_CASE("a cycle is drawn with its reasons", "[check][picture]") {
  const History history =
      of("{\"process\":0,\"type\":\"invoke\",\"f\":\"txn\",\"value\":[[\"append\",\"x\",1]]}\n"
         "{\"process\":1,\"type\":\"invoke\",\"f\":\"txn\",\"value\":[[\"r\",\"x\",null]]}\n"
         "{\"process\":1,\"type\":\"ok\",\"value\":[[\"r\",\"x\",[1]]]}\n"
         "{\"process\":0,\"type\":\"ok\",\"value\":[[\"append\",\"x\",1]]}\n");
  Judgement judgement;
  judgement.verdict = Verdict::invalid;
  judgement.core = {0, 1};
  judgement.findings.push_back(
      {"G1c", "T0 and T1 depend on each other", {0, 1}, {{0, 1, "wr", "T1 read 1"}, {1, 0, "rw", "so \"it\" is"}}});
  judgement.satisfied = {Consistency::read_uncommitted};
  const Picture picture = lay_out(history, judgement, "t");
  REQUIRE(picture.arrows.size() == 2);
  CHECK(picture.bars[0].label == "append x 1");
  CHECK(picture.bars[1].label == "r x [1]");
  CHECK(well_formed(to_svg(picture)));
  const std::string html = to_html(picture, history, judgement);
  CHECK(well_formed(html));
  CHECK(html.find("wr: T1 read 1") != std::string::npos);
  CHECK(html.find("read-uncommitted") != std::string::npos);
}

TEST_CASE("a history of nothing has a picture, and a long one says what is left out", "[check][picture]") {
  Judgement valid;
  valid.verdict = Verdict::valid;
  CHECK(well_formed(to_svg(lay_out({}, valid, "nothing"))));
  HistoryBuilder builder;
  for (int i = 0; i < 500; ++i) {
    REQUIRE(builder.invoke({.process = 0, .f = "read"}).ok());
    REQUIRE(builder.complete({.process = 0}).ok());
  }
  const Picture picture = lay_out(builder.history(), valid, "t");
  CHECK(picture.bars.size() == kMostBars);
  CHECK(picture.notice == "The first 400 of 500 operations are drawn.");
}
