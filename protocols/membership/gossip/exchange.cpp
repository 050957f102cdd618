// Anti-entropy: two sites compare and resolve their differences (§1.3).
#include <algorithm>
#include <utility>

#include "protocols/membership/gossip/node.hpp"

namespace protocols::gossip {

// What two sites compare before anything else: most of the time they hold the same.
std::uint64_t Node::summary() const {
  if (!planted(Mutant::newest_compared)) return checksum;
  sim::Time newest{};
  for (const Entry& entry : entries) newest = std::max(newest, entry.item().stamp.at);
  return static_cast<std::uint64_t>(newest.ns);
}

void Node::on(sim::Ctx& ctx, const ExchangeDue&) {
  touched.clear();
  ctx.set_timer(ExchangeDue{}, config.anti_entropy_interval);
  const auto to = partner(ctx);
  if (!to) return;
  ++tally.exchanges;
  ctx.send(*to, Compare{config.anti_entropy, summary()});
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Compare& compare) {
  touched.clear();
  if (compare.checksum == summary()) return;
  Versions mine{compare.exchange, {}};
  mine.held.reserve(entries.size());
  for (const Entry& entry : entries) {
    const Item& item = entry.item();
    if (entry.dormant || (item.deleted && planted(Mutant::deletion_not_compared))) continue;
    mine.held.push_back({item.key, item.stamp, item.activated});
  }
  ctx.send(from, std::move(mine));
}

// Both lists are by key. Whoever shows an obsolete item to a retention site awakens its certificate.
void Node::on(sim::Ctx& ctx, sim::NodeId from, const Versions& versions) {
  touched.clear();
  const bool push = versions.exchange != Exchange::pull;
  const bool pull = versions.exchange != Exchange::push;
  Items out;
  auto theirs = versions.held.begin();
  const auto end = versions.held.end();
  const auto want_before = [&](std::uint64_t key) {
    for (; theirs != end && theirs->key < key; ++theirs) {
      if (pull) out.wanted.push_back(theirs->key);
    }
  };
  for (Entry& entry : entries) {
    const std::uint32_t key = entry.item().key;
    want_before(key);
    const bool both = theirs != end && theirs->key == key;
    if (entry.dormant && both && theirs->stamp < entry.item().stamp) awaken(ctx, entry);
    const Item& mine = entry.item();
    if (both && pull && later(theirs->stamp, theirs->activated, mine.stamp, mine.activated)) out.wanted.push_back(key);
    const bool newer = !both || later(mine.stamp, mine.activated, theirs->stamp, theirs->activated);
    const bool hidden = mine.deleted && planted(Mutant::deletion_not_compared);
    if (push && newer && !entry.dormant && !hidden) out.items.push_back(entry.held);
    if (both) ++theirs;
  }
  want_before(~std::uint64_t{0});
  tally.updates_sent += out.items.size();
  if (!out.items.empty() || !out.wanted.empty()) ctx.send(from, std::move(out));
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Items& items) {
  touched.clear();
  for (const sim::Payload& item : items.items) {
    if (!merge(ctx, item)) continue;
    ++tally.mended;
    ctx.mark("anti-entropy-mended");
    if (config.redistribute) spread(ctx, item.as<Item>()->key);
  }
  if (items.wanted.empty()) return;
  Items out;
  for (const std::uint32_t key : items.wanted) {
    if (const Entry* entry = find(key); entry != nullptr && !entry->dormant) out.items.push_back(entry->held);
  }
  tally.updates_sent += out.items.size();
  if (!out.items.empty()) ctx.send(from, std::move(out));
}

}  // namespace protocols::gossip
