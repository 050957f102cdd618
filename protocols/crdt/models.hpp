// What the value must be, said without any data type: from the edits that are known and from which of them knew of which
// (Burckhardt, Gotsman, Yang, Zawirski: Replicated Data Types: Specification, Verification, Optimality, POPL 2014).
//
// A model is given edits one by one, in any order, each with its dot and its past (the edits that its user had seen). Below,
// "covers" means: has it in its past. One model a type; each says in one sentence what a value is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocols/crdt/node.hpp"

namespace protocols::crdt {

/// Nothing where the state is what the edits make of it, else one sentence.
using Wrong = std::optional<std::string>;

/// "shows A, expected B" where they differ.
template <class V>
Wrong differ(const V& shown, const V& expected) {
  if (shown == expected) return std::nullopt;
  return "shows " + sim::to_json(shown) + ", but its edits make " + sim::to_json(expected);
}

template <Crdt T>
class Model;

/// The sum of all amounts.
class SumModel {
 public:
  template <class M>
  void add(const M& made) {
    sum_ += made.edit.amount;
  }
  template <class S>
  Wrong check(const S& state) const {
    return differ(state.value(), sum_);
  }

 private:
  std::int64_t sum_ = 0;
};
template <>
class Model<GCounter> : public SumModel {};
template <>
class Model<PnCounter> : public SumModel {};

/// One of the writes that no other covers: a write that somebody has seen before he wrote cannot be the last.
template <>
class Model<LwwRegister> {
 public:
  void add(const Made<LwwRegister>& made) {
    dots_[made.edit.value] = made.op.dot;
    covered_.join(made.op.past);
  }
  Wrong check(const LwwRegister& state) const {
    const auto at = dots_.find(state.value());
    if (at == dots_.end()) {
      if (state.value().empty() && dots_.empty()) return std::nullopt;
      return "shows \"" + state.value() + "\", which none of its edits wrote";
    }
    if (!covered_.has(at->second)) return std::nullopt;
    return "shows \"" + state.value() + "\", though a write that had seen it came later";
  }

 private:
  std::map<std::string, Dot> dots_;
  VersionVector covered_;
};

/// All writes that no other covers.
template <>
class Model<MvRegister> {
 public:
  void add(const Made<MvRegister>& made) {
    writes_[made.op.dot] = made.edit.value;
    covered_.join(made.op.past);
  }
  Wrong check(const MvRegister& state) const {
    std::set<std::string> expected;
    for (const auto& [dot, value] : writes_) {
      if (!covered_.has(dot)) expected.insert(value);
    }
    return differ(state.value(), expected);
  }

 private:
  std::map<Dot, std::string> writes_;
  VersionVector covered_;
};

/// Everything that was added.
template <>
class Model<GSet> {
 public:
  void add(const Made<GSet>& made) {
    if (made.edit.act == SetAct::add) added_.insert(made.edit.element);
  }
  Wrong check(const GSet& state) const { return differ(state.value(), added_); }

 private:
  std::set<std::string> added_;
};

/// What was added and not removed, ever, by somebody who had it.
template <>
class Model<TwoPhaseSet> {
 public:
  void add(const Made<TwoPhaseSet>& made) { (made.op.op.act == SetAct::remove ? removed_ : added_).insert(made.op.op.element); }
  Wrong check(const TwoPhaseSet& state) const {
    std::set<std::string> expected;
    for (const std::string& e : added_) {
      if (!e.empty() && removed_.count(e) == 0) expected.insert(e);
    }
    return differ(state.value(), expected);
  }

 private:
  std::set<std::string> added_;
  std::set<std::string> removed_;
};

/// An element is in the set if there is an add of it that no remove of it covers: a concurrent add wins.
template <>
class Model<OrSet> {
 public:
  void add(const Made<OrSet>& made) {
    Element& e = elements_[made.edit.element];
    if (made.edit.act == SetAct::add) {
      e.adds.push_back(made.op.dot);
    } else {
      e.removed.join(made.op.past);
    }
  }
  Wrong check(const OrSet& state) const {
    std::set<std::string> expected;
    for (const auto& [name, e] : elements_) {
      for (const Dot& dot : e.adds) {
        if (!e.removed.has(dot)) expected.insert(name);
      }
    }
    return differ(state.value(), expected);
  }

 private:
  struct Element {
    std::vector<Dot> adds;
    VersionVector removed;  // what the removes cover
  };
  std::map<std::string, Element> elements_;
};

/// A key has the values of those puts to it that no other put or erase of it covers.
template <>
class Model<OrMap> {
 public:
  void add(const Made<OrMap>& made) {
    Key& key = keys_[made.edit.key];
    if (made.edit.value) key.puts[made.op.dot] = *made.edit.value;
    key.covered.join(made.op.past);
  }
  Wrong check(const OrMap& state) const {
    std::map<std::string, std::set<std::string>> expected;
    for (const auto& [name, key] : keys_) {
      for (const auto& [dot, value] : key.puts) {
        if (!key.covered.has(dot)) expected[name].insert(value);
      }
    }
    return differ(state.value(), expected);
  }

 private:
  struct Key {
    std::map<Dot, std::string> puts;
    VersionVector covered;
  };
  std::map<std::string, Key> keys_;
};

/// The text has every letter that was typed, except those that were erased, each behind its left origin and before its right one.
/// (That all replicas have them in one order is for strong-convergence.)
template <>
class Model<Text> {
 public:
  void add(const Made<Text>& made) {
    for (const TextInsert& run : made.op.op.inserts) {
      Letters& letters = written_[run.first.replica];
      letters.grow(run.first.n + run.text.size() - 1);
      letters.text.replace(run.first.n - 1, run.text.size(), run.text);
    }
    for (const TextSpan& span : made.op.op.erased) {
      Letters& letters = written_[span.first.replica];
      letters.grow(span.first.n + span.count - 1);
      letters.erased.replace(span.first.n - 1, span.count, span.count, 'x');
    }
  }
  Wrong check(const Text& state) const;

 private:
  struct Letters {
    std::string text;
    std::string erased;  // of each letter, 'x' where it is
    void grow(std::uint64_t size) {
      if (size <= text.size()) return;
      text.resize(size, ' ');
      erased.resize(size, ' ');
    }
  };
  std::map<ReplicaId, Letters> written_;
};

}  // namespace protocols::crdt
