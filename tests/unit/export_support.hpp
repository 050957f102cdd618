// Timelines to export: small ones by hand, and arbitrary ones from a seed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/json.hpp"
#include "sim/trace/export.hpp"
#include "tests/unit/catch.hpp"

namespace export_test {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)
using sim::ExportFormat;
using sim::ExportOptions;
using sim::RecordKind;
using sim::Time;
using sim::Timeline;
using sim::Value;

inline Time at(sim::Duration d) { return Time{} + d; }

/// Tells a run record by record.
class Teller {
 public:
  explicit Teller(std::vector<Timeline::Node> nodes) : builder_(std::move(nodes), {.values = true}) {}

  /// An event; its number.
  std::uint32_t start(std::uint32_t node, Time when, std::uint32_t cause = 0) {
    return event({.kind = RecordKind::start, .cause = sim::EventId{cause}, .at = when, .node = id(node), .text = {}}, "", "");
  }
  std::uint32_t timer(std::uint32_t node, Time when, std::uint32_t cause, std::string_view type) {
    return event({.kind = RecordKind::timer, .cause = sim::EventId{cause}, .at = when, .node = id(node), .text = {}}, type, "{}");
  }
  std::uint32_t sync(std::uint32_t node, Time when, std::uint32_t cause) {
    return event({.kind = RecordKind::sync, .cause = sim::EventId{cause}, .at = when, .node = id(node), .text = {}}, "", "");
  }
  std::uint32_t deliver(std::uint32_t from, std::uint32_t to, Time sent, Time when, std::uint32_t cause, std::string_view type,
                        std::string_view value = "{}") {
    return event({.kind = RecordKind::deliver,
                  .cause = sim::EventId{cause},
                  .at = when,
                  .node = id(to),
                  .peer = id(from),
                  .sent = sent,
                  .number = number_++,
                  .text = {}},
                 type, value);
  }
  /// A message is lost during the last event.
  void drop(std::uint32_t from, std::uint32_t to, Time sent, Time when, std::uint32_t cause, std::string_view type,
            std::string_view why) {
    tell({.kind = RecordKind::drop,
          .event = sim::EventId{events_},
          .cause = sim::EventId{cause},
          .at = when,
          .node = id(to),
          .peer = id(from),
          .sent = sent,
          .number = number_++,
          .text = why},
         type, "");
  }
  /// The next two messages of this sender with the same number are one that a link doubled.
  void duplicate(std::uint32_t from, std::uint32_t to, Time when) {
    tell({.kind = RecordKind::duplicate,
          .event = sim::EventId{events_},
          .at = when,
          .node = id(to),
          .peer = id(from),
          .number = number_,
          .text = {}},
         "", "");
  }
  void again() { --number_; }
  void aside(RecordKind kind, std::uint32_t node, Time when, std::string_view text, std::uint64_t epoch = 0) {
    tell({.kind = kind, .event = sim::EventId{events_}, .at = when, .node = id(node), .number = epoch, .text = text}, "", "");
  }
  std::uint32_t fault(std::uint32_t number, sim::FaultPhase phase, std::string_view kind, Time when,
                      const std::vector<sim::NodeId>& nodes, const std::vector<sim::NodeId>& others,
                      const std::vector<sim::NodeId>& ailing, std::string_view text, std::uint32_t cause = 0) {
    const sim::FaultRecord::Ailing change{number, ailing};
    const sim::FaultRecord record{.number = number,
                                  .phase = phase,
                                  .kind = kind,
                                  .nodes = nodes,
                                  .others = others,
                                  .both_ways = true,
                                  .changes = {&change, 1}};
    return event({.kind = RecordKind::fault, .cause = sim::EventId{cause}, .at = when, .text = text, .fault = &record}, "", "");
  }
  sim::TimelineBuilder& builder() { return builder_; }
  sim::EventId last() const { return sim::EventId{events_}; }
  Timeline finish(Time end) {
    Timeline out = std::move(builder_).finish(end);
    out.scenario = "told";
    out.seed = 7;
    return out;
  }

