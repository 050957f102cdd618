// The panels under mouse and keyboard.
#include "pilot.hpp"
#include "tests/unit/catch.hpp"

using viz::Key;
using viz::Pilot;
using viz::Tab;

namespace {

const char* const kRaft = "scenarios/raft/partition.json";
const char* const kBroken = "scenarios/mutants/raft-vote-not-persisted.json";
constexpr std::uint64_t kEvent = 5545;

void select(Pilot& pilot, std::uint32_t event) {
  viz::select(pilot.ui, 0, event);
  pilot.wait();
}

}  // namespace

TEST_CASE("arrow keys walk from event to event, also of the same node and type", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  select(pilot, kEvent);
  const auto& timeline = *pilot.ui.timeline();
  pilot.key(Key::right);
  CHECK(pilot.ui.focus.event() == kEvent + 1);
  pilot.key(Key::left);
  CHECK(pilot.ui.focus.event() == kEvent);
  pilot.key(Key::right, false, true);
  const std::uint32_t of_node = pilot.ui.focus.event();
  CHECK(of_node > kEvent);
  CHECK(timeline.event(of_node).node == timeline.event(kEvent).node);
  select(pilot, kEvent);
  pilot.key(Key::left, true);
  const std::uint32_t of_type = pilot.ui.focus.event();
  CHECK(of_type < kEvent);
  CHECK(timeline.event(of_type).type == timeline.event(kEvent).type);
}

TEST_CASE("brackets walk to the cause and back", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  select(pilot, kEvent);
  pilot.type("[");
  CHECK(pilot.ui.focus.event() == pilot.ui.timeline()->event(kEvent).cause);
  pilot.type("]");
  CHECK(pilot.ui.focus.event() == kEvent);
}

TEST_CASE("keys zoom, fit and change the scale", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  const double all = pilot.ui.range.length();
  pilot.type("+");
  CHECK(pilot.ui.range.length() < all);
  pilot.type("0");
  CHECK(pilot.ui.range == pilot.ui.whole());
  pilot.type("t");
  CHECK(pilot.ui.scale == viz::Scale::events);
  CHECK(pilot.ui.range.length() < 1e6);
  pilot.click("toolbar/time");
  CHECK(pilot.ui.scale == viz::Scale::time);
}

TEST_CASE("tabs switch by key and by click", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  select(pilot, kEvent);
  pilot.type("2");
  CHECK(pilot.ui.tab == Tab::state);
  CHECK(pilot.sees("state/n1"));
  pilot.click("tab/Claims");
  CHECK(pilot.ui.tab == Tab::claims);
  CHECK(pilot.sees("claim/raft.election-safety"));
  pilot.type("3");
  CHECK(pilot.sees("history/raft.linearizable-kv"));
}

TEST_CASE("what is typed into the search filters, and a result takes the focus", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  const std::size_t all = pilot.ui.timeline()->events.size();
  pilot.type("f");
  CHECK(pilot.ui.tab == Tab::find);
  // The letters are the field's: "l" is not for light here.
  pilot.type("RequestVote l");
  CHECK(pilot.ui.filter.text == "RequestVote l");
  CHECK_FALSE(pilot.ui.theme->light);
  pilot.click("find/clear");
  CHECK(pilot.ui.filter.everything());
  pilot.click("find/text");
  pilot.type("RequestVote");
  CHECK(pilot.ui.found.total > 0);
  CHECK(pilot.ui.found.total < all / 10);
  pilot.click("found/1");
  CHECK(pilot.ui.focus.event() == pilot.ui.found.all[1].event);
}

TEST_CASE("chips filter by kind and by node", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  pilot.type("5");
  pilot.click("find/timers");
  CHECK_FALSE(pilot.ui.filter.timers);
  pilot.click("find/node/n3");
  CHECK(pilot.ui.filter.nodes == std::vector<std::uint32_t>{2});
  pilot.click("find/node/n3");
  CHECK(pilot.ui.filter.nodes.empty());
  pilot.click("legend/RequestVote");
  CHECK(pilot.ui.filter.types.size() == 1);
}

TEST_CASE("a fork is made by a button and by a key, drawn beside the run, and closed again", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  select(pilot, kEvent);
  pilot.click("fork/crash");
  REQUIRE(pilot.ui.session->size() == 2);
  pilot.finish();
  CHECK(pilot.ui.active == 1);
  CHECK(pilot.ui.focus.event() == kEvent);
  CHECK(pilot.sees("plot/0"));
  CHECK(pilot.sees("plot/1"));
  // Both branches have the focused event.
  CHECK(pilot.ui.views[0].companion.event() == kEvent);
  pilot.type("r");
  pilot.finish();
  CHECK(pilot.ui.session->size() == 3);
  pilot.click("close/2");
  pilot.wait();
  CHECK(pilot.ui.session->size() == 2);
  CHECK(pilot.ui.active == 0);
  pilot.type("n");
  CHECK(pilot.ui.active == 1);
}

TEST_CASE("the message of the focus can be lost, and the fork has it lost", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  select(pilot, kEvent);
  REQUIRE(pilot.ui.message != viz::kNone);
  const sim::Timeline::Message message = pilot.ui.timeline()->messages[pilot.ui.message];
  pilot.type("d");
  pilot.finish();
  REQUIRE(pilot.ui.session->size() == 2);
  bool lost = false;
  for (const auto& other : pilot.ui.session->branch(1).timeline().messages)
    lost = lost || (other.from == message.from && other.number == message.number && other.fate == sim::MessageFate::omitted);
  CHECK(lost);
}

