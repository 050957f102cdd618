// The formats that recorded histories come in; docs/checking.md describes each.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/check/formats/window.hpp"
#include "sim/check/history.hpp"
#include "sim/core/result.hpp"

namespace sim::check {

/// How a history is written down.
enum class Format : std::uint8_t {
  etcd,     ///< the log of Jepsen's etcd test: "INFO  jepsen.util - 0 :invoke :write 3"
  kv,       ///< key-value operations as EDN maps with a :key, one after another (Porcupine's test data)
  edn,      ///< Jepsen, Knossos and Elle: EDN maps, in a vector, in a list or one after another
  json,     ///< elle-cli: the same as JSON, in an array
  jsonl,    ///< Faultline's own: one JSON object a line
  fastlin,  ///< fastlin and fptlin: "# queue", then a line an operation: "enq 5 3 12", or "2 3 12 enq 5"
  awdit,    ///< AWDIT: "w 1 2" and "r 1 2", lines of dashes and of equals signs between transactions and sessions
  plume,    ///< PolySI and Plume: "r(1,2,3,4)" and "w(1,2,3,4)"
};

/// The name that `--format` takes: "etcd", "kv", "edn", ....
std::string_view to_text(Format format);
/// All formats, in the order in which help shows them.
std::span<const Format> all_formats();
/// The format of that name, or nullopt.
std::optional<Format> format_named(std::string_view name);

/// The format of a text by how it begins. An empty (or blank) text counts as an etcd log without operations.
/// Error: nothing known begins so.
Result<Format> recognize(std::string_view text);
/// The same of a text that comes in pieces: reads on until enough is there.
Result<Format> recognize(formats::Window& window);

/// Reads a history; the order of its events is the real-time order. Linear in the text up to a logarithm.
/// What the dialects mean differently is settled here: a failed :cas of an etcd log (an observation, as Porcupine reads
/// it) becomes an ok cas whose output is false; History::initial and History::nil_reads_match_any are set as the format's
/// own checker has them.
/// Error: `where` is the line and the column; the text is not in this format, an operation completes that was not invoked, a
/// process has two operations open, ...
Result<History> parse(Format format, std::string_view text);

/// The history in Faultline's own format, a header line first; parse(Format::jsonl, to_jsonl(h)) gives `h` back, except
/// that lines are those of the text and positions are counted anew.
std::string to_jsonl(const History& history);

}  // namespace sim::check
