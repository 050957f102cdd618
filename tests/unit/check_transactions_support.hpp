// What the tests of transactions share: logs written as text, the corpus, random histories.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "check_support.hpp"
#include "sim/check/formats/reader.hpp"
#include "sim/check/transactions/awdit_text.hpp"
#include "sim/check/transactions/judge.hpp"

#ifndef FAULTLINE_SOURCE_DIR
#define FAULTLINE_SOURCE_DIR "."
#endif

namespace txn_support {

using namespace sim::check;
using namespace sim::check::transactions;
using sim::Value;

inline Value edn(const std::string& text) {
  auto value = formats::Reader(text, formats::Syntax::edn).read();
  REQUIRE(value.ok());
  return *value;
}

// One event a line: "0 invoke [[append x 1] [r x nil]]", with types invoke, ok, fail and info. "0 ok" alone completes with nil.
inline sim::Result<Log> try_log(const std::string& text) {
  std::istringstream in(text);
  LogBuilder builder;
  std::uint32_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    std::istringstream words(line);
    std::int64_t process = 0;
    std::string type;
    std::string rest;
    if (!(words >> process >> type)) continue;
    std::getline(words, rest);
    Value value = rest.find('[') == std::string::npos ? Value() : edn(rest);
    if (type == "invoke") {
      const auto done = builder.invoke({.process = process, .f = "txn", .value = std::move(value), .line = number});
      if (!done.ok()) return done.error();
      continue;
    }
    const Outcome outcome = type == "ok" ? Outcome::ok : type == "fail" ? Outcome::fail : Outcome::info;
    const auto done = builder.complete({.process = process, .outcome = outcome, .value = std::move(value), .line = number});
    if (!done.ok()) return done.error();
  }
  return std::move(builder).finish();
}

// One transaction a line, one after another: "0 [[append x 1] [r x [1]]]", or with an outcome "0 fail [[append x 1]]".
inline Log serial_log(const std::string& text) {
  std::istringstream in(text);
  std::string events;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string process;
    std::string rest;
    if (!(words >> process)) continue;
    std::getline(words, rest);
    const std::string value = rest.substr(rest.find('['));
    std::string type = rest.substr(0, rest.find('['));
    if (type.find_first_not_of(' ') == std::string::npos) type = "ok";
    events += process + " invoke " + value + "\n" + process + " " + type + " " + value + "\n";
  }
  auto log = try_log(events);
  REQUIRE(log.ok());
  return *log;
}

// All transactions at once, each in a process of its own: nothing but the data orders them.
inline Log concurrent_log(const std::vector<std::string>& txns) {
  std::string events;
  for (std::size_t i = 0; i < txns.size(); ++i) events += std::to_string(i) + " invoke " + txns[i] + "\n";
  for (std::size_t i = 0; i < txns.size(); ++i) events += std::to_string(i) + " ok " + txns[i] + "\n";
  auto log = try_log(events);
  REQUIRE(log.ok());
  return *log;
}

inline bool satisfies(const Judgement& judged, Consistency model) {
  return std::find(judged.satisfied.begin(), judged.satisfied.end(), model) != judged.satisfied.end();
}

inline std::vector<std::string> names(const Judgement& judged) {
  std::vector<std::string> out;
  for (const Finding& f : judged.findings) out.push_back(f.name);
  return out;
}

inline bool has(const Judgement& judged, const std::string& name) {
  const auto all = names(judged);
  return std::find(all.begin(), all.end(), name) != all.end();
}

inline std::filesystem::path corpus() {
  if (const char* set = std::getenv("FAULTLINE_HISTORIES")) return set;
#ifdef FAULTLINE_HISTORIES
  return FAULTLINE_HISTORIES;
#else
  return std::filesystem::path(FAULTLINE_SOURCE_DIR) / "../shared/data/histories";
#endif
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

template <class Text>
sim::Result<Log> read_text(const std::string& text) {
  Text reader;
  std::istringstream in(text);
  std::uint32_t number = 0;
  for (std::string line; std::getline(in, line);) {
    const auto done = reader.line(line, ++number);
    if (!done.ok()) return done.error();
  }
  return reader.finish();
}

// EDN maps, one after another, in a list or not; without :process all belong to process 0.
inline Log edn_log(const std::string& text) {
  formats::Reader reader(text, formats::Syntax::edn);
  LogBuilder builder;
  reader.take('[');
  while (!reader.at_end() && !reader.take(']')) {
    const std::uint32_t line = reader.line();
    const auto map = reader.read();
    REQUIRE(map.ok());
    const Value* process = map->find("process");
    const std::int64_t p = process == nullptr ? 0 : *process->integer();
    const std::string type = *map->find("type")->text();
    const Value* f = map->find("f");
    if (type == "invoke") {
      REQUIRE(builder.invoke({.process = p, .f = f == nullptr ? "" : *f->text(), .value = *map->find("value"), .line = line}).ok());
    } else {
      const Outcome outcome = type == "ok" ? Outcome::ok : type == "fail" ? Outcome::fail : Outcome::info;
      REQUIRE(builder.complete({.process = p, .outcome = outcome, .value = *map->find("value"), .line = line}).ok());
    }
  }
  return std::move(builder).finish();
}

}  // namespace txn_support
