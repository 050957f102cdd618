// Text: a sequence of characters that several people edit at once (FugueMax; sequence.hpp has the order and how it is kept).
//
// Ids are unique, origins never change, and the order of two characters depends on their ids and origins alone: so inserts commute
// once their origins are there. An erased character stays in the list as a tombstone, because a character that somebody types
// beside it at the same time needs it to find its place; erasing is idempotent and takes away only characters that the eraser saw.
//
//   value: the visible characters in order          merge: union of the inserts and of the erased ids
#pragma once

#include <string>
#include <vector>

#include "protocols/crdt/types/crdt.hpp"
#include "protocols/crdt/types/sequence.hpp"

namespace protocols::crdt {

/// At a visible position: erases some characters, then types. What lies beyond the end is cut off.
struct TextEdit {
  std::uint64_t position = 0;
  std::uint64_t erase = 0;
  std::string insert;
  SIM_DESCRIBE(TextEdit, position, erase, insert)
};

/// Inserts and erased characters: an operation, or several. Any order of joining does, if all origins are there in the end.
struct TextChange {
  std::vector<TextInsert> inserts;
  std::vector<TextSpan> erased;
  SIM_DESCRIBE(TextChange, inserts, erased)

  void absorb(const TextChange& other) {
    inserts.insert(inserts.end(), other.inserts.begin(), other.inserts.end());
    erased.insert(erased.end(), other.erased.begin(), other.erased.end());
  }
};

struct Text {
  Sequence sequence;
  SIM_DESCRIBE(Text, sequence)

  using Edit = TextEdit;
  using Op = TextChange;
  using Delta = TextChange;

  std::string value() const { return sequence.text(); }
  Op prepare(const Stamp& stamp, const Edit& edit, Mutant planted = Mutant::none) const;
  void apply(const Op& op, Mutant planted = Mutant::none) { join(op, planted); }
  Delta delta_of(const Op& op) const { return op; }
  Delta whole() const;
  void merge(const Text& other, Mutant planted = Mutant::none) { join(other.whole(), planted); }
  /// Joins what can be: an insert whose origins are neither here nor in the delta is left out.
  void join(const Delta& delta, Mutant planted = Mutant::none);
  /// What of a delta is not here yet. Deltas that are passed on whole grow with every hop, because they are joined with others that
  /// hold the same (Enes, Almeida, Baquero, Leitao: Efficient Synchronization of State-based CRDTs, ICDE 2019).
  Delta news(const Delta& delta) const;
};
static_assert(Crdt<Text>);

}  // namespace protocols::crdt
