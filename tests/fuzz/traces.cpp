// Any text as a trace: it is read or refused with a reason, and what was read can be looked at and exported in every format.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/scenario/timeline_recorder.hpp"
#include "sim/trace/export.hpp"

namespace {

void demand(bool good) {
  if (!good) std::abort();
}

/// Everything in a timeline that refers to something else refers to something that is there.
void walk(const sim::Timeline& t) {
  for (std::uint32_t n = 1; n <= t.events.size(); ++n) {
    demand(!t.describe(n).empty() || t.event(n).kind == sim::RecordKind::fault);
    for (const std::uint32_t effect : t.effects_of(n)) demand(effect > n && effect <= t.events.size());
    (void)t.value_of(n);
  }
  for (const sim::Timeline::Message& m : t.messages) {
    demand(m.from < t.nodes.size() && m.to < t.nodes.size());
    (void)t.explain(m);
  }
  (void)t.violation();
  for (std::uint32_t node = 0; node < t.nodes.size(); ++node) (void)t.role_at(node, t.end);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto take_line = [&] {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
  };
  auto reader = sim::TraceReader::begin(take_line(), {.values = true});
  if (!reader.ok()) {
    demand(!reader.error().what.empty());
    return 0;
  }
  while (!text.empty()) {
    const auto wrong = reader->line(take_line());
    if (!wrong) continue;
    demand(!wrong->what.empty());
    break;
  }
  const sim::Timeline timeline = std::move(*reader).finish();
  walk(timeline);
  for (std::size_t i = 0; i < sim::enum_names<sim::ExportFormat>().size(); ++i) {
    std::size_t written = 0;
    sim::export_timeline(timeline, static_cast<sim::ExportFormat>(i), {}, [&](std::string_view piece) { written += piece.size(); });
    demand(written > 0);
  }
  return 0;
}
