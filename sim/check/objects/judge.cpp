#include "sim/check/objects/judge.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "sim/check/judge.hpp"
#include "sim/check/objects/compact.hpp"
#include "sim/check/objects/models.hpp"

namespace sim::check::objects {

namespace {

Judgement judge_items(const Items& items) {
  switch (items.log().kind()) {
    case Kind::queue: return judge_queue(items);
    case Kind::stack: return judge_stack(items);
    case Kind::set:
    case Kind::priority_queue: break;
  }
  return judge_priority_queue(items);
}

// Takes that never returned are assumed to have done nothing; nullopt where that cannot be told from what happened.
std::optional<Judgement> judge_directly(const Log& log, const Limits& limits) {
  const Places places = places_of(log);
  if (log.kind() == Kind::set) return judge_set(log, places, limits);
  Items items(log, places);
  if (items.trouble() == Items::Trouble::repeated) return std::nullopt;
  if (items.trouble() == Items::Trouble::broken) {
    return violation(log, items.culprits(), items.failing(), items.explanation());
  }
  Judgement out = judge_items(items);
  if (out.verdict == Verdict::valid || items.pending_takes().empty()) return out;
  std::vector<std::uint32_t> left;
  for (std::uint32_t i = 0; i < items.all().size(); ++i) {
    if (items.all()[i].take == kNoIndex) left.push_back(i);
  }
  if (left.empty()) return out;
  // What is left over may have gone to them, the first to the first.
  std::sort(left.begin(), left.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(items.all()[a].call, a) < std::pair(items.all()[b].call, b);
  });
  for (std::size_t i = 0; i < std::min(left.size(), items.pending_takes().size()); ++i) {
    items.give(left[i], items.pending_takes()[i]);
  }
  if (items.trouble() == Items::Trouble::none) {
    out = judge_items(items);
    if (out.verdict == Verdict::valid) return out;
  }
  return std::nullopt;
}

Result<Judgement> search_for_it(const Log& log, const Limits& limits) {
  const History history = log.history();
  if (log.kind() == Kind::set) return judge_with(SetModel(log), history, limits);
  return judge_with(CollectionModel(log), history, limits);
}

// Makes a core small: whole values are left out, then peeks and what found it empty, while the rest is still wrong.
class Shrink {
 public:
  Shrink(const Log& log, Judgement& found, const Limits& limits) : log_(log), found_(found), budget_(limits.core_steps) {}

  void run() {
    std::map<std::int64_t, std::size_t> values;
    for (const std::size_t row : found_.core) ++values[log_.rows()[row].value];
    if (values.size() > 1) {
      for (const auto& [value, count] : values) {
        try_without([&, v = value](const Row& row) { return about(row) && row.value == v; });
      }
    }
    const std::vector<std::size_t> rows = found_.core;
    for (const std::size_t i : rows) {
      const Row& row = log_.rows()[i];
      const bool looks = row.method == Method::peek || row.method == Method::contains || row.result == Result3::no;
      if (looks) try_without([&](const Row& other) { return &other == &log_.rows()[i]; });
    }
  }

 private:
  static bool about(const Row& row) {
    return row.result == Result3::yes || (row.method != Method::take && row.method != Method::peek);
  }

  template <class Drop>
  void try_without(Drop&& drop) {
    std::vector<std::size_t> kept;
    for (const std::size_t i : found_.core) {
      if (!drop(log_.rows()[i])) kept.push_back(i);
    }
    if (kept.size() == found_.core.size() || kept.empty() || kept.size() > budget_) return;
    budget_ -= kept.size();
    const Log part = log_.part(kept);
    auto judged = judge_directly(part, {});
    if (!judged || judged->verdict != Verdict::invalid) return;
    for (std::size_t& i : judged->core) i = kept[i];
    judged->failing = kept[judged->failing];
    judged->steps = found_.steps;
    found_ = *std::move(judged);
  }

  const Log& log_;
  Judgement& found_;
  std::uint64_t budget_;
};

}  // namespace

Result<Judgement> judge(const Log& log, const Limits& limits) {
  auto out = judge_directly(log, limits);
  if (!out) return search_for_it(log, limits);
  if (out->steps == 0) out->steps = log.size();
  if (out->verdict == Verdict::invalid) Shrink(log, *out, limits).run();
  return *std::move(out);
}

Result<Judgement> judge(Kind kind, const History& history, const Limits& limits) {
  const auto log = log_of(kind, history);
  if (!log.ok()) return log.error();
  auto out = judge(*log, limits);
  if (!out.ok()) return out;
  for (std::size_t& i : out->core) i = log->origin(i);
  for (std::size_t& i : out->order) i = log->origin(i);
  if (out->verdict == Verdict::invalid) out->failing = log->origin(out->failing);
  return out;
}

}  // namespace sim::check::objects
