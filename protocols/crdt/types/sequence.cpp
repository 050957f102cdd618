#include "protocols/crdt/types/sequence.hpp"

#include <algorithm>
#include <cassert>

namespace protocols::crdt {

// ---- looking ---------------------------------------------------------------------------------------------------------

bool Sequence::Run::goes_on(const Run& next) const {
  return next.first.agent == first.agent && next.first.n == first.n + length && next.left == last() && next.right == right &&
         next.erased == erased;
}

std::uint64_t Sequence::size() const {
  std::uint64_t sum = 0;
  for (const std::uint32_t n : visible_) sum += n;
  return sum;
}

std::uint64_t Sequence::runs() const {
  std::uint64_t sum = 0;
  for (const Chunk& chunk : chunks_) sum += chunk.runs.size();
  return sum;
}

std::string Sequence::text() const {
  std::string out;
  out.reserve(size());
  for (const std::uint32_t handle : order_) {
    for (const Run& run : chunks_[handle].runs) {
      if (!run.erased) out.append(agents_[run.first.agent].text, run.first.n - 1, run.length);
    }
  }
  return out;
}

TextInsert Sequence::shown(const Run& run) const {
  return {dot(run.first), agents_[run.first.agent].text.substr(run.first.n - 1, run.length), dot(run.left), dot(run.right)};
}

/// Calls f with each run of the list, joined with those that go on with it.
template <class F>
void Sequence::each_item(F&& f) const {
  Run whole;
  for (const std::uint32_t handle : order_) {
    for (const Run& run : chunks_[handle].runs) {
      if (whole.length > 0 && whole.goes_on(run)) {
        whole.length += run.length;
        continue;
      }
      if (whole.length > 0) f(whole);
      whole = run;
    }
  }
  if (whole.length > 0) f(whole);
}

std::vector<TextItem> Sequence::items() const {
  std::vector<TextItem> out;
  each_item([&](const Run& run) { out.push_back({shown(run), run.erased}); });
  return out;
}

void Sequence::hash(sim::Digest& d) const {
  std::uint64_t items = 0;
  each_item([&](const Run& run) {
    ++items;
    for (const Id& id : {run.first, run.left, run.right}) hash_into(d, dot(id));
    d.add(std::string_view(agents_[run.first.agent].text).substr(run.first.n - 1, run.length));
    d.add(run.erased ? 1 : 0);
  });
  d.add(items);
}

std::optional<std::uint32_t> Sequence::find_agent(const ReplicaId& replica) const {
  for (std::uint32_t i = 0; i < agents_.size(); ++i) {
    if (agents_[i].id == replica) return i;
  }
  return std::nullopt;
}

std::uint32_t Sequence::agent_of(const ReplicaId& replica) {
  if (const auto known = find_agent(replica)) return *known;
  agents_.push_back({replica, {}, {}});
  return static_cast<std::uint32_t>(agents_.size() - 1);
}

std::uint64_t Sequence::known(const ReplicaId& replica) const {
  const auto agent = find_agent(replica);
  return agent ? agents_[*agent].text.size() : 0;
}

std::optional<Sequence::Id> Sequence::find(const Dot& dot) const {
  if (dot.n == 0) return Id{};
  const auto agent = find_agent(dot.replica);
  if (!agent || dot.n > agents_[*agent].text.size()) return std::nullopt;
  return Id{*agent, static_cast<std::uint32_t>(dot.n)};
}

bool Sequence::erased(const TextSpan& span) const {
  const std::optional<Id> first = find(span.first);
  if (!first || span.first.n + span.count - 1 > agents_[first->agent].text.size()) return false;
  Id id = *first;
  for (std::uint64_t left = span.count; left > 0;) {
    const Position at = locate(id);
    const Run& run = runs_at(static_cast<std::uint32_t>(at.place))[at.run];
    if (!run.erased) return false;
    const auto passed = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, run.length - at.offset));
    left -= passed;
    id.n += passed;
  }
  return true;
}

Sequence::Position Sequence::locate(const Id& id) const {
  const Chunk& chunk = chunks_[agents_[id.agent].chunk_of[id.n - 1]];
  for (std::uint32_t i = 0; i < chunk.runs.size(); ++i) {
    const Run& run = chunk.runs[i];
    if (run.first.agent == id.agent && id.n - run.first.n < run.length) return {chunk.place, i, id.n - run.first.n};
  }
  assert(false);
  return kEnd;
}

Sequence::Position Sequence::at_visible(std::uint64_t position) const {
  std::uint32_t place = 0;
  while (position >= visible_[place]) position -= visible_[place++];
  const std::vector<Run>& runs = runs_at(place);
  std::uint32_t i = 0;
  while (position >= runs[i].visible()) position -= runs[i++].visible();
  return {place, i, static_cast<std::uint32_t>(position)};
}

