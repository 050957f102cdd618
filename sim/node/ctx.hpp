// Ctx: all that a node can ask of the world while it handles one event.
#pragma once

#include <cassert>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/payload.hpp"
#include "sim/core/random.hpp"
#include "sim/core/time.hpp"
#include "sim/disk/disk.hpp"
#include "sim/node/effect.hpp"

namespace sim {

/// Who is who in a run; fixed once it starts.
struct Directory {
  struct System {
    std::string name;
    std::vector<NodeId> members;
    friend bool operator==(const System&, const System&) = default;
  };
  std::vector<System> systems;
  std::vector<std::string> node_names;   ///< by node
  std::vector<std::uint32_t> system_of;  ///< by node: index into systems

  /// The members of the system of that name; empty where there is none.
  std::span<const NodeId> members(std::string_view system) const {
    for (const System& s : systems) {
      if (s.name == system) return s.members;
    }
    return {};
  }
};

/// The random streams of one node, each named by its purpose, so that a new kind of draw moves no other.
class Streams {
 public:
  Streams() = default;
  Streams(std::uint64_t seed, NodeId node) : seed_(seed), node_(index(node)) {}

  /// The stream of that purpose.
  Rng& of(Purpose purpose) {
    if (first_name_ == purpose.digest) return first_;  // most nodes have one
    return find(purpose.digest);
  }

 private:
  Rng& find(std::uint64_t name) {
    if (first_name_ == 0) {
      first_name_ = name;
      return first_ = Rng(Rng::derive(seed_, name, node_));
    }
    for (auto& [known, rng] : more_) {
      if (known == name) return rng;
    }
    return more_.emplace_back(name, Rng(Rng::derive(seed_, name, node_))).second;
  }

  std::uint64_t first_name_ = 0;  // the digest of its purpose; 0: there is none yet
  Rng first_;
  std::uint64_t seed_ = 0;
  std::uint64_t node_ = 0;
  std::vector<std::pair<std::uint64_t, Rng>> more_;
};

/// The places in protocol code where a rare path can be made common: `if (ctx.maybe("short-batch")) ...`. Two levels (after
/// FoundationDB's BUGGIFY): for each seed a place is on or off, and where it is on it fires by chance.
class Rarities {
 public:
  struct Site {
    std::string name;
    std::uint64_t digest = 0;
    bool on = false;
    std::uint64_t asked = 0;
    std::uint64_t fired = 0;
  };
  Rarities() = default;  // no place ever fires
  Rarities(std::uint64_t seed, Ratio on, Ratio fires) : seed_(seed), on_(on), fires_(fires) {}

  /// Whether the place fires now; `rng` is the asking node's stream for it.
  bool fires(Purpose name, Rng& rng);
  bool possible() const { return on_.billionths > 0; }
  /// The places that were reached, in the order of their first time.
  const std::vector<Site>& sites() const { return sites_; }

 private:
  std::uint64_t seed_ = 0;
  Ratio on_{};
  Ratio fires_{};
  std::vector<Site> sites_;
};

/// What the engine lends to a handler for the time of one event.
struct Environment {
  NodeId self{};
  Time now{};  ///< by the node's own clock
  std::span<const NodeId> peers;
  const Directory* directory = nullptr;
  Pool* pool = nullptr;
  Disk* disk = nullptr;
  Streams* streams = nullptr;
  std::vector<Effect>* effects = nullptr;
  Rarities* rarities = nullptr;  ///< none: nothing rare ever happens
};

/// The door between a node and the world. What it asks for is recorded, and takes effect when the handler has returned.
class Ctx {
 public:
  explicit Ctx(Environment& environment) : env_(&environment) {}

  NodeId self() const { return env_->self; }
  /// The node's own clock, which may be off, drift or jump.
  Time now() const { return env_->now; }
  /// The members of my own system, myself among them, in order.
  std::span<const NodeId> peers() const { return env_->peers; }
  /// How many peers are more than half.
  std::size_t majority() const { return env_->peers.size() / 2 + 1; }
  /// The members of another system of the scenario; empty where there is none of that name.
  std::span<const NodeId> members(std::string_view system) const { return env_->directory->members(system); }

