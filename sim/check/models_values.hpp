// The machine of everything that holds one value at a time: register, compare-and-set register, mutex, a key of a store.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/linearizability_table.hpp"
#include "sim/core/value.hpp"

namespace sim::check {

/// The values of one object as small integers. Only values that some operation looks for (a read, what a cas expects) are
/// told apart; all others are one state, kOther, for no operation can tell them apart either.
///
/// Where operations append to texts, a state is a text that begins some text looked for, or kOther: whatever does not begin
/// one can never again become one by appending. So the states are the nodes of a trie, kept as ranges of the sorted texts.
class ValueSpace {
 public:
  static constexpr std::uint32_t kOther = 0;

  /// How values are told apart.
  enum class Identity : std::uint8_t {
    exact,  ///< by kind and content: 3 is not "3", nil is not ""
    text,   ///< by text, as key-value stores do: nil is "", and anything else that is no text is its JSON
  };

  explicit ValueSpace(Identity identity) : identity_(identity) {}
  ValueSpace(ValueSpace&&) = default;  // moves only: views point into made_
  ValueSpace& operator=(ValueSpace&&) = default;

  /// Registers a value that an operation looks for. The value must outlive the space.
  void look_for(const Value& value);
  /// Ends the registration. `appends`: some operation appends.
  void seal(bool appends);

  /// The state that a value is (kOther: one that nobody looks for). After seal().
  std::uint32_t state(const Value& value);
  /// The index of a piece to append.
  std::uint32_t piece(const Value& value);
  bool empty_piece(std::uint32_t piece) const { return pieces_[piece].empty(); }
  /// The state after appending that piece.
  std::uint32_t append(std::uint32_t state, std::uint32_t piece);

  /// Whether the text of `state` begins with that of `prefix`; without appends, whether they are the same.
  bool begins(std::uint32_t state, std::uint32_t prefix) const;
  /// Whether the text of `state` has that piece in it.
  bool contains(std::uint32_t state, std::uint32_t piece) const;

  std::size_t bytes() const { return memo_.bytes() + node_index_.bytes() + nodes_.capacity() * sizeof(Node); }

 private:
  struct Atom {  // a value's identity
    enum class Kind : std::uint8_t { nil, integer, text, other } kind = Kind::nil;
    std::int64_t integer = 0;
    std::string_view text;

    friend bool operator==(const Atom&, const Atom&) = default;
    std::uint64_t hash() const {
      return mix(hash_text(text) ^ static_cast<std::uint64_t>(integer) ^ (static_cast<std::uint64_t>(kind) << 60U));
    }
  };
  struct Node {  // the first `length` bytes of texts_[first, last)
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint32_t length = 0;
  };

  Atom atom(const Value& value);
  std::uint32_t intern(Node node);
  std::uint32_t child(const Node& node, std::string_view piece);
  std::uint32_t find(const Atom& atom) const;

  Identity identity_;
  bool appends_ = false;
  std::deque<std::string> made_;  // texts of values that are none; views into it stay good
  std::vector<Atom> atoms_;       // without appends: those looked for; state i + 1 is atoms_[i]
  IndexTable atom_index_;
  std::vector<std::string_view> texts_;  // with appends: those looked for, sorted; state i + 1 is texts_[i]
  std::vector<Node> nodes_;              // with appends: state i + 1 is nodes_[i]
  IndexTable node_index_;
  std::vector<std::string_view> pieces_;
  IndexTable piece_index_;
  WordMap memo_;  // (state, piece) -> state
};

/// What an operation needs of a value and does to it; each part may be absent (kNoIndex).
struct Effect {
  std::uint32_t equals = kNoIndex;   ///< needs this state
  std::uint32_t differs = kNoIndex;  ///< needs any other state
  std::uint32_t set = kNoIndex;      ///< leaves this state
  std::uint32_t piece = kNoIndex;    ///< appends this piece

  friend bool operator==(const Effect&, const Effect&) = default;
};

/// The transition system over a ValueSpace; a Machine (linearizability_problem.hpp).
class ValueMachine {
 public:
  explicit ValueMachine(ValueSpace::Identity identity) : space(identity) {}

  ValueSpace space;
  std::uint32_t start = ValueSpace::kOther;  ///< the state at the beginning

  /// The class of an effect.
  std::uint32_t class_of(const Effect& effect);
  std::uint32_t classes() const { return static_cast<std::uint32_t>(effects_.size()); }

  std::uint32_t initial() const { return start; }
  std::uint32_t next(std::uint32_t state, std::uint32_t cls) {
    const Effect& e = effects_[cls];
    if ((e.equals != kNoIndex && e.equals != state) || e.differs == state) return kNoIndex;
    if (e.piece != kNoIndex) return space.append(state, e.piece);
    return e.set == kNoIndex ? state : e.set;
  }
  bool idle(std::uint32_t state, std::uint32_t cls) const {
    const Effect& e = effects_[cls];
    if ((e.equals != kNoIndex && e.equals != state) || e.differs == state) return false;
    return e.piece != kNoIndex ? state == ValueSpace::kOther : e.set == kNoIndex || e.set == state;
  }
  bool pure(std::uint32_t cls) const {
    const Effect& e = effects_[cls];
    return e.piece == kNoIndex && (e.set == kNoIndex || e.set == e.equals);
  }
  bool always(std::uint32_t cls) const { return effects_[cls].equals == kNoIndex && effects_[cls].differs == kNoIndex; }
  bool may_see(std::uint32_t observer, std::uint32_t writer) const;
  bool overwrites(std::uint32_t cls) const { return effects_[cls].set != kNoIndex; }
  std::size_t bytes() const { return space.bytes(); }

 private:
  std::vector<Effect> effects_;
  IndexTable index_;
};

}  // namespace sim::check