TextInsert Sequence::typed(const ReplicaId& replica, std::uint64_t position, std::string text) const {
  assert(position <= size());
  TextInsert out{{replica, known(replica) + 1}, std::move(text), {}, {}};
  Position next{0, 0, 0};
  if (position > 0) {
    const Position left = at_visible(position - 1);
    const Run& run = runs_at(static_cast<std::uint32_t>(left.place))[left.run];
    out.left = dot({run.first.agent, run.first.n + left.offset});
    if (left.offset + 1 < run.length) {
      out.right = dot({run.first.agent, run.first.n + left.offset + 1});
      return out;
    }
    next = {left.place, left.run + 1, 0};
  }
  // The next character in the list, erased or not. A chunk is never empty.
  auto place = static_cast<std::uint32_t>(next.place);
  if (place < order_.size() && next.run == runs_at(place).size()) {
    ++place;
    next.run = 0;
  }
  if (place < order_.size()) out.right = dot(runs_at(place)[next.run].first);
  return out;
}

std::uint64_t Sequence::visible_before(const Dot& dot) const {
  const std::optional<Id> id = find(dot);
  if (!id || id->n == 0) return 0;
  const Position at = locate(*id);
  const auto place = static_cast<std::uint32_t>(at.place);
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < place; ++i) sum += visible_[i];
  for (std::uint32_t i = 0; i < at.run; ++i) sum += runs_at(place)[i].visible();
  return sum + std::min(at.offset, runs_at(place)[at.run].visible());
}

std::uint64_t Sequence::visible_through(const Dot& dot) const {
  const std::optional<Id> id = find(dot);
  if (!id || id->n == 0) return 0;
  const Position at = locate(*id);
  const bool erased = runs_at(static_cast<std::uint32_t>(at.place))[at.run].erased;
  return visible_before(dot) + (erased ? 0 : 1);
}

std::vector<TextSpan> Sequence::visible(std::uint64_t position, std::uint64_t count) const {
  std::vector<TextSpan> out;
  const std::uint64_t all = size();
  if (position >= all) return out;
  count = std::min(count, all - position);
  if (count == 0) return out;
  Position at = at_visible(position);
  for (auto place = static_cast<std::uint32_t>(at.place); count > 0; ++place, at.run = 0) {
    const std::vector<Run>& runs = runs_at(place);
    for (; at.run < runs.size() && count > 0; ++at.run, at.offset = 0) {
      const Run& run = runs[at.run];
      if (run.erased) continue;
      const std::uint64_t taken = std::min<std::uint64_t>(count, run.length - at.offset);
      out.push_back({dot({run.first.agent, run.first.n + at.offset}), taken});
      count -= taken;
    }
  }
  return out;
}

// ---- inserting -------------------------------------------------------------------------------------------------------

bool Sequence::insert(const TextInsert& insert, Mutant planted) {
  const std::uint64_t have = known(insert.first.replica);
  if (insert.first.n > have + 1) return false;
  const std::uint64_t passed = have + 1 - insert.first.n;  // what is known of it already
  if (passed >= insert.text.size()) return true;
  const std::optional<Id> left = find(passed > 0 ? Dot{insert.first.replica, have} : insert.left);
  const std::optional<Id> right = find(insert.right);
  if (!left || !right) return false;
  const std::string_view text = std::string_view(insert.text).substr(passed);
  Run run;
  run.first = {agent_of(insert.first.replica), static_cast<std::uint32_t>(have + 1)};
  run.length = static_cast<std::uint32_t>(text.size());
  run.left = *left;
  run.right = *right;
  if (order_.empty()) {
    chunks_.emplace_back();
    order_.push_back(0);
    visible_.push_back(0);
  }
  put(integrate(gap_behind(*left), run, planted), run, text);
  return true;
}

Sequence::Gap Sequence::gap_behind(const Id& left) {
  if (left.n == 0) return {0, 0};
  const Position at = locate(left);
  const auto place = static_cast<std::uint32_t>(at.place);
  if (at.offset + 1 < runs_at(place)[at.run].length) split_run(place, at.run, at.offset + 1);
  return {place, at.run + 1};
}

Sequence::Side Sequence::compare(const Run& run, const Run& other, const Position& right, Mutant planted) const {
  const Dot mine = dot(run.first);
  const Dot theirs = dot(other.first);
  if (planted == Mutant::text_interleaves) {
    return mine.n > theirs.n || (mine.n == theirs.n && mine < theirs) ? Side::before : Side::behind;
  }
  const Position other_right = other.right.n == 0 ? kEnd : locate(other.right);
  if (other_right < right) return Side::undecided;  // before it, unless something further on says otherwise
  if (other_right > right) return Side::behind;
  if (planted == Mutant::tie_by_arrival) return Side::before;
  return mine < theirs ? Side::before : Side::behind;
}