TEST_CASE("bookmarks are set, come back to and taken away", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  pilot.type("b");
  CHECK(pilot.ui.bookmarks.empty());
  select(pilot, kEvent);
  pilot.type("b");
  REQUIRE(pilot.ui.bookmarks.size() == 1);
  select(pilot, 100);
  pilot.type(".");
  CHECK(pilot.ui.focus.event() == kEvent);
  pilot.type("b");
  CHECK(pilot.ui.bookmarks.empty());
}

TEST_CASE("a claim's badge goes to where it was violated, and so does V", "[viz]") {
  Pilot pilot(viz::test_session(kBroken, 1));
  const sim::Timeline::Claim* violated = pilot.ui.timeline()->violation();
  REQUIRE(violated != nullptr);
  // A broken run opens where it broke.
  CHECK(pilot.ui.focus.event() == violated->event);
  select(pilot, 1);
  pilot.type("4");
  pilot.click("claim/" + violated->name);
  CHECK(pilot.ui.focus.event() == violated->event);
  select(pilot, 1);
  pilot.type("v");
  CHECK(pilot.ui.focus.event() == violated->event);
  select(pilot, 1);
  pilot.click("toolbar/verdict");
  CHECK(pilot.ui.focus.event() == violated->event);
}

TEST_CASE("the picker chooses, takes a seed and changes, and runs", "[viz]") {
  Pilot pilot(nullptr);
  CHECK(pilot.sees("picker/run"));
  pilot.click("picker/filter");
  pilot.type("rumour");
  CHECK(pilot.ui.picker.filter == "rumour");
  CHECK(pilot.ui.picker.chosen == 1);
  CHECK_FALSE(pilot.sees("offer/raft-partition"));
  pilot.click("picker/seed");
  pilot.type("x");
  pilot.click("picker/run");
  CHECK(pilot.ui.session == nullptr);
  CHECK_FALSE(pilot.ui.picker.error.empty());
  pilot.ui.picker.seed = "7";
  pilot.click("picker/run");
  pilot.finish();
  REQUIRE(pilot.ui.session != nullptr);
  REQUIRE(pilot.ui.timeline() != nullptr);
  CHECK(pilot.ui.timeline()->seed == 7);
  CHECK_FALSE(pilot.ui.timeline()->events.empty());
  // It comes back at what is open, to be run with another seed.
  pilot.ui.picker = {};
  pilot.type("o");
  CHECK(pilot.sees("picker/run"));
  CHECK(pilot.ui.picker.chosen == 1);
  CHECK(pilot.ui.picker.seed == "7");
  pilot.key(Key::down);
  CHECK(pilot.ui.picker.chosen == 0);
  pilot.key(Key::escape);
  CHECK_FALSE(pilot.sees("picker/run"));
}

TEST_CASE("help opens and closes, and keys mean nothing else meanwhile", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  pilot.type("?");
  CHECK(pilot.ui.help);
  pilot.type("t");
  CHECK(pilot.ui.scale == viz::Scale::time);
  pilot.key(Key::escape);
  CHECK_FALSE(pilot.ui.help);
  pilot.click("toolbar/help");
  CHECK(pilot.ui.help);
}

TEST_CASE("light and dark change places", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  pilot.type("l");
  CHECK(pilot.ui.theme->light);
  pilot.click("toolbar/theme");
  CHECK_FALSE(pilot.ui.theme->light);
}

TEST_CASE("playing moves the focus on until it is stopped", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  select(pilot, kEvent);
  pilot.type(" ");
  CHECK(pilot.ui.play.on);
  viz::play_on(pilot.ui, 1);
  const std::uint32_t later = pilot.ui.focus.event();
  CHECK(later > kEvent);
  pilot.click("toolbar/play");
  CHECK_FALSE(pilot.ui.play.on);
  viz::play_on(pilot.ui, 1);
  CHECK(pilot.ui.focus.event() == later);
}

TEST_CASE("the splitter makes the panels wider", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  const float before = pilot.ui.side;
  const ImVec2 at = pilot.middle("splitter");
  pilot.drag(at, ImVec2(at.x - 80, at.y));
  CHECK(viz::about(pilot.ui.side, before + 80));
}

TEST_CASE("a fork is saved as a bundle of its own name", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  std::string saved;
  pilot.door.save = [&](const viz::Branch&, const std::string& path) {
    saved = path;
    return std::string();
  };
  pilot.type("s");
  CHECK(saved == "raft-partition-seed8.json");
  select(pilot, kEvent);
  pilot.type("c");
  pilot.finish();
  pilot.type("s");
  CHECK(saved == "raft-partition-seed8-fork1.json");
  pilot.door.save = [](const viz::Branch&, const std::string&) { return std::string("the disk is full"); };
  pilot.type("s");
  CHECK(pilot.ui.notice == "the disk is full");
  CHECK(pilot.ui.notice_bad);
}

TEST_CASE("a trace is shown too, without states and forks", "[viz]") {
  const auto run = viz::test_session(kRaft, 8);
  Pilot pilot(std::make_unique<viz::Session>(sim::Timeline(run->branch(0).timeline()), "a.jsonl"));
  select(pilot, kEvent);
  CHECK_FALSE(pilot.sees("fork/crash"));
  pilot.type("2");
  CHECK_FALSE(pilot.sees("state/n1"));
  pilot.type("d");
  CHECK(pilot.ui.session->size() == 1);
  CHECK(pilot.ui.notice.find("a trace cannot be forked") != std::string::npos);
  pilot.type("s");
  CHECK(pilot.ui.notice_bad);
}
