#include "sim/check/transactions/sights.hpp"

#include <algorithm>
#include <tuple>

namespace sim::check::transactions {

namespace {

std::uint64_t word_of(std::uint32_t key, Atom atom) { return std::uint64_t{key} << 32U | atom; }

auto rank(const Sights::SeenWriter& w) { return std::tuple(w.key, w.session, w.position, w.txn); }

}  // namespace

Sights::Sights(const Inferred& of, Kind kind) : all(of), log(of.log), kind_(kind) {
  for (std::uint32_t a = 0; a < log.accesses().size(); ++a) {
    const Access& w = log.access(a);
    if (w.write()) writer_.at(word_of(w.key, w.atom)) = a;
  }
  if (kind == Kind::list_append) {
    place_.assign(log.accesses().size(), kNone);
    for (std::uint32_t key = 0; key < log.keys(); ++key) {
      const auto list = log.longest(key);
      for (std::uint32_t i = 0; i < list.size(); ++i) {
        const std::uint32_t w = writer_.at(word_of(key, list[i]));
        if (w != kNoIndex) place_[w] = i;
      }
    }
  }
  seen_by_.assign(log.size(), kNone);
  make_sessions();
  const auto n = static_cast<std::uint32_t>(log.size());
  read_from_.push_back(0);
  seen_from_.push_back(0);
  write_from_.push_back(0);
  for (std::uint32_t t = 0; t < n; ++t) {
    if (all.live[t] != 0) collect(t);
    read_from_.push_back(static_cast<std::uint32_t>(reads_.size()));
    seen_from_.push_back(static_cast<std::uint32_t>(seen_.size()));
    write_from_.push_back(static_cast<std::uint32_t>(writes_.size()));
  }
  for (std::uint32_t t = 0; t < n; ++t) {
    for (const std::uint32_t key : writes(t)) writers_.push_back({key, session_of_[t], position_of_[t], t});
  }
  std::sort(writers_.begin(), writers_.end(), [](const SeenWriter& a, const SeenWriter& b) { return rank(a) < rank(b); });
}

void Sights::make_sessions() {
  const auto n = static_cast<std::uint32_t>(log.size());
  session_.resize(log.processes());
  session_of_.assign(n, kNone);
  position_of_.assign(n, 0);
  before_.assign(n, kNone);
  for (std::uint32_t t = 0; t < n; ++t) {
    if (all.live[t] == 0) continue;
    std::uint32_t s = log.txn(t).process;
    if (!session_[s].empty()) before_[t] = session_[s].back();
    if (log.txn(t).outcome != Outcome::ok) {
      s = static_cast<std::uint32_t>(session_.size());
      session_.emplace_back();
    }
    session_of_[t] = s;
    position_of_[t] = static_cast<std::uint32_t>(session_[s].size());
    session_[s].push_back(t);
  }
}

void Sights::collect(std::uint32_t txn) {
  const std::size_t seen_first = seen_.size();
  const std::size_t writes_first = writes_.size();
  const auto accesses = log.accesses(txn);
  for (std::uint32_t i = 0; i < accesses.size(); ++i) {
    const Access& a = accesses[i];
    if (a.write()) writes_.push_back(a.key);
    if (!a.read() || log.txn(txn).outcome != Outcome::ok) continue;
    Sight sight{a.key, kNone, log.txn(txn).first + i, static_cast<std::uint32_t>(seen_.size() - seen_first)};
    bool external = true;
    const auto see = [&](Atom atom) {
      const std::uint32_t w = writer_.at(word_of(a.key, atom));
      const std::uint32_t from = w == kNoIndex ? kNone : log.access(w).txn;
      if (from == txn || from == kNone || all.live[from] == 0) return from == txn;
      sight.from = from;
      if (std::find(seen_.begin() + static_cast<std::ptrdiff_t>(seen_first), seen_.end(), from) == seen_.end())
        seen_.push_back(from);
      return false;
    };
    if (a.list()) {
      for (const Atom e : log.list(a)) see(e);
    } else if (a.atom != kNil) {
      external = !see(a.atom);
      // What nobody wrote, or a failed transaction did, is no version.
      external = external && (sight.from != kNone || (log.has_initial && a.atom == log.initial()));
    }
    if (external) reads_.push_back(sight);
  }
  std::sort(writes_.begin() + static_cast<std::ptrdiff_t>(writes_first), writes_.end());
  writes_.erase(std::unique(writes_.begin() + static_cast<std::ptrdiff_t>(writes_first), writes_.end()), writes_.end());
}

bool Sights::writes(std::uint32_t txn, std::uint32_t key) const {
  const auto of = writes(txn);
  return std::binary_search(of.begin(), of.end(), key);
}

std::uint32_t Sights::last_writer(std::uint32_t key, std::uint32_t session, std::uint32_t count) const {
  const SeenWriter wanted{key, session, count, 0};
  const auto at = std::lower_bound(writers_.begin(), writers_.end(), wanted,
                                   [](const SeenWriter& a, const SeenWriter& b) { return rank(a) < rank(b); });
  if (at == writers_.begin()) return kNone;
  const SeenWriter& found = *std::prev(at);
  return found.key == key && found.session == session ? found.txn : kNone;
}

std::span<const Sights::SeenWriter> Sights::of(const std::vector<SeenWriter>& sorted, std::uint32_t key, std::uint32_t session) {
  const auto less = [](const SeenWriter& a, const SeenWriter& b) {
    return std::pair(a.key, a.session) < std::pair(b.key, b.session);
  };
  const auto [from, to] = std::equal_range(sorted.begin(), sorted.end(), SeenWriter{key, session, 0, 0}, less);
  return {sorted.data() + (from - sorted.begin()), static_cast<std::size_t>(to - from)};
}

std::span<const Sights::SeenWriter> Sights::writers(std::uint32_t key) const {
  const auto less = [](const SeenWriter& a, const SeenWriter& b) { return a.key < b.key; };
  const auto [from, to] = std::equal_range(writers_.begin(), writers_.end(), SeenWriter{key, 0, 0, 0}, less);
  return {writers_.data() + (from - writers_.begin()), static_cast<std::size_t>(to - from)};
}

std::span<const Sights::SeenWriter> Sights::seen_writers(std::uint32_t key, std::uint32_t session) {
  if (!seen_indexed_) {
    seen_indexed_ = true;
    for (std::uint32_t s = 0; s < sessions(); ++s) {
      for (const std::uint32_t t : session_[s]) {
        for (const std::uint32_t from : seen(t)) {
          for (const std::uint32_t k : writes(from)) seen_writers_.push_back({k, s, position_of_[t], from});
        }
      }
    }
    std::sort(seen_writers_.begin(), seen_writers_.end(),
              [](const SeenWriter& a, const SeenWriter& b) { return rank(a) < rank(b); });
  }
  return of(seen_writers_, key, session);
}

std::uint32_t Sights::place(std::uint32_t key, std::uint32_t txn) const {
  std::uint32_t out = kNone;
  for (std::uint32_t i = 0; i < log.txn(txn).count; ++i) {
    const std::uint32_t a = log.txn(txn).first + i;
    if (log.access(a).write() && log.access(a).key == key) out = place_[a];
  }
  return out;
}

bool Sights::known_before(std::uint32_t key, std::uint32_t first, std::uint32_t second) const {
  return kind_ == Kind::list_append && place(key, first) < place(key, second);
}

}  // namespace sim::check::transactions
