#include "sim/explore/ledger.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace sim::explore {

Ledger::Ledger(SeedRange seeds, Tally tally, Options options)
    : seeds_(seeds), options_(options), last_(seeds.last), tally_(std::move(tally)) {
  assert(seeds.first <= seeds.last);
  assert(options.window > 0);
}

std::optional<SeedRange> Ledger::take(std::uint64_t most) {
  const std::uint64_t wanted = last_ - seeds_.first + 1;
  const std::uint64_t end = std::min(wanted, tally_.seeds() + options_.window);
  if (most == 0 || given_out_ >= end) return std::nullopt;
  const std::uint64_t first = seeds_.first + given_out_;
  const std::uint64_t count = std::min(most, end - given_out_);
  given_out_ += count;
  return SeedRange{first, first + count - 1};
}

void Ledger::add(Outcome outcome) {
  const std::uint64_t seed = outcome.seed;
  assert(seed >= seeds_.first + tally_.seeds());
  assert(seed < seeds_.first + given_out_);
  if (!wanted(seed)) return;
  const bool failed = outcome.violated();
  const bool added = waiting_.emplace(seed, std::move(outcome)).second;
  assert(added);
  if (failed) {
    ++waiting_failed_;
    limit_to_stop_after();
  }
  for (auto next = waiting_.begin(); next != waiting_.end() && next->first == seeds_.first + tally_.seeds();) {
    waiting_failed_ -= next->second.violated() ? 1 : 0;
    tally_.add(std::move(next->second));
    next = waiting_.erase(next);
  }
}

// Once so many failures are back, nothing behind the last of them matters, whatever the seeds in the gaps come to.
void Ledger::limit_to_stop_after() {
  if (options_.stop_after == 0 || failed() < options_.stop_after) return;
  std::uint64_t left = options_.stop_after - tally_.failed();
  auto at = waiting_.begin();
  for (; left > 0; ++at) {
    left -= at->second.violated() ? 1 : 0;
    last_ = at->first;
  }
  waiting_failed_ = options_.stop_after - tally_.failed();
  waiting_.erase(at, waiting_.end());
}

}  // namespace sim::explore
