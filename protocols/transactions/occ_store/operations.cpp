#include "protocols/transactions/occ_store/operations.hpp"

#include <algorithm>

namespace protocols::occ_store {

namespace {

constexpr std::uint64_t kMostAccesses = 4;  // Elle's generator: max-txn-length 4
constexpr std::int64_t kMostMoved = 5;      // Jepsen's bank: max-transfer 5

const Content* find(const Rows& rows, const Key& key) {
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.first == key; });
  return at == rows.end() ? nullptr : &at->second;
}

std::int64_t number_in(const Key& key, const Content& content) {
  if (!content.empty()) return content.front();
  return key.table == static_cast<std::uint32_t>(Does::bank) ? kOpeningBalance : 0;
}

std::string list_text(const Content& content) { return sim::to_json(content); }

std::string quoted(std::int64_t n) { return "\"" + std::to_string(n) + "\""; }

Key key_of(Does does, std::uint32_t number) { return {static_cast<std::uint32_t>(does), number}; }

// One micro-operation in Elle's notation.
std::string micro(Does does, const Access& access, const Content* result) {
  const std::string key = std::to_string(access.key.number);
  if (access.kind == AccessKind::append) return "[\"append\"," + key + "," + std::to_string(access.value) + "]";
  if (access.kind == AccessKind::write) return "[\"w\"," + key + "," + std::to_string(access.value) + "]";
  if (result == nullptr) return "[\"r\"," + key + ",null]";
  if (does == Does::append) return "[\"r\"," + key + "," + list_text(*result) + "]";
  return "[\"r\"," + key + "," + (result->empty() ? "null" : std::to_string(result->front())) + "]";
}

std::string micros(const Operation& operation, const Effect* effect) {
  std::string out = "[";
  for (std::size_t i = 0; i < operation.accesses.size(); ++i) {
    if (i > 0) out += ',';
    out += micro(operation.does, operation.accesses[i], effect == nullptr ? nullptr : &effect->results[i]);
  }
  return out + "]";
}

// ---- drawing --------------------------------------------------------------------------------------------------------

std::vector<Access> draw_transaction(Does does, const sim::check::Workload& w, std::uint32_t first_key, sim::Rng& rng,
                                     std::int64_t& value) {
  std::vector<Access> out;
  const std::uint64_t count = 1 + rng.below(kMostAccesses);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Key key = key_of(does, first_key + static_cast<std::uint32_t>(rng.below(w.keys)));
    if (rng.chance(w.reads)) {
      out.push_back({AccessKind::read, key, 0});
    } else {
      out.push_back({does == Does::append ? AccessKind::append : AccessKind::write, key, value++});
    }
  }
  return out;
}

std::vector<Access> draw_bank(const sim::check::Workload& w, std::uint32_t first_key, sim::Rng& rng) {
  std::vector<Access> out;
  const auto accounts = std::max(w.keys, 2U);
  if (rng.chance(w.reads)) {
    for (std::uint32_t i = 0; i < accounts; ++i) out.push_back({AccessKind::read, key_of(Does::bank, first_key + i), 0});
    return out;
  }
  const auto from = static_cast<std::uint32_t>(rng.below(accounts));
  const auto to = static_cast<std::uint32_t>((from + 1 + rng.below(accounts - 1)) % accounts);
  const std::int64_t amount = 1 + static_cast<std::int64_t>(rng.below(kMostMoved));
  out.push_back({AccessKind::withdraw, key_of(Does::bank, first_key + from), amount});
  out.push_back({AccessKind::deposit, key_of(Does::bank, first_key + to), amount});
  return out;
}

}  // namespace

const Key* next_to_read(const Operation& operation, const Rows& known) {
  for (const Access& access : operation.accesses) {
    if (access.kind != AccessKind::write && find(known, access.key) == nullptr) return &access.key;
  }
  return nullptr;
}

