#include "sim/cli/bundle.hpp"

#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/scenario/json.hpp"

namespace sim::cli {

std::string bundle_of(const Scenario& scenario, const Report& report) {
  const ClaimReport* violation = report.violation();
  return Value(Value::Map{{"faultline", Value(kVersion)},
                          {"kind", "bundle"},
                          {"seed", Value(static_cast<std::int64_t>(report.seed))},
                          {"verdict", Value(report.verdict())},
                          {"claim", violation == nullptr ? Value() : Value(violation->name)},
                          {"digest", Value(hex(report.digest))},
                          {"events", Value(static_cast<std::int64_t>(report.counters.events))},
                          {"decisions", Value::List{}},
                          {"scenario", scenario.source}})
             .to_json() +
         "\n";
}

Result<Bundle> read_bundle(const std::string& path) {
  auto text = read_file(path);
  if (!text) return Error{"", "cannot read it: " + text.error().what};
  auto document = parse_json(*text);
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
  Bundle out{*scenario, static_cast<std::uint64_t>(*seed->integer()), *digest->text(), {}, {}};
  if (const Value* claim = document->find("claim"); claim != nullptr && claim->text() != nullptr) out.claim = *claim->text();
  if (const Value* version = document->find("faultline"); version != nullptr && version->text() != nullptr)
    out.version = *version->text();
  return out;
}

}  // namespace sim::cli
