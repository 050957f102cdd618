// Jsonl: a trace as text, one JSON object a line, for other tools.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "sim/trace/record.hpp"

namespace sim {

/// Writes records as JSON lines and hands the text over in pieces of about 64 KiB.
///
/// A line: {"event":12,"cause":9,"t":1250000,"kind":"deliver","node":"n2","from":"n1","sent":1000000,"type":"Vote","value":{...}}.
/// `t` and `sent` are nanoseconds; `event` counts from 1; a cause of 0 is left out.
class JsonlWriter final : public Sink {
 public:
  /// `header` is one JSON object (the scenario and the seed); `names` are the nodes' names.
  JsonlWriter(std::string_view header, std::span<const std::string> names, std::function<void(std::string_view)> flush);
  void write(const Record& record) override;
  /// Hands over what is left.
  void finish();

 private:
  void member(std::string_view name, std::string_view text);
  void member(std::string_view name, std::uint64_t number);

  std::span<const std::string> names_;
  std::function<void(std::string_view)> flush_;
  std::string buffer_;
};

}  // namespace sim
