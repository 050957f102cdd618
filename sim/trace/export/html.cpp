// One self-contained page: the diagram, scrolled, zoomed and asked with the pointer; the claims; the faults.
#include "sim/trace/export/parts.hpp"

namespace sim::exports {

namespace {

constexpr int kPageWidest = 30'000;
constexpr std::size_t kValueBytes = std::size_t{8} << 20U;  // of messages' fields in all

constexpr std::string_view kPageStyle =
    "body{font:15px/1.5 system-ui,sans-serif;margin:0;color:#222;background:#fff}main{padding:0 1.2rem 2rem}"
    "h1{font-size:1.3rem;margin:.8rem 0 .2rem}h2{font-size:1.05rem;margin:1.4rem 0 .4rem}.sum{color:#555;margin:.1rem 0 .6rem}"
    ".warn{color:#a04000}.frame{display:flex;border:1px solid #ccc;border-radius:4px;overflow:hidden}.names{flex:none;"
    "border-right:1px solid #ccc}.scroll{overflow-x:auto;flex:auto}svg{display:block}.bar{display:flex;gap:.4rem;"
    "align-items:center;margin:.4rem 0}.bar span{color:#666;margin-left:.6rem;font-size:.85rem}button{font:inherit;padding:.1rem "
    ".7rem;border:1px solid #aaa;border-radius:4px;"
    "background:#f6f6f6}.what{position:sticky;bottom:0;background:#fffffff2;border:1px solid #ccc;border-radius:4px;"
    "margin-top:.6rem;padding:.4rem .8rem;height:11rem;overflow:auto;font:13px/1.45 ui-monospace,Menlo,Consolas,monospace}"
    ".what b{display:block}.what pre{margin:.2rem 0;white-space:pre-wrap;font:inherit}.what a{display:block;color:#0057a0;"
    "cursor:pointer}table{border-collapse:collapse;font-size:.9rem}td,th{text-align:left;vertical-align:top;padding:.15rem "
    "1rem .15rem 0;border-bottom:1px solid #ddd}td.bad{color:#b84a00;font-weight:bold}td.good{color:#00724f}"
    "[data-e],[data-m]{cursor:pointer}.m:hover{stroke-width:3}.picked .m,.picked .e,.picked .op,.picked .label{opacity:.18}"
    ".picked .past{opacity:1}.picked "
    ".m.past{stroke-width:2.4}.e.past{stroke:#000;stroke-width:1.5}.e.self{stroke:#c00000;stroke-width:2.5}";

// The page's data stand in an element of their own: {"events":[[number,cause,text,value,message],...],"messages":{index:[cause,
// event,text],...},"asides":{event:[text,...]}}.
constexpr std::string_view kPageScript = R"JS(
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const events = new Map(data.events.map(e => [e[0], e]));
  const svg = document.getElementById('plot');
  const scroll = svg.parentNode;
  const what = document.getElementById('what');
  let picked = 0, zoom = 1;