Sequence::Gap Sequence::integrate(Gap from, const Run& run, Mutant planted) const {
  const Position left = run.left.n == 0 ? kBegin : locate(run.left);
  const Position right = run.right.n == 0 ? kEnd : locate(run.right);
  Gap found = from;
  bool undecided = false;
  for (Gap at = from;; ++at.run) {
    if (at.run == runs_at(at.place).size() && at.place + 1 < order_.size()) at = {at.place + 1, 0};
    if (!undecided) found = at;
    if (at.run == runs_at(at.place).size()) break;
    const Run& other = runs_at(at.place)[at.run];
    if (other.first == run.right) break;
    const Position other_left = other.left.n == 0 ? kBegin : locate(other.left);
    if (other_left < left) break;
    if (other_left > left) continue;
    const Side side = compare(run, other, right, planted);
    if (side == Side::before) break;
    undecided = side == Side::undecided;
  }
  return found;
}

void Sequence::put(Gap gap, const Run& run, std::string_view text) {
  // At the border of two chunks, rather behind what is there: typing goes on with the run before.
  if (gap.run == 0 && gap.place > 0) gap = {gap.place - 1, static_cast<std::uint32_t>(runs_at(gap.place - 1).size())};
  std::vector<Run>& runs = runs_at(gap.place);
  if (gap.run > 0 && runs[gap.run - 1].goes_on(run)) {
    runs[gap.run - 1].length += run.length;
  } else {
    runs.insert(runs.begin() + gap.run, run);
  }
  visible_[gap.place] += run.length;
  Agent& agent = agents_[run.first.agent];
  agent.text += text;
  agent.chunk_of.resize(agent.text.size(), order_[gap.place]);
  if (runs.size() > kMostRuns) split_chunk(gap.place);
}

// ---- erasing ---------------------------------------------------------------------------------------------------------

bool Sequence::erase(const TextSpan& span) {
  if (span.count == 0) return true;
  const std::optional<Id> first = find(span.first);
  if (!first || span.first.n + span.count - 1 > agents_[first->agent].text.size()) return false;
  Id id = *first;
  for (std::uint64_t left = span.count; left > 0;) {
    const Position at = locate(id);
    const auto place = static_cast<std::uint32_t>(at.place);
    std::uint32_t run = at.run;
    const std::uint32_t in_run = runs_at(place)[run].length - at.offset;
    const auto taken = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, in_run));
    left -= taken;
    id.n += taken;
    if (runs_at(place)[run].erased) continue;
    if (taken < in_run) split_run(place, run, at.offset + taken);
    if (at.offset > 0) split_run(place, run++, at.offset);
    runs_at(place)[run].erased = true;
    visible_[place] -= taken;
    join_runs(place, run);
    if (run > 0) join_runs(place, run - 1);
    if (runs_at(place).size() > kMostRuns) split_chunk(place);
  }
  return true;
}

void Sequence::split_run(std::uint32_t place, std::uint32_t run, std::uint32_t at) {
  std::vector<Run>& runs = runs_at(place);
  Run rest = runs[run];
  rest.left = {rest.first.agent, rest.first.n + at - 1};
  rest.first.n += at;
  rest.length -= at;
  runs[run].length = at;
  runs.insert(runs.begin() + run + 1, rest);
}

// Makes one of a run and the next where they go on with each other.
void Sequence::join_runs(std::uint32_t place, std::uint32_t run) {
  std::vector<Run>& runs = runs_at(place);
  if (run + 1 >= runs.size() || !runs[run].goes_on(runs[run + 1])) return;
  runs[run].length += runs[run + 1].length;
  runs.erase(runs.begin() + run + 1);
}

void Sequence::split_chunk(std::uint32_t place) {
  const auto handle = static_cast<std::uint32_t>(chunks_.size());
  chunks_.emplace_back();
  std::vector<Run>& from = runs_at(place);
  std::vector<Run>& to = chunks_.back().runs;
  to.reserve(kMostRuns + 2);
  const auto middle = from.begin() + static_cast<std::ptrdiff_t>(from.size() / 2);
  to.assign(middle, from.end());
  from.erase(middle, from.end());
  std::uint32_t moved = 0;
  for (const Run& run : to) {
    moved += run.visible();
    const auto chunk_of = agents_[run.first.agent].chunk_of.begin() + run.first.n - 1;
    std::fill(chunk_of, chunk_of + run.length, handle);
  }
  visible_[place] -= moved;
  visible_.insert(visible_.begin() + place + 1, moved);
  order_.insert(order_.begin() + place + 1, handle);
  for (std::uint32_t i = place + 1; i < order_.size(); ++i) chunks_[order_[i]].place = i;
}

}  // namespace protocols::crdt