 private:
  static sim::NodeId id(std::uint32_t node) { return sim::NodeId{node}; }
  std::uint32_t event(sim::Record record, std::string_view type, std::string_view value) {
    record.event = sim::EventId{++events_};
    tell(record, type, value);
    return static_cast<std::uint32_t>(events_);
  }
  void tell(const sim::Record& record, std::string_view type, std::string_view value) { builder_.write({record, type, value}); }

  sim::TimelineBuilder builder_;
  std::uint64_t events_ = 0;
  std::uint64_t number_ = 0;
};

/// Three servers and a client: an election, a partition that cuts a message, a crash, a duplicate, a read, a violation. The text
/// is in every name and note that a run can have.
inline Timeline story(const std::string& spice = "") {
  const sim::NodeId n1{0};
  const sim::NodeId n2{1};
  const sim::NodeId n3{2};
  Teller t({{"n1" + spice, "store" + spice, "", "term"},
            {"n2" + spice, "store" + spice, "", "term"},
            {"n3", "store" + spice, "west" + spice, "term"},
            {"c1", "clients", "", ""}});
  for (std::uint32_t node = 0; node < 4; ++node) t.start(node, at(0_s));  // 1 to 4
  t.timer(0, at(10_ms), 1, "Election" + spice);                           // 5
  t.aside(RecordKind::role, 0, at(10_ms), "candidate" + spice, 1);
  t.aside(RecordKind::note, 0, at(10_ms), "stands for election" + spice);
  t.deliver(0, 1, at(10_ms), at(14_ms), 5, "Ask", "{\"term\":1,\"words\":\"<\\/script>\"}");  // 6
  t.sync(1, at(15_ms), 6);                                                                    // 7
  t.deliver(1, 0, at(15_ms), at(18_ms), 7, "Vote" + spice, "{\"granted\":true}");             // 8
  t.aside(RecordKind::role, 0, at(18_ms), "leader", 1);
  t.aside(RecordKind::mark, 0, at(18_ms), "elected" + spice);
  t.builder().begin_operation(4, sim::NodeId{3}, sim::EventId{4}, at(1_ms), "read", "key 3" + spice);
  t.fault(0, sim::FaultPhase::begins, "partition", at(20_ms), {n3}, {n1, n2}, {n3}, "partition: n3 | n1, n2" + spice);  // 9
  t.drop(0, 2, Time{}, at(21_ms), 8, "Append", "cut");
  t.fault(1, sim::FaultPhase::begins, "crash", at(22_ms), {n2}, {}, {n2}, "crash: n2");  // 10
  t.drop(0, 1, at(21_ms), at(24_ms), 8, "Append", "down");
  t.duplicate(0, 3, at(24_ms));
  t.deliver(0, 3, at(24_ms), at(26_ms), 8, "Reply", "{\"value\":\"a,b\\n\\\"c\\\"\"}");  // 11
  t.builder().end_operation(4, t.last(), at(26_ms), "ok", "7" + spice);
  t.again();
  t.deliver(0, 3, at(24_ms), at(27_ms), 8, "Reply");                                        // 12
  t.fault(1, sim::FaultPhase::ends, "crash", at(30_ms), {n2}, {}, {}, "end of crash: n2");  // 13
  t.timer(0, at(31_ms), 8, "Tick");                                                         // 14
  t.timer(0, at(31_ms), 8, "Tick");                                                         // 15
  t.builder().begin_operation(4, sim::NodeId{3}, sim::EventId{12}, at(27_ms), "write", "key 3 = 9");
  t.builder().add_claim({"store.safety" + spice, "always", "violated", "two leaders" + spice, at(31_ms), 15, "n1"});
  t.builder().add_claim({"store.elects", "sometimes", "reached", "", at(18_ms), 8, "n1"});
  t.builder().add_claim({"store.linearizable", "history", "holds", "", Time{}, 0, ""});
  return t.finish(at(40_ms));
}

