#include "sim/check/transactions/infer.hpp"

#include <algorithm>

namespace sim::check::transactions {

Inferred::Inferred(const Log& of) : log(of), graph(static_cast<std::uint32_t>(of.size())) {
  const auto accesses = log.accesses();
  key_from.assign(log.keys() + 1, 0);
  for (const Access& a : accesses) ++key_from[a.key + 1];
  for (std::size_t k = 0; k < log.keys(); ++k) key_from[k + 1] += key_from[k];
  std::vector<std::uint32_t> next(key_from.begin(), key_from.end() - 1);
  by_key.resize(accesses.size());
  for (std::uint32_t a = 0; a < accesses.size(); ++a) by_key[next[accesses[a].key]++] = a;
  live.assign(log.size(), 0);
  for (std::size_t t = 0; t < log.size(); ++t) {
    live[t] = log.txn(t).outcome == Outcome::ok ? 1 : 0;
    any_unknown = any_unknown || log.txn(t).outcome == Outcome::info;
  }
}

void Inferred::show(Anomaly anomaly, std::initializer_list<std::uint32_t> accesses, std::uint32_t part) {
  Shown& place = shown[static_cast<std::size_t>(anomaly)];
  if (!place.found) place = {true, accesses, part};
}

bool Inferred::clean() const {
  return std::none_of(shown.begin(), shown.end(), [](const Shown& s) { return s.found; });
}

void Writes::clear(std::size_t count) {
  std::size_t size = 16;
  while (size < 2 * count) size *= 2;
  if (size > slots_.size()) {
    slots_.assign(size, {0, 0, 0, 0});
    stamp_ = 0;
  }
  mask_ = size - 1;
  ++stamp_;
}

std::size_t Writes::slot_of(Atom atom) const {
  std::size_t slot = (atom * std::uint64_t{0x9E3779B97F4A7C15U} >> 32U) & mask_;
  while (slots_[slot].stamp == stamp_ && slots_[slot].atom != atom) slot = (slot + 1) & mask_;
  return slot;
}

std::uint32_t Writes::insert(Atom atom, std::uint32_t access) {
  Slot& slot = slots_[slot_of(atom)];
  if (slot.stamp == stamp_) return slot.access;
  slot = {atom, access, kNone, stamp_};
  return kNone;
}

Error written_twice(const Log& log, std::uint32_t first, std::uint32_t second) {
  const Access& a = log.access(second);
  return {place_of(log, a.txn), log.text(a.atom) + " is written a second time to " + log.key_text(a.key) + " (first on " +
                                    place_of(log, log.access(first).txn) +
                                    "); what reads saw can only be told where each value is written to an object once"};
}

void add_orders(Inferred& out) {
  const Log& log = out.log;
  const auto n = static_cast<std::uint32_t>(log.size());
  std::vector<std::uint32_t> last_of(log.processes(), kNone);
  for (std::uint32_t t = 0; t < n; ++t) {
    if (out.live[t] == 0) continue;
    std::uint32_t& last = last_of[log.txn(t).process];
    if (last != kNone) out.graph.add(last, {t, Why::process, Beyond::session, 0});
    // One of unknown outcome may take effect after what its process does next.
    if (log.txn(t).outcome == Outcome::ok) last = t;
  }
  if (!log.has_realtime) return;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> returns;
  returns.reserve(n);
  bool sorted = true;
  for (std::uint32_t t = 0; t < n; ++t) {
    if (log.txn(t).outcome != Outcome::ok) continue;
    sorted = sorted && (returns.empty() || returns.back().first < log.txn(t).returned);
    returns.emplace_back(log.txn(t).returned, t);
  }
  if (!sorted) std::sort(returns.begin(), returns.end());
  // A chain of points in time: what returned leads into the next point, a point leads to what was invoked from there on.
  std::uint32_t point = kNone;
  std::size_t done = 0;
  for (std::uint32_t t = 0; t < n; ++t) {
    if (out.live[t] == 0) continue;
    const std::uint32_t invoked = log.txn(t).invoked;
    if (done < returns.size() && returns[done].first < invoked) {
      const std::uint32_t next = out.graph.add_node();
      if (point != kNone) out.graph.add(point, {next, Why::via, Beyond::data, 0});
      for (; done < returns.size() && returns[done].first < invoked; ++done) {
        out.graph.add(returns[done].second, {next, Why::realtime, Beyond::realtime, 0});
      }
      point = next;
    }
    if (point != kNone) out.graph.add(point, {t, Why::via, Beyond::data, 0});
  }
}

}  // namespace sim::check::transactions
