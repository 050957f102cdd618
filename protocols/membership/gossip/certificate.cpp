// Death certificates: active, dormant, awakened, forgotten (§2).
#include <algorithm>
#include <utility>

#include "protocols/membership/gossip/node.hpp"

namespace protocols::gossip {

bool Node::expired(const sim::Ctx& ctx, const Item& item) const {
  const sim::Duration kept = planted(Mutant::tombstone_early) ? sim::Duration{} : config.certificate_active;
  return item.deleted && ctx.now() - item.activated >= kept;
}

void Node::on(sim::Ctx& ctx, const CollectDue&) {
  touched.clear();
  ctx.set_timer(CollectDue{}, config.collect_interval);
  collect(ctx);
}

void Node::collect(sim::Ctx& ctx) {
  for (std::size_t i = 0; i < entries.size();) {
    Entry& entry = entries[i];
    const Item& item = entry.item();
    const bool over = ctx.now() - item.activated >= config.certificate_active + config.certificate_dormant;
    if (!expired(ctx, item) || (entry.dormant && !over)) {
      ++i;
      continue;
    }
    changed(item.key);
    if (!entry.dormant) checksum -= entry.held.digest();
    if (!over && std::binary_search(item.retained_by.begin(), item.retained_by.end(), ctx.self())) {
      ctx.mark("certificate-dormant");
      entry.dormant = true;
      ++i;
    } else {
      ctx.mark("certificate-forgotten");
      entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
}

// An obsolete item has come to a retention site: somebody never heard of the deletion. The certificate spreads again. Its stamp
// stays, or it would delete what was written after the deletion (§2.2).
void Node::awaken(sim::Ctx& ctx, Entry& entry) {
  if (planted(Mutant::never_awakened)) return;
  ctx.mark("certificate-awakened");
  Item again = entry.item();
  again.activated = ctx.now();
  if (planted(Mutant::awakened_as_new)) again.stamp.at = ctx.now();
  const std::uint32_t key = again.key;
  entry = {ctx.share(std::move(again)), ctx.now(), false};
  checksum += entry.held.digest();
  changed(key);
  persist(ctx, entry.held);
  spread(ctx, key);
}

}  // namespace protocols::gossip
