// Rumour mongering (§1.4) and direct mail (§1.2).
#include <algorithm>
#include <utility>

#include "protocols/membership/gossip/node.hpp"

namespace protocols::gossip {

namespace {
auto hot_place(std::vector<Rumour>& hot, std::uint32_t key) {
  return std::lower_bound(hot.begin(), hot.end(), key, [](const Rumour& r, std::uint32_t k) { return r.key < k; });
}
}  // namespace

// A new version of a key begins anew.
void Node::spread(sim::Ctx& ctx, std::uint32_t key) {
  if (!config.rumours) return;
  const auto at = hot_place(hot, key);
  if (at != hot.end() && at->key == key) {
    at->count = 0;
  } else {
    hot.insert(at, Rumour{key, 0});
  }
  arm_cycle(ctx);
}

sim::Time Node::cycle_start(const sim::Ctx& ctx) const {
  const std::int64_t interval = config.rumour_interval.ns;
  const std::int64_t past = (ctx.now() - phase).ns;
  const std::int64_t into = (past % interval + interval) % interval;
  return ctx.now() - sim::Duration{into};
}

// The timer runs only while there is something to tell.
void Node::arm_cycle(sim::Ctx& ctx) {
  if (cycling) return;
  cycling = true;
  ctx.set_timer(RumourCycle{}, cycle_start(ctx) + config.rumour_interval - ctx.now());
}

bool Node::loses_interest(sim::Ctx& ctx, Rumour& rumour) const {
  if (config.loss == Loss::coin) return ctx.choose("interest", config.k) == 0;
  return ++rumour.count >= config.k;
}

void Node::on(sim::Ctx& ctx, const RumourCycle&) {
  touched.clear();
  cycling = false;
  const auto to = partner(ctx);
  if (hot.empty() || !to) return;
  Rumours told;
  std::vector<Rumour> still_hot;
  for (Rumour rumour : hot) {
    const Entry* entry = find(rumour.key);
    if (entry == nullptr || entry->dormant) continue;
    told.items.push_back(entry->held);
    // Blind: a contact counts whatever comes of it.
    if (config.feedback || !loses_interest(ctx, rumour)) still_hot.push_back(rumour);
  }
  hot = std::move(still_hot);
  tally.updates_sent += told.items.size();
  if (!told.items.empty()) ctx.send(*to, std::move(told));
  if (!hot.empty()) arm_cycle(ctx);
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Rumours& rumours) {
  touched.clear();
  Heard heard;
  for (const sim::Payload& told : rumours.items) {
    const Item& item = *told.as<Item>();
    const bool news = merge(ctx, told);
    if (news) spread(ctx, item.key);
    if (!config.feedback) continue;
    const Entry* mine = find(item.key);
    const bool new_in_cycle = config.judged == Judged::at_cycle_start && mine != nullptr && mine->item().stamp == item.stamp &&
                              mine->learned >= cycle_start(ctx);
    heard.versions.push_back({item.key, item.stamp, item.activated});
    heard.news.push_back(news || new_in_cycle ? 1 : 0);
  }
  if (!heard.versions.empty()) ctx.send(from, std::move(heard));
}

// Feedback: only contacts that knew count. Of a version that I no longer hold it says nothing.
void Node::on(sim::Ctx& ctx, sim::NodeId, const Heard& heard) {
  touched.clear();
  for (std::size_t i = 0; i < heard.versions.size(); ++i) {
    const Version& version = heard.versions[i];
    const auto rumour = hot_place(hot, version.key);
    const Entry* entry = find(version.key);
    if (rumour == hot.end() || rumour->key != version.key || entry == nullptr || entry->item().stamp != version.stamp) continue;
    if (heard.news[i] != 0) {
      if (config.counter_reset) rumour->count = 0;
    } else if (loses_interest(ctx, *rumour)) {
      ctx.mark("interest-lost");
      hot.erase(rumour);
    }
  }
}

void Node::on(sim::Ctx& ctx, sim::NodeId, const Mail& mail) {
  touched.clear();
  if (merge(ctx, mail.item)) ctx.mark("mail-delivered");
}

}  // namespace protocols::gossip
