// Sets: values do not concern each other, and each that is inserted once and removed once has one stretch of time in the set.
#include <algorithm>

#include "sim/check/judge.hpp"
#include "sim/check/objects/compact.hpp"
#include "sim/check/objects/models.hpp"

namespace sim::check::objects {

namespace {

// What is known of one value.
struct Presence {
  std::uint32_t insert = kNoIndex;  ///< row
  std::uint32_t remove = kNoIndex;
  std::uint32_t first = Places::kNever;  ///< it is in the set by this return
  std::uint32_t first_row = kNoIndex;
  std::uint32_t last = 0;  ///< it is still in the set at this call
  std::uint32_t last_row = kNoIndex;
  std::uint32_t absent = kNoIndex;  ///< a row that did not find it
  bool tangled = false;             ///< several insertions or removals, or one that may not have happened: search
};

// Order within one cell and one value.
enum SetPhase : std::uint32_t { kAbsentBefore, kInsert, kPresent, kRemove, kAbsentAfter, kSetPhases };

class SetJudge {
 public:
  SetJudge(const Log& log, const Places& places, const Limits& limits)
      : log_(log), places_(places), limits_(limits), numbers_(log), number_(log.size()) {}

  Judgement judge() {
    scan();
    for (std::uint32_t v = 0; v < values_.size(); ++v) {
      if (!values_[v].tangled && !consistent(v)) return out_;
    }
    if (!place()) return out_;
    if (!search_tangled()) return out_;
    sort_by_key(points_);
    out_.verdict = Verdict::valid;
    out_.order.reserve(points_.size());
    for (const Keyed& point : points_) out_.order.push_back(point.index);
    out_.steps += log_.size();
    return out_;
  }

 private:
  // Whether a row says that the value is in the set before it takes effect (or, of an insertion, after).
  static bool present(const Row& row) { return (row.result == Result3::yes) != (row.method == Method::insert); }

  void scan() {
    for (std::uint32_t i = 0; i < log_.size(); ++i) {
      const Row& row = log_.rows()[i];
      const std::uint32_t number = numbers_.of(row.value);
      number_[i] = number;
      if (number == values_.size()) values_.emplace_back();
      Presence& s = values_[number];
      if (row.result == Result3::unknown && row.method == Method::contains) continue;
      if (row.method == Method::insert && row.result != Result3::no) {
        s.tangled = s.tangled || s.insert != kNoIndex;
        s.insert = i;
        saw(s, i, places_.ret[i], places_.call[i]);
      } else if (row.method == Method::remove && row.result != Result3::no) {
        s.tangled = s.tangled || s.remove != kNoIndex || row.result == Result3::unknown;
        s.remove = i;
        saw(s, i, places_.ret[i], places_.call[i]);
      } else if (present(row)) {
        saw(s, i, places_.ret[i], places_.call[i]);
      } else {
        s.absent = i;
      }
    }
  }

  static void saw(Presence& s, std::uint32_t row, std::uint32_t ret, std::uint32_t call) {
    if (ret < s.first) {
      s.first = ret;
      s.first_row = row;
    }
    if (s.last_row == kNoIndex || call > s.last) {
      s.last = call;
      s.last_row = row;
    }
  }

  bool fail(std::vector<std::size_t> rows, std::size_t failing, std::string explanation) {
    const std::uint64_t steps = out_.steps;
    out_ = violation(log_, std::move(rows), failing, std::move(explanation));
    out_.steps = steps + log_.size();
    return false;
  }

  std::string name(std::uint32_t row) const { return log_.value(log_.rows()[row].value).to_json(); }
  std::string method(std::uint32_t row) const { return log_.operation(row).f; }

  // The insertion comes before whatever sees the value, and the removal after; rows that do not see it are for place().
  bool consistent(std::uint32_t v) {
    Presence& s = values_[v];
    if (s.insert == kNoIndex) {
      if (s.last_row == kNoIndex) return true;
      return fail({s.last_row}, s.last_row,
                  "the " + method(s.last_row) + " of " + name(s.last_row) + " that ended " + log_.when(s.last_row) +
                      " found it, though it was never inserted");
    }
    if (s.first < places_.call[s.insert]) {
      return fail({s.insert, s.first_row}, s.first_row,
                  "the " + method(s.first_row) + " of " + name(s.first_row) + " that ended " + log_.when(s.first_row) +
                      " found it, though its insertion began only " + log_.when(s.insert, true));
    }
    if (s.remove != kNoIndex && s.last > places_.ret[s.remove]) {
      return fail({s.insert, s.remove, s.last_row}, s.last_row,
                  "the " + method(s.last_row) + " of " + name(s.last_row) + " that began " + log_.when(s.last_row, true) +
                      " found it, though it was removed " + log_.when(s.remove));
    }
    if (s.first == Places::kNever) s.insert = kNoIndex;  // an open insertion that nobody saw
    return true;
  }

