// What it costs to look at a run: recording its timeline beside running it, reading it back from a trace, memory an event, and the
// state of a node at any event, by running there again. A five-node Raft with four clients and the faults of scenarios/raft.
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "measure.hpp"
#include "protocols/catalog.hpp"
#include "sim/core/random.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/timeline_recorder.hpp"
#include "sim/trace/jsonl.hpp"
#include "viz/model/session.hpp"

namespace bench {
namespace {

/// scenarios/raft/partition.json, over so much virtual time.
std::shared_ptr<const sim::Scenario> scenario(const sim::Registry& registry, std::int64_t seconds) {
  std::ifstream file(std::string(FAULTLINE_SOURCE_DIR) + "/scenarios/raft/partition.json");
  auto document = sim::parse_json(std::string{std::istreambuf_iterator<char>(file), {}});
  if (!document || sim::set_member(*document, "duration=" + std::to_string(seconds) + "s")) std::abort();
  sim::Loaded loaded = sim::load_scenario(*document, registry);
  if (!loaded.scenario) std::abort();
  return std::make_shared<const sim::Scenario>(*std::move(loaded.scenario));
}

template <class Work>
double seconds_of(const Work& work) {
  const double before = cpu_seconds();
  work();
  return cpu_seconds() - before;
}

void measure(const sim::Registry& registry, std::int64_t virtual_seconds, const Options& how) {
  const auto kept = scenario(registry, virtual_seconds);
  sim::Run plain(*kept, 7);
  const double run_s = seconds_of([&] { plain.finish(); });
  const auto events = static_cast<double>(plain.world().counters().events);

  viz::Session session(viz::Wish{kept, 7, {}});
  viz::Branch& branch = session.branch(0);
  const double open_s = seconds_of([&] {
    while (branch.advance(UINT64_MAX)) {
    }
  });

  std::string trace;
  sim::Run traced(*kept, 7, {.claims = false, .history = false});
  sim::JsonlWriter writer(sim::trace_header(*kept, 7, "bench"), traced.world().directory().node_names,
                          [&](std::string_view text) { trace += text; });
  traced.world().watch(&writer);
  traced.finish();
  writer.finish();
  double bytes = 0;
  const double read_s = seconds_of([&] {
    std::size_t at = trace.find('\n');
    auto reader = sim::TraceReader::begin(trace.substr(0, at), {});
    if (!reader) std::abort();
    while (++at < trace.size()) {
      const std::size_t end = trace.find('\n', at);
      if (reader->line(std::string_view(trace).substr(at, end - at))) std::abort();
      at = end;
    }
    const sim::Timeline read = std::move(*reader).finish();
    bytes = static_cast<double>(read.bytes());
    if (read.events.size() != branch.timeline().events.size()) std::abort();
  });

  sim::Rng rng(1, "bench", 0);
  double worst = 0;
  const double inspect_s = median(how.smoke ? 3 : 101, [&] {
    const auto event = static_cast<std::uint32_t>(1 + rng.below(branch.timeline().events.size()));
    const auto node = static_cast<std::uint32_t>(rng.below(5));
    const double took = seconds_of([&] { branch.inspect(node, event); });
    worst = std::max(worst, took);
    return took;
  });
  if (how.json) {
    fmt::print(
        "{{\"bench\":\"timeline\",\"events\":{:.0f},\"run_s\":{:.3f},\"open_s\":{:.3f},\"read_s\":{:.3f},\"bytes_an_event\":{:.1f},"
        "\"inspect_ms\":{:.2f},\"inspect_worst_ms\":{:.2f}}}\n",
        events, run_s, open_s, read_s, bytes / events, inspect_s * 1e3, worst * 1e3);
    return;
  }
  fmt::print("{:>9.0f} {:>8.2f} {:>8.2f} {:>10.2f} {:>10.1f} {:>12.2f} {:>10.2f}\n", events, run_s, open_s, read_s, bytes / events,
             inspect_s * 1e3, worst * 1e3);
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  const bench::Options how = bench::options(argc, argv);
  sim::Registry registry;
  protocols::add_all(registry);
  if (!how.json) fmt::print("   events    run s   open s   trace s   B/event   inspect ms   worst ms\n");
  if (how.smoke) {
    bench::measure(registry, 30, how);
    return 0;
  }
  for (const std::int64_t seconds : {64, 640, 1920}) bench::measure(registry, seconds, how);
  fmt::print("{}: peak {} MiB\n", how.json ? "//" : "memory", bench::peak_kib() / 1024);
  return 0;
}
