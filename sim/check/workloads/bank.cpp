// Banks: money moves, and never comes or goes.
#include <algorithm>

#include "sim/check/workloads/common.hpp"
#include "sim/check/workloads/workloads.hpp"

namespace sim::check::workloads {

namespace {

struct Balances {
  std::int64_t total = 0;
  std::vector<std::string> unexpected;
  std::vector<std::string> nil;
  std::vector<std::string> negative;
};

bool holds(const std::vector<std::string>& sorted, const std::string& name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

// What a read says. `accounts` sorted.
Result<Balances> balances_of(const History& history, std::size_t i, const std::vector<std::string>& accounts) {
  const Value::Map* map = history.operations[i].output.map();
  if (map == nullptr) return at(history, i, "a read of a bank should return a map from accounts to balances");
  Balances out;
  for (const auto& [account, balance] : *map) {
    if (!holds(accounts, account)) out.unexpected.push_back(account);
    if (balance.is_nil()) {
      out.nil.push_back(account);
      continue;
    }
    if (balance.integer() == nullptr) return at(history, i, "the balance of account " + account + " should be a whole number");
    if (*balance.integer() < 0) out.negative.push_back(account + " (" + std::to_string(*balance.integer()) + ")");
    if (__builtin_add_overflow(out.total, *balance.integer(), &out.total))
      return at(history, i, "the total of the balances overflows");
  }
  return out;
}

}  // namespace

Result<Judgement> judge_bank(const History& history, const BankOptions& options) {
  std::vector<std::size_t> reads;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    if (op.f == "read" && op.outcome == Outcome::ok) reads.push_back(i);
  }
  const auto earlier = [&](std::size_t a, std::size_t b) {
    return history.operations[a].returned < history.operations[b].returned;
  };
  std::sort(reads.begin(), reads.end(), earlier);
  std::vector<std::string> notes{counted(reads.size(), "read")};
  std::vector<std::string> accounts = options.accounts;
  std::int64_t total = options.total.value_or(0);
  const bool inferred = !options.total || accounts.empty();
  if (inferred && !reads.empty()) {
    const Value::Map* map = history.operations[reads.front()].output.map();
    if (map != nullptr && accounts.empty()) {
      for (const auto& member : *map) accounts.push_back(member.first);
      notes.push_back("the accounts are those of the first read, " + std::to_string(accounts.size()) + " of them");
    }
    std::sort(accounts.begin(), accounts.end());
    const auto first = balances_of(history, reads.front(), accounts);
    if (!first.ok()) return first.error();
    if (!options.total) {
      total = first->total;
      notes.push_back("the total is that of the first read, " + std::to_string(total));
    }
  }
  std::sort(accounts.begin(), accounts.end());
  Findings findings;
  std::optional<std::int64_t> lowest;
  std::optional<std::int64_t> highest;
  for (const std::size_t i : reads) {
    const auto read = balances_of(history, i, accounts);
    if (!read.ok()) return read.error();
    const std::string who = named(history, i);
    // For a total that was inferred, the read that it came from belongs to the evidence.
    std::vector<std::size_t> involved{i};
    if (!options.total && reads.front() != i) involved.insert(involved.begin(), reads.front());
    if (!read->unexpected.empty()) {
      findings.add("unexpected-key",
                   options.accounts.empty() && reads.front() != i ? std::vector{reads.front(), i} : std::vector{i},
                   who + " returned balances of accounts that are none: " + listed(read->unexpected));
    } else if (!read->nil.empty()) {
      findings.add("nil-balance", {i}, who + " returned no balance for " + listed(read->nil));
    } else if (read->total != total) {
      lowest = std::min(lowest.value_or(read->total), read->total);
      highest = std::max(highest.value_or(read->total), read->total);
      findings.add("wrong-total", involved,
                   who + " returned balances that sum up to " + std::to_string(read->total) + ", though the total is " +
                       std::to_string(total));
    } else if (!options.negative_balances && !read->negative.empty()) {
      findings.add("negative-value", {i}, who + " returned negative balances: " + listed(read->negative));
    }
  }
  if (lowest) notes.push_back("wrong totals from " + std::to_string(*lowest) + " to " + std::to_string(*highest));
  return findings.judgement(history, Verdict::valid, std::move(notes));
}

}  // namespace sim::check::workloads