  const add = (tag, text) => {
    const element = document.createElement(tag);
    element.textContent = text;
    what.append(element);
    return element;
  };
  const chain = number => {
    const out = [];
    for (let e = events.get(number); e && out.length < 1000; e = events.get(e[1])) out.push(e);
    return out;
  };
  const showEvent = number => {
    const event = events.get(number);
    if (!event) return;
    what.textContent = '';
    add('b', 'event ' + number + ': ' + event[2]);
    if (event[4] !== null) add('div', data.messages[event[4]][2]);
    for (const text of data.asides[number] || []) add('div', text);
    if (event[3] !== null) add('pre', JSON.stringify(event[3], null, 1).replace(/\n\s*/g, ' '));
    if (event[1]) {
      const cause = events.get(event[1]);
      const link = add('a', 'caused by event ' + event[1] + (cause ? ': ' + cause[2] : ', which is not on this page'));
      if (cause) link.dataset.go = event[1];
    }
  };
  const showMessage = index => {
    const [cause, event, text] = data.messages[index];
    if (event && events.has(event)) return showEvent(event);
    what.textContent = '';
    add('b', text);
    const sender = events.get(cause);
    if (sender) add('a', 'sent in event ' + cause + ': ' + sender[2]).dataset.go = cause;
  };
  const pick = number => {
    for (const element of svg.querySelectorAll('.past,.self')) element.classList.remove('past', 'self');
    picked = number;
    svg.classList.toggle('picked', number !== 0);
    if (!number) return;
    const past = chain(number);
    const numbers = new Set(past.map(e => e[0]));
    for (const element of svg.querySelectorAll('[data-e]')) {
      const own = Number(element.dataset.e);
      if (numbers.has(own)) element.classList.add('past');
      if (own === number) element.classList.add('self');
    }
    for (const element of svg.querySelectorAll('[data-m]')) {
      if (numbers.has(data.messages[element.dataset.m][1])) element.classList.add('past');
    }
    showEvent(number);
    if (past.length > 1) add('b', 'what led there, the newest first:');
    for (const e of past.slice(1)) add('a', 'event ' + e[0] + ': ' + e[2]).dataset.go = e[0];
  };
  const reveal = number => {
    const element = svg.querySelector('[data-e="' + number + '"]');
    if (!element) return;
    const box = element.getBBox();
    scroll.scrollLeft = box.x - scroll.clientWidth / 2;
  };

  // A line is thin: what is near the pointer counts too.
  const near = event => {
    for (const [dx, dy] of [[0, 0], [0, 3], [0, -3], [3, 0], [-3, 0], [0, 6], [0, -6], [5, 5], [-5, -5], [5, -5], [-5, 5]]) {
      const element = document.elementFromPoint(event.clientX + dx, event.clientY + dy);
      if (element && element.dataset && svg.contains(element) && (element.dataset.e || element.dataset.m)) return element;
    }
    return null;
  };
  const eventOf = element => {
    if (element.dataset.e) return Number(element.dataset.e);
    const [cause, event] = data.messages[element.dataset.m];
    return events.has(event) ? event : cause;
  };
  svg.addEventListener('mousemove', event => {
    const element = picked ? null : near(event);
    if (!element) return;
    if (element.dataset.m) showMessage(element.dataset.m); else showEvent(Number(element.dataset.e));
  });
  svg.addEventListener('click', event => {
    const element = near(event);
    pick(element && events.has(eventOf(element)) ? eventOf(element) : 0);
  });
  document.addEventListener('click', event => {
    const go = event.target.dataset && event.target.dataset.go;
    if (go) { pick(Number(go)); reveal(go); }
  });
  document.addEventListener('keydown', event => { if (event.key === 'Escape') pick(0); });

  // Only time is stretched: texts, dots and heads keep their size.
  const stretched = ['x', 'x1', 'x2', 'cx'];
  const remembered = Array.from(svg.querySelectorAll('line,rect,circle,text'), element => {
    const first = {};
    for (const name of stretched) if (element.hasAttribute(name)) first[name] = Number(element.getAttribute(name));
    if (element.hasAttribute('width') && !element.classList.contains('sync') && !element.classList.contains('note') &&
        !element.classList.contains('mark')) first.width = Number(element.getAttribute('width'));
    return [element, first];
  });
  const width = Number(svg.getAttribute('width'));
  const stretch = factor => {
    const middle = (scroll.scrollLeft + scroll.clientWidth / 2) / zoom;
    zoom = Math.min(Math.max(factor, .05), 16);
    for (const [element, first] of remembered) for (const name in first) element.setAttribute(name, first[name] * zoom);
    svg.setAttribute('width', width * zoom);
    scroll.scrollLeft = middle * zoom - scroll.clientWidth / 2;
  };
  document.getElementById('in').onclick = () => stretch(zoom * 1.5);
  document.getElementById('out').onclick = () => stretch(zoom / 1.5);
  document.getElementById('fit').onclick = () => stretch(scroll.clientWidth / width);
  document.getElementById('one').onclick = () => stretch(1);
  const bad = document.querySelector('td.bad ~ td [data-go]');
  if (bad) { pick(Number(bad.dataset.go)); reveal(bad.dataset.go); }
})();
)JS";

