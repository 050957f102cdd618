// Sequence diagrams of Mermaid, held against a small grammar of their lines; and CSV, read back by RFC 4180.
#include <algorithm>
#include <regex>
#include <set>

#include "tests/unit/export_support.hpp"

using namespace export_test;  // NOLINT(google-build-using-namespace)

namespace {

/// A text that has no meaning to Mermaid, or says with #N; what has.
bool is_plain(const std::string& text) {
  static const std::regex allowed("(?:[^;#<>{}\\[\\]\":%$`~^&+\\\\\x01-\x1f\x7f]|#[0-9]+;)+");
  if (!std::regex_match(text, allowed)) return false;
  static const std::regex end("(^|[^A-Za-z0-9])end($|[^A-Za-z0-9])", std::regex::icase);
  return !std::regex_search(text, end);
}

struct SequenceLines {
  std::vector<std::string> boxes;
  std::vector<std::string> participants;
  std::vector<std::string> delivered;
  std::vector<std::string> lost;
  std::vector<std::string> notes;
};

SequenceLines read_diagram(const std::string& diagram) {
  REQUIRE(is_utf8(diagram));
  REQUIRE(diagram.back() == '\n');
  static const std::regex box("  box transparent (.+)");
  static const std::regex participant("    participant (p[0-9]+) as (.+)");
  static const std::regex message("  (p[0-9]+)(->>|-x)(p[0-9]+): (.+)");
  static const std::regex note("  Note over (p[0-9]+)(?:,(p[0-9]+))?: (.+)");
  SequenceLines out;
  std::set<std::string> known;
  bool in_box = false;
  const std::vector<std::string> lines = lines_of(diagram);
  REQUIRE(lines[0] == "sequenceDiagram");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    INFO(lines[i]);
    std::smatch match;
    if (std::regex_match(lines[i], match, box)) {
      REQUIRE(!in_box);
      in_box = true;
      CHECK(is_plain(match[1]));
      out.boxes.push_back(match[1]);
    } else if (lines[i] == "  end") {
      REQUIRE(in_box);
      in_box = false;
    } else if (std::regex_match(lines[i], match, participant)) {
      REQUIRE(in_box);
      CHECK(known.insert(match[1]).second);
      CHECK(is_plain(match[2]));
      out.participants.push_back(match[2]);
    } else if (std::regex_match(lines[i], match, message)) {
      CHECK(known.count(match[1]) == 1);
      CHECK(known.count(match[3]) == 1);
      CHECK(is_plain(match[4]));
      (match[2] == "-x" ? out.lost : out.delivered).push_back(match[1].str() + " " + match[3].str() + " " + match[4].str());
    } else {
      REQUIRE(std::regex_match(lines[i], match, note));
      CHECK(known.count(match[1]) == 1);
      if (match[2].matched) CHECK(known.count(match[2]) == 1);
      CHECK(is_plain(match[3]));
      out.notes.push_back(match[1].str() + (match[2].matched ? "," + match[2].str() : "") + " " + match[3].str());
    }
  }
  CHECK(!in_box);
  return out;
}

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// RFC 4180: records end with CRLF; a field with a comma, quote or line break stands in quotes, in which a quote is two.
std::vector<std::vector<std::string>> read_csv(const std::string& text) {
  std::vector<std::vector<std::string>> out;
  std::size_t i = 0;
  while (i < text.size()) {
    std::vector<std::string> record;
    while (true) {
      std::string field;
      if (text[i] == '"') {
        for (++i; text.at(i) != '"' || (i + 1 < text.size() && text[i + 1] == '"'); ++i) {
          if (text[i] == '"') ++i;
          field += text[i];
        }
        ++i;
      } else {
        for (; text.at(i) != ',' && text[i] != '\r'; ++i) {
          REQUIRE(text[i] != '"');
          REQUIRE(text[i] != '\n');
          field += text[i];
        }
      }
      record.push_back(field);
      if (text.at(i) != ',') break;
      ++i;
    }
    REQUIRE(text.substr(i, 2) == "\r\n");
    i += 2;
    out.push_back(std::move(record));
  }
  return out;
}

enum Column : std::size_t { event, cause, when, kind, node, from, sent, type, fate, words, value, columns };

}  // namespace

TEST_CASE("mermaid: boxes of systems, arrows of messages, notes of what happened", "[export]") {
  const SequenceLines diagram = read_diagram(exported(story(), ExportFormat::mermaid));
  CHECK(diagram.boxes == std::vector<std::string>{"store", "clients"});
  CHECK(diagram.participants == std::vector<std::string>{"n1", "n2", "n3", "c1"});
  CHECK(diagram.delivered == std::vector<std::string>{"p0 p1 Ask, 0.014000s", "p1 p0 Vote, 0.018000s", "p0 p3 Reply, 0.026000s",
                                                      "p0 p3 Reply, 0.027000s, duplicate"});
  CHECK(diagram.lost == std::vector<std::string>{"p0 p2 Append, lost (cut), 0.021000s", "p0 p1 Append, lost (down), 0.024000s"});
  CHECK(has(diagram.notes, "p0 leader, term 1"));
  CHECK(has(diagram.notes, "p1 crash#58; n2, 0.022000s"));
  CHECK(has(diagram.notes, "p1 end#58; crash#58; n2, 0.022000s") == false);
  CHECK(has(diagram.notes, "p0,p3 partition#58; n3 | n1, n2, 0.020000s"));
  CHECK(has(diagram.notes, "p0 mark#58; elected"));
  CHECK(has(diagram.notes, "p0,p3 violated#58; store.safety#58; two leaders"));
}

