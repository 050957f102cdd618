#include "sim/core/ratio.hpp"

namespace sim {

namespace {

/// Digits with at most one point, scaled by `scale` (a power of ten); nothing where it is not such a number.
Result<std::uint64_t> parse_scaled(std::string_view number, std::uint64_t scale) {
  std::uint64_t total = 0;
  std::uint64_t weight = scale;  // of the last digit read behind the point
  bool point = false;
  bool digits = false;
  for (const char c : number) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return Error{"", "it is not a decimal number"};
    const auto digit = static_cast<std::uint64_t>(c - '0');
    digits = true;
    if (!point) {
      total = total * 10 + digit * scale;
    } else {
      weight /= 10;
      if (weight == 0 && digit != 0) return Error{"", "it is finer than a billionth"};
      total += digit * weight;
    }
    if (total > std::uint64_t{1'000'000} * Ratio::kOne) return Error{"", "it is larger than a million"};
  }
  if (!digits) return Error{"", "it has no digits"};
  return total;
}

}  // namespace

std::string to_text(Ratio ratio) {
  constexpr std::uint64_t per_percent = Ratio::kOne / 100;
  std::string out = std::to_string(ratio.billionths / per_percent);
  if (const std::uint64_t rest = ratio.billionths % per_percent; rest != 0) {
    std::string digits = std::to_string(per_percent + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    out += "." + digits;
  }
  return out + "%";
}

Result<Ratio> parse_ratio(std::string_view text) {
  std::string_view number = text;
  std::uint64_t scale = Ratio::kOne;
  if (number.ends_with('%')) {
    number.remove_suffix(1);
    scale /= 100;
  } else if (number.ends_with("ppm")) {
    number.remove_suffix(3);
    scale /= 1'000'000;
  }
  auto parsed = parse_scaled(number, scale);
  if (!parsed) {
    return Error{"", "\"" + std::string(text) + "\" is not a ratio: " + parsed.error().what +
                         " (a share as in \"2.5%\", 0.025 or \"200ppm\")"};
  }
  return Ratio{*parsed};
}

}  // namespace sim