/// JSON that stands in an element of HTML: what would end that element, or begin a comment in it, is written as an escape, and so
/// are the two code points that HTML bars.
std::string for_script(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char32_t code = take_code(text);
    if (code == '<') {
      out += "\\u003c";
    } else if (code == 0xFFFEU || code == 0xFFFFU) {
      out += code == 0xFFFEU ? "\\ufffe" : "\\uffff";
    } else {
      append_code(out, code);
    }
  }
  return out;
}

class Page {
 public:
  Page(const Selection& s, std::uint64_t most, Writer& out)
      : s_(s), timeline_(*s.timeline), out_(out), diagram_(Diagram::of(s, most, kPageWidest)) {
    diagram_.titles = false;  // the page tells more than a title could
    find_values();
    notice_ = joined(joined(s.notice, diagram_.notice), values_notice_);
  }

  std::string write() {
    const std::string title = xml(title_of(s_));
    out_ +=
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
        "<title>" +
        title + "</title>\n<style>";
    out_ += kPageStyle;
    out_ += diagram_style();
    out_ += "</style>\n</head><body><main>\n<h1>" + xml(timeline_.scenario) + ", seed " + number(timeline_.seed) + "</h1>\n";
    write_summary();
    write_diagram();
    write_claims();
    write_faults();
    write_data();
    out_ += "<script>";
    out_ += kPageScript;
    out_ += "</script>\n</main></body></html>\n";
    return notice_;
  }

 private:
  /// How many of the events keep their fields.
  void find_values() {
    std::size_t bytes = 0;
    for (const std::uint32_t n : s_.events) {
      bytes += timeline_.value_of(n).size();
      if (bytes > kValueBytes) break;
      ++with_values_;
    }
    if (with_values_ < s_.events.size())
      values_notice_ =
          "Only the first " + number(std::uint64_t{with_values_}) + " events have their messages' fields on this page.";
  }

  void write_summary() {
    const Timeline::Claim* violated = nullptr;
    for (const Timeline::Claim& claim : timeline_.claims) {
      if (claim.status == "violated" && violated == nullptr) violated = &claim;
    }
    out_ += "<p class=\"sum\">" + number(std::uint64_t{s_.events.size()}) + " events at " +
            number(std::uint64_t{diagram_.lanes.size()}) + " nodes, " + clock(s_.from) + " to " + clock(s_.until) + " of " +
            clock(timeline_.end) + "</p>\n";
    if (violated != nullptr) {
      out_ += "<p class=\"warn\">Violated: " + xml(violated->name) +
              (violated->message.empty() ? "" : ": " + xml(violated->message)) + "</p>\n";
    }
    if (!notice_.empty()) out_ += "<p class=\"warn\">" + xml(notice_) + "</p>\n";
  }

  void write_diagram() {
    std::string legend;
    const int height = draw_legend(diagram_, 1100, legend);
    out_ += "<svg width=\"1110\" height=\"" + number(height + 4) + "\">" + diagram_heads() + legend + "</svg>\n";
    out_ +=
        "<div class=\"bar\"><button id=\"out\">narrower</button><button id=\"in\">wider</button><button id=\"fit\">all of "
        "it</button>"
        "<button id=\"one\">as it was</button><span>point at an event or message to read it; click for what led to it; Escape to "
        "let go</span></div>\n";
    out_ += "<div class=\"frame\"><svg class=\"names\" width=\"" + number(diagram_.names) + "\" height=\"" +
            number(diagram_.height) + "\">\n";
    draw_names(diagram_, out_);
    out_ += "</svg>\n<div class=\"scroll\"><svg id=\"plot\" width=\"" + number(diagram_.width) + "\" height=\"" +
            number(diagram_.height) + "\">\n";
    draw_plot(diagram_, out_);
    out_ += "</svg></div></div>\n<div class=\"what\" id=\"what\">The event or message under the pointer is told here.</div>\n";
  }

