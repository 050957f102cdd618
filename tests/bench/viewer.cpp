// How long the viewer's model takes for one frame of 1280 x 800 pixels: what is culled and folded before anything is drawn, of
// runs of 10^5, 10^6 and 3 x 10^6 events of 8 nodes, of the whole run, three hundredths (where the most messages are bundled), one
// hundredth and a ten thousandth of it, on both scales; while the view moves, so that no frame is the one before. And what is done
// once: the index, a filter, a search.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "measure.hpp"
#include "tests/unit/viz_support.hpp"
#include "viz/model/focus.hpp"
#include "viz/model/scene.hpp"

namespace bench {
namespace {

/// Milliseconds of processor time that a piece of work takes.
template <class Work>
double ms_of(const Work& work) {
  const double before = cpu_seconds();
  work();
  return (cpu_seconds() - before) * 1e3;
}

std::string_view name_of(viz::Detail detail) {
  return detail == viz::Detail::arrows ? "arrows" : detail == viz::Detail::bundles ? "bundles" : "rates";
}

struct Frames {
  double median_ms = 0;
  double worst_ms = 0;
  viz::Scene last;
};

/// Frames of a part of the run, each a little further to the right, around its middle.
Frames frames_of(viz::SceneInput input, double part, int count) {
  const viz::Range whole = viz::whole(*input.timeline, input.axis.scale);
  const double middle = (whole.begin + whole.end) / 2;
  input.axis.range = viz::zoomed(whole, 1 / part, middle, whole);
  Frames out;
  std::vector<double> all;
  for (int i = 0; i < count; ++i) {
    const double ms = ms_of([&] { out.last = viz::compose(input); });
    all.push_back(ms);
    input.axis.range = viz::moved(input.axis.range, input.axis.range.length() * 0.013, whole);
  }
  std::sort(all.begin(), all.end());
  out.median_ms = all[all.size() / 2];
  out.worst_ms = all.back();
  return out;
}

std::size_t drawn(const viz::Scene& scene) {
  return scene.arrows.size() + scene.bundles.size() + scene.dots.size() + scene.rates.size() + scene.bars.size() +
         scene.shades.size() + scene.ribbons.size() + scene.stretches.size() + scene.flags.size();
}

void measure(std::uint32_t events, const Options& how) {
  const sim::Timeline timeline = viz_support::random_timeline(1, 8, events);
  const viz::Lanes lanes = viz::Lanes::of(timeline);
  std::optional<viz::SceneIndex> index;
  const double build_ms = ms_of([&] { index.emplace(timeline); });
  viz::Filter one_type;
  one_type.types = {timeline.events.back().type};
  const double sift_ms = ms_of([&] { index->sift(one_type); });
  viz::Filter words;
  words.text = "grant";
  std::size_t found = 0;
  const double find_ms = ms_of([&] { viz::find(timeline, words, 1000, found); });
  viz::Focus focus;
  const double focus_ms = ms_of([&] { focus.set(timeline, events / 2); });
  const double map_ms = ms_of([&] { viz::minimap(timeline, viz::Scale::time, 640); });
  if (how.json) {
    fmt::print(
        "{{\"bench\":\"viewer\",\"events\":{},\"messages\":{},\"index_ms\":{:.1f},\"filter_ms\":{:.1f},\"find_ms\":{:.1f},"
        "\"minimap_ms\":{:.1f},\"focus_ms\":{:.3f}}}\n",
        events, timeline.messages.size(), build_ms, sift_ms, find_ms, map_ms, focus_ms);
  } else {
    fmt::print(
        "{} events, {} messages: index {:.0f} ms, filter by type {:.0f} ms, find text {:.0f} ms, minimap {:.0f} ms, focus {:.3f} "
        "ms\n",
        events, timeline.messages.size(), build_ms, sift_ms, find_ms, map_ms, focus_ms);
  }
  for (const viz::Scale scale : {viz::Scale::time, viz::Scale::events}) {
    for (const double part : {1.0, 0.03, 0.01, 0.0001}) {
      viz::SceneInput input;
      input.timeline = &timeline;
      input.lanes = &lanes;
      input.index = &*index;
      input.focus = &focus;
      input.axis = {scale, {}, 1280};
      input.height = 800;
      frames_of(input, part, 1);  // the filter of before is put away, the caches are warm
      const Frames frames = frames_of(input, part, how.smoke ? 3 : 101);
      const std::string_view axis = scale == viz::Scale::time ? "time" : "events";
      if (how.json) {
        fmt::print(
            "{{\"bench\":\"viewer\",\"events\":{},\"scale\":\"{}\",\"part\":{},\"detail\":\"{}\",\"in_sight\":{},\"drawn\":{},"
            "\"median_ms\":{:.3f},\"worst_ms\":{:.3f}}}\n",
            events, axis, part, name_of(frames.last.detail), frames.last.messages, drawn(frames.last), frames.median_ms,
            frames.worst_ms);
      } else {
        fmt::print("  {:<6} {:>7}%  {:<8} {:>9} messages in sight {:>6} drawn  {:>7.3f} ms, worst {:>7.3f}\n", axis, part * 100,
                   name_of(frames.last.detail), frames.last.messages, drawn(frames.last), frames.median_ms, frames.worst_ms);
      }
    }
  }
}

int run(const Options& how) {
  const std::vector<std::uint32_t> sizes =
      how.smoke ? std::vector<std::uint32_t>{20'000} : std::vector<std::uint32_t>{100'000, 1'000'000, 3'000'000};
  for (const std::uint32_t events : sizes) measure(events, how);
  if (!how.json) fmt::print("most memory held: {} MiB\n", peak_kib() / 1024);
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::run(bench::options(argc, argv)); }
