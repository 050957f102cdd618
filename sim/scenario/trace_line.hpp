// TraceLine: one line of a trace cut into its members without building a tree of it, because a trace has millions of lines.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/core/result.hpp"
#include "sim/core/value.hpp"

namespace sim {

/// The members of a JSON object, as its text has them. The text must outlive it.
class TraceLine {
 public:
  /// Error: it is no JSON object, or one with more than 24 members.
  static Result<TraceLine> cut(std::string_view text);

  bool has(std::string_view key) const { return !raw(key).empty(); }
  /// The member's JSON; empty: there is none.
  std::string_view raw(std::string_view key) const;
  /// The member as a number that is not negative; 0: there is none, or it is something else.
  std::uint64_t number(std::string_view key) const;
  /// The member as a text; empty: there is none, or it is something else.
  std::string text(std::string_view key) const;
  /// The member as a tree; nil: there is none.
  Value value(std::string_view key) const;

 private:
  struct Member {
    std::string_view key;
    std::string_view raw;
  };
  std::array<Member, 24> members_{};
  std::size_t count_ = 0;
};

}  // namespace sim
