// Space-time diagrams: well-formed SVG and HTML, everything in its place, nothing fetched from anywhere.
#include <algorithm>
#include <map>
#include <set>

#include "tests/unit/export_support.hpp"

using namespace export_test;  // NOLINT(google-build-using-namespace)

namespace {

struct Element {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;   // of its own, entities as they are written
  std::string title;  // of its child <title>
};

const std::string& attribute(const Element& e, const std::string& name) {
  static const std::string none;
  const auto at = e.attributes.find(name);
  return at == e.attributes.end() ? none : at->second;
}
bool has_class(const Element& e, const std::string& wanted) {
  return (" " + attribute(e, "class") + " ").find(" " + wanted + " ") != std::string::npos;
}

/// Reads markup strictly: every element is closed in its turn, every attribute quoted and single, every & begins an entity of
/// XML, and no character is one that XML does not allow. Of HTML: a doctype, <meta> without an end, <script> and <style> as they
/// are.
class Markup {
 public:
  Markup(const std::string& text, bool html) : text_(text), html_(html) {
    if (!is_utf8(text_)) wrong = "it is not UTF-8";
    for (const char c : text_) {
      if (static_cast<unsigned char>(c) < 0x20 && c != '\n') wrong = "a control character";
    }
    if (text_.find("\xEF\xBF\xBE") != std::string::npos || text_.find("\xEF\xBF\xBF") != std::string::npos)
      wrong = "a code point that XML bars";
    if (html_ && text_.substr(0, 16) == "<!doctype html>\n") at_ = 16;
    while (wrong.empty() && at_ < text_.size()) step();
    if (wrong.empty() && !open_.empty()) wrong = open_.back() + " is not closed";
  }
  std::string wrong;  // empty: nothing is
  std::vector<Element> elements;

  std::vector<const Element*> all(const std::string& name, const std::string& wanted_class) const {
    std::vector<const Element*> out;
    for (const Element& e : elements) {
      if (e.name == name && has_class(e, wanted_class)) out.push_back(&e);
    }
    return out;
  }
  const Element* with(const std::string& name, const std::string& value) const {
    const auto found =
        std::find_if(elements.begin(), elements.end(), [&](const Element& e) { return attribute(e, name) == value; });
    return found == elements.end() ? nullptr : &*found;
  }
  bool says(const std::string& text) const {
    return std::any_of(elements.begin(), elements.end(), [&](const Element& e) { return e.text.find(text) != std::string::npos; });
  }

 private:
  void step() {
    if (text_[at_] != '<') {
      const std::size_t end = std::min(text_.find('<', at_), text_.size());
      const std::string content = text_.substr(at_, end - at_);
      check_entities(content);
      if (content.find('>') != std::string::npos) wrong = "a bare >";
      if (places_.empty() && content.find_first_not_of('\n') != std::string::npos) wrong = "text outside";
      if (!places_.empty()) elements[places_.back()].text += content;
      at_ = end;
    } else if (text_[at_ + 1] == '/') {
      const std::size_t end = text_.find('>', at_);
      const std::string name = text_.substr(at_ + 2, end - at_ - 2);
      if (open_.empty() || open_.back() != name) {
        wrong = name + " is closed and not open";
        return;
      }
      if (name == "title" && places_.size() > 1) elements[places_[places_.size() - 2]].title = elements[places_.back()].text;
      open_.pop_back();
      places_.pop_back();
      at_ = end + 1;
    } else {
      read_tag();
    }
  }
  void read_tag() {
    Element e;
    ++at_;
    while (is_name(text_[at_])) e.name += text_[at_++];
    if (e.name.empty()) wrong = "a tag without a name";
    while (wrong.empty() && (text_[at_] == ' ' || text_[at_] == '\n')) {
      ++at_;
      std::string name;
      while (is_name(text_[at_])) name += text_[at_++];
      if (name.empty() || text_.substr(at_, 2) != "=\"") {
        wrong = "an attribute of " + e.name + " without a name or quotes";
        return;
      }
      const std::size_t end = text_.find('"', at_ + 2);
      const std::string value = text_.substr(at_ + 2, end - at_ - 2);
      if (value.find('<') != std::string::npos) wrong = "a bare < in an attribute";
      check_entities(value);
      if (!e.attributes.emplace(name, value).second) wrong = name + " twice";
      at_ = end + 1;
    }
    const bool closed = text_.substr(at_, 2) == "/>";
    if (!closed && text_[at_] != '>') wrong = "a tag of " + e.name + " does not end";
    at_ += closed ? 2 : 1;
    const std::string name = e.name;
    elements.push_back(std::move(e));
    if (closed || (html_ && name == "meta")) return;
    open_.push_back(name);
    places_.push_back(elements.size() - 1);
    if (name != "style" && !(html_ && name == "script")) return;
    const std::size_t end = text_.find("</" + name + ">", at_);
    if (end == std::string::npos) wrong = name + " has no end";
    elements.back().text = text_.substr(at_, end - at_);
    if (!html_) check_entities(elements.back().text);
    at_ = end;
  }
  static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ':';
  }
  void check_entities(const std::string& text) {
    for (std::size_t i = text.find('&'); i != std::string::npos; i = text.find('&', i + 1)) {
      const std::string entity = text.substr(i, text.find(';', i) - i + 1);
      if (entity != "&amp;" && entity != "&lt;" && entity != "&gt;" && entity != "&quot;") wrong = "an entity " + entity;
    }
  }

