// Timeline: a whole run as flat arrays, ordered and linked, for viewers and exporters: who did what when, and because of what.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/record.hpp"

namespace sim {

/// What became of a message.
enum class MessageFate : std::uint8_t {
  delivered,
  loss,     ///< a link lost it
  cut,      ///< a partition stood between
  omitted,  ///< it was taken out of the run by hand or by shrinking
  down,     ///< it arrived at a node that was down
  corrupt,  ///< it arrived with a bit flipped and was thrown away
};
SIM_DESCRIBE_ENUM(MessageFate, delivered, loss, cut, omitted, down, corrupt)

/// A run. Everything in it refers to everything else by index; kNone: to nothing. Built by TimelineBuilder.
struct Timeline {
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  static constexpr Time kOpen = Time::max();  ///< the end of what had not ended when the run did

  struct Node {
    std::string name;
    std::string system;
    std::string zone;   ///< empty: none
    std::string epoch;  ///< what its system calls an epoch ("term"), or empty
    friend bool operator==(const Node&, const Node&) = default;
  };
  /// Event number n is events[n - 1].
  struct Event {
    Time at{};
    std::uint32_t cause = 0;        ///< the number of the event that caused it; 0: the scenario itself
    std::uint32_t node = kNone;     ///< kNone: of a fault
    std::uint32_t message = kNone;  ///< of deliver: the message; of fault: its place in fault_events
    std::uint16_t type = 0;         ///< text: of a message or timer its type; else ""
    RecordKind kind{};              ///< start, deliver, timer, sync or fault
  };
  /// A message on its way, in the order of sending. One that a link doubled is two.
  struct Message {
    Time sent{};              ///< when it left; of one that a clogged link held: when it reached that link
    Time ended{};             ///< when it arrived or was lost
    std::uint32_t cause = 0;  ///< the number of the event during which it was sent
    std::uint32_t event = 0;  ///< the number of the event of its delivery; 0: there is none
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint32_t number = 0;     ///< which of the sender's messages to others it is, from 0; of one to itself: kNone
    std::uint32_t fault = kNone;  ///< the fault that lost, held or delayed it, where that is known
    std::uint16_t type = 0;
    MessageFate fate{};
    bool again = false;  ///< a duplicate that a link made
    bool late = false;   ///< it took longer than messages do without faults, and `fault` tells why
  };
  /// A fault from its beginning to its end.
  struct Fault {
    std::string kind;  ///< "crash", "partition", ...
    std::string text;  ///< in words, as reports have it
    Time begin{};
    Time end{};  ///< of one that does its harm at once: `begin`
    std::uint32_t begin_event = 0;
    std::uint32_t end_event = 0;        ///< 0: it did not end by itself
    std::vector<std::uint32_t> nodes;   ///< whom it hit; of link faults one side
    std::vector<std::uint32_t> others;  ///< of link faults the other side
    bool both_ways = true;
    /// Whether it stands between two nodes.
    bool between(std::uint32_t from, std::uint32_t to) const;
    bool hits(std::uint32_t node) const;
  };
  /// A fault begins, strikes or ends.
  struct FaultEvent {
    std::uint32_t event = 0;
    std::uint32_t fault = 0;
    FaultPhase phase{};
    std::string text;  ///< in words, as reports have it
  };
  /// How long a fault ailed one node: in the order of nodes, then of beginnings.
  struct Ailment {
    Time begin{};
    Time end{};
    std::uint32_t node = 0;
    std::uint32_t fault = 0;
  };
  /// A node plays a role from here on: in the order of nodes, then of beginnings.
  struct Role {
    Time begin{};
    std::uint64_t epoch = 0;
    std::uint32_t event = 0;
    std::uint32_t node = 0;
    std::uint16_t role = 0;  ///< text; 0: none, because the node has crashed
  };
  /// What a client asked for and was told, in the order of invocations.
  struct Operation {
    Time begin{};
    Time end{};
    std::uint32_t begin_event = 0;
    std::uint32_t end_event = 0;  ///< 0: never answered
    std::uint32_t node = 0;
    std::uint64_t process = 0;
    std::string function;  ///< "read", "txn", ...
    std::string input;     ///< "key 3", "key 3 = 7"; as JSON where it is no operation of a store
    std::string output;
    std::string outcome;  ///< ok, fail or info (unknown)
  };
  /// A note or a mark, in their order.
  struct Aside {
    std::uint32_t event = 0;
    std::uint32_t node = 0;
    RecordKind kind{};
    std::string text;
  };
  /// What the run said of a claim.
  struct Claim {
    std::string name;
    std::string kind;    ///< always, sometimes, eventually or history
    std::string status;  ///< holds, violated, reached, not-reached, not-judged or undecided
    std::string message;
    Time at{};
    std::uint32_t event = 0;  ///< 0: of no single one
    std::string node;         ///< empty: of no single one
  };

