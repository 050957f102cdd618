// The user at a replica: what is edited next, for each type. Local users rather than clients, because the point of these types is
// that an edit needs nobody's consent.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "protocols/crdt/config.hpp"
#include "protocols/crdt/types/g_counter.hpp"
#include "protocols/crdt/types/g_set.hpp"
#include "protocols/crdt/types/lww_register.hpp"
#include "protocols/crdt/types/mv_register.hpp"
#include "protocols/crdt/types/or_map.hpp"
#include "protocols/crdt/types/or_set.hpp"
#include "protocols/crdt/types/pn_counter.hpp"
#include "protocols/crdt/types/text.hpp"
#include "protocols/crdt/types/two_phase_set.hpp"
#include "sim/core/random.hpp"

namespace protocols::crdt {

/// Who edits, and of a typist the word that is being typed.
struct User {
  ReplicaId me;
  std::uint64_t edits = 0;    ///< made since the replica started
  std::uint32_t letters = 0;  ///< text: that are left of the word
  bool backwards = false;     ///< text: each letter before the last
  SIM_DESCRIBE(User, me, edits, letters, backwards)

  Amount draw(sim::Rng& rng, const Config& /*config*/, const GCounter& /*state*/) {
    return {1 + static_cast<std::int64_t>(rng.below(9))};
  }
  Amount draw(sim::Rng& rng, const Config& config, const PnCounter& /*state*/) {
    const bool take = rng.chance(config.removes);
    const auto amount = 1 + static_cast<std::int64_t>(rng.below(9));
    return {take ? -amount : amount};
  }
  WriteEdit draw(sim::Rng& /*rng*/, const Config& /*config*/, const LwwRegister& /*state*/) { return {unique()}; }
  WriteEdit draw(sim::Rng& /*rng*/, const Config& /*config*/, const MvRegister& /*state*/) { return {unique()}; }
  SetEdit draw(sim::Rng& /*rng*/, const Config& /*config*/, const GSet& /*state*/) { return {SetAct::add, unique()}; }
  SetEdit draw(sim::Rng& rng, const Config& config, const TwoPhaseSet& state) {
    // An element cannot come back, so every add is of a new one.
    const std::set<std::string> there = state.value();
    if (there.empty() || !rng.chance(config.removes)) return {SetAct::add, unique()};
    return {SetAct::remove, *std::next(there.begin(), static_cast<std::ptrdiff_t>(rng.below(there.size())))};
  }
  SetEdit draw(sim::Rng& rng, const Config& config, const OrSet& /*state*/) {
    const bool remove = rng.chance(config.removes);
    return {remove ? SetAct::remove : SetAct::add, "e" + std::to_string(rng.below(config.elements))};
  }
  MapEdit draw(sim::Rng& rng, const Config& config, const OrMap& /*state*/) {
    const bool erase = rng.chance(config.removes);
    MapEdit out{"k" + std::to_string(rng.below(config.elements)), std::nullopt};
    if (!erase) out.value = unique();
    return out;
  }
  /// Words of two to seven letters, the writer's own letter, typed one by one, forwards or backwards; now and then some letters are
  /// erased. Half of the words go to the beginning or the end, so that writers meet.
  TextEdit draw(sim::Rng& rng, const Config& config, const Text& state);

 private:
  std::string unique() const {
    return std::to_string(index(me.node)) + "." + std::to_string(me.incarnation % 1000) + "." + std::to_string(edits);
  }
};

inline TextEdit User::draw(sim::Rng& rng, const Config& config, const Text& state) {
  const std::string letter(1, static_cast<char>('a' + index(me.node) % 26));
  if (letters > 0) {
    // The cursor stands at the letter typed last, wherever others have moved that.
    --letters;
    const Dot last{me, state.sequence.known(me)};
    return {backwards ? state.sequence.visible_before(last) : state.sequence.visible_through(last), 0, letter};
  }
  const std::uint64_t size = state.sequence.size();
  const bool erase = size > 0 && rng.chance(config.removes);
  const std::uint64_t where = rng.below(4);
  std::uint64_t position = rng.below(size + 1);
  if (where == 0) position = 0;
  if (where == 1) position = size;
  if (erase) return {position, 1 + rng.below(5), {}};
  letters = 1 + static_cast<std::uint32_t>(rng.below(6));
  backwards = rng.below(2) == 0;
  return {position, 0, letter};
}

}  // namespace protocols::crdt