  void go(std::uint32_t event, std::string_view text) {
    out_ += event != 0 && s_.has(event) ? "<a href=\"#plot\" data-go=\"" + number(event) + "\">" + xml(text) + "</a>" : xml(text);
  }

  void write_claims() {
    if (timeline_.claims.empty()) return;
    out_ += "<h2>Claims</h2>\n<table><tr><th>verdict</th><th>claim</th><th>kind</th><th>when</th><th>why</th></tr>\n";
    for (const Timeline::Claim& claim : timeline_.claims) {
      const bool good = claim.status == "holds" || claim.status == "reached";
      out_ += std::string("<tr><td class=\"") +
              (claim.status == "violated" ? "bad"
               : good                     ? "good"
                                          : "open") +
              "\">" + xml(claim.status) + "</td><td>" + xml(claim.name) + "</td><td>" + xml(claim.kind) + "</td><td>";
      if (claim.event != 0) go(claim.event, clock(claim.at) + (claim.node.empty() ? "" : " at " + claim.node));
      out_ += "</td><td>" + xml(claim.message) + "</td></tr>\n";
    }
    out_ += "</table>\n";
  }

  void write_faults() {
    if (s_.faults.empty()) return;
    out_ += "<h2>Faults</h2>\n<table><tr><th>from</th><th>to</th><th>fault</th></tr>\n";
    for (const std::uint32_t i : s_.faults) {
      const Timeline::Fault& fault = timeline_.faults[i];
      out_ += "<tr><td>";
      go(fault.begin_event, clock(fault.begin));
      out_ += "</td><td>";
      if (fault.end_event != 0 && fault.end != fault.begin) {
        out_ += clock(fault.end);
      } else if (fault.end != fault.begin) {
        out_ += "the end";
      }
      out_ += "</td><td>" + xml(fault.text) + "</td></tr>\n";
    }
    out_ += "</table>\n";
  }

  void write_data() {
    out_ += "<script type=\"application/json\" id=\"data\">{\"events\":[\n";
    for (std::size_t i = 0; i < s_.events.size(); ++i) {
      const std::uint32_t n = s_.events[i];
      const Timeline::Event& event = timeline_.event(n);
      const std::string_view value = i < with_values_ ? timeline_.value_of(n) : std::string_view();
      std::string line = i == 0 ? "[" : ",\n[";
      line += number(n) + "," + number(event.cause) + "," + json(clock(event.at) + ", " + timeline_.describe(n)) + "," +
              (value.empty() ? "null" : valid(value));
      line += "," + (event.kind == RecordKind::deliver ? number(event.message) : "null") + "]";
      out_ += for_script(line);
    }
    out_ += "\n],\"messages\":{";
    bool first = true;
    for (const std::uint32_t i : s_.messages) {
      const Timeline::Message& m = timeline_.messages[i];
      out_ += for_script((first ? "\n\"" : ",\n\"") + number(i) + "\":[" + number(m.cause) + "," + number(m.event) + "," +
                         json(message_text(timeline_, m)) + "]");
      first = false;
    }
    out_ += "\n},\"asides\":{";
    for (std::size_t i = 0; i < s_.asides.size(); ++i) {
      const Timeline::Aside& aside = timeline_.asides[s_.asides[i]];
      const bool more = i > 0 && timeline_.asides[s_.asides[i - 1]].event == aside.event;
      if (!more) out_ += std::string(i == 0 ? "\n\"" : "],\n\"") + number(aside.event) + "\":[";
      out_ += for_script((more ? "," : "") + json(enum_name(aside.kind) + ": " + aside.text));
    }
    out_ += std::string(s_.asides.empty() ? "" : "]") + "\n}}</script>\n";
  }

  const Selection& s_;
  const Timeline& timeline_;
  Writer& out_;
  Diagram diagram_;
  std::size_t with_values_ = 0;
  std::string values_notice_;
  std::string notice_;
};

}  // namespace

std::string write_html(const Selection& selection, std::uint64_t most, Writer& out) { return Page(selection, most, out).write(); }

}  // namespace sim::exports