  const std::string& text_;
  bool html_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
  std::vector<std::size_t> places_;  // of open elements
};

double number(const Element& e, const std::string& name) { return std::stod(attribute(e, name)); }

/// The page's data, as its script reads them.
Value data_of(const Markup& page) {
  const Element* data = page.with("id", "data");
  REQUIRE(data != nullptr);
  CHECK(data->text.find('<') == std::string::npos);
  auto parsed = sim::parse_json(data->text);
  REQUIRE(parsed.ok());
  return *std::move(parsed);
}

}  // namespace

TEST_CASE("the test's reader of markup sees what is wrong", "[export]") {
  for (const char* text : {"<a>", "<a></b>", "<a x=1></a>", "<a>&</a>", "<a>&nbsp;</a>", "<a x=\"1\" x=\"2\"/>", "<a>\x01</a>",
                           "a<a/>", "<a x=\"<\"/>", "<a>></a>", "<a><b></a></b>"}) {
    INFO(text);
    CHECK(!Markup(text, false).wrong.empty());
  }
  CHECK(Markup("<a x=\"1\"><b/>&lt;</a>", false).wrong.empty());
}

TEST_CASE("svg: lanes, arrows, losses, shades, ribbons, bars and claims, each with a title", "[export]") {
  const std::string text = exported(story(), ExportFormat::svg);
  const Markup svg(text, false);
  CHECK(svg.wrong == "");
  for (const char* name : {"n1", "n2", "n3", "c1", "store", "clients", "west"}) CHECK(svg.says(name));
  CHECK(svg.all("line", "lane").size() == 4);
  std::vector<std::string> arrows;
  std::size_t lost = 0;
  for (const Element* line : svg.all("line", "m")) {
    if (attribute(*line, "data-m").empty()) continue;  // of the legend
    arrows.push_back(line->title);
    lost += has_class(*line, "lost") ? 1 : 0;
    CHECK(has_class(*line, "lost") == attribute(*line, "marker-end").empty());
  }
  CHECK(arrows == std::vector<std::string>{
                      "Ask from n1 to n2, sent 0.010000s, arrived 0.014000s",
                      "Vote from n2 to n1, sent 0.015000s, arrived 0.018000s",
                      "Append from n1 to n3, sent 0.021000s, lost 0.021000s: stopped by a partition: partition: n3 | n1, n2",
                      "Append from n1 to n2, sent 0.021000s, lost 0.024000s: arrived at n2 while it was down: crash: n2",
                      "Reply from n1 to c1, sent 0.024000s, arrived 0.026000s",
                      "Reply from n1 to c1, sent 0.024000s, arrived 0.027000s: a duplicate that the link made"});
  CHECK(lost == 2);
  // What the partition stopped ends on its way, what came to a node that was down at that node.
  std::vector<double> lanes;
  for (const Element* lane : svg.all("line", "lane")) lanes.push_back(number(*lane, "y1"));
  const Element& cut = *svg.with("data-m", "2");
  CHECK(number(cut, "y1") == lanes[0]);
  CHECK(number(cut, "y2") > lanes[0]);
  CHECK(number(cut, "y2") < lanes[2]);
  CHECK(number(cut, "x2") > number(cut, "x1"));
  CHECK(number(*svg.with("data-m", "3"), "y2") == lanes[1]);
  CHECK(has_class(*svg.with("data-m", "5"), "again"));
  CHECK(!has_class(*svg.with("data-m", "4"), "again"));
  CHECK(svg.all("rect", "shade").size() == 2);
  CHECK(svg.all("rect", "op").size() == 2);
  CHECK(svg.all("line", "violated").size() == 1);
  CHECK(svg.all("line", "violated")[0]->title == "violated: store.safety: two leaders");
  CHECK(svg.says("leader, term 1"));
  CHECK(svg.says("read key 3 = 7"));
  for (const Element& e : svg.elements) {
    if (!attribute(e, "data-e").empty() || !attribute(e, "data-m").empty()) CHECK(!e.title.empty());
  }
  CHECK(text.find("http") == text.find("http://www.w3.org/2000/svg"));
  CHECK(text.find("http", text.find("http") + 1) == std::string::npos);
}

