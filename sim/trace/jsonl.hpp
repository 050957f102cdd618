// Jsonl: a trace as text, one JSON object a line, for other tools.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "sim/trace/record.hpp"
#include "sim/trace/text_writer.hpp"

namespace sim {

/// Appends a record as one line, with its line break; `names` are the nodes' names.
///
/// A line: {"event":12,"cause":9,"t":1250000,"kind":"deliver","node":"n2","from":"n1","sent":1000000,"type":"Vote","value":{...}}.
/// `t` and `sent` are nanoseconds; `event` counts from 1; a cause of 0 is left out.
void append_line(std::string& out, const Record& record, std::span<const std::string> names);

/// Writes records as JSON lines and hands the text over in pieces of about 64 KiB.
class JsonlWriter final : public Sink {
 public:
  /// `header` is one JSON object (the scenario and the seed); `names` are the nodes' names.
  JsonlWriter(std::string_view header, std::span<const std::string> names, std::function<void(std::string_view)> flush);
  void write(const Record& record) override;
  /// Hands over what is left.
  void finish();

 private:
  std::span<const std::string> names_;
  TextWriter out_;
};

}  // namespace sim
