#include "sim/core/time.hpp"

#include <algorithm>
#include <array>

namespace sim {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t ns;
};
// Longest names first, so that "ms" is not read as "s".
constexpr std::array<Unit, 6> kUnits{
    {{"min", 60'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}, {"h", 3'600'000'000'000}, {"s", 1'000'000'000}}};

Error bad(std::string_view text, std::string_view why) {
  return {"", "\"" + std::string(text) + "\" is not a duration: " + std::string(why) +
                  " (a number and a unit of ns, us, ms, s, min or h, as in \"150ms\")"};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string to_text(Duration d) {
  const bool negative = d.ns < 0;
  const std::uint64_t ns = negative ? 0 - static_cast<std::uint64_t>(d.ns) : static_cast<std::uint64_t>(d.ns);
  if (ns == 0) return "0s";
  const Unit unit = ns >= 1'000'000'000 ? Unit{"s", 1'000'000'000}
                    : ns >= 1'000'000   ? Unit{"ms", 1'000'000}
                    : ns >= 1'000       ? Unit{"us", 1'000}
                                        : Unit{"ns", 1};
  const auto scale = static_cast<std::uint64_t>(unit.ns);
  std::string out = (negative ? "-" : "") + std::to_string(ns / scale);
  if (const std::uint64_t rest = ns % scale; rest != 0) {
    std::string digits = std::to_string(scale + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    out += "." + digits;
  }
  return out + std::string(unit.name);
}

std::string to_text(Time t) {
  const Duration d{t.ns};
  if (t.ns % 1'000'000'000 == 0) return std::to_string(t.ns / 1'000'000'000) + "s";
  const bool negative = d.ns < 0;
  const std::uint64_t ns = negative ? 0 - static_cast<std::uint64_t>(d.ns) : static_cast<std::uint64_t>(d.ns);
  std::string digits = std::to_string(1'000'000'000 + ns % 1'000'000'000).substr(1);
  digits.erase(digits.find_last_not_of('0') + 1);
  return (negative ? "-" : "") + std::to_string(ns / 1'000'000'000) + "." + digits + "s";
}

Result<Duration> parse_duration(std::string_view text) {
  const auto* unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return text.ends_with(u.name); });
  if (unit == kUnits.end()) return bad(text, "it has no unit");
  const std::string_view number = text.substr(0, text.size() - unit->name.size());
  if (number.empty() || !is_digit(number.front()) || !is_digit(number.back())) return bad(text, "it has no number");

  __extension__ using Total = __int128;
  constexpr Total limit = Duration::longest().ns;
  Total total = 0;
  Total fraction_of = unit->ns;  // ten times the weight of the next digit behind the point
  bool point = false;
  for (const char c : number) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (!is_digit(c)) return bad(text, "its number is not a decimal one");
    if (!point) {
      total = total * 10 + static_cast<Total>(c - '0') * unit->ns;
    } else {
      if (c != '0' && (fraction_of == 0 || fraction_of % 10 != 0)) return bad(text, "it is finer than a nanosecond");
      fraction_of /= 10;
      total += fraction_of * (c - '0');
    }
    if (total > limit) return bad(text, "it is longer than 73 years");
  }
  return Duration{static_cast<std::int64_t>(total)};
}

}  // namespace sim