TEST_CASE("svg: what is earlier stands further left, and at its node", "[export]") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Timeline timeline = arbitrary(seed, 150);
    const std::string text = exported(timeline, ExportFormat::svg);
    const Markup svg(text, false);
    REQUIRE(svg.wrong == "");
    double last = -1;
    std::map<std::uint32_t, std::set<double>> heights;
    std::size_t seen = 0;
    for (const Element& e : svg.elements) {
      if (e.name != "circle" || attribute(e, "data-e").empty()) continue;
      const Timeline::Event& event = timeline.event(static_cast<std::uint32_t>(std::stoul(attribute(e, "data-e"))));
      CHECK(number(e, "cx") >= last);
      last = number(e, "cx");
      heights[event.node].insert(number(e, "cy"));
      ++seen;
    }
    CHECK(seen > 100);
    for (const auto& [node, own] : heights) CHECK(own.size() == 1);
    const double right = number(svg.elements[0], "width");
    for (const Element* line : svg.all("line", "m")) {
      if (attribute(*line, "data-m").empty()) continue;
      const Timeline::Message& m = timeline.messages[std::stoul(attribute(*line, "data-m"))];
      CHECK(number(*line, "y1") == *heights[m.from].begin());
      if (m.event != 0) CHECK(number(*line, "y2") == *heights[m.to].begin());
      CHECK(number(*line, "x1") <= number(*line, "x2"));
      CHECK(number(*line, "x2") < right);
    }
  }
}

TEST_CASE("svg: a range cuts messages at its edges, and limits are told", "[export]") {
  const std::string text = exported(story(), ExportFormat::svg, {.from = at(12_ms), .to = at(25_ms)});
  const Markup svg(text, false);
  CHECK(svg.wrong == "");
  std::size_t without_head = 0;
  std::size_t arrows = 0;
  for (const Element* line : svg.all("line", "m")) {
    if (attribute(*line, "data-m").empty()) continue;
    ++arrows;
    without_head += !has_class(*line, "lost") && attribute(*line, "marker-end").empty() ? 1 : 0;
  }
  CHECK(arrows == 6);
  CHECK(without_head == 2);  // both replies are still under way
  std::string notice;
  const std::string many = exported(arbitrary(2, 4000), ExportFormat::svg, {}, &notice);
  const Markup large(many, false);
  CHECK(large.wrong == "");
  CHECK(large.all("line", "m").size() <= sim::usual_limit(ExportFormat::svg) + 20);
  CHECK(notice.find("Only the first 2000 of ") == 0);
  CHECK(large.says(notice));
  const std::string few = exported(story(), ExportFormat::svg, {.nodes = {0, 1}});
  CHECK(Markup(few, false).all("line", "lane").size() == 2);
}