  /// Sends a message once everything that this node has written to its disk so far is durable ("persist before you
  /// promise"). A message to oneself crosses no network and cannot be lost; it arrives when the writes are durable.
  template <Described M>
  void send(NodeId to, M message) {
    push(EffectKind::send, to, {}, Payload::of(*env_->pool, std::move(message)));
  }
  /// Sends without waiting for the disk: for a message that promises nothing about what was written.
  template <Described M>
  void send_at_once(NodeId to, M message) {
    push(EffectKind::send_at_once, to, {}, Payload::of(*env_->pool, std::move(message)));
  }
  /// Wraps a value once, to be sent to several nodes, or kept in messages, logs and saved states without being copied.
  template <Described T>
  Payload share(T value) {
    return Payload::of(*env_->pool, std::move(value));
  }
  /// send() and send_at_once() of what was wrapped by share().
  void send(NodeId to, Payload message) { push(EffectKind::send, to, {}, std::move(message)); }
  void send_at_once(NodeId to, Payload message) { push(EffectKind::send_at_once, to, {}, std::move(message)); }
  /// send() to every peer but myself; the message is shared.
  template <Described M>
  void broadcast(M message) {
    const Payload payload = Payload::of(*env_->pool, std::move(message));
    for (const NodeId peer : env_->peers) {
      if (peer != env_->self) push(EffectKind::send, peer, {}, payload);
    }
  }

  /// A timer is a typed value; setting an equal one again moves it. It fires once, `after` from now by the node's clock.
  template <Described T>
  void set_timer(T timer, Duration after) {
    assert(after >= Duration{});
    push(EffectKind::set_timer, env_->self, after, Payload::of(*env_->pool, std::move(timer)));
  }
  /// Takes back an equal timer; without effect where none is set.
  template <Described T>
  void cancel_timer(T timer) {
    push(EffectKind::cancel_timer, env_->self, {}, Payload::of(*env_->pool, std::move(timer)));
  }

  /// Replaces the saved D (one a type). What this node sends from now on waits until it is durable.
  template <Described D>
  void save(D durable) {
    env_->disk->save(D::type_name(), Payload::of(*env_->pool, std::move(durable)));
  }
  /// The D saved last, or a D of defaults where none was saved: what start() reads after a crash.
  template <Described D>
  D saved() const {
    const Payload held = env_->disk->saved(D::type_name());
    const D* value = held.as<D>();
    return value == nullptr ? D{} : *value;
  }
  /// A log of records on this node's disk, with the same promise as save().
  template <Hashable T>
  DurableLog<T> log(std::string_view name) {
    return env_->disk->log<T>(name);
  }
  /// Raw files underneath, with the same promise.
  Disk& disk() { return *env_->disk; }

  /// One of `options` (at least 1) possibilities, named by what is chosen: random here, a branch when states are searched.
  std::uint64_t choose(Purpose what, std::uint64_t options) { return env_->streams->of(what).below(options); }
  /// A random length of time, both ends included.
  Duration jitter(Duration low, Duration high) {
    assert(low <= high);
    return {low.ns + static_cast<std::int64_t>(choose("jitter", static_cast<std::uint64_t>(high.ns - low.ns) + 1))};
  }
  /// True now and then where the scenario says so (`maybe`), never elsewhere: for a rare path that stays correct, such as a
  /// batch cut short or a snapshot taken early, so that a sweep walks it often.
  bool maybe(Purpose name) {
    if (env_->rarities == nullptr || !env_->rarities->possible()) return false;
    return env_->rarities->fires(name, env_->streams->of(name));
  }
  /// A random stream of this node by its purpose, for samplers.
  Rng& stream(Purpose purpose) { return env_->streams->of(purpose); }

  /// Something a client saw, for the history (an operation begins or ends).
  template <Described O>
  void observe(O observation) {
    push(EffectKind::observe, env_->self, {}, Payload::of(*env_->pool, std::move(observation)));
  }
  /// A line in the trace.
  void note(std::string text) { push(EffectKind::note, env_->self, {}, Payload::of(*env_->pool, Text{std::move(text)})); }
  /// Says that a rare place was reached; a sweep can demand it, a Spec can name it in a `sometimes`.
  void mark(std::string_view name) { push(EffectKind::mark, env_->self, {}, Payload::of(*env_->pool, Text{std::string(name)})); }

 private:
  void push(EffectKind kind, NodeId to, Duration after, Payload what) {
    env_->effects->push_back({kind, to, after, std::move(what)});
  }
  Environment* env_;
};

}  // namespace sim
