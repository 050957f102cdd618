// The timeline: lanes with their names, the plot, and what the pointer does there.
#include <algorithm>
#include <string>

#include "viz/panels/actions.hpp"
#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

constexpr float kGutter = 136;   // the names of the lanes
constexpr float kHeader = 26;    // of a branch, where there are several
constexpr float kDragFrom = 4;   // pixels: less is a click
constexpr float kArrows = 1.6F;  // messages a pixel that are still drawn each by itself
constexpr float kBundled = 8;    // and in bundles
constexpr double kNotch = 0.25;  // how much closer one notch of the wheel goes

struct Block {
  ImVec2 from, to;
  std::size_t branch = 0;
};

Metrics metrics_for(const Ui& ui, const Lanes& lanes, float height) {
  Metrics out;
  out.axis = ui.em(24);
  out.group = ui.em(20);
  const auto groups = static_cast<float>(lanes.groups.size());
  const auto rows = static_cast<float>(std::max<std::size_t>(lanes.visible(), 1));
  out.lane = std::clamp((height - out.axis - groups * out.group) / rows, ui.em(30), ui.em(100));
  out.ribbon = out.lane >= ui.em(36) ? ui.em(16) : ui.em(5);
  return out;
}

/// The instant at which lanes say what role their nodes play: the focus, else the end of what is seen.
sim::Time moment(const Ui& ui, const sim::Timeline& timeline) {
  if (ui.focus.event() != 0) return ui.timeline()->event(ui.focus.event()).at;
  return Axis{ui.scale, ui.range, 1}.time_at(timeline, ui.range.end);
}

std::string role_text(const sim::Timeline& timeline, std::uint32_t node, sim::Time at) {
  const std::uint32_t index = timeline.role_at(node, at);
  return index == kNone ? std::string() : timeline.role_text(timeline.roles[index]);
}

/// What the right button offers at a lane's name.
void choose_lanes(Ui& ui, std::size_t branch, std::uint32_t node, const std::string& id) {
  if (!ImGui::BeginPopupContextItem((id + "/menu").c_str())) return;
  const auto hide = [&](auto which) {
    for (LaneGroup& group : ui.views[branch].lanes.groups) {
      for (Lane& lane : group.lanes) lane.hidden = which(lane);
    }
  };
  if (ImGui::MenuItem("Hide this lane")) hide([&](const Lane& lane) { return lane.hidden || lane.node == node; });
  ui.mark(id + "/hide");
  if (ImGui::MenuItem("Hide all others")) hide([&](const Lane& lane) { return lane.node != node; });
  ui.mark(id + "/alone");
  if (ImGui::MenuItem("Show all lanes")) hide([](const Lane&) { return false; });
  ui.mark(id + "/all");
  ImGui::EndPopup();
}

void draw_names(Ui& ui, const Block& block) {
  const View& view = ui.views[block.branch];
  const sim::Timeline& timeline = ui.session->branch(block.branch).timeline();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.PushClipRect(ImVec2(block.from.x, block.from.y + view.metrics.axis), ImVec2(block.from.x + ui.em(kGutter), block.to.y),
                    true);
  const sim::Time at = moment(ui, timeline);
  bool odd = false;
  for (const LaneRow& row : view.scene.lanes) {
    const ImVec2 from(block.from.x, block.from.y + row.y);
    const ImVec2 to(from.x + ui.em(kGutter), from.y + view.metrics.lane);
    ImGui::SetCursorScreenPos(from);
    const std::string id = "lane/" + std::to_string(block.branch) + "/" + timeline.nodes[row.node].name;
    const bool pressed = ImGui::InvisibleButton(id.c_str(), ImVec2(to.x - from.x, to.y - from.y));
    ui.mark(id);
    const bool chosen = ui.node == row.node && block.branch == ui.active;
    if (odd) list.AddRectFilled(from, to, mixed(ui.theme->background, ui.theme->panel, 0.6F));
    odd = !odd;
    if (chosen || ImGui::IsItemHovered()) list.AddRectFilled(from, to, chosen ? faded(ui.theme->accent, 0.25F) : ui.theme->raised);
    tip("Show this node's state; the right button hides lanes");
    choose_lanes(ui, block.branch, row.node, id);
    if (pressed) {
      ui.active = block.branch;
      ui.node = row.node;
      ui.tab = Tab::state;
    }
    const std::string role = row.client ? std::string() : role_text(timeline, row.node, at);
    const bool two = !role.empty() && view.metrics.lane >= ui.em(36);
    const float line = ui.fonts.text->FontSize;
    const float top = (from.y + to.y) / 2 - (two ? line - ui.em(1) : line / 2);
    const float room = ui.em(kGutter - 20);
    draw_text(list, ui.fonts.text, ImVec2(from.x + ui.em(12), top), ui.theme->text, timeline.nodes[row.node].name, room);
    if (!two) continue;
    const ImU32 colour = role == "down" ? ui.theme->down : ui.colours.role(*ui.theme, role.substr(0, role.find(',')));
    const float below = top + line + ui.em(1);
    list.AddRectFilled(ImVec2(from.x + ui.em(12), below + ui.em(4)), ImVec2(from.x + ui.em(19), below + ui.em(11)), colour,
                       ui.em(2));
    draw_text(list, ui.fonts.small, ImVec2(from.x + ui.em(24), below), ui.theme->dim, role, room - ui.em(12));
  }
  for (const GroupRow& row : view.scene.groups) {
    const ImVec2 from(block.from.x, block.from.y + row.y);
    const ImVec2 to(from.x + ui.em(kGutter), from.y + view.metrics.group);
    list.AddRectFilled(from, to, ui.theme->background);
    list.AddLine(from, ImVec2(to.x, from.y), ui.theme->border);
    draw_text(list, ui.fonts.small, ImVec2(from.x + ui.em(12), from.y + ui.em(3)), ui.theme->dim, row.title, ui.em(kGutter - 16));
  }
  list.PopClipRect();
}