  std::string scenario;  ///< its name
  std::uint64_t seed = 0;
  Time end{};               ///< of the run
  Duration usual_flight{};  ///< half of the messages from node to node took no longer
  std::vector<Node> nodes;
  std::vector<std::string> texts;  ///< types and roles; 0 is ""
  std::vector<Event> events;
  std::vector<Message> messages;
  std::vector<Fault> faults;
  std::vector<FaultEvent> fault_events;
  std::vector<Ailment> ailments;
  std::vector<Role> roles;
  std::vector<Operation> operations;
  std::vector<Aside> asides;
  std::vector<Claim> claims;
  /// By node: the indices of its events (and of none else), ascending.
  std::vector<std::vector<std::uint32_t>> by_node;
  /// The events that event n caused are effects[effects_begin[n - 1] .. effects_begin[n]), as numbers, ascending.
  std::vector<std::uint32_t> effects_begin;
  std::vector<std::uint32_t> effects;
  /// JSON of the messages and timers of events, where it was kept: that of event n ends at values_end[n - 1].
  std::string values;
  std::vector<std::uint64_t> values_end;

  const std::string& text(std::uint16_t i) const { return texts[i]; }
  const Event& event(std::uint32_t number) const { return events[number - 1]; }
  std::span<const std::uint32_t> effects_of(std::uint32_t number) const;
  /// JSON of the event's message or timer; empty where it was not kept or there is none.
  std::string_view value_of(std::uint32_t number) const;
  /// The number of the last event at or before an instant; 0: there is none.
  std::uint32_t last_until(Time at) const;
  /// The role of a node just after an event, as an index into `roles`; kNone: none yet.
  std::uint32_t role_at(std::uint32_t node, Time at) const;
  /// "leader, term 3", or "down".
  std::string role_text(const Role& role) const;
  /// The ailments of one node.
  std::span<const Ailment> ailments_of(std::uint32_t node) const;
  /// The roles of one node, in their order.
  std::span<const Role> roles_of(std::uint32_t node) const;
  /// The first violated claim that has an event, or nullptr.
  const Claim* violation() const;
  /// Bytes that it takes in memory, about.
  std::size_t bytes() const;
  /// One line on an event: "n2 gets AppendEntries from n1", "timer ElectionTimeout at n3", "partition n1, n2 | n3, n4, n5".
  std::string describe(std::uint32_t number) const;
  /// Why a message was lost, held or late, in one sentence; empty: it was not.
  std::string explain(const Message& message) const;
};

/// Listens to a run (World::watch) or takes the lines of a trace, and makes a timeline of what it hears.
class TimelineBuilder final : public Sink {
 public:
  struct Options {
    bool values = false;  ///< keep the JSON of messages and timers
  };
  /// A record in plain data, as a trace's line has it. `record.what` is not looked at: the two texts stand for it.
  struct Line {
    Record record;
    std::string_view type;
    std::string_view value;
  };
  TimelineBuilder(std::vector<Timeline::Node> nodes, Options options);

  void write(const Record& record) override;
  void write(const Line& line);

  /// A client's operation begins or ends. Those who know the types of observations report them; `process` as in a history.
  void begin_operation(std::uint64_t process, NodeId node, EventId event, Time at, std::string function, std::string input);
  void end_operation(std::uint64_t process, EventId event, Time at, std::string outcome, std::string output);
  void add_claim(Timeline::Claim claim) { out_.claims.push_back(std::move(claim)); }

  /// How many events there are so far.
  std::size_t events() const { return out_.events.size(); }
  const std::vector<Timeline::Node>& nodes() const { return out_.nodes; }
  /// Orders and links everything. `end`: of the run.
  Timeline finish(Time end) &&;

 private:
  using Sent = std::pair<std::uint32_t, std::uint32_t>;  // a sender and which of its messages
  std::uint16_t intern(std::string_view text);
  std::uint16_t type_of(const Payload* what);
  void add(const Record& record, std::uint16_t type);
  void add_event(const Record& record, std::uint16_t type);
  void add_message(const Record& record, std::uint16_t type);
  void add_fault(const Record& record);
  void add_ailing(const FaultRecord::Ailing& change, const Record& record);
  void blame();
  void order();
  void link();

  Timeline out_;
  Options options_;
  std::vector<bool> plays_;  // by node: whether it has had a role
  std::map<std::string, std::uint16_t, std::less<>> interned_;
  std::map<const PayloadType*, std::uint16_t> types_;
  std::map<std::uint32_t, std::uint32_t> fault_rows_;       // a fault's number -> its row
  std::map<Sent, std::size_t> ailing_;                      // (fault's number, node) -> open ailment
  std::map<std::uint64_t, std::uint32_t> open_operations_;  // process -> row
  std::map<Sent, bool> doubled_;                            // whether the first of the two has arrived
  std::map<Sent, Time> held_;                               // when a clogged link took it
};

}  // namespace sim
