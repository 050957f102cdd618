// Starting, what is held and kept on the disk, and the requests of clients.
#include "protocols/membership/gossip/node.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace protocols::gossip {

std::string Config::wrong() const {
  if (anti_entropy != Exchange::none && anti_entropy_interval <= sim::Duration{})
    return "anti_entropy_interval is 0, expected more";
  if (rumours && rumour_interval <= sim::Duration{}) return "rumour_interval is 0, expected more";
  if (k == 0) return "k is 0, expected at least 1";
  if (collect_interval <= sim::Duration{}) return "collect_interval is 0, expected more";
  if (certificate_active <= sim::Duration{}) return "certificate_active is 0, expected more: no deletion would spread";
  return {};
}

Node::Node(const Config& c, Mutant m) : config(c), mutant(m) {}

void Node::start(sim::Ctx& ctx) {
  up_since = ctx.now();
  phase = up_since + first_after(ctx, config.rumour_interval);
  load(ctx);
  collect(ctx);
  ctx.set_timer(CollectDue{}, config.collect_interval);
  if (config.anti_entropy != Exchange::none) ctx.set_timer(ExchangeDue{}, first_after(ctx, config.anti_entropy_interval));
}

sim::Duration Node::first_after(sim::Ctx& ctx, sim::Duration interval) const {
  return config.stagger ? ctx.jitter({}, interval) : interval;
}

std::optional<sim::NodeId> Node::partner(sim::Ctx& ctx) const {
  const auto peers = ctx.peers();
  if (peers.size() < 2) return std::nullopt;
  sim::NodeId drawn = peers[ctx.choose("partner", peers.size() - 1)];
  return drawn == ctx.self() ? peers.back() : drawn;
}

// ---- what is held ---------------------------------------------------------------------------------------------------

std::vector<Entry>::iterator Node::place_of(std::uint32_t key) {
  return std::lower_bound(entries.begin(), entries.end(), key, [](const Entry& e, std::uint32_t k) { return e.item().key < k; });
}

Entry* Node::entry_of(std::uint32_t key) {
  const auto at = place_of(key);
  return at != entries.end() && at->item().key == key ? &*at : nullptr;
}

const Entry* Node::find(std::uint32_t key) const {
  const auto at =
      std::lower_bound(entries.begin(), entries.end(), key, [](const Entry& e, std::uint32_t k) { return e.item().key < k; });
  return at != entries.end() && at->item().key == key ? &*at : nullptr;
}

void Node::changed(std::uint32_t key) {
  ++changes;
  touched.push_back(key);
}

// Of two versions of a key the later stays. True where this one is news.
bool Node::merge(sim::Ctx& ctx, const sim::Payload& item) {
  const Item& arrived = *item.as<Item>();
  if (Entry* entry = entry_of(arrived.key); entry != nullptr) {
    const Item& mine = entry->item();
    if (!later(arrived.stamp, arrived.activated, mine.stamp, mine.activated)) {
      if (entry->dormant && arrived.stamp < mine.stamp) awaken(ctx, *entry);
      if (!planted(Mutant::older_accepted) || arrived.stamp == mine.stamp || mine.deleted) return false;
    }
    if (mine.deleted && !arrived.deleted) ctx.mark("written-after-deletion");
  } else if (expired(ctx, arrived)) {
    return false;  // a certificate of what I do not have, past its time
  }
  hold(ctx, item);
  persist(ctx, item);
  return true;
}

void Node::hold(sim::Ctx& ctx, const sim::Payload& item) {
  const std::uint32_t key = item.as<Item>()->key;
  auto at = place_of(key);
  if (at == entries.end() || at->item().key != key) {
    at = entries.insert(at, Entry{});
  } else if (!at->dormant) {
    checksum -= at->held.digest();
  }
  *at = {item, ctx.now(), false};
  checksum += item.digest();
  changed(key);
}

// ---- the disk -------------------------------------------------------------------------------------------------------