void turn_wheel(Ui& ui, View& view, float x) {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.MouseWheelH != 0) pan(ui, -0.1 * static_cast<double>(io.MouseWheelH));
  if (io.MouseWheel == 0) return;
  if (io.KeyCtrl) {
    view.scroll -= io.MouseWheel * view.metrics.lane;
  } else if (io.KeyShift) {
    pan(ui, -0.1 * static_cast<double>(io.MouseWheel));
  } else {
    const double by = 1 + kNotch * static_cast<double>(io.MouseWheel < 0 ? -io.MouseWheel : io.MouseWheel);
    zoom(ui, io.MouseWheel > 0 ? by : 1 / by, Axis{ui.scale, ui.range, view.size.x}.position_at(x));
  }
}

void clicked(Ui& ui, std::size_t branch, const Hit& hit, float x) {
  const View& view = ui.views[branch];
  const sim::Timeline& timeline = ui.session->branch(branch).timeline();
  ui.trail.clear();
  switch (hit.kind) {
    case Hit::Kind::event: return select(ui, branch, hit.index, false);
    case Hit::Kind::message: return select_message(ui, branch, hit.index);
    case Hit::Kind::operation: return select(ui, branch, timeline.operations[hit.index].begin_event, false);
    case Hit::Kind::fault: return select(ui, branch, timeline.faults[hit.index].begin_event, false);
    case Hit::Kind::flag: return select(ui, branch, view.scene.flags[hit.index].event, false);
    case Hit::Kind::folded:
    case Hit::Kind::bundle:
    case Hit::Kind::rate: return zoom(ui, 4, Axis{ui.scale, ui.range, view.size.x}.position_at(x));
    case Hit::Kind::nothing: return select(ui, branch, 0);
  }
}

/// The right button marks a stretch, and letting go shows it.
void pick_stretch(Ui& ui, const Block& block, float x) {
  Grip& grip = ui.grip;
  const View& view = ui.views[block.branch];
  if (ImGui::IsMouseClicked(ImGuiMouseButton_Right) && ImGui::IsItemHovered()) {
    grip.picking = true;
    grip.from = x;
  }
  if (!grip.picking) return;
  const float left = std::min(grip.from, x);
  const float right = std::max(grip.from, x);
  const ImVec2 from(view.origin.x + left, view.origin.y + view.metrics.axis);
  ImGui::GetWindowDrawList()->AddRectFilled(from, ImVec2(view.origin.x + right, view.origin.y + view.size.y),
                                            faded(ui.theme->accent, 0.25F));
  if (ImGui::IsMouseDown(ImGuiMouseButton_Right)) return;
  grip.picking = false;
  if (right - left < kDragFrom) return;
  const Axis axis{ui.scale, ui.range, view.size.x};
  const double middle = axis.position_at((left + right) / 2);
  const Range wanted{axis.position_at(left), axis.position_at(right)};
  const Range all = ui.whole();
  ui.range = zoomed(ui.range, ui.range.length() / std::max(wanted.length(), 16.0), middle, all);
  ui.range = moved(ui.range, middle - (ui.range.begin + ui.range.length() / 2), all);
}

