#include "protocols/transactions/occ_store/operations.hpp"

#include <algorithm>

namespace protocols::occ_store {

namespace {

const Content* find(const Rows& rows, const Key& key) {
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.first == key; });
  return at == rows.end() ? nullptr : &at->second;
}

// What one access does to its row.
struct Applied {
  bool changed = true;
  bool refused = false;
  Content given;
};

// Takes out the value that `at` points to, if it points to one.
Applied take_out(Content& row, Content::iterator at) {
  if (at == row.end()) return {.changed = false, .refused = false, .given = {}};
  Applied out{.changed = true, .refused = false, .given = {*at}};
  row.erase(at);
  return out;
}

Applied apply(const Access& access, Content& row) {
  const auto same = std::find(row.begin(), row.end(), access.value);
  switch (access.kind) {
    case AccessKind::read: return {.changed = false, .refused = false, .given = row};
    case AccessKind::write: row = {access.value}; break;
    case AccessKind::append: row.push_back(access.value); break;
    case AccessKind::take: return take_out(row, row.begin());
    case AccessKind::pop: return take_out(row, row.empty() ? row.end() : row.end() - 1);
    case AccessKind::poll: return take_out(row, std::max_element(row.begin(), row.end()));
    case AccessKind::exclude: return take_out(row, same);
    case AccessKind::drain: return {.changed = !row.empty(), .refused = false, .given = std::exchange(row, {})};
    case AccessKind::include:
      if (same != row.end()) return {.changed = false, .refused = false, .given = {}};
      row.push_back(access.value);
      return {.changed = true, .refused = false, .given = {access.value}};
    case AccessKind::deposit: row = {number_in(access.key, row) + access.value}; break;
    case AccessKind::withdraw: row = {number_in(access.key, row) - access.value}; return {.refused = row.front() < 0, .given = {}};
    case AccessKind::acquire:
      if (!row.empty()) return {.refused = true, .given = {}};
      row = {access.value};
      break;
    case AccessKind::release:
      if (same == row.end()) return {.refused = true, .given = {}};
      row.clear();
      break;
  }
  return {};
}

}  // namespace

std::int64_t number_in(const Key& key, const Content& content) {
  if (!content.empty()) return content.front();
  return key.table == static_cast<std::uint32_t>(Does::bank) ? kOpeningBalance : 0;
}

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
    Applied applied = apply(access, row);
    out.refused = out.refused || applied.refused;
    out.results.push_back(std::move(applied.given));
    if (!applied.changed) continue;
    if (own != out.writes.end()) {
      own->second = std::move(row);
    } else {
      out.writes.emplace_back(access.key, std::move(row));
    }
  }
  return out;
}

}  // namespace protocols::occ_store