// When most of the log is outdated, what is held is appended once more and all before it is forgotten: in this order, so that a
// crash between them loses nothing.
void Node::persist(sim::Ctx& ctx, const sim::Payload& item) const {
  constexpr std::size_t slack = 64;
  auto log = ctx.log<Record>(kLog);
  log.append({item});
  if (log.last() + 1 - log.first() <= 2 * entries.size() + slack) return;
  const std::uint64_t begin = log.last() + 1;
  for (const Entry& entry : entries) log.append({entry.held});
  log.compact(begin);
}

// What a damaged disk lost, others have: anti-entropy brings it.
void Node::load(sim::Ctx& ctx) {
  auto log = ctx.log<Record>(kLog);
  if (const std::uint64_t damaged = log.first_damaged(); damaged != 0) log.truncate(damaged);
  for (std::uint64_t i = log.first(); i <= log.last(); ++i) {
    const Item& item = *log.at(i).item.as<Item>();
    const Entry* mine = find(item.key);
    if (mine == nullptr || later(item.stamp, item.activated, mine->item().stamp, mine->item().activated)) hold(ctx, log.at(i).item);
  }
  touched.clear();
}

// ---- clients --------------------------------------------------------------------------------------------------------

// A site answers from what it has. So a client may read old values, and two that change a key at once do not see each other: the
// later stamp wins. A retry at another site counts as another update.
void Node::on(sim::Ctx& ctx, sim::NodeId, const kv::Request& request) {
  touched.clear();
  const kv::Command& command = request.command;
  const Entry* before = find(command.key);
  const bool found = before != nullptr && !before->item().deleted;
  const std::string value = found ? before->item().value : std::string();
  switch (command.function) {
    case kv::Function::read: answer(ctx, request, found, value); return;
    case kv::Function::erase:
      if (found) update(ctx, command);
      answer(ctx, request, found, {});
      return;
    case kv::Function::cas: {
      const bool equal = found && value == command.expected;
      if (equal) update(ctx, command);
      answer(ctx, request, equal, {});
      return;
    }
    case kv::Function::write:
    case kv::Function::append:
      update(ctx, command);
      answer(ctx, request, true, {});
      return;
    case kv::Function::call: return;  // no operation of a store
  }
}

void Node::answer(sim::Ctx& ctx, const kv::Request& request, bool found, std::string value) const {
  ctx.send(request.session.client, kv::Reply{request.session.slot, request.sequence, kv::Status::ok, {}, found, std::move(value)});
}

// A site's clock may be behind that of the site that wrote last: an update is later than what it replaces all the same.
sim::Payload Node::written(sim::Ctx& ctx, const kv::Command& command, const Entry* before) const {
  Item item{.key = command.key, .stamp = {ctx.now(), ctx.self()}};
  if (before != nullptr) item.stamp.at = std::max(item.stamp.at, before->item().stamp.at + 1_ns);
  item.deleted = command.function == kv::Function::erase;
  if (!item.deleted) {
    if (command.function == kv::Function::append && before != nullptr) item.value = before->item().value;
    item.value += command.value;
    return ctx.share(std::move(item));
  }
  item.activated = item.stamp.at;
  std::vector<sim::NodeId> sites(ctx.peers().begin(), ctx.peers().end());
  const std::size_t count = std::min<std::size_t>(sites.size(), config.retention_sites);
  for (std::size_t i = 0; i < count; ++i) std::swap(sites[i], sites[i + ctx.choose("retention", sites.size() - i)]);
  item.retained_by.assign(sites.begin(), sites.begin() + static_cast<std::ptrdiff_t>(count));
  std::sort(item.retained_by.begin(), item.retained_by.end());
  return ctx.share(std::move(item));
}

void Node::update(sim::Ctx& ctx, const kv::Command& command) {
  const sim::Payload item = written(ctx, command, find(command.key));
  hold(ctx, item);
  persist(ctx, item);
  ++tally.updates_made;
  spread(ctx, command.key);
  if (!config.direct_mail) return;
  tally.updates_sent += ctx.peers().size() - 1;
  ctx.broadcast(Mail{item});
}

}  // namespace protocols::gossip
