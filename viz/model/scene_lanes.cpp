#include <utility>

#include "viz/model/scene_frame.hpp"

namespace viz {

namespace {

// -- Shades --

void add_shades(Frame& frame, const FrameRow& row) {
  const sim::Timeline& t = frame.timeline;
  const auto ailments = t.ailments_of(row.node);
  const float bottom = row.y + frame.in.metrics.lane;
  std::size_t open = frame.out.shades.size();  // the last one of them, if it is short, takes in those that follow close
  const std::size_t none = frame.out.shades.size();
  bool extend = false;
  for (const sim::Timeline::Ailment& ailment : ailments) {
    std::int64_t begin = ailment.begin.ns;
    std::int64_t end = std::min(ailment.end, t.end).ns;
    if (!frame.by_time()) {
      const auto columns = frame.index.columns_of_ailment(static_cast<std::size_t>(&ailment - t.ailments.data()));
      begin = columns.begin;
      end = columns.end;
    }
    if (begin > frame.last) break;
    if (end < frame.first) continue;
    const float x0 = frame.x_cut(begin);
    const float x1 = frame.x_cut(end);
    if (extend && x1 - frame.out.shades[open].x0 < kFold) {
      frame.out.shades[open].x1 = std::max(frame.out.shades[open].x1, x1);
      continue;
    }
    const std::string& kind = t.faults[ailment.fault].kind;
    const float room = x1 - x0;
    const bool fits = static_cast<float>(kind.size()) * kLetter + 8 <= room;
    open = frame.out.shades.size();
    extend = room < kFold;
    frame.out.shades.push_back({x0, x1, row.y, bottom, ailment.fault, fits ? kind : std::string()});
  }
  for (std::size_t i = none; i < frame.out.shades.size(); ++i) {
    Shade& shade = frame.out.shades[i];
    // One that took an instant is still to be seen.
    if (shade.x1 - shade.x0 < 1) shade.x1 = std::min(shade.x0 + 1, frame.width());
    // Where faults overlap, a label ends where the next one begins.
    const bool last = i + 1 == frame.out.shades.size();
    if (!last) shade.label = Frame::fitting(std::move(shade.label), frame.out.shades[i + 1].x0 - shade.x0);
  }
}

// -- Ribbons --

void add_ribbons(Frame& frame, const FrameRow& row) {
  const sim::Timeline& t = frame.timeline;
  const auto roles = t.roles_of(row.node);
  const auto begin_of = [&](std::size_t i) { return frame.by_time() ? roles[i].begin.ns : std::int64_t{roles[i].event}; };
  const std::int64_t run_end = frame.by_time() ? t.end.ns : static_cast<std::int64_t>(t.events.size());
  const auto end_of = [&](std::size_t i) { return i + 1 < roles.size() ? begin_of(i + 1) : run_end; };
  // The first that lasts into sight.
  const auto later = [&](std::size_t i) { return end_of(i) >= frame.first; };
  std::size_t i = 0;
  for (std::size_t span = roles.size(); span > 0;) {
    const std::size_t half = span / 2;
    if (later(i + half)) {
      span = half;
    } else {
      i += half + 1;
      span -= half + 1;
    }
  }
  while (i < roles.size() && begin_of(i) <= frame.last) {
    std::size_t next = i + 1;
    const double fold = frame.units(kFold);
    if (static_cast<double>(end_of(i) - begin_of(i)) < fold) {
      const std::int64_t behind = behind_cell(begin_of(i), fold);
      next = gallop(i + 1, roles.size(), [&](std::size_t at) { return end_of(at) >= behind; });
    }
    std::size_t stays = next - 1;  // of several the one that stays
    while (stays > i && roles[stays].role == 0) --stays;
    const sim::Timeline::Role& role = roles[stays];
    const auto count = static_cast<std::uint32_t>(next - i);
    Ribbon ribbon{frame.x_cut(begin_of(i)),
                  frame.x_cut(end_of(next - 1)),
                  row.y,
                  row.y + frame.in.metrics.ribbon,
                  role.role,
                  role.epoch,
                  "",
                  count};
    i = next;
    if (role.role == 0) continue;
    const float room = ribbon.x1 - ribbon.x0;
    if (count == 1 && room > kLetter * 3) {
      const std::string& epoch = t.nodes[row.node].epoch;
      ribbon.label = t.text(role.role);
      std::string with_epoch = epoch.empty() ? ribbon.label : ribbon.label + ", " + epoch + " " + std::to_string(role.epoch);
      with_epoch = Frame::fitting(std::move(with_epoch), room);
      ribbon.label = with_epoch.empty() ? Frame::fitting(std::move(ribbon.label), room) : std::move(with_epoch);
    }
    frame.out.ribbons.push_back(std::move(ribbon));
  }
}

// -- Operations --

std::string say(const sim::Timeline::Operation& operation) {
  std::string out = operation.function;
  if (!operation.input.empty()) out.append(" ").append(operation.input);
  if (!operation.output.empty()) {
    out.append(operation.input.find('=') == std::string::npos ? " = " : ": ").append(operation.output);
  }
  return out;
}

float bars_bottom(const FrameRow& row) { return row.middle - 9; }

void add_bars(Frame& frame, const FrameRow& row) {
  const sim::Timeline& t = frame.timeline;
  const auto& rows = frame.index.node(row.node).operation_rows;
  const float top = row.y + 4;
  const float high = bars_bottom(row) - top;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto& list = rows[r].operations;
    const auto& ends = frame.by_time() ? rows[r].ends_ns : rows[r].ends_columns;
    const auto begin_of = [&](std::size_t i) {
      const auto& operation = t.operations[list[i]];
      return frame.by_time() ? operation.begin.ns : std::int64_t{operation.begin_event};
    };
    const float y0 = top + high * static_cast<float>(r) / static_cast<float>(rows.size());
    const float y1 = top + high * static_cast<float>(r + 1) / static_cast<float>(rows.size()) - (rows.size() > 1 ? 1.0F : 0.0F);
    auto i = static_cast<std::size_t>(std::lower_bound(ends.begin(), ends.end(), frame.first) - ends.begin());
    while (i < list.size() && begin_of(i) <= frame.last) {
      std::size_t next = i + 1;
      const double fold = frame.units(kFold);
      if (static_cast<double>(ends[i] - begin_of(i)) < fold) {
        const std::int64_t behind = behind_cell(begin_of(i), fold);
        next = gallop(i + 1, list.size(), [&](std::size_t at) { return ends[at] >= behind || begin_of(at) > frame.last; });
      }
      const auto& operation = t.operations[list[i]];
      OperationBar bar{
          frame.x_cut(begin_of(i)), frame.x_cut(ends[next - 1]), y0, y1, list[i], static_cast<std::uint32_t>(next - i), "",
          operation.end_event == 0};
      if (bar.count == 1 && bar.x1 - bar.x0 > kLetter * 4) bar.label = Frame::fitting(say(operation), bar.x1 - bar.x0);
      frame.out.bars.push_back(std::move(bar));
      i = next;
    }
  }
}

// -- Events --

/// Where a row's events begin to be in sight, and where they cease to be.
struct InSight {
  std::size_t begin = 0;
  std::size_t end = 0;
};
InSight events_in_sight(const Frame& frame, const FrameRow& row) {
  const auto& events = frame.index.node(row.node).events;
  const auto before = [&](std::uint32_t i, std::int64_t place) { return frame.place(i + 1) < place; };
  const auto begin = std::lower_bound(events.begin(), events.end(), frame.first, before);
  const auto end = std::lower_bound(begin, events.end(), frame.last + 1, before);
  return {static_cast<std::size_t>(begin - events.begin()), static_cast<std::size_t>(end - events.begin())};
}

/// The nearest kin to the focus among a row's events from one number to another.
Kin nearest_kin(const Frame& frame, const std::vector<std::uint32_t>& akin, std::uint32_t first, std::uint32_t last) {
  const auto found = std::lower_bound(akin.begin(), akin.end(), first);
  return found != akin.end() && *found <= last ? frame.kin(*found) : Kin::none;
}

/// The dots of a list of events (by `number_at`) from one index to another, folded.
template <class NumberAt>
void add_dots(Frame& frame, const FrameRow& row, std::size_t r, std::size_t begin, std::size_t end, const NumberAt& number_at) {
  const std::uint32_t self = frame.in.focus != nullptr ? frame.in.focus->event() : 0;
  const double cell = frame.units(kFold);
  for (std::size_t i = begin; i < end;) {
    const std::uint32_t number = number_at(i);
    const std::int64_t behind = behind_cell(frame.place(number), cell);
    std::size_t next =
        number == self ? i + 1 : gallop(i + 1, end, [&](std::size_t at) { return frame.place(number_at(at)) >= behind; });
    // The focused event is never folded.
    if (self > number && next > i + 1 && self <= number_at(next - 1)) {
      next = gallop(i + 1, next, [&](std::size_t at) { return number_at(at) >= self; });
    }
    const std::uint32_t final = number_at(next - 1);
    const sim::Timeline::Event& event = frame.timeline.event(number);
    const float x0 = frame.x(frame.place(number));
    if (next == i + 1) {
      frame.out.dots.push_back({x0, x0, row.middle, number, 1, event.kind, event.type, frame.kin(number)});
    } else {
      frame.out.dots.push_back({x0, frame.x(frame.place(final)), row.middle, number, static_cast<std::uint32_t>(next - i),
                                sim::RecordKind::deliver, 0, nearest_kin(frame, frame.akin[r], number, final)});
    }
    i = next;
  }
}

void add_stretches(Frame& frame, const FrameRow& row, const InSight& sight) {
  const auto& node = frame.index.node(row.node);
  const sim::Timeline& t = frame.timeline;
  const auto add = [&](std::uint32_t i) {
    const sim::Timeline::Event& event = t.events[i];
    if (event.cause == 0 || (event.kind != sim::RecordKind::timer && event.kind != sim::RecordKind::sync)) return;
    const std::int64_t begin = frame.place(event.cause);
    if (begin > frame.last) return;
    const float x0 = frame.x_cut(begin);
    const float x1 = frame.x_cut(frame.place(i + 1));
    if (x1 - x0 < kFold) return;
    const float lift = event.kind == sim::RecordKind::timer ? 6.0F : 3.0F;
    frame.out.stretches.push_back({x0, x1, row.y + frame.in.metrics.lane - lift, i + 1, event.kind, frame.kin(i + 1)});
  };
  for (std::size_t i = sight.begin; i < sight.end; ++i) add(node.events[i]);
  // Those that end beyond the right edge.
  for (std::size_t block = sight.end / SceneIndex::kBlock; block < node.first_causes.size(); ++block) {
    const std::uint32_t first = node.first_causes[block];
    if (first == sim::Timeline::kNone || frame.place(first) > frame.last) continue;
    const std::size_t end = std::min(node.events.size(), (block + 1) * SceneIndex::kBlock);
    for (std::size_t i = std::max(sight.end, block * SceneIndex::kBlock); i < end; ++i) add(node.events[i]);
  }
}

// -- Rates --

void add_rates(Frame& frame, const FrameRow& row, const InSight& sight) {
  constexpr double kColumn = 4;  // pixels
  const auto& node = frame.index.node(row.node);
  const auto& lost = frame.by_time() ? node.lost_ns : node.lost_columns;
  const double cell = frame.units(kColumn);
  const float base = row.y + frame.in.metrics.lane - 1;
  std::size_t i = sight.begin;
  auto l = static_cast<std::size_t>(std::lower_bound(lost.begin(), lost.end(), frame.first) - lost.begin());
  const auto lost_end = static_cast<std::size_t>(std::upper_bound(lost.begin(), lost.end(), frame.last) - lost.begin());
  while (i < sight.end || l < lost_end) {
    std::int64_t place = SceneIndex::kNever;
    if (i < sight.end) place = frame.place(node.events[i] + 1);
    if (l < lost_end) place = std::min(place, lost[l]);
    const std::int64_t behind = behind_cell(place, cell);
    const std::size_t next = gallop(i, sight.end, [&](std::size_t at) { return frame.place(node.events[at] + 1) >= behind; });
    const std::size_t next_lost = gallop(l, lost_end, [&](std::size_t at) { return lost[at] >= behind; });
    const double left = static_cast<double>(floor_of(static_cast<double>(place) / cell)) * cell;
    const auto cut = [&](double at) { return std::clamp(frame.in.axis.x(at), 0.0F, frame.width()); };
    frame.out.rates.push_back(
        {cut(left), cut(left + cell), base, 0, 0, static_cast<std::uint32_t>(next - i), static_cast<std::uint32_t>(next_lost - l)});
    i = next;
    l = next_lost;
  }
}

struct RateRoom {
  std::size_t first = 0;
  float room = 0;
};

/// Heights that can be compared: the busiest column of all lanes is as high as a lane has room. `rooms` are where a row's columns
/// begin, and how high they can be.
void raise_rates(Frame& frame, const std::vector<RateRoom>& rooms) {
  std::uint32_t most = 1;
  for (const RateColumn& column : frame.out.rates) most = std::max(most, column.count + column.lost);
  auto next = rooms.begin();
  float room = 0;
  for (std::size_t i = 0; i < frame.out.rates.size(); ++i) {
    for (; next != rooms.end() && next->first <= i; ++next) room = next->room;
    RateColumn& column = frame.out.rates[i];
    column.height = room * static_cast<float>(column.count) / static_cast<float>(most);
    column.lost_height = room * static_cast<float>(column.lost) / static_cast<float>(most);
  }
}

}  // namespace

