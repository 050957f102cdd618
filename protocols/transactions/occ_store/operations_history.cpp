// What a history says of an operation: the function's name, its input and its output, as each workload's checker wants them.
#include <algorithm>

#include "protocols/transactions/occ_store/operations.hpp"

namespace protocols::occ_store {

namespace {

std::string quoted(std::int64_t n) { return "\"" + std::to_string(n) + "\""; }

bool is_transaction(Does does) { return does == Does::append || does == Does::txn || does == Does::multi_register; }

// One access as a micro-operation: Elle's r, w and append, or Knossos' read and write.
std::string micro(Does does, const Access& access, const Content* result) {
  const bool knossos = does == Does::multi_register;
  const std::string key = std::to_string(access.key.number);
  if (access.kind == AccessKind::append) return "[\"append\"," + key + "," + std::to_string(access.value) + "]";
  if (access.kind == AccessKind::write)
    return (knossos ? "[\"write\"," : "[\"w\",") + key + "," + std::to_string(access.value) + "]";
  const std::string read = (knossos ? "[\"read\"," : "[\"r\",") + key + ",";
  if (result == nullptr) return read + "null]";
  if (does == Does::append) return read + sim::to_json(*result) + "]";
  return read + (result->empty() ? "null" : std::to_string(result->front())) + "]";
}

std::string micros(const Operation& operation, const Effect* effect) {
  std::string out = "[";
  for (std::size_t i = 0; i < operation.accesses.size(); ++i) {
    if (i > 0) out += ',';
    out += micro(operation.does, operation.accesses[i], effect == nullptr ? nullptr : &effect->results[i]);
  }
  return out + "]";
}

std::string balances(const Operation& operation, const Effect& effect) {
  std::string out = "{";
  for (std::size_t i = 0; i < operation.accesses.size(); ++i) {
    const Key& account = operation.accesses[i].key;
    if (i > 0) out += ',';
    out += quoted(account.number) + ":" + std::to_string(number_in(account, effect.results[i]));
  }
  return out + "}";
}

std::string one_or_null(const Content& content) { return content.empty() ? "null" : std::to_string(content.front()); }

// What a look at a collection shows of it.
std::string looked(const Operation& operation, const Content& row) {
  switch (operation.does) {
    case Does::stack: return row.empty() ? "null" : std::to_string(row.back());
    case Does::priority_queue: return row.empty() ? "null" : std::to_string(*std::max_element(row.begin(), row.end()));
    case Does::members: {
      const std::int64_t member = operation.accesses.front().value;
      return std::find(row.begin(), row.end(), member) != row.end() ? "true" : "false";
    }
    case Does::counter: return std::to_string(number_in(operation.accesses.front().key, row));
    default: return sim::to_json(row);
  }
}

}  // namespace

std::string function_of(const Operation& operation) {
  if (is_transaction(operation.does)) return "txn";
  const Does does = operation.does;
  switch (operation.accesses.front().kind) {
    case AccessKind::read:
      if (does == Does::stack || does == Does::priority_queue) return "peek";
      return does == Does::members ? "contains" : "read";
    case AccessKind::append:
      if (does == Does::stack) return "push";
      if (does == Does::priority_queue) return "insert";
      if (does == Does::set) return "add";
      return does == Does::comments ? "write" : "enqueue";
    case AccessKind::write: return "write";
    case AccessKind::take: return "dequeue";
    case AccessKind::deposit: return "add";
    case AccessKind::withdraw: return "transfer";
    case AccessKind::pop: return "pop";
    case AccessKind::poll: return "poll";
    case AccessKind::drain: return "drain";
    case AccessKind::include: return "insert";
    case AccessKind::exclude: return "remove";
    case AccessKind::acquire: return "acquire";
    case AccessKind::release: return "release";
  }
  return {};
}

std::string input_of(const Operation& operation) {
  const Access& first = operation.accesses.front();
  if (is_transaction(operation.does) || operation.does == Does::long_fork) return micros(operation, nullptr);
  switch (first.kind) {
    case AccessKind::read: return operation.does == Does::members ? std::to_string(first.value) : std::string();
    case AccessKind::take:
    case AccessKind::pop:
    case AccessKind::poll:
    case AccessKind::drain:
    case AccessKind::acquire:
    case AccessKind::release: return {};
    case AccessKind::withdraw:
      return "{\"from\":" + std::to_string(first.key.number) + ",\"to\":" + std::to_string(operation.accesses.back().key.number) +
             ",\"amount\":" + std::to_string(first.value) + "}";
    default: return std::to_string(first.value);
  }
}

std::string output_of(const Operation& operation, const Effect& effect) {
  if (is_transaction(operation.does) || operation.does == Does::long_fork) return micros(operation, &effect);
  const Content& result = effect.results.front();
  switch (operation.accesses.front().kind) {
    case AccessKind::read: return operation.does == Does::bank ? balances(operation, effect) : looked(operation, result);
    case AccessKind::take:
    case AccessKind::pop:
    case AccessKind::poll: return one_or_null(result);
    case AccessKind::drain: return sim::to_json(result);
    case AccessKind::include:
    case AccessKind::exclude: return result.empty() ? "false" : "true";
    default: return {};
  }
}

}  // namespace protocols::occ_store
