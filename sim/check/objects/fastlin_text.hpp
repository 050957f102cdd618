// The texts that fastlin and fptlin read: one collection's operations, one a line, with the instants of their ends.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/check/objects/log.hpp"

namespace sim::check::objects {

/// Reads such a text line by line. The first line names the collection, "# queue"; a line of fastlin's is
/// "method value start end" (enq 5 3 12), one of fptlin's "process start end method value" (2 3 12 enq 5); which it is shows
/// in the second line. Value -1 of a take is "it was empty". Lines that are empty are skipped, and so are others with #.
/// Equal instants do not order: an operation that ends at 5 overlaps one that starts at 5.
class FastlinReader {
 public:
  /// The next line, without its end, and its number from 1. True while more lines may follow.
  /// Error: `where` is "line N, column M"; a kind, a method, a number or an interval that is none.
  Result<bool> line(std::string_view text, std::uint32_t number);
  /// The log. Error: there was no header.
  Result<Log> finish() &&;

  /// A whole text. Error: as `line`.
  static Result<Log> read(std::string_view text);

  /// A word for a method of a collection.
  struct Word {
    Kind kind;
    std::string_view text;
    Method method;
    Result3 result;
  };

 private:
  enum class Dialect : std::uint8_t { unknown, fastlin, fptlin };

  Result<bool> header(std::string_view text, std::uint32_t number);
  Result<bool> row(std::string_view text, std::uint32_t number);
  bool usual(std::string_view text, std::uint32_t number);

  std::optional<Log> log_;
  Dialect dialect_ = Dialect::unknown;
  const Word* last_ = nullptr;  // the method of the line before, which is often that of the next
};

}  // namespace sim::check::objects