TEST_CASE("svg: a client that gives up again and again needs one row", "[export]") {
  Teller t({{"c1", "clients", "", ""}});
  t.start(0, at(0_s));
  for (std::uint64_t i = 0; i < 50; ++i) {
    t.timer(0, at(sim::Duration{static_cast<std::int64_t>(i) * 1'000'000}), 1, "Next");
    t.builder().begin_operation(i, sim::NodeId{0}, t.last(), at(sim::Duration{static_cast<std::int64_t>(i) * 1'000'000}), "read",
                                "");
  }
  const Timeline timeline = t.finish(at(60_ms));
  const std::string text = exported(timeline, ExportFormat::svg);
  const Markup svg(text, false);
  REQUIRE(svg.wrong == "");
  const auto bars = svg.all("rect", "op");
  REQUIRE(bars.size() == 50);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    CHECK(number(*bars[i], "y") == number(*bars[0], "y"));
    CHECK(bars[i]->title.find("never answered") != std::string::npos);
    if (i > 0) CHECK(number(*bars[i - 1], "x") + number(*bars[i - 1], "width") <= number(*bars[i], "x") + 0.1);
  }
  CHECK(number(*bars[49], "x") + number(*bars[49], "width") > 800);
}

TEST_CASE("html: one page with the diagram, the claims, the faults and what each event was", "[export]") {
  const std::string text = exported(story(), ExportFormat::html);
  const Markup page(text, true);
  CHECK(page.wrong == "");
  CHECK(text.find("http") == std::string::npos);
  CHECK(text.find("src=") == std::string::npos);
  for (const char* words : {"told, seed 7", "store.safety", "two leaders", "store.linearizable", "holds", "reached", "crash: n2",
                            "partition: n3 | n1, n2"})
    CHECK(page.says(words));
  CHECK(page.says("Violated: store.safety: two leaders"));
  const Value data = data_of(page);
  const Value::List& events = *data.find("events")->list();
  REQUIRE(events.size() == 15);
  const Value::List& ask = *events[5].list();
  CHECK(*ask[0].integer() == 6);
  CHECK(*ask[1].integer() == 5);
  CHECK(*ask[2].text() == "0.014000s, n2 gets Ask from n1");
  CHECK(ask[3].to_json() == "{\"term\":1,\"words\":\"</script>\"}");
  CHECK(data.find("asides")->find("5")->to_json() == "[\"note: stands for election\"]");
  // Whatever the page's script looks up is there.
  for (const Element& e : page.elements) {
    if (const std::string& m = attribute(e, "data-m"); !m.empty()) CHECK(data.find("messages")->find(m) != nullptr);
    if (const std::string& go = attribute(e, "data-go"); !go.empty()) CHECK(page.with("data-e", go) != nullptr);
  }
  for (const Value& event : events) {
    const Value& message = (*event.list())[4];
    if (!message.is_nil()) CHECK(data.find("messages")->find(message.to_json()) != nullptr);
  }
  for (const char* id : {"plot", "what", "in", "out", "fit", "one"}) CHECK(page.with("id", id) != nullptr);
}

TEST_CASE("svg and html: no text breaks them, and an empty run is drawn", "[export]") {
  for (const std::string& spice : spices()) {
    INFO(spice);
    const std::string svg = exported(story(spice), ExportFormat::svg);
    CHECK(Markup(svg, false).wrong == "");
    const std::string html = exported(story(spice), ExportFormat::html);
    const Markup page(html, true);
    CHECK(page.wrong == "");
    CHECK(data_of(page).find("events")->list()->size() == 15);
    std::size_t scripts = 0;
    for (const Element& e : page.elements) scripts += e.name == "script" ? 1 : 0;
    CHECK(scripts == 2);
  }
  for (const ExportFormat format : {ExportFormat::svg, ExportFormat::html}) {
    const std::string nothing = exported(Teller({}).finish(Time{}), format);
    CHECK(Markup(nothing, format == ExportFormat::html).wrong == "");
    const std::string idle = exported(Teller({{"n1", "s", "", ""}}).finish(at(1_s)), format);
    const Markup one(idle, format == ExportFormat::html);
    CHECK(one.wrong == "");
    CHECK(one.all("line", "lane").size() == 1);
  }
}

TEST_CASE("html: thousands of events fit, and more are told to be missing", "[export]") {
  std::string notice;
  const std::string text = exported(arbitrary(4, 12'000), ExportFormat::html, {}, &notice);
  const Markup page(text, true);
  CHECK(page.wrong == "");
  CHECK(data_of(page).find("events")->list()->size() == sim::usual_limit(ExportFormat::html));
  CHECK(notice.find("Only the first 10000 of ") == 0);
  CHECK(page.says(notice));
  CHECK(text.size() < 12'000'000);
}