/// Dragging pans, a click selects, shift and the button seek.
void use_pointer(Ui& ui, const Block& block, const Hit& hit) {
  View& view = ui.views[block.branch];
  const ImGuiIO& io = ImGui::GetIO();
  const float x = io.MousePos.x - view.origin.x;
  const bool hovered = ImGui::IsItemHovered();
  Grip& grip = ui.grip;
  if (hovered) turn_wheel(ui, view, x);
  if (ImGui::IsItemActivated()) grip = Grip{.held = true};
  if (ImGui::IsItemActive() && grip.held) {
    if (io.KeyShift) {
      grip.moved = true;
      ui.active = block.branch;
      seek(ui, Axis{ui.scale, ui.range, view.size.x}.position_at(x));
    } else if (grip.moved || ImGui::IsMouseDragging(ImGuiMouseButton_Left, kDragFrom)) {
      grip.moved = true;
      pan(ui, static_cast<double>(-io.MouseDelta.x / view.size.x));
      view.scroll -= io.MouseDelta.y;
      ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeAll);
    }
  }
  if (ImGui::IsItemDeactivated() && grip.held) {
    if (!grip.moved && hovered) clicked(ui, block.branch, hit, x);
    grip = Grip{};
  }
  if (hovered && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left) && hit.kind == Hit::Kind::nothing) fit(ui);
}

void draw_scrollbar(const Ui& ui, const View& view) {
  const float seen = view.size.y - view.metrics.axis;
  const float all = view.scene.content_height - view.metrics.axis;
  if (all <= seen + 1) return;
  const float x = view.origin.x + view.size.x - ui.em(7);
  const float top = view.origin.y + view.metrics.axis;
  const float length = std::max(seen * seen / all, ui.em(20));
  const float y = top + (seen - length) * view.scroll / (all - seen);
  ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(x, y), ImVec2(x + ui.em(5), y + length), faded(ui.theme->faint, 0.8F), ui.em(3));
}

void draw_bookmark_stars(const Ui& ui, const Block& block) {
  const View& view = ui.views[block.branch];
  const sim::Timeline& timeline = ui.session->branch(block.branch).timeline();
  const Axis axis{ui.scale, ui.range, view.size.x};
  for (const Bookmark& bookmark : ui.bookmarks) {
    if (bookmark.branch != block.branch) continue;
    const float x = axis.x(axis.position(timeline, timeline.event(bookmark.event).at, bookmark.event));
    if (x < 0 || x > view.size.x) continue;
    draw_icon(*ImGui::GetWindowDrawList(), Icon::star, ImVec2(view.origin.x + x, view.origin.y + view.metrics.axis - ui.em(7)),
              ui.em(12), ui.theme->unsure);
  }
}

/// In the branches without the focus: where its instant is.
void draw_companion(const Ui& ui, const Block& block) {
  if (block.branch == ui.active || ui.focus.event() == 0 || ui.views[block.branch].companion.event() != 0) return;
  const View& view = ui.views[block.branch];
  const sim::Timeline& own = ui.session->branch(block.branch).timeline();
  const sim::Time at = ui.timeline()->event(ui.focus.event()).at;
  const float x = Axis{ui.scale, ui.range, view.size.x}.x(Axis{ui.scale, ui.range, 1}.position(own, at));
  if (x < 0 || x > view.size.x) return;
  ImGui::GetWindowDrawList()->AddLine(ImVec2(view.origin.x + x, view.origin.y),
                                      ImVec2(view.origin.x + x, view.origin.y + view.size.y), faded(ui.theme->self, 0.35F));
}

/// What can be told apart in so many pixels: arrows that are not a carpet, and bundles that are not a few for everything; beyond
/// that, how busy the nodes were says more.
Detail legible_detail(const Scene& scene, float width) {
  const float each = static_cast<float>(scene.messages) / std::max(width, 1.0F);
  const Detail legible = each <= kArrows ? Detail::arrows : each <= kBundled ? Detail::bundles : Detail::rates;
  return std::max(legible, scene.detail);
}

