#include "sim/scenario/json.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace sim {

namespace {

/// Builds a Value from the parser's events; keeps the order of keys.
class Builder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  bool null() { return add(Value()); }
  bool boolean(bool v) { return add(Value(v)); }
  bool number_integer(number_integer_t v) { return add(Value(static_cast<std::int64_t>(v))); }
  bool number_unsigned(number_unsigned_t v) {
    if (v > static_cast<number_unsigned_t>(INT64_MAX)) return add(Value(static_cast<double>(v)));
    return add(Value(static_cast<std::int64_t>(v)));
  }
  bool number_float(number_float_t v, const string_t&) { return add(Value(v)); }
  bool string(string_t& v) { return add(Value(std::move(v))); }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return open(true); }
  bool start_array(std::size_t) { return open(false); }
  bool key(string_t& name) {
    for (const auto& [known, value] : open_.back().map) {
      if (known == name) return fail("the key \"" + name + "\" stands twice in one object");
    }
    open_.back().map.emplace_back(std::move(name), Value());
    return true;
  }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& problem) {
    // "[json.exception.parse_error.101] parse error at line 2, column 5: syntax error while ..."
    std::string text = problem.what();
    constexpr std::string_view at = "parse error at ";
    if (const std::size_t start = text.find(at); start != std::string::npos) {
      const std::size_t colon = text.find(": ", start);
      where_ = text.substr(start + at.size(), colon - start - at.size());
      text = text.substr(colon + 2);
    } else if (const std::size_t name = text.find("] "); name != std::string::npos) {  // "[json.exception.out_of_range.406] ..."
      text = text.substr(name + 2);
    }
    return fail(std::move(text));
  }

  Value take() { return std::move(root_); }
  Error error() const { return {where_, what_.empty() ? "it is not JSON" : what_}; }

 private:
  struct Open {
    bool is_map;
    Value::Map map;
    Value::List list;
  };
  static constexpr std::size_t kDeepest = 200;

  bool fail(std::string what) {
    if (what_.empty()) what_ = std::move(what);
    return false;
  }
  bool open(bool is_map) {
    if (open_.size() == kDeepest) return fail("it is nested deeper than 200 levels");
    open_.push_back({is_map, {}, {}});
    return true;
  }
  bool close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    return add(done.is_map ? Value(std::move(done.map)) : Value(std::move(done.list)));
  }
  bool add(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().is_map) {
      open_.back().map.back().second = std::move(value);
    } else {
      open_.back().list.push_back(std::move(value));
    }
    return true;
  }

  std::vector<Open> open_;
  Value root_;
  std::string where_;
  std::string what_;
};

}  // namespace

Result<Value> parse_json(std::string_view text) {
  Builder builder;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return builder.error();
  return builder.take();
}

}  // namespace sim