Effect evaluate(const Operation& operation, const Rows& known) {
  Effect out;
  for (const Access& access : operation.accesses) {
    const auto own = std::find_if(out.writes.begin(), out.writes.end(), [&](const auto& row) { return row.first == access.key; });
    const Content* read = find(known, access.key);
    Content row = own != out.writes.end() ? own->second : read != nullptr ? *read : Content{};
    Content result;
    switch (access.kind) {
      case AccessKind::read: out.results.push_back(std::move(row)); continue;
      case AccessKind::write: row = {access.value}; break;
      case AccessKind::append: row.push_back(access.value); break;
      case AccessKind::take:
        if (row.empty()) {
          out.results.emplace_back();
          continue;
        }
        result = {row.front()};
        row.erase(row.begin());
        break;
      case AccessKind::deposit: row = {number_in(access.key, row) + access.value}; break;
      case AccessKind::withdraw:
        row = {number_in(access.key, row) - access.value};
        out.refused = out.refused || row.front() < 0;
        break;
    }
    out.results.push_back(std::move(result));
    if (own != out.writes.end()) {
      own->second = std::move(row);
    } else {
      out.writes.emplace_back(access.key, std::move(row));
    }
  }
  return out;
}

Operation draw_operation(Does does, const sim::check::Workload& w, std::uint32_t first_key, sim::Rng& rng, std::int64_t& value) {
  const Key first = key_of(does, first_key);
  switch (does) {
    case Does::append:
    case Does::txn: return {does, draw_transaction(does, w, first_key, rng, value)};
    case Does::bank: return {does, draw_bank(w, first_key, rng)};
    case Does::queue:
      if (rng.chance(w.reads)) return {does, {{AccessKind::take, first, 0}}};
      return {does, {{AccessKind::append, first, value++}}};
    case Does::set:
      if (rng.chance(w.reads)) return {does, {{AccessKind::read, first, 0}}};
      return {does, {{AccessKind::append, first, value++}}};
    case Does::counter:
      if (rng.chance(w.reads)) return {does, {{AccessKind::read, first, 0}}};
      return {does, {{AccessKind::deposit, first, 1 + static_cast<std::int64_t>(rng.below(kMostMoved))}}};
  }
  return {};
}

// ---- what a history says of it ----------------------------------------------------------------------------------------

std::string function_of(const Operation& operation) {
  const AccessKind first = operation.accesses.front().kind;
  switch (operation.does) {
    case Does::append:
    case Does::txn: return "txn";
    case Does::bank: return first == AccessKind::read ? "read" : "transfer";
    case Does::queue: return first == AccessKind::take ? "dequeue" : "enqueue";
    case Does::set:
    case Does::counter: return first == AccessKind::read ? "read" : "add";
  }
  return {};
}

std::string input_of(const Operation& operation) {
  const Access& first = operation.accesses.front();
  if (operation.does == Does::append || operation.does == Does::txn) return micros(operation, nullptr);
  if (first.kind == AccessKind::read || first.kind == AccessKind::take) return {};
  if (operation.does != Does::bank) return std::to_string(first.value);
  return "{\"from\":" + std::to_string(first.key.number) + ",\"to\":" + std::to_string(operation.accesses.back().key.number) +
         ",\"amount\":" + std::to_string(first.value) + "}";
}

std::string output_of(const Operation& operation, const Effect& effect) {
  const Access& first = operation.accesses.front();
  const Content& result = effect.results.front();
  if (operation.does == Does::append || operation.does == Does::txn) return micros(operation, &effect);
  if (first.kind == AccessKind::take) return result.empty() ? "null" : std::to_string(result.front());
  if (first.kind != AccessKind::read) return {};
  if (operation.does == Does::set) return list_text(result);
  if (operation.does == Does::counter) return std::to_string(number_in(first.key, result));
  std::string balances = "{";
  for (std::size_t i = 0; i < operation.accesses.size(); ++i) {
    const Key& account = operation.accesses[i].key;
    balances += (i > 0 ? "," : "") + quoted(account.number) + ":" + std::to_string(number_in(account, effect.results[i]));
  }
  return balances + "}";
}

}  // namespace protocols::occ_store