  void point(std::uint32_t row, std::uint32_t cell, std::uint32_t phase) {
    points_.push_back({std::uint64_t{cell} * kSetPhases + phase, row});
  }

  bool place() {
    points_.reserve(log_.size());
    for (std::uint32_t i = 0; i < log_.size(); ++i) {
      const Presence& s = values_[number_[i]];
      if (s.tangled) continue;
      const std::uint32_t call = places_.call[i];
      if (s.insert == kNoIndex) {
        if (log_.rows()[i].result != Result3::unknown) point(i, call, kAbsentBefore);
        continue;
      }
      // Where there is a choice, it is in and out within one cell.
      const bool brief = s.remove != kNoIndex && s.first > s.last;
      const std::uint32_t in = brief ? s.last : s.first - 1;
      if (i == s.insert) {
        point(i, in, kInsert);
      } else if (i == s.remove) {
        point(i, s.last, kRemove);
      } else if (log_.rows()[i].result == Result3::unknown) {
        continue;
      } else if (present(log_.rows()[i])) {
        point(i, std::max(call, in), kPresent);
      } else if (call <= in) {
        point(i, call, kAbsentBefore);
      } else if (s.remove != kNoIndex && places_.ret[i] > s.last) {
        point(i, std::max(call, s.last), kAbsentAfter);
      } else {
        return unseen(i, s);
      }
    }
    return true;
  }

  bool unseen(std::uint32_t row, const Presence& s) {
    std::vector<std::size_t> rows{row, s.insert, s.first_row};
    std::string why = "the " + method(row) + " of " + name(row) + " that ended " + log_.when(row) + " did not find it, though ";
    why += s.first_row == s.insert ? "its insertion had completed " : "it had been seen ";
    why += log_.when(s.first_row);
    if (s.remove == kNoIndex) return fail(std::move(rows), row, why + " and it was never removed");
    rows.push_back(s.remove);
    rows.push_back(s.last_row);
    why += s.last_row == s.remove ? " and its removal began only " : " and it was still seen by what began ";
    return fail(std::move(rows), row, why + log_.when(s.last_row, true));
  }

  // Values with several insertions or removals, each by the general search. Cells of its order join the others'.
  bool search_tangled() {
    std::vector<std::size_t> rows;
    for (std::uint32_t i = 0; i < log_.size(); ++i) {
      if (values_[number_[i]].tangled) rows.push_back(i);
    }
    if (rows.empty()) return true;
    const Log part = log_.part(rows);
    auto judged = judge_with(SetModel(part), part.history(), limits_);
    if (!judged.ok()) {
      out_.explanation = judged.error().what;
      return false;
    }
    if (judged->verdict != Verdict::valid) {
      for (std::size_t& i : judged->core) i = rows[i];
      if (judged->verdict == Verdict::invalid) judged->failing = rows[judged->failing];
      const std::uint64_t steps = out_.steps;
      out_ = *std::move(judged);
      out_.steps += steps + log_.size();
      return false;
    }
    out_.steps += judged->steps;
    std::uint32_t cell = 0;
    for (const std::size_t i : judged->order) {
      cell = std::max(cell, places_.call[rows[i]]);
      point(static_cast<std::uint32_t>(rows[i]), cell, kAbsentBefore);
    }
    return true;
  }

  const Log& log_;
  const Places& places_;
  const Limits& limits_;
  ValueNumbers numbers_;
  std::vector<std::uint32_t> number_;  // of the value, by row
  std::vector<Presence> values_;
  std::vector<Keyed> points_;
  Judgement out_;
};

}  // namespace

Judgement judge_set(const Log& log, const Places& places, const Limits& limits) { return SetJudge(log, places, limits).judge(); }

}  // namespace sim::check::objects