void add_lanes(Frame& frame) {
  std::vector<InSight> sights(frame.rows.size());
  for (std::size_t r = 0; r < frame.rows.size(); ++r) {
    const FrameRow& row = frame.rows[r];
    if (!row.seen) continue;
    sights[r] = events_in_sight(frame, row);
    frame.out.events += sights[r].end - sights[r].begin;
    add_shades(frame, row);
    add_ribbons(frame, row);
    add_bars(frame, row);
  }
  std::vector<RateRoom> rooms;
  const bool stretches = frame.out.detail == Detail::arrows && frame.out.events <= 2 * SceneInput::kMostArrows;
  for (std::size_t r = 0; r < frame.rows.size(); ++r) {
    const FrameRow& row = frame.rows[r];
    if (!row.seen) continue;
    if (frame.out.detail == Detail::rates) {
      // A client's bars keep their place above the columns.
      rooms.push_back({frame.out.rates.size(),
                       frame.in.metrics.lane - (row.client ? bars_bottom(row) + 2 - row.y : frame.in.metrics.ribbon + 4)});
      add_rates(frame, row, sights[r]);
      const std::vector<std::uint32_t>& akin = frame.akin[r];
      const auto begin = std::lower_bound(akin.begin(), akin.end(), frame.first,
                                          [&](std::uint32_t number, std::int64_t place) { return frame.place(number) < place; });
      const auto end = std::upper_bound(begin, akin.end(), frame.last,
                                        [&](std::int64_t place, std::uint32_t number) { return place < frame.place(number); });
      add_dots(frame, row, r, static_cast<std::size_t>(begin - akin.begin()), static_cast<std::size_t>(end - akin.begin()),
               [&](std::size_t i) { return akin[i]; });
      continue;
    }
    const auto& events = frame.index.node(row.node).events;
    add_dots(frame, row, r, sights[r].begin, sights[r].end, [&](std::size_t i) { return events[i] + 1; });
    if (stretches) add_stretches(frame, row, sights[r]);
  }
  raise_rates(frame, rooms);
}

}  // namespace viz
