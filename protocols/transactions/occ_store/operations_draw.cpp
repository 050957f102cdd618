// Which operations the clients of each workload draw.
#include <algorithm>
#include <utility>

#include "protocols/clients/closed_loop.hpp"
#include "protocols/transactions/occ_store/operations.hpp"

namespace protocols::occ_store {

namespace {

constexpr std::uint64_t kMostAccesses = 4;  // Elle's generator: max-txn-length 4
constexpr std::int64_t kMostMoved = 5;      // Jepsen's bank: max-transfer 5

Key key_of(const Draw& draw, std::uint32_t number) { return {static_cast<std::uint32_t>(draw.does), draw.first_key + number}; }

Key any_key(const Draw& draw, sim::Rng& rng) { return key_of(draw, static_cast<std::uint32_t>(rng.below(draw.workload.keys))); }

std::vector<Access> draw_transaction(const Draw& draw, sim::Rng& rng, std::int64_t& value) {
  std::vector<Access> out;
  const std::uint64_t count = 1 + rng.below(kMostAccesses);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Key key = any_key(draw, rng);
    if (rng.chance(draw.workload.reads)) {
      out.push_back({AccessKind::read, key, 0});
    } else {
      out.push_back({draw.does == Does::append ? AccessKind::append : AccessKind::write, key, value++});
    }
  }
  return out;
}

std::vector<Access> read_all(const Draw& draw, std::uint32_t keys) {
  std::vector<Access> out;
  for (std::uint32_t i = 0; i < keys; ++i) out.push_back({AccessKind::read, key_of(draw, i), 0});
  return out;
}

std::vector<Access> draw_transfer(const Draw& draw, std::uint32_t accounts, sim::Rng& rng) {
  const auto from = static_cast<std::uint32_t>(rng.below(accounts));
  const auto to = static_cast<std::uint32_t>((from + 1 + rng.below(accounts - 1)) % accounts);
  const std::int64_t amount = 1 + static_cast<std::int64_t>(rng.below(kMostMoved));
  return {{AccessKind::withdraw, key_of(draw, from), amount}, {AccessKind::deposit, key_of(draw, to), amount}};
}

// Jepsen's long fork: each client writes a key of its own in every group of keys; readers look at the group that is being written
// or at the one before, its keys in any order.
std::vector<Access> draw_long_fork(const Draw& draw, sim::Rng& rng, std::int64_t value) {
  const std::uint32_t keys = draw.workload.keys;
  const auto client = static_cast<std::uint32_t>(value / clients::kValuesPerClient % clients::kMostClients);
  if (!rng.chance(draw.workload.reads)) return {{AccessKind::write, key_of(draw, client % keys), 1}};
  const bool before = draw.first_key >= draw.workload.key_offset + keys && rng.below(2) == 0;
  std::vector<Access> out = read_all(draw, keys);
  for (Access& access : out) access.key.number -= before ? keys : 0;
  for (std::size_t i = out.size(); i > 1; --i) std::swap(out[i - 1], out[rng.below(i)]);
  return out;
}

// The reading half of a workload on one row: what it does in the share of `reads`. Now and then a stack is only looked at.
AccessKind reading_half(Does does, sim::Rng& rng) {
  switch (does) {
    case Does::queue:
    case Does::work: return AccessKind::take;
    case Does::stack: return rng.below(4) == 0 ? AccessKind::read : AccessKind::pop;
    case Does::priority_queue: return rng.below(4) == 0 ? AccessKind::read : AccessKind::poll;
    default: return AccessKind::read;
  }
}

Access draw_single(const Draw& draw, sim::Rng& rng, std::int64_t& value) {
  const Key key = key_of(draw, 0);
  if (draw.does == Does::lock) {
    const std::int64_t owner = value;  // of this life of this client alone, for it is never counted on
    return {rng.chance(draw.workload.reads) ? AccessKind::release : AccessKind::acquire, key, owner};
  }
  if (draw.does == Does::members) {
    const auto member = static_cast<std::int64_t>(rng.below(draw.workload.keys));
    if (rng.chance(draw.workload.reads)) return {AccessKind::read, key, member};
    return {rng.below(2) == 0 ? AccessKind::include : AccessKind::exclude, key, member};
  }
  if (rng.chance(draw.workload.reads)) return {reading_half(draw.does, rng), key, 0};
  if (draw.does == Does::counter) return {AccessKind::deposit, key, 1 + static_cast<std::int64_t>(rng.below(kMostMoved))};
  return {AccessKind::append, key, value++};
}

}  // namespace

std::uint32_t keys_left(const Draw& draw, const Operation& operation, std::uint64_t& writes) {
  const std::uint32_t keys = draw.workload.keys;
  switch (draw.does) {
    case Does::long_fork: return operation.accesses.front().kind == AccessKind::write ? keys : 0;
    case Does::append:
    case Does::txn:
    case Does::multi_register:
      if (draw.workload.writes_per_key == 0 || ++writes < std::uint64_t{draw.workload.writes_per_key} * keys) return 0;
      writes = 0;
      return keys;
    default: return 0;
  }
}

Operation draw_operation(const Draw& draw, sim::Rng& rng, std::int64_t& value) {
  const Does does = draw.does;
  const auto accounts = std::max(draw.workload.keys, 2U);
  switch (does) {
    case Does::append:
    case Does::txn:
    case Does::multi_register: return {does, draw_transaction(draw, rng, value)};
    case Does::bank: return {does, rng.chance(draw.workload.reads) ? read_all(draw, accounts) : draw_transfer(draw, accounts, rng)};
    case Does::long_fork: return {does, draw_long_fork(draw, rng, value)};
    case Does::work:
      if (draw.last) return {does, {{AccessKind::drain, key_of(draw, 0), 0}}};
      break;
    default: break;
  }
  return {does, {draw_single(draw, rng, value)}};
}

}  // namespace protocols::occ_store
