#include "sim/cli/source.hpp"

#include <fmt/format.h>

#include <utility>

#include "sim/cli/commands.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/scenario/json.hpp"

namespace sim::cli {

std::optional<RunSource> open_source(const std::string& path, std::optional<std::uint64_t> seed,
                                     const std::vector<std::string>& sets, const Registry& registry) {
  RunSource out{.path = path, .header = {}, .trace = {}, .bundle = {}, .scenario = {}, .seed = seed.value_or(1)};
  auto file = InputFile::open(path);
  if (!file) {
    complain(fmt::format("{}: cannot read it: {}", path, file.error().what));
    return std::nullopt;
  }
  file->line(out.header);
  const auto header = parse_json(out.header);
  std::string kind = "a bundle";
  if (header && has_kind(*header, "trace")) {
    kind = "a trace";
    out.trace = *std::move(file);
  } else {
    const std::string text = out.header + "\n" + file->rest();
    if (!file->error().empty()) {
      complain(fmt::format("{}: cannot read it: {}", path, file->error()));
      return std::nullopt;
    }
    const auto document = parse_json(text);
    if (!document) {
      complain_all(path, {document.error()});
      return std::nullopt;
    }
    if (document->find("systems") != nullptr) {
      out.scenario = open_scenario(path, text, sets, registry);
      return out.scenario ? std::optional(std::move(out)) : std::nullopt;
    }
    if (!has_kind(*document, "bundle")) {
      complain(path + ": expected a trace or a bundle, as `simulate run` writes with --trace and --bundle, or a scenario");
      return std::nullopt;
    }
    out.bundle = open_bundle(path, text, registry);
    if (!out.bundle) return std::nullopt;
    out.seed = out.bundle->bundle.seed;
  }
  if (!seed && sets.empty()) return out;
  complain(fmt::format("{}: {} is {}, whose run is decided; expected a scenario", seed ? "--seed" : "--set", path, kind));
  return std::nullopt;
}

std::optional<Timeline> read_trace(RunSource& source, const std::function<void(std::string_view)>& line) {
  auto reader = TraceReader::begin(source.header, {.values = true});
  if (!reader) {
    complain(fmt::format("{}: line 1: {}", source.path, reader.error().what));
    return std::nullopt;
  }
  line(source.header);
  std::string text;
  for (std::uint64_t n = 2; source.trace->line(text); ++n) {
    if (const auto error = reader->line(text)) {
      std::string where = error->where;
      if (where.starts_with("line 1, ")) where.erase(0, 8);  // of this one line
      complain(fmt::format("{}: line {}: {}{}{}", source.path, n, where, where.empty() ? "" : ": ", error->what));
      return std::nullopt;
    }
    line(text);
  }
  if (!source.trace->error().empty()) {
    complain(fmt::format("{}: cannot read it: {}", source.path, source.trace->error()));
    return std::nullopt;
  }
  return (*std::move(reader)).finish();
}

}  // namespace sim::cli
