#include "sim/core/difference.hpp"

#include <algorithm>

namespace sim {

namespace {

class Comparison {
 public:
  void compare(const Value& left, const Value& right) {
    if (left.map() != nullptr && right.map() != nullptr) {
      compare_maps(left, right);
    } else if (left.list() != nullptr && right.list() != nullptr) {
      compare_lists(*left.list(), *right.list());
    } else if (left != right) {
      found_.push_back({path_, left, right});
    }
  }
  std::vector<Difference> take() { return std::move(found_); }

 private:
  void compare_maps(const Value& left, const Value& right) {
    for (const auto& [key, value] : *left.map()) member(key, &value, right.find(key));
    for (const auto& [key, value] : *right.map()) {
      if (left.find(key) == nullptr) member(key, nullptr, &value);
    }
  }

  void compare_lists(const Value::List& left, const Value::List& right) {
    const std::size_t shorter = std::min(left.size(), right.size());
    std::size_t begin = 0;
    while (begin < shorter && left[begin] == right[begin]) ++begin;
    std::size_t tail = 0;
    while (tail < shorter - begin && left[left.size() - 1 - tail] == right[right.size() - 1 - tail]) ++tail;
    const std::size_t left_end = left.size() - tail;
    const std::size_t right_end = right.size() - tail;
    for (std::size_t i = begin; i < std::max(left_end, right_end); ++i) {
      member(std::to_string(i), i < left_end ? &left[i] : nullptr, i < right_end ? &right[i] : nullptr);
    }
  }

  void member(const std::string& key, const Value* left, const Value* right) {
    const std::size_t here = path_.size();
    path_ += '/';
    path_ += key;
    if (left != nullptr && right != nullptr) {
      compare(*left, *right);
    } else {
      const auto held = [](const Value* v) { return v == nullptr ? std::optional<Value>() : std::optional<Value>(*v); };
      found_.push_back({path_, held(left), held(right)});
    }
    path_.resize(here);
  }

  std::string path_;  // of what is being compared
  std::vector<Difference> found_;
};

}  // namespace

std::vector<Difference> differences(const Value& left, const Value& right) {
  Comparison comparison;
  comparison.compare(left, right);
  return comparison.take();
}

Value to_value(const std::vector<Difference>& all, std::string_view left, std::string_view right) {
  Value::List out;
  for (const Difference& d : all) {
    Value::Map entry{{"path", Value(d.path)}};
    if (d.left) entry.emplace_back(left, *d.left);
    if (d.right) entry.emplace_back(right, *d.right);
    out.emplace_back(std::move(entry));
  }
  return Value(std::move(out));
}

}  // namespace sim
