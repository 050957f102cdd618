// Fixture: runs handlers of one node outside any world, for unit tests of a protocol against the words of its paper.
#pragma once

#include <string>
#include <vector>

#include "sim/node/node.hpp"

namespace sim {

/// Lends a node everything a world would, and keeps what it asked for.
///
///   Fixture f({.nodes = 3});
///   Voter voter;
///   voter.on(f.ctx(), NodeId{1}, Ask{1});
///   CHECK(f.sent<Grant>(NodeId{1})->term == 1);
class Fixture {
 public:
  struct Options {
    std::uint32_t nodes = 3;  ///< peers of the system under test, numbered from 0
    NodeId self{};
    std::uint64_t seed = 1;
  };
  explicit Fixture(Options options) : streams_(options.seed, options.self) {
    std::vector<NodeId> members;
    for (std::uint32_t i = 0; i < options.nodes; ++i) {
      members.push_back(NodeId{i});
      directory_.node_names.push_back("n" + std::to_string(i));
      directory_.system_of.push_back(0);
    }
    directory_.systems.push_back({"system", std::move(members)});
    environment_ = {options.self, {}, directory_.systems[0].members, &directory_, &*pool_, &disk_, &streams_, &effects_};
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  /// The context for the next handler; forgets the effects of the last one.
  Ctx& ctx() {
    effects_.clear();
    return ctx_;
  }
  const std::vector<Effect>& effects() const { return effects_; }
  void advance(Duration by) { environment_.now = environment_.now + by; }
  Disk& disk() { return disk_; }

  /// The only message of type M that the last handler sent to that node (by either kind of send), or nullptr.
  template <class M>
  const M* sent(NodeId to) const {
    const M* found = nullptr;
    for (const Effect& e : effects_) {
      if (e.kind != EffectKind::send && e.kind != EffectKind::send_at_once) continue;
      if (const M* m = e.what.as<M>(); m != nullptr && e.to == to) {
        assert(found == nullptr);
        found = m;
      }
    }
    return found;
  }
  /// How many messages of type M the last handler sent.
  template <class M>
  std::size_t count_sent() const {
    std::size_t n = 0;
    for (const Effect& e : effects_) {
      n += (e.kind == EffectKind::send || e.kind == EffectKind::send_at_once) && e.what.as<M>() != nullptr;
    }
    return n;
  }
  /// After how long the timer of type T fires that the last handler set; nothing where it set none.
  template <class T>
  std::optional<Duration> timer_set() const {
    for (const Effect& e : effects_) {
      if (e.kind == EffectKind::set_timer && e.what.as<T>() != nullptr) return e.after;
    }
    return std::nullopt;
  }

 private:
  PoolRef pool_;
  Directory directory_;
  Disk disk_;
  Streams streams_;
  std::vector<Effect> effects_;
  Environment environment_;
  Ctx ctx_{environment_};
};

}  // namespace sim
