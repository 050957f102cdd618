#include "sim/scenario/reading.hpp"

#include <algorithm>

namespace sim::reading {

Object::Object(const Value& value, std::string path, std::initializer_list<std::span<const format::Field>> known, Errors& errors)
    : value_(&value), path_(std::move(path)), errors_(&errors) {
  if (!valid()) {
    errors.push_back({path_, "found " + value.to_json() + ", expected an object"});
    return;
  }
  std::vector<std::string> names;
  for (const auto& fields : known) {
    for (const format::Field& field : fields) {
      names.emplace_back(field.name);
      if (field.required && value.find(field.name) == nullptr) {
        errors.push_back({path_, "\"" + std::string(field.name) + "\" is missing: " + std::string(field.doc)});
      }
    }
  }
  for (const auto& [key, member] : *value.map()) {
    if (std::find(names.begin(), names.end(), key) == names.end()) {
      errors.push_back({path_ + "/" + key, "unknown field \"" + key + "\", " + expected_one_of(key, names)});
    }
  }
}

void Object::read(std::string_view key, Latency& into) const {
  if (const Value* member = find(key); member != nullptr) read_latency(*member, path(key), into, *errors_);
}

void Object::read_signed(std::string_view key, Duration& into) const {
  const Value* member = find(key);
  if (member == nullptr) return;
  const std::string* text = member->text();
  const bool negative = text != nullptr && text->starts_with('-');
  const Value positive = negative ? Value(text->substr(1)) : *member;
  if (std::string problem = check::detail::read(into, positive); !problem.empty()) wrong(key, std::move(problem));
  if (negative) into = Duration{} - into;
}

void Object::read_drift(std::string_view key, std::int64_t& billionths) const {
  const Value* member = find(key);
  if (member == nullptr) return;
  const std::string* text = member->text();
  const bool negative = text != nullptr && text->starts_with('-');
  Ratio ratio;
  if (std::string problem = check::detail::read(ratio, negative ? Value(text->substr(1)) : *member); !problem.empty()) {
    wrong(key, std::move(problem));
    return;
  }
  if (ratio > Ratio::percent(50)) {
    wrong(key, "found " + to_text(ratio) + ", expected a drift of at most 50%");
    return;
  }
  billionths = static_cast<std::int64_t>(ratio.billionths) * (negative ? -1 : 1);
}

namespace {

constexpr std::array kExponential{format::Field{"mean", "duration", "The mean of what comes on top of the floor.", true},
                                  format::Field{"floor", "duration", "The least."}};
constexpr std::array kLogNormal{format::Field{"median", "duration", "Half of all are below it.", true},
                                format::Field{"sigma", "ratio", "Of the underlying normal distribution.", true}};
constexpr std::array kPareto{format::Field{"min", "duration", "The least.", true},
                             format::Field{"alpha", "ratio", "The shape; above 1 it has a mean.", true}};

void read_uniform(const Value& value, const std::string& path, Latency& into, Errors& errors) {
  const Value::List* ends = value.list();
  if (ends == nullptr || ends->size() != 2) {
    errors.push_back({path, "found " + value.to_json() + R"(, expected the least and the greatest, as in ["1ms", "5ms"])"});
    return;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (std::string problem = check::detail::read(i == 0 ? into.low : into.high, (*ends)[i]); !problem.empty()) {
      errors.push_back({path + "/" + std::to_string(i), std::move(problem)});
      return;
    }
  }
  if (into.high < into.low)
    errors.push_back({path, "the least, " + to_text(into.low) + ", is above the greatest, " + to_text(into.high)});
}

}  // namespace

void read_latency(const Value& value, const std::string& path, Latency& into, Errors& errors) {
  if (value.map() == nullptr) {
    Duration fixed;
    if (std::string problem = check::detail::read(fixed, value); !problem.empty()) {
      errors.push_back({path, problem + R"(, or a distribution, as in {"uniform": ["1ms", "5ms"]})"});
    }
    into = Latency::fixed(fixed);
    return;
  }
  const std::vector<std::string> kinds = enum_names<LatencyKind>();
  const auto& members = *value.map();
  const auto kind = members.size() == 1 ? std::find(kinds.begin(), kinds.end(), members[0].first) : kinds.end();
  if (kind == kinds.end()) {
    const std::string found = members.empty() ? "" : members[0].first;
    errors.push_back({path, "found " + value.to_json() + ", expected one distribution: " + expected_one_of(found, kinds)});
    return;
  }
  into = Latency{.kind = static_cast<LatencyKind>(kind - kinds.begin()), .low = {}, .high = {}, .shape = {}};
  const Value& how = members[0].second;
  const std::string inner = path + "/" + members[0].first;
  switch (into.kind) {
    case LatencyKind::fixed:
      if (std::string problem = check::detail::read(into.low, how); !problem.empty()) errors.push_back({inner, problem});
      break;
    case LatencyKind::uniform: read_uniform(how, inner, into, errors); break;
    case LatencyKind::exponential: {
      const Object object(how, inner, {kExponential}, errors);
      object.read("mean", into.high);
      object.read("floor", into.low);
      break;
    }
    case LatencyKind::log_normal: {
      const Object object(how, inner, {kLogNormal}, errors);
      object.read("median", into.low);
      object.read("sigma", into.shape);
      break;
    }
    case LatencyKind::pareto: {
      const Object object(how, inner, {kPareto}, errors);
      object.read("min", into.low);
      object.read("alpha", into.shape);
      if (into.shape == Ratio{}) object.wrong("alpha", "it must be above 0");
      break;
    }
  }
}

void read_link(const Object& object, Link& link) {
  object.read("latency", link.latency);
  object.read("loss", link.loss);
  object.read("duplicate", link.duplicate);
  object.read("corrupt", link.corrupt);
  object.read("fifo", link.fifo);
  object.read("bandwidth", link.bytes_per_second);
  for (const auto& [key, ratio] :
       {std::pair<std::string_view, Ratio>{"loss", link.loss}, {"duplicate", link.duplicate}, {"corrupt", link.corrupt}}) {
    if (ratio > Ratio::one()) object.wrong(key, "found " + to_text(ratio) + ", expected at most 100%");
  }
}

}  // namespace sim::reading
