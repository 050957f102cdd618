// The models that a history can be judged by, and how its operations become theirs; docs/checking.md describes each.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/linearizability.hpp"
#include "sim/check/models_values.hpp"

namespace sim::check {

/// What the operations of a history are operations of: an object, transactions, or a workload with a claim of its own.
enum class ModelName : std::uint8_t {
  reg,             ///< "register": read, write; a key where there is one names a register of its own
  cas_register,    ///< "cas-register": also cas [expected, new], which is ok with output false when it found another value
  kv,              ///< "kv": get, put, append, delete and cas of texts by key; nil and "" are the same
  mutex,           ///< "mutex": acquire, release; unlocked at first
  multi_register,  ///< "multi-register": txn [[read x v] [write y v] ...], all at once
  set,             ///< "set": insert, remove, contains
  queue,           ///< "queue": enqueue, dequeue; first in, first out
  stack,           ///< "stack": push, pop, peek
  priority_queue,  ///< "priority-queue": insert, poll (the greatest), peek
  list_append,     ///< "list-append": txn [[append k v] [r k [v ...]] ...]
  rw_register,     ///< "rw-register": txn [[w k v] [r k v] ...]
  bank,            ///< "bank": transfer, and read of all accounts
  counter,         ///< "counter": add, read
  set_full,        ///< "set-full": add, and read of the whole set
  total_queue,     ///< "total-queue": enqueue, dequeue, drain; nothing is lost or made up, in any order
  unique_ids,      ///< "unique-ids": generate
  long_fork,       ///< "long-fork": writes of one key each, reads of groups
  kafka,           ///< "kafka": send, poll, commit of offsets, on logs by key
  comments,        ///< "comments": writes, and reads of all that was written
};

/// A model in the list that help shows.
struct ModelInfo {
  ModelName name;
  std::string_view text;     ///< what `--model` takes
  std::string_view summary;  ///< one line
};

/// All models, in the order in which help shows them.
std::span<const ModelInfo> all_models();
/// What `--model` takes for it.
std::string_view to_text(ModelName name);
/// The model of that name, or nullopt.
std::optional<ModelName> model_named(std::string_view text);

/// The history as partitions of the machine of values, one a key. For every model but multi_register.
/// Error: `where` is the operation's line or number; a function that the model does not have, a malformed operand, or an
/// operation of a store without a key.
Result<std::vector<Partition<ValueMachine>>> partition_values(ModelName name, const History& history);

/// Several registers under transactions (Knossos' multi-register); also an example of a Model. Values are JSON texts.
class MultiRegister {
 public:
  struct Access {
    bool write = false;
    bool any = false;  ///< a read that says nothing
    std::string name;
    std::string value;
    friend bool operator==(const Access&, const Access&) = default;
  };
  using Op = std::vector<Access>;
  using State = std::vector<std::pair<std::string, std::string>>;  ///< registers that were written, sorted by name

  explicit MultiRegister(const History& history)
      : initial_(history.initial.to_json()), nil_reads_match_any_(history.nil_reads_match_any) {}

  State initial() const { return {}; }
  Result<std::optional<Op>> encode(const Operation& operation) const;
  bool step(State& state, const Op& op) const;
  std::uint64_t hash(const State& state) const;
  std::uint64_t hash(const Op& op) const;
  bool pure(const Op& op) const;

 private:
  std::string initial_;
  bool nil_reads_match_any_;
};

}  // namespace sim::check