TEST_CASE("mermaid: arrows stand in the order in which messages arrive or are lost", "[export]") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const SequenceLines diagram = read_diagram(exported(arbitrary(seed, 80), ExportFormat::mermaid));
    static const std::regex time("([0-9]+\\.[0-9]{6})s");
    double last = 0;
    for (const std::string& line : diagram.delivered) {
      std::smatch match;
      REQUIRE(std::regex_search(line, match, time));
      CHECK(std::stod(match[1]) >= last);
      last = std::stod(match[1]);
    }
    CHECK(last > 0);
  }
}

TEST_CASE("mermaid: no text breaks it", "[export]") {
  for (const std::string& spice : spices()) {
    INFO(spice);
    const SequenceLines diagram = read_diagram(exported(story(spice), ExportFormat::mermaid));
    CHECK(diagram.delivered.size() == 4);
    CHECK(diagram.lost.size() == 2);
  }
  Teller t({{"end", "red", "", ""}, {"", "End", "", ""}});
  t.start(0, at(0_s));
  const SequenceLines diagram = read_diagram(exported(t.finish(at(1_s)), ExportFormat::mermaid));
  CHECK(diagram.participants == std::vector<std::string>{"e#110;d", "(no name)"});
  CHECK(diagram.boxes == std::vector<std::string>{"red", "E#110;d"});
}

TEST_CASE("mermaid: at most 300 lines unless told, of a range and of nodes", "[export]") {
  std::string notice;
  const Timeline timeline = arbitrary(5, 1500);
  const std::string all = exported(timeline, ExportFormat::mermaid, {}, &notice);
  const SequenceLines diagram = read_diagram(all);
  CHECK(diagram.delivered.size() + diagram.lost.size() + diagram.notes.size() == 301);
  CHECK(notice.find("Only the first 300 of ") == 0);
  CHECK(all.find(notice) != std::string::npos);
  CHECK(all.size() < 50'000);
  const SequenceLines few = read_diagram(exported(timeline, ExportFormat::mermaid, {.most = 0}, &notice));
  CHECK(notice.empty());
  CHECK(few.delivered.size() > 600);
  const SequenceLines part =
      read_diagram(exported(story(), ExportFormat::mermaid, {.from = at(16_ms), .to = at(26_ms), .nodes = {0, 1}}));
  CHECK(part.participants == std::vector<std::string>{"n1", "n2"});
  CHECK(part.delivered == std::vector<std::string>{"p1 p0 Vote, 0.018000s"});
  CHECK(part.lost == std::vector<std::string>{"p0 p1 Append, lost (down), 0.024000s"});
  CHECK(read_diagram(exported(Teller({}).finish(Time{}), ExportFormat::mermaid)).notes.empty());
}

TEST_CASE("csv: an event, a lost message and an aside a line, in the order of time", "[export]") {
  const auto rows = read_csv(exported(story(), ExportFormat::csv));
  REQUIRE(rows.size() == 1 + 15 + 2 + 2);
  CHECK(rows[0] ==
        std::vector<std::string>{"event", "cause", "time_ns", "kind", "node", "from", "sent_ns", "type", "fate", "text", "value"});
  std::int64_t last = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    REQUIRE(rows[i].size() == columns);
    CHECK(std::stoll(rows[i][when]) >= last);
    last = std::stoll(rows[i][when]);
  }
  CHECK(rows[5] == std::vector<std::string>{"5", "1", "10000000", "timer", "n1", "", "", "Election", "", "", "{}"});
  CHECK(rows[6] == std::vector<std::string>{"5", "", "10000000", "note", "n1", "", "", "", "", "stands for election", ""});
  CHECK(rows[9] == std::vector<std::string>{"8", "7", "18000000", "deliver", "n1", "n2", "15000000", "Vote", "delivered", "",
                                            "{\"granted\":true}"});
  CHECK(rows[11][kind] == "fault");
  CHECK(rows[11][words] == "partition: n3 | n1, n2");
  CHECK(rows[12] == std::vector<std::string>{"", "8", "21000000", "drop", "n3", "n1", "21000000", "Append", "cut",
                                             "stopped by a partition: partition: n3 | n1, n2", ""});
  CHECK(rows[15][value] == "{\"value\":\"a,b\\n\\\"c\\\"\"}");
  CHECK(rows[16][fate] == "duplicate");
}

TEST_CASE("csv: no text breaks it, and nothing is left out", "[export]") {
  for (const std::string& spice : spices()) {
    INFO(spice);
    const std::string text = exported(story(spice), ExportFormat::csv);
    CHECK(is_utf8(text));
    const auto rows = read_csv(text);
    REQUIRE(rows.size() == 20);
    for (const auto& row : rows) CHECK(row.size() == columns);
    if (is_utf8(spice)) CHECK(rows[6][words] == "stands for election" + spice);
    if (is_utf8(spice)) CHECK(rows[1][node] == "n1" + spice);
  }
  CHECK(read_csv(exported(Teller({}).finish(Time{}), ExportFormat::csv)).size() == 1);
  const Timeline timeline = arbitrary(9, 3000);
  std::size_t lost = 0;
  for (const Timeline::Message& m : timeline.messages) lost += m.event == 0 ? 1 : 0;
  CHECK(lost > 100);
  CHECK(read_csv(exported(timeline, ExportFormat::csv)).size() == 1 + timeline.events.size() + lost);
  std::string notice;
  CHECK(read_csv(exported(story(), ExportFormat::csv, {.from = at(16_ms), .to = at(26_ms), .most = 3}, &notice)).size() ==
        1 + 3 + 1 + 1);
  CHECK(notice == "Only the first 3 of 4 events are shown, up to 0.022000s.");
}