/// Every text that has once broken something.
inline const std::vector<std::string>& spices() {
  static const std::vector<std::string> all{"\"quoted\" 'twice'",
                                            "two\nlines\r\nand\ttabs",
                                            "<script>alert(1)</script>",
                                            "]]> --> <!-- &amp; &",
                                            "a;b#c%%d{e}f:g$$h$$",
                                            "end",
                                            " \xC3\xA9\xE2\x82\xAC\xF0\x9F\x92\xA5",
                                            "\xFF\xC3(",
                                            "=1+1,\"x\"",
                                            "\\u0041\\",
                                            "`x` ${y}",
                                            "\xEF\xBF\xBF\x01\x7F",
                                            "\xE2\x80\xA8",
                                            "\xE0\x80\xAF \xED\xA0\x80 \xF0\x80\x80\x80 \xF4\x90\x80\x80"};
  return all;
}

/// An arbitrary run of four nodes.
inline Timeline arbitrary(std::uint64_t seed, std::uint32_t events) {
  std::uint64_t state = seed * 2862933555777941757U + 3037000493U;
  const auto below = [&](std::uint32_t bound) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::uint32_t>((state >> 33U) % bound);
  };
  Teller t({{"a", "s", "", ""}, {"b", "s", "", ""}, {"c", "s", "", ""}, {"d", "t", "", ""}});
  Time now{};
  std::vector<std::uint32_t> owner;  // of each event, its node; 4: a fault
  std::uint32_t faults = 0;
  for (std::uint32_t node = 0; node < 4; ++node) owner.push_back((t.start(node, now), node));
  while (owner.size() < events) {
    now = now + sim::Duration{below(3) == 0 ? 0 : below(2'000'000)};  // several at one instant are usual
    const auto cause = below(static_cast<std::uint32_t>(owner.size())) + 1;
    const std::uint32_t by = owner[cause - 1];
    const std::uint32_t kind = below(10);
    if (by == 4) {  // a crash is over
      const std::uint32_t node = below(4);
      t.start(node, now, cause);
      owner.push_back(node);
    } else if (kind == 9) {  // a crash, which may have waited for a save
      const sim::NodeId hit{below(4)};
      t.fault(faults++, sim::FaultPhase::begins, "crash", now, {hit}, {}, {hit}, "crash", below(2) == 0 ? cause : 0);
      owner.push_back(4);
    } else if (kind < 6) {
      const std::uint32_t to = below(4);
      t.deliver(by, to, now - sim::Duration{now.ns / 3}, now, cause, kind < 3 ? "Ping" : "Pong");
      owner.push_back(to);
    } else if (kind < 8) {
      t.timer(by, now, cause, "Tick");
      owner.push_back(by);
    } else {
      t.drop(by, below(4), Time{}, now, cause, "Ping", "loss");
    }
  }
  return t.finish(now + 1_ms);
}

inline std::string exported(const Timeline& timeline, ExportFormat format, const ExportOptions& options = {},
                            std::string* notice = nullptr) {
  std::string out;
  const std::string said = sim::export_timeline(timeline, format, options, [&](std::string_view text) { out += text; });
  if (notice != nullptr) *notice = said;
  return out;
}

inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

/// Whether a text is UTF-8, by its definition (RFC 3629, section 4).
inline bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t k) {
      return i + k < text.size() ? static_cast<unsigned>(static_cast<unsigned char>(text[i + k])) : 0U;
    };
    const auto tail = [&](std::size_t k) { return byte(k) >= 0x80 && byte(k) <= 0xBF; };
    const unsigned b = byte(0);
    if (b <= 0x7F)
      i += 1;
    else if (b >= 0xC2 && b <= 0xDF && tail(1))
      i += 2;
    else if (b >= 0xE0 && b <= 0xEF && tail(1) && tail(2) && (b != 0xE0 || byte(1) >= 0xA0) && (b != 0xED || byte(1) <= 0x9F))
      i += 3;
    else if (b >= 0xF0 && b <= 0xF4 && tail(1) && tail(2) && tail(3) && (b != 0xF0 || byte(1) >= 0x90) &&
             (b != 0xF4 || byte(1) <= 0x8F))
      i += 4;
    else
      return false;
  }
  return true;
}

}  // namespace export_test
