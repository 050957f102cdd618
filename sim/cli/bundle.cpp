#include "sim/cli/bundle.hpp"

#include <fmt/format.h>

#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/scenario/json.hpp"

namespace sim::cli {

std::string bundle_of(const Scenario& scenario, const Report& report, const Decisions& decisions) {
  const ClaimReport* violation = report.violation();
  return Value(Value::Map{{"faultline", Value(kVersion)},
                          {"kind", "bundle"},
                          {"seed", Value(static_cast<std::int64_t>(report.seed))},
                          {"verdict", Value(report.verdict())},
                          {"claim", violation == nullptr ? Value() : Value(violation->name)},
                          {"digest", Value(hex(report.digest))},
                          {"events", Value(static_cast<std::int64_t>(report.counters.events))},
                          {"decisions", to_value(decisions, scenario)},
                          {"scenario", scenario.source}})
             .to_json() +
         "\n";
}

Result<Bundle> parse_bundle(std::string_view text) {
  auto document = parse_json(text);
  if (!document) return document.error();
  const Value* kind = document->find("kind");
  const Value* scenario = document->find("scenario");
  const Value* seed = document->find("seed");
  const Value* digest = document->find("digest");
  if (kind == nullptr || kind->text() == nullptr || *kind->text() != "bundle") {
    return Error{"/kind", R"(expected a bundle (a file that `simulate run --bundle` wrote), with "kind": "bundle")"};
  }
  if (scenario == nullptr) return Error{"/scenario", "it is missing"};
  if (seed == nullptr || seed->integer() == nullptr || *seed->integer() < 0) return Error{"/seed", "expected a whole number"};
  if (digest == nullptr || digest->text() == nullptr) return Error{"/digest", "expected a text of 16 hexadecimal digits"};
  Bundle out{*scenario, {}, static_cast<std::uint64_t>(*seed->integer()), *digest->text(), {}, {}};
  if (const Value* decisions = document->find("decisions"); decisions != nullptr) out.decisions = *decisions;
  if (const Value* claim = document->find("claim"); claim != nullptr && claim->text() != nullptr) out.claim = *claim->text();
  if (const Value* version = document->find("faultline"); version != nullptr && version->text() != nullptr)
    out.version = *version->text();
  return out;
}

std::optional<OpenedBundle> open_bundle(const std::string& path, std::string_view text, const Registry& registry) {
  auto bundle = parse_bundle(text);
  if (!bundle) {
    complain_all(path, {bundle.error()});
    return std::nullopt;
  }
  Loaded loaded = load_scenario(bundle->scenario, registry);
  for (const Error& error : loaded.errors) complain(fmt::format("{}: /scenario{}: {}", path, error.where, error.what));
  if (!loaded.scenario) return std::nullopt;
  Decisions decisions;
  if (!bundle->decisions.is_nil()) {
    auto read = read_decisions(bundle->decisions, *loaded.scenario, "/decisions");
    if (!read) {
      complain_all(path, {read.error()});
      return std::nullopt;
    }
    decisions = *std::move(read);
  }
  return OpenedBundle{path, *std::move(bundle), *std::move(loaded.scenario), std::move(decisions)};
}

std::optional<OpenedBundle> open_bundle(const std::string& path, const Registry& registry) {
  const auto text = read_file(path);
  if (text) return open_bundle(path, *text, registry);
  complain(fmt::format("{}: cannot read it: {}", path, text.error().what));
  return std::nullopt;
}

bool confirmed(const OpenedBundle& opened, std::uint64_t digest) {
  const Bundle& bundle = opened.bundle;
  if (hex(digest) == bundle.digest) return true;
  complain(fmt::format("{}: the run's digest is {}, the bundle's {}: {}", opened.path, hex(digest), bundle.digest,
                       bundle.version == kVersion
                           ? "the run is not deterministic, or the code has changed since the bundle was made"
                           : "the bundle was made by version " + bundle.version + ", this is " + std::string(kVersion)));
  return false;
}

}  // namespace sim::cli
