// Actions: what keys, buttons and clicks do to the shared state.
#pragma once

#include "viz/panels/ui.hpp"

namespace viz {

/// Shows a session from its beginning; none: the picker.
void open_session(Ui& ui, std::unique_ptr<Session> session);
/// Lets branches that still run go on. Their views are made once they are over.
void advance(Ui& ui, std::uint64_t events);

/// Makes an event of a branch the focus; 0: none is. `reveal` moves the axis and the lanes so that it is in sight.
void select(Ui& ui, std::size_t branch, std::uint32_t event, bool reveal = true);
/// The same for a message: its delivery, else the event that sent it.
void select_message(Ui& ui, std::size_t branch, std::uint32_t message);
/// The focus goes to the last event at or before a position of the axis.
void seek(Ui& ui, double position);
void step(Ui& ui, Step step);
/// Wider or narrower.
void change_hops(Ui& ui, int by);

void zoom(Ui& ui, double factor, double around);
/// Around the focus, where it is in sight, else the middle.
void zoom(Ui& ui, double factor);
void pan(Ui& ui, double share);
void fit(Ui& ui);
void set_scale(Ui& ui, Scale scale);

void toggle_play(Ui& ui);
/// Lets the focus move on by what `seconds` of true time are worth.
void play_on(Ui& ui, double seconds);

void toggle_bookmark(Ui& ui);
void next_bookmark(Ui& ui, int direction);
void go_to_violation(Ui& ui);
void set_light(Ui& ui, bool light);

/// Makes a fork; its place, or none: the notice says why not.
std::optional<std::size_t> fork(Ui& ui, const Change& change);
/// New luck from the focus on: what chance decides comes from the seed of the form, which then counts on.
void fork_with_luck(Ui& ui);
void close_branch(Ui& ui, std::size_t i);
/// Writes the active branch as a bundle.
void save(Ui& ui);
/// Opens the picker, at what is open already, so that it can be run with another seed; or closes it, where there is a run.
void toggle_picker(Ui& ui);
/// Opens what the picker has chosen.
void run_chosen(Ui& ui);

void say(Ui& ui, std::string text, bool bad = false);

}  // namespace viz