/// How many events two branches have in common: as many as neither of them, nor what they were forked from, does otherwise.
std::uint32_t shared(const Session& session, std::size_t a, std::size_t b) {
  std::uint32_t out = kNone;
  for (std::size_t i : {a, b}) {
    for (; session.branch(i).forked_at != 0; i = session.branch(i).parent) out = std::min(out, session.branch(i).forked_at);
  }
  return out;
}

/// A branch that has the focused event too shows what came of it there.
void follow(Ui& ui, std::size_t branch) {
  View& view = ui.views[branch];
  const sim::Timeline& timeline = ui.session->branch(branch).timeline();
  const std::uint32_t event = ui.focus.event();
  const bool there = event <= shared(*ui.session, branch, ui.active) && event <= timeline.events.size();
  const std::uint32_t wanted = there ? event : 0;
  if (view.companion.event() != wanted || view.companion.hops() != ui.focus.hops())
    view.companion.set(timeline, wanted, ui.focus.hops());
}

/// Scrolls so far that a node's lane is in sight.
void reveal_lane(View& view, std::uint32_t node) {
  float y = view.metrics.axis;
  for (const LaneGroup& group : view.lanes.groups) {
    y += view.metrics.group;
    for (const Lane& lane : group.lanes) {
      if (lane.hidden) continue;
      if (lane.node == node) {
        view.scroll = std::min(view.scroll, y - view.metrics.axis);
        view.scroll = std::max(view.scroll, y + view.metrics.lane - view.size.y);
        return;
      }
      y += view.metrics.lane;
    }
  }
}

void draw_plot(Ui& ui, const Block& block) {
  View& view = ui.views[block.branch];
  const Branch& branch = ui.session->branch(block.branch);
  const bool active = block.branch == ui.active;
  view.origin = ImVec2(block.from.x + ui.em(kGutter), block.from.y);
  view.size = ImVec2(std::max(block.to.x - view.origin.x, 1.0F), std::max(block.to.y - block.from.y, 1.0F));
  view.metrics = metrics_for(ui, view.lanes, view.size.y);
  const float content = view.metrics.axis + view.metrics.group * static_cast<float>(view.lanes.groups.size()) +
                        view.metrics.lane * static_cast<float>(view.lanes.visible());
  if (ui.reveal) reveal_lane(view, *ui.reveal);
  view.scroll = std::clamp(view.scroll, 0.0F, std::max(content - view.size.y, 0.0F));
  if (!active) follow(ui, block.branch);
  SceneInput wanted = {.timeline = &branch.timeline(),
                       .lanes = &view.lanes,
                       .axis = {ui.scale, ui.range, view.size.x},
                       .metrics = view.metrics,
                       .focus = active ? &ui.focus : &view.companion,
                       .filter = &ui.filter,
                       .index = &*view.index,
                       .top = view.scroll,
                       .height = view.size.y,
                       .detail = {}};
  view.scene = compose(wanted);
  if (const Detail legible = legible_detail(view.scene, view.size.x / ui.fonts.scale); legible != view.scene.detail) {
    wanted.detail = legible;
    view.scene = compose(wanted);
  }
  ImGui::SetCursorScreenPos(view.origin);
  const std::string id = "plot/" + std::to_string(block.branch);
  ImGui::InvisibleButton(id.c_str(), view.size);
  ui.mark(id);
  Hit under;
  const ImGuiIO& io = ImGui::GetIO();
  if (ImGui::IsItemHovered() && !ui.grip.moved)
    under = hit(view.scene, io.MousePos.x - view.origin.x, io.MousePos.y - view.origin.y);
  draw_scene(*ImGui::GetWindowDrawList(), {.scene = &view.scene,
                                           .timeline = &branch.timeline(),
                                           .theme = ui.theme,
                                           .fonts = &ui.fonts,
                                           .colours = &ui.colours,
                                           .metrics = view.metrics,
                                           .origin = view.origin,
                                           .size = view.size,
                                           .focused = (active ? ui.focus : view.companion).event() != 0 && ui.filter.everything(),
                                           .hover = under,
                                           .notes = &view.notes});
  draw_companion(ui, block);
  draw_bookmark_stars(ui, block);
  use_pointer(ui, block, under);
  pick_stretch(ui, block, io.MousePos.x - view.origin.x);
  draw_scrollbar(ui, view);
  if (under.kind != Hit::Kind::nothing) draw_hover(ui, view, branch.timeline(), under);
}

