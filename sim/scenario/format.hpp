// Format: the fields of a scenario file, once, for the reader, its error messages and the schema.
#pragma once

#include <array>
#include <string_view>

namespace sim::format {

/// One field of an object. `type` is one of: text, count, boolean, duration, ratio, drift, latency, target, or a word that
/// the schema defines ("systems", "clients", ...).
struct Field {
  std::string_view name;
  std::string_view type;
  std::string_view doc;
  bool required = false;
};

inline constexpr std::array kScenario{
    Field{"$schema", "text", "Where the schema of this format is, for editors."},
    Field{"name", "text", "A short name, in kebab-case.", true},
    Field{"description", "text", "What the scenario shows, and what to look for in its report."},
    Field{"systems", "systems", "The systems that run, each a protocol and its nodes.", true},
    Field{"network", "network", "How messages travel."},
    Field{"clocks", "clocks", "Clocks that are wrong: by a node's name."},
    Field{"clients", "clients", "Groups of clients and what they do."},
    Field{"faults", "faults", "What goes wrong, and when."},
    Field{"duration", "duration", "How long the run lasts, in virtual time.", true},
    Field{"quiet", "duration",
          "The last part of the run, without faults, on which liveness is judged. \"0s\": not judged. Default: \"5s\", at most "
          "half of the duration."},
    Field{"checks", "checks", "Full names of the claims to check (\"raft.election-safety\"). Default: all."},
    Field{"expect", "text", "\"no violation\", or \"violation of CLAIM\" for a scenario that must fail."},
};

inline constexpr std::array kSystem{
    Field{"name", "text", "How other parts of the file call it. Default: the protocol's name."},
    Field{"protocol", "protocol", "The protocol that its nodes run (see: simulate list).", true},
    Field{"nodes", "nodes", "How many nodes, or a list of their names.", true},
    Field{"config", "config", "Settings of the protocol (see: simulate describe PROTOCOL)."},
    Field{"mutant", "text", "A known bug to plant."},
    Field{"fsync", "latency", "How long a disk takes to make writes durable. Default: 1ms. \"0s\": at once."},
};

inline constexpr std::array kLink{
    Field{"latency", "latency", "How long a message travels. Default: uniform from 1ms to 5ms."},
    Field{"loss", "ratio", "Share of messages that never arrive. Default: 0."},
    Field{"duplicate", "ratio", "Share of messages that arrive twice. Default: 0."},
    Field{"fifo", "boolean", "Messages of one link never overtake each other. Default: false."},
    Field{"bandwidth", "count", "Bytes a second of one direction; messages queue. Default: 0, unlimited."},
};

inline constexpr std::array kNetworkOnly{
    Field{"links", "links", "Links that differ from the rest."},
};

inline constexpr std::array kLinkOnly{
    Field{"from", "target", "The nodes at one end.", true},
    Field{"to", "target", "The nodes at the other end.", true},
    Field{"one_way", "boolean", "Only messages in the direction from-to are meant. Default: false."},
};

inline constexpr std::array kClock{
    Field{"offset", "duration", "What the clock shows when the run begins; may be negative."},
    Field{"drift", "drift", "How fast it is: \"200ppm\" gains 200 us a second; may be negative."},
};

inline constexpr std::array kClientsOnly{
    Field{"count", "count", "How many clients. Default: 1."},
    Field{"workload", "workload", "kv, register or cas-register. Default: kv."},
};

/// The verbs of a fault; each object has exactly one, whose value is the target.
inline constexpr std::array kFaultVerbs{
    Field{"crash", "target", "Power loss: memory and timers are gone, unsynced writes lost, torn or kept. Ends with a restart."},
    Field{"pause", "target", "The process stands still (a long GC, SIGSTOP); what arrives waits. Ends with going on."},
    Field{"partition", "target", "No message passes between the target and `against`. Ends with a heal."},
    Field{"link", "target", "Messages between the target and `against` suffer `loss`, `duplicate`, `delay`."},
    Field{"clock", "target", "The clock jumps by `offset`. Ends with jumping back."},
    Field{"restart", "target", "Restarts nodes that are down."},
    Field{"resume", "target", "Lets paused nodes go on."},
    Field{"heal", "heal", "Ends all partitions and link faults: \"all\"."},
};

inline constexpr std::array kFault{
    Field{"at", "duration", "When it begins; of a repeated fault, when the span begins."},
    Field{"every", "duration", "Repeats it at random times with this mean distance (a Poisson process)."},
    Field{"until", "duration", "Repeated: none begins from here on. Default: when faults stop."},
    Field{"for", "latency", "How long it lasts. Default: until faults stop."},
    Field{"against", "target", "partition, link: the other side. Default: the other nodes of the target's system."},
    Field{"one_way", "boolean", "partition, link: only messages from the target to the other side. Default: false."},
    Field{"loss", "ratio", "link: share of messages lost in addition."},
    Field{"duplicate", "ratio", "link: share of messages duplicated in addition."},
    Field{"delay", "duration", "link: delay in addition."},
    Field{"offset", "duration", "clock: how far it jumps; may be negative."},
};

inline constexpr std::array kTarget{
    Field{"random", "count", "So many nodes, chosen anew each time; or \"minority\"."},
    Field{"role", "text", "Those that play this role when the fault begins, as \"leader\"."},
    Field{"of", "text", "Of which system. Default: the first."},
};

}  // namespace sim::format
