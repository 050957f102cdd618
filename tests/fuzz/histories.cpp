// Fuzzes the readers of histories (libFuzzer): any bytes are read or refused with a place, in pieces as in one; and what is read
// can be judged within a small budget. The first byte of an input says the format.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/check/explain/picture.hpp"
#include "sim/check/question.hpp"
#include "tests/unit/pieces.hpp"

namespace {

using namespace sim::check;

void demand(bool holds) {
  if (!holds) std::abort();
}

void judge_small(const Recorded& recorded) {
  if (size(recorded) > 24) return;
  const Limits limits{.steps = 20'000, .bytes = std::size_t{4} << 20U, .core_steps = 2'000};
  const History history = to_history(recorded);
  demand(history.operations.size() == size(recorded));
  const ModelName model = guess_model(recorded);
  const auto judged = judge({.model = model, .consistency = usual_consistency(model)}, recorded, limits);
  if (!judged.ok()) return;
  demand((judged->verdict == Verdict::invalid) <= !judged->explanation.empty());
  for (const std::size_t i : judged->core) demand(i < history.operations.size());
  for (const std::size_t i : judged->order) demand(i < history.operations.size());
  (void)to_svg(lay_out(history, *judged, "fuzzed"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto formats = all_formats();
  const Format format = formats[data[0] % formats.size()];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  (void)recognize(text);
  formats::Window whole(text);
  const auto recorded = read_recorded(format, whole);
  Pieces pieces(text, 1 + data[0] / formats.size());
  formats::Window window(pieces);
  const auto again = read_recorded(format, window);
  demand(recorded.ok() == again.ok());
  if (!recorded.ok()) {
    demand(recorded.error() == again.error());
    demand(recorded.error().where.starts_with("line "));
    return 0;
  }
  judge_small(*recorded);
  return 0;
}
