#include "sim/check/models_values.hpp"

#include <algorithm>

namespace sim::check {

ValueSpace::Atom ValueSpace::atom(const Value& value) {
  using Kind = Atom::Kind;
  if (const std::string* text = value.text()) return {Kind::text, 0, *text};
  if (identity_ == Identity::text) {
    if (value.is_nil()) return {Kind::text, 0, {}};
    return {Kind::text, 0, made_.emplace_back(value.to_json())};
  }
  if (value.is_nil()) return {Kind::nil, 0, {}};
  if (const std::int64_t* integer = value.integer()) return {Kind::integer, *integer, {}};
  return {Kind::other, 0, made_.emplace_back(value.to_json())};
}

std::uint32_t ValueSpace::find(const Atom& wanted) const {
  return atom_index_.find(wanted.hash(), [&](std::uint32_t i) { return atoms_[i] == wanted; });
}

void ValueSpace::look_for(const Value& value) {
  const Atom a = atom(value);
  const auto fresh = static_cast<std::uint32_t>(atoms_.size());
  const auto same = [&](std::uint32_t i) { return atoms_[i] == a; };
  if (atom_index_.find_or_insert(a.hash(), fresh, same) == fresh) atoms_.push_back(a);
}

void ValueSpace::seal(bool appends) {
  appends_ = appends;
  if (!appends) return;
  for (const Atom& a : atoms_) texts_.push_back(a.text);
  std::sort(texts_.begin(), texts_.end());
  // The texts that begin with texts_[i] stand right behind it; whoever has not ended yet is on the stack.
  std::vector<std::uint32_t> open;
  const auto count = static_cast<std::uint32_t>(texts_.size());
  for (std::uint32_t i = 0; i < count; ++i) nodes_.push_back({i, count, static_cast<std::uint32_t>(texts_[i].size())});
  for (std::uint32_t i = 0; i < count; ++i) {
    while (!open.empty() && !texts_[i].starts_with(texts_[open.back()])) {
      nodes_[open.back()].last = i;
      open.pop_back();
    }
    open.push_back(i);
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    node_index_.find_or_insert(mix((std::uint64_t{i} << 32U) | nodes_[i].length), i, [](std::uint32_t) { return false; });
  }
}

std::uint32_t ValueSpace::intern(Node node) {
  const auto fresh = static_cast<std::uint32_t>(nodes_.size());
  const std::uint64_t hash = mix((std::uint64_t{node.first} << 32U) | node.length);
  const std::uint32_t index = node_index_.find_or_insert(
      hash, fresh, [&](std::uint32_t i) { return nodes_[i].first == node.first && nodes_[i].length == node.length; });
  if (index == fresh) nodes_.push_back(node);
  return index + 1;
}

std::uint32_t ValueSpace::child(const Node& node, std::string_view piece) {
  const auto rest = [&](std::string_view text) { return text.substr(node.length, piece.size()); };
  const auto begin = texts_.begin() + node.first;
  const auto end = texts_.begin() + node.last;
  const auto first = std::lower_bound(begin, end, piece, [&](std::string_view text, std::string_view p) { return rest(text) < p; });
  if (first == end || rest(*first) != piece) return kOther;
  const auto last = std::upper_bound(first, end, piece, [&](std::string_view p, std::string_view text) { return p < rest(text); });
  return intern({static_cast<std::uint32_t>(first - texts_.begin()), static_cast<std::uint32_t>(last - texts_.begin()),
                 static_cast<std::uint32_t>(node.length + piece.size())});
}

std::uint32_t ValueSpace::state(const Value& value) {
  const Atom a = atom(value);
  if (appends_) return child({0, static_cast<std::uint32_t>(texts_.size()), 0}, a.text);
  const std::uint32_t index = find(a);
  return index == kNoIndex ? kOther : index + 1;
}

std::uint32_t ValueSpace::piece(const Value& value) {
  const std::string_view text = atom(value).text;
  const auto fresh = static_cast<std::uint32_t>(pieces_.size());
  const std::uint32_t index =
      piece_index_.find_or_insert(hash_text(text), fresh, [&](std::uint32_t i) { return pieces_[i] == text; });
  if (index == fresh) pieces_.push_back(text);
  return index;
}

std::uint32_t ValueSpace::append(std::uint32_t state, std::uint32_t piece) {
  if (state == kOther) return kOther;
  std::uint32_t& known = memo_.at((std::uint64_t{state} << 32U) | piece);
  if (known == kNoIndex) known = child(Node(nodes_[state - 1]), pieces_[piece]);
  return known;
}

bool ValueSpace::begins(std::uint32_t state, std::uint32_t prefix) const {
  if (!appends_ || state == kOther || prefix == kOther) return state == prefix;
  const Node& whole = nodes_[state - 1];
  const Node& part = nodes_[prefix - 1];
  return whole.length >= part.length && part.first <= whole.first && whole.first < part.last;
}

bool ValueSpace::contains(std::uint32_t state, std::uint32_t piece) const {
  if (state == kOther) return true;
  const Node& node = nodes_[state - 1];
  return texts_[node.first].substr(0, node.length).find(pieces_[piece]) != std::string_view::npos;
}

std::uint32_t ValueMachine::class_of(const Effect& effect) {
  const auto fresh = static_cast<std::uint32_t>(effects_.size());
  const std::uint64_t hash =
      mix(mix((std::uint64_t{effect.equals} << 32U) | effect.differs) ^ ((std::uint64_t{effect.set} << 32U) | effect.piece));
  const std::uint32_t cls = index_.find_or_insert(hash, fresh, [&](std::uint32_t i) { return effects_[i] == effect; });
  if (cls == fresh) effects_.push_back(effect);
  return cls;
}

bool ValueMachine::may_see(std::uint32_t observer, std::uint32_t writer) const {
  const Effect& o = effects_[observer];
  const Effect& w = effects_[writer];
  if (o.differs != kNoIndex && o.differs != w.set) return true;
  if (o.equals == kNoIndex) return false;
  if (w.piece != kNoIndex) return space.contains(o.equals, w.piece);
  return w.set != kNoIndex && space.begins(o.equals, w.set);
}

}  // namespace sim::check
