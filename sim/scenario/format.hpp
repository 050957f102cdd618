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
    Field{"zones", "zones", "Racks, data centres, regions: lists of nodes by the zone's name, for faults that hit one."},
    Field{"faults", "faults", "What goes wrong, and when."},
    Field{"nemesis", "nemesis", "A random mix of faults, at random times."},
    Field{"swarm", "swarm", "What each seed leaves out or draws for itself."},
    Field{"maybe", "maybe", "How often the rare paths that protocols mark with ctx.maybe() are taken. Default: never."},
    Field{"atlas", "boolean",
          "Faults that destroy durable data hit only a minority of each system, the same for a whole seed. Default: true."},
    Field{"core", "core",
          "\"majority\": when faults stop, a random majority of each system is healed, and what ails the others stays for good. "
          "Default: all are healed."},
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
    Field{"cost", "duration", "How long a node is busy with each event; what arrives meanwhile waits in line. Default: 0s."},
};

inline constexpr std::array kLink{
    Field{"latency", "latency", "How long a message travels. Default: uniform from 1ms to 5ms."},
    Field{"loss", "ratio", "Share of messages that never arrive. Default: 0."},
    Field{"duplicate", "ratio", "Share of messages that arrive twice. Default: 0."},
    Field{"corrupt", "ratio", "Share of messages that arrive with a bit flipped. Default: 0."},
    Field{"fifo", "boolean", "Messages of one link never overtake each other. Default: false."},
    Field{"bandwidth", "count", "Bytes a second of one direction; messages queue. Default: 0, unlimited."},
};

inline constexpr std::array kNetworkOnly{
    Field{"links", "links", "Links that differ from the rest."},
    Field{"checksum", "boolean", "Receivers throw corrupt messages away. Default: true. false: they get what arrives."},
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
    Field{"workload", "workload", "What they do, as `simulate describe` of their target has it. Default: the first of those."},
};

/// The verbs of a fault, in the order of FaultKind; each object has exactly one, whose value is the target.
inline constexpr std::array kFaultVerbs{
    Field{"crash", "target", "Power loss: memory and timers are gone, unsynced writes lost, torn or kept. Ends with a restart."},
    Field{"pause", "target", "The process stands still (a long GC, SIGSTOP); what arrives waits. Ends with going on."},
    Field{"slow", "target", "Each event keeps the node busy for `delay`; what arrives meanwhile waits in line."},
    Field{"partition", "target", "No message passes between the target and `against`. Ends with a heal."},
    Field{"clog", "target", "Messages between the target and `against` are held, and go out when this ends."},
    Field{"link", "target",
          "Messages between the target and `against` suffer `loss`, `duplicate`, `corrupt`, `delay`, `jitter`, `bandwidth`."},
    Field{"disk", "target", "The disk fails in the way that `effect` says."},
    Field{"clock", "target", "The clock jumps by `offset` and drifts by `drift`. Ends with jumping and drifting back."},
    Field{"restart", "target", "Restarts nodes that are down."},
    Field{"resume", "target", "Lets paused nodes go on."},
    Field{"heal", "heal", "Ends all partitions, clogs and link faults: \"all\"."},
};

/// When a fault of `faults` comes.
inline constexpr std::array kFaultTimes{
    Field{"at", "duration", "When it begins; of a repeated fault, when the span begins."},
    Field{"every", "duration", "Repeats it at random times with this mean distance (a Poisson process)."},
    Field{"until", "duration", "Repeated: none begins from here on. Default: when faults stop."},
};

/// What a fault is like, in `faults` and in a nemesis.
inline constexpr std::array kFault{
    Field{"for", "latency", "How long it lasts. Default: until faults stop."},
    Field{"flap", "duration",
          "While it lasts it comes and goes, on for so long, off for so long (a flapping link, a strobing clock)."},
    Field{"shape", "shape",
          "together (default); rolling: one node after the other, `step` apart; swizzle: one by one within `step` in a random "
          "order, mended so in another; ring, bridge: of a partition."},
    Field{"step", "duration", "rolling, swizzle: the distance of two, or of the first and the last."},
    Field{"against", "target", "partition, clog, link: the other side. Default: the other nodes of the target's system."},
    Field{"one_way", "boolean", "partition, clog, link: only messages from the target to the other side. Default: false."},
    Field{"wipe", "boolean", "crash: the disk is lost too. Default: false."},
    Field{"in_save", "boolean", "crash: not now, but in the middle of the node's next write to its disk. Default: false."},
    Field{"loss", "ratio", "link: share of messages lost in addition."},
    Field{"burst", "duration", "link: losses come in bursts of this length, `loss` being their share of the time."},
    Field{"duplicate", "ratio", "link: share of messages duplicated in addition."},
    Field{"corrupt", "ratio", "link: share of messages that arrive with a bit flipped, in addition."},
    Field{"delay", "duration", "link, disk slow: delay in addition. slow: what each event costs."},
    Field{"jitter", "duration", "link: a random delay from nothing to this in addition, so that messages overtake each other."},
    Field{"bandwidth", "count", "link: bytes a second at most; messages queue."},
    Field{"effect", "effect", "disk: how it fails: slow, stall, full, lie, rot, sector, misdirected-write or misdirected-read."},
    Field{"count", "count", "disk: how many records or places are destroyed. Default: 1."},
    Field{"offset", "duration", "clock: how far it jumps; may be negative."},
    Field{"drift", "drift", "clock: how much faster it goes, as \"200ppm\"; may be negative."},
};

inline constexpr std::array kNemesis{
    Field{"every", "duration", "Mean time between two faults.", true},
    Field{"at", "duration", "When it begins. Default: 0s."},
    Field{"until", "duration", "None begins from here on. Default: when faults stop."},
    Field{"mix", "mix", "The faults, each as in `faults` without times; with `weight`.", true},
};

inline constexpr std::array kMixOnly{
    Field{"weight", "count", "How often it comes, relative to the others. Default: 1."},
};

inline constexpr std::array kSwarm{
    Field{"faults", "boolean", "Each family of faults is left out in half of the seeds. Default: true."},
    Field{"operations", "boolean", "Each operation of the clients is left out in half of the seeds. Default: true."},
    Field{"config", "swarm_config",
          "Settings by the names of systems: a list to choose from, or {\"from\": A, \"to\": B} for a duration or a number."},
};

inline constexpr std::array kMaybe{
    Field{"on", "ratio", "In what share of the seeds a place is on. Default: 25%."},
    Field{"fires", "ratio", "How often one that is on fires. Default: 25%."},
};

inline constexpr std::array kTarget{
    Field{"random", "count", "So many nodes, chosen anew each time; or \"minority\", \"half\", \"majority\" or \"zone\"."},
    Field{"role", "text", "Those that play this role when the fault begins, as \"leader\"."},
    Field{"of", "text", "Of which system. Default: the first."},
};

}  // namespace sim::format
