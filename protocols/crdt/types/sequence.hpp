// Sequence: the list of characters under the text type, in the total order that FugueMax gives them.
//
// Weidner and Kleppmann (The Art of the Fugue: Minimizing Interleaving in Collaborative Text Editing, 2023) define the order by a
// tree; this is the same order kept as a list. Each character remembers its left origin, the character that it was typed behind,
// and its right origin, the next one in the list then, erased or not. A character from elsewhere goes between its origins. Where
// others stand there, typed concurrently:
//
//   - what has its left origin further right belongs to what it was typed behind, and is passed as one with it;
//   - what has its left origin further left ends the search;
//   - of those with the same left origin, the one whose right origin is further right goes first, because the others were typed
//     backwards, each before the last, towards their own right origin;
//   - of those with both the same, the one of the lesser replica goes first.
//
// So a run typed forwards or backwards stays together. tests/unit/crdt_fugue_test.cpp compares the list with the paper's tree.
//
// How it is kept. Characters typed in a row are one run: (first id, length, origins), and an erased run is one tombstone however
// long. Runs lie in chunks of at most kMostRuns in the order of the text; the number of visible characters of each chunk stands in
// an array of its own. The id of a character leads to its chunk through a table with an entry for each character ever typed, which
// is rewritten only for what moves when a chunk is split. With R runs in C = R / 48 chunks or so:
//
//   position to character   O(C + kMostRuns): a scan over an array of integers, then over one chunk
//   id to character         O(kMostRuns)
//   insert, erase a run     the same, and O(C + characters moved) once in kMostRuns / 2 inserts
//   space                   32 bytes a run, 5 bytes a character ever typed
//
// A text of some hundred thousand runs would want a tree above the chunks. Characters are bytes; whoever types UTF-8 moves by whole
// code points.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/crdt/types/ids.hpp"
#include "protocols/crdt/types/mutant.hpp"

namespace protocols::crdt {

/// Characters typed in a row, and where. They have the ids first, first + 1, ...
struct TextInsert {
  Dot first;
  std::string text;
  Dot left;   ///< the character that they were typed behind; n is 0: at the beginning
  Dot right;  ///< the next character then; n is 0: the end
  SIM_DESCRIBE(TextInsert, first, text, left, right)
};

/// Some characters of one replica: first, first + 1, ...
struct TextSpan {
  Dot first;
  std::uint64_t count = 0;
  SIM_DESCRIBE(TextSpan, first, count)
};

/// A run of the list as it is: what was inserted, and whether it is erased.
struct TextItem {
  TextInsert run;
  bool erased = false;
  SIM_DESCRIBE(TextItem, run, erased)
};

class Sequence {
 public:
  /// The most runs of a chunk; of one that has more a half moves to a new chunk.
  static constexpr std::size_t kMostRuns = 64;

  /// How many characters are visible.
  std::uint64_t size() const;
  /// The visible text.
  std::string text() const;
  /// The whole list in order, erased or not, in as few runs as can be: equal for equal lists.
  std::vector<TextItem> items() const;
  /// How many runs are stored: what the metadata of the text grows with.
  std::uint64_t runs() const;
  /// How many characters of a replica are known: the first so many.
  std::uint64_t known(const ReplicaId& replica) const;
  /// Whether all of these characters are known and erased.
  bool erased(const TextSpan& span) const;

  /// What the replica inserts by typing `text` at a visible position, at most size().
  TextInsert typed(const ReplicaId& replica, std::uint64_t position, std::string text) const;
  /// The ids of up to `count` visible characters from a position on.
  std::vector<TextSpan> visible(std::uint64_t position, std::uint64_t count) const;
  /// How many characters are visible before a known one, and up to and with it.
  std::uint64_t visible_before(const Dot& dot) const;
  std::uint64_t visible_through(const Dot& dot) const;

  /// Puts a run in its place; what is known of it already is passed over. False, and nothing changes, where its origins or the
  /// characters of its replica before it are not known.
  bool insert(const TextInsert& run, Mutant planted = Mutant::none);
  /// Erases characters; those that are erased stay so. False, and nothing changes, where some are not known.
  bool erase(const TextSpan& span);

  friend bool operator==(const Sequence& a, const Sequence& b) { return a.items() == b.items(); }
  friend void hash_into(sim::Digest& d, const Sequence& s) { s.hash(d); }
  friend void json_into(std::string& out, const Sequence& s) { sim::json_into(out, s.items()); }

 private:
  /// A character by its replica's place in agents_ and its number there, from 1; number 0 is none.
  struct Id {
    std::uint32_t agent = 0;
    std::uint32_t n = 0;
    friend bool operator==(const Id&, const Id&) = default;
  };
  struct Run {
    Id first;
    std::uint32_t length = 0;
    bool erased = false;
    Id left;
    Id right;
    std::uint32_t visible() const { return erased ? 0 : length; }
    Id last() const { return {first.agent, first.n + length - 1}; }
    /// Whether `next`, which stands behind this run, goes on with it.
    bool goes_on(const Run& next) const;
  };
  struct Chunk {
    std::vector<Run> runs;
    std::uint32_t place = 0;  ///< in order_
  };
  struct Agent {
    ReplicaId id;
    std::string text;                     ///< its characters by number
    std::vector<std::uint32_t> chunk_of;  ///< and where each is: an index into chunks_
  };
  /// Where a character stands. The beginning of the text is before all, its end behind all.
  struct Position {
    std::int64_t place = 0;
    std::uint32_t run = 0;
    std::uint32_t offset = 0;
    friend auto operator<=>(const Position&, const Position&) = default;
  };
  static constexpr Position kBegin{-1, 0, 0};
  static constexpr Position kEnd{INT64_MAX, 0, 0};
  /// A place between runs: before run `run` of the chunk at `place`, or behind its last.
  struct Gap {
    std::uint32_t place = 0;
    std::uint32_t run = 0;
  };
  enum class Side : std::uint8_t { before, behind, undecided };

  std::vector<Run>& runs_at(std::uint32_t place) { return chunks_[order_[place]].runs; }
  const std::vector<Run>& runs_at(std::uint32_t place) const { return chunks_[order_[place]].runs; }
  std::optional<std::uint32_t> find_agent(const ReplicaId& replica) const;
  std::uint32_t agent_of(const ReplicaId& replica);
  std::optional<Id> find(const Dot& dot) const;
  Dot dot(const Id& id) const { return id.n == 0 ? Dot{} : Dot{agents_[id.agent].id, id.n}; }
  Position locate(const Id& id) const;
  Position at_visible(std::uint64_t position) const;
  TextInsert shown(const Run& run) const;
  template <class F>
  void each_item(F&& f) const;
  void hash(sim::Digest& d) const;

  Gap gap_behind(const Id& left);
  Gap integrate(Gap from, const Run& run, Mutant planted) const;
  Side compare(const Run& run, const Run& other, const Position& right, Mutant planted) const;
  void split_run(std::uint32_t place, std::uint32_t run, std::uint32_t at);
  void join_runs(std::uint32_t place, std::uint32_t run);
  void split_chunk(std::uint32_t place);
  void put(Gap gap, const Run& run, std::string_view text);

  std::vector<Chunk> chunks_;           // in the order in which they were made
  std::vector<std::uint32_t> order_;    // chunks in the order of the text
  std::vector<std::uint32_t> visible_;  // by place in order_: visible characters
  std::vector<Agent> agents_;           // in the order in which they were met
};

}  // namespace protocols::crdt