/// The title of a branch, and whether anything is violated in it.
void draw_header(Ui& ui, const Block& block, bool& closed) {
  const Branch& branch = ui.session->branch(block.branch);
  const float height = ui.em(kHeader);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool active = block.branch == ui.active;
  const ImVec2 to(block.to.x, block.from.y + height);
  list.AddRectFilled(block.from, to, active ? mixed(ui.theme->panel, ui.theme->accent, 0.22F) : ui.theme->panel);
  ImGui::SetCursorScreenPos(block.from);
  const std::string id = "branch/" + std::to_string(block.branch);
  if (ImGui::InvisibleButton(id.c_str(), ImVec2(std::max(to.x - block.from.x - ui.em(40), 1.0F), height)) && branch.finished())
    select(ui, block.branch, std::min<std::uint32_t>(ui.focus.event(), static_cast<std::uint32_t>(branch.timeline().events.size())),
           false);
  ui.mark(id);
  const float y = block.from.y + (height - ui.fonts.text->FontSize) / 2;
  const std::string title =
      (block.branch == 0 || branch.compared ? std::string() : "Fork " + std::to_string(block.branch) + ": ") + branch.title() +
      (block.branch > 0 && branch.compared && branch.forked_at > 0 ? ", the same up to event " + grouped(branch.forked_at)
                                                                   : std::string());
  draw_text(list, ui.fonts.bold, ImVec2(block.from.x + ui.em(12), y), ui.theme->text, title, to.x - block.from.x - ui.em(260));
  std::string verdict = "running, " + std::to_string(static_cast<int>(branch.progress() * 100)) + "%";
  ImU32 colour = ui.theme->dim;
  if (branch.finished()) {
    const bool violated = std::any_of(branch.timeline().claims.begin(), branch.timeline().claims.end(),
                                      [](const sim::Timeline::Claim& claim) { return claim.status == "violated"; });
    verdict = violated ? "a claim is violated" : "no claim is violated";
    colour = violated ? ui.theme->bad : ui.theme->good;
  }
  const float width = text_width(ui.fonts.small, verdict);
  draw_text(list, ui.fonts.small, ImVec2(to.x - ui.em(44) - width, y + ui.em(2)), colour, verdict, width + 1);
  if (block.branch == 0) return;
  ImGui::SetCursorScreenPos(ImVec2(to.x - ui.em(34), block.from.y - ui.em(1)));
  closed = icon_button(ui, ("close/" + std::to_string(block.branch)).c_str(), Icon::close, "Close this fork");
}

void draw_progress(const Ui& ui, const Block& block, const Branch& branch) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(block.from, block.to, ui.theme->plot);
  const ImVec2 middle((block.from.x + block.to.x) / 2, (block.from.y + block.to.y) / 2);
  const float half = ui.em(140);
  const ImVec2 from(middle.x - half, middle.y - ui.em(3));
  list.AddRectFilled(from, ImVec2(middle.x + half, middle.y + ui.em(3)), ui.theme->raised, ui.em(3));
  list.AddRectFilled(from, ImVec2(from.x + 2 * half * static_cast<float>(branch.progress()), middle.y + ui.em(3)), ui.theme->accent,
                     ui.em(3));
  const std::string words = "Running: " + std::to_string(static_cast<int>(branch.progress() * 100)) + "%";
  const float width = text_width(ui.fonts.text, words);
  draw_text(list, ui.fonts.text, ImVec2(middle.x - width / 2, from.y - ui.em(28)), ui.theme->dim, words, width + 1);
}

}  // namespace

void draw_timeline(Ui& ui, ImVec2 from, ImVec2 to) {
  if (ui.session == nullptr || ui.views.empty()) return;
  const std::size_t count = std::min(ui.session->size(), ui.views.size());
  const float each = (to.y - from.y) / static_cast<float>(count);
  std::optional<std::size_t> close;
  for (std::size_t i = 0; i < count; ++i) {
    Block block{ImVec2(from.x, from.y + each * static_cast<float>(i)), ImVec2(to.x, from.y + each * static_cast<float>(i + 1)), i};
    if (count > 1) {
      bool closed = false;
      draw_header(ui, block, closed);
      if (closed) close = i;
      block.from.y += ui.em(kHeader);
    }
    if (!ui.session->branch(i).finished()) {
      draw_progress(ui, block, ui.session->branch(i));
      continue;
    }
    draw_plot(ui, block);
    draw_names(ui, block);
  }
  ui.reveal.reset();
  if (close) close_branch(ui, *close);
}

}  // namespace viz
