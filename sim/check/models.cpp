#include "sim/check/models.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

namespace sim::check {

namespace {

constexpr std::array<ModelInfo, 19> kModels{{
    {ModelName::reg, "register", "read and write of one value (of one a key, where there are keys)"},
    {ModelName::cas_register, "cas-register", "a register with cas [expected, new]"},
    {ModelName::kv, "kv", "get, put, append, delete and cas of texts by key"},
    {ModelName::mutex, "mutex", "acquire and release of a lock"},
    {ModelName::multi_register, "multi-register", "transactions (txn) that read and write several registers at once"},
    {ModelName::set, "set", "insert, remove and contains"},
    {ModelName::queue, "queue", "enqueue and dequeue, first in, first out"},
    {ModelName::stack, "stack", "push, pop and peek"},
    {ModelName::priority_queue, "priority-queue", "insert, poll and peek: the greatest first"},
    {ModelName::list_append, "list-append", "transactions that append to lists and read them"},
    {ModelName::rw_register, "rw-register", "transactions that write and read registers"},
    {ModelName::bank, "bank", "transfers, and reads of all accounts: the total stays"},
    {ModelName::counter, "counter", "adds, and reads within what they allow"},
    {ModelName::set_full, "set-full", "adds, and reads of the set: nothing is lost"},
    {ModelName::total_queue, "total-queue", "enqueue, dequeue, drain: nothing is lost, in any order"},
    {ModelName::unique_ids, "unique-ids", "generate never returns the same twice"},
    {ModelName::long_fork, "long-fork", "reads agree on the order of writes"},
    {ModelName::kafka, "kafka", "send and poll on logs: offsets and their order hold"},
    {ModelName::comments, "comments", "a write is seen with all that had completed before it"},
}};

Error at(const History& history, std::uint32_t index, std::string what) {
  const std::uint32_t line = history.operations[index].call_line;
  return {line != 0 ? "line " + std::to_string(line) : "operation " + std::to_string(index), std::move(what)};
}

// What one operation looks for and leaves behind, before values are numbers.
struct Intent {
  const Value* equals = nullptr;
  const Value* differs = nullptr;
  const Value* set = nullptr;
  const Value* piece = nullptr;
};

// Turns the operations of a history into partitions of the machine of values.
class ValueEncoder {
 public:
  ValueEncoder(ModelName model, const History& history) : model_(model), history_(history) {}

  Result<std::vector<Partition<ValueMachine>>> encode() {
    std::vector<Partition<ValueMachine>> out;
    if (!group()) return error_;
    out.reserve(groups_.size());
    for (const std::vector<std::uint32_t>& group : groups_) {
      out.push_back({ValueMachine(model_ == ModelName::kv ? ValueSpace::Identity::text : ValueSpace::Identity::exact), 0, {}});
      if (!fill(group, out.back())) return error_;
    }
    return out;
  }

 private:
  bool fail(std::uint32_t index, std::string what) {
    error_ = at(history_, index, std::move(what));
    return false;
  }

  // The operations of each key, keys in the order of their first operations.
  bool group() {
    std::map<std::string_view, std::size_t> by_key;
    std::size_t keyless = kNoIndex;
    for (const std::uint32_t i : by_invocation(history_)) {
      const Operation& op = history_.operations[i];
      if (op.outcome == Outcome::fail) continue;
      if (!op.key && model_ == ModelName::kv) return fail(i, "a " + op.f + " of the model kv needs a key");
      std::size_t* place = &keyless;
      if (op.key) place = &by_key.emplace(*op.key, kNoIndex).first->second;
      if (*place == kNoIndex) {
        *place = groups_.size();
        groups_.emplace_back();
      }
      groups_[*place].push_back(i);
    }
    return true;
  }

  bool fill(const std::vector<std::uint32_t>& group, Partition<ValueMachine>& out) {
    ValueSpace& space = out.machine.space;
    intents_.assign(group.size(), {});
    bool appends = false;
    bool differs = false;
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (!intend(group[i], intents_[i])) return false;
      if (intents_[i].equals != nullptr) space.look_for(*intents_[i].equals);
      if (intents_[i].differs != nullptr) space.look_for(*intents_[i].differs);
      appends = appends || intents_[i].piece != nullptr;
      differs = differs || intents_[i].differs != nullptr;
    }
    space.seal(appends);
    out.machine.start = space.state(model_ == ModelName::mutex ? unlocked_ : history_.initial);
    out.ops.reserve(group.size());
    for (std::size_t i = 0; i < group.size(); ++i) {
      const Operation& op = history_.operations[group[i]];
      const bool pending = op.outcome == Outcome::info;
      const Effect effect = encode(space, intents_[i]);
      const std::uint32_t cls = out.machine.class_of(effect);
      // What may never happen, and helps nobody if it does, need not be looked at.
      if (pending && (out.machine.pure(cls) || (effect.set == ValueSpace::kOther && !differs))) continue;
      out.ops.push_back({group[i], cls, op.invoked, pending ? CompactOp::kPending : op.returned});
    }
    out.classes = out.machine.classes();
    return true;
  }

  static Effect encode(ValueSpace& space, const Intent& intent) {
    Effect effect;
    if (intent.equals != nullptr) effect.equals = space.state(*intent.equals);
    if (intent.differs != nullptr) effect.differs = space.state(*intent.differs);
    if (intent.set != nullptr) effect.set = space.state(*intent.set);
    if (intent.piece != nullptr) {
      const std::uint32_t piece = space.piece(*intent.piece);
      if (!space.empty_piece(piece)) effect.piece = piece;
    }
    return effect;
  }

  bool intend(std::uint32_t index, Intent& out) {
    const Operation& op = history_.operations[index];
    const bool ok = op.outcome == Outcome::ok;
    const bool store = model_ == ModelName::kv;
    if (model_ == ModelName::mutex) {
      if (op.f != "acquire" && op.f != "release") return unknown(index);
      out.equals = op.f == "acquire" ? &unlocked_ : &locked_;
      out.set = op.f == "acquire" ? &locked_ : &unlocked_;
      return true;
    }
    if (op.f == "read" || (store && op.f == "get")) {
      const bool any = !ok || (history_.nil_reads_match_any && op.output.is_nil());
      out.equals = any ? nullptr : &op.output;
    } else if (op.f == "write" || (store && op.f == "put")) {
      out.set = &op.input;
    } else if (op.f == "cas" && model_ != ModelName::reg) {
      const Value::List* operands = op.input.list();
      if (operands == nullptr || operands->size() != 2) return fail(index, "a cas needs [expected, new]");
      const bool refused = ok && op.output.boolean() != nullptr && !*op.output.boolean();
      (refused ? out.differs : out.equals) = operands->data();
      out.set = refused ? nullptr : operands->data() + 1;
    } else if (store && op.f == "append") {
      out.piece = &op.input;
    } else if (store && op.f == "delete") {
      out.set = &nil_;
    } else {
      return unknown(index);
    }
    return true;
  }

  bool unknown(std::uint32_t index) {
    return fail(index, "the model " + std::string(to_text(model_)) + " has no function \"" + history_.operations[index].f + "\"");
  }

  ModelName model_;
  const History& history_;
  std::vector<std::vector<std::uint32_t>> groups_;
  std::vector<Intent> intents_;
  Error error_;
  const Value nil_;
  const Value locked_ = Value(true);
  const Value unlocked_ = Value(false);
};

std::string name_of(const Value& value) { return value.text() != nullptr ? *value.text() : value.to_json(); }

}  // namespace

std::span<const ModelInfo> all_models() { return kModels; }

std::string_view to_text(ModelName name) {
  for (const ModelInfo& info : kModels) {
    if (info.name == name) return info.text;
  }
  return {};
}

std::optional<ModelName> model_named(std::string_view text) {
  for (const ModelInfo& info : kModels) {
    if (info.text == text) return info.name;
  }
  return std::nullopt;
}

std::vector<std::uint32_t> by_invocation(const History& history) {
  std::vector<std::uint32_t> out(history.operations.size());
  std::iota(out.begin(), out.end(), 0U);
  const auto earlier = [&](std::uint32_t a, std::uint32_t b) {
    return history.operations[a].invoked < history.operations[b].invoked;
  };
  if (!std::is_sorted(out.begin(), out.end(), earlier)) std::sort(out.begin(), out.end(), earlier);
  return out;
}

Result<std::vector<Partition<ValueMachine>>> partition_values(ModelName name, const History& history) {
  return ValueEncoder(name, history).encode();
}

Result<std::optional<MultiRegister::Op>> MultiRegister::encode(const Operation& operation) const {
  const std::string where = operation.call_line == 0 ? std::string() : "line " + std::to_string(operation.call_line);
  if (operation.f != "txn") return Error{where, "the model multi-register has no function \"" + operation.f + "\""};
  const bool known = operation.outcome == Outcome::ok && operation.output.list() != nullptr;
  const Value::List* accesses = known ? operation.output.list() : operation.input.list();
  if (accesses == nullptr) return Error{where, "a txn needs a list of accesses such as [read x 1]"};
  Op op;
  for (const Value& access : *accesses) {
    const Value::List* parts = access.list();
    if (parts == nullptr || parts->size() < 2 || parts->size() > 3 || (*parts)[0].text() == nullptr) {
      return Error{where, "an access of a txn should be [read register value] or [write register value]"};
    }
    const std::string& kind = *(*parts)[0].text();
    const bool write = kind == "write" || kind == "w";
    if (!write && kind != "read" && kind != "r")
      return Error{where, "an access of a txn reads or writes; \"" + kind + "\" does neither"};
    const Value value = parts->size() == 3 ? (*parts)[2] : Value();
    const bool any = !write && (!known || (nil_reads_match_any_ && value.is_nil()));
    op.push_back({write, any, name_of((*parts)[1]), any ? std::string() : value.to_json()});
  }
  return std::optional<Op>(std::move(op));
}

bool MultiRegister::step(State& state, const Op& op) const {
  for (const Access& access : op) {
    if (access.any) continue;
    auto place = std::lower_bound(state.begin(), state.end(), access.name,
                                  [](const auto& held, const std::string& name) { return held.first < name; });
    const bool there = place != state.end() && place->first == access.name;
    if (!access.write) {
      if (access.value != (there ? place->second : initial_)) return false;
    } else if (there) {
      place->second = access.value;
    } else {
      state.insert(place, {access.name, access.value});
    }
  }
  return true;
}

std::uint64_t MultiRegister::hash(const State& state) const {
  std::uint64_t h = state.size();
  for (const auto& [name, value] : state) h = mix(h ^ hash_text(name)) + hash_text(value);
  return h;
}

std::uint64_t MultiRegister::hash(const Op& op) const {
  std::uint64_t h = op.size();
  for (const Access& access : op) {
    h = mix(h ^ hash_text(access.name)) + hash_text(access.value) + (access.write ? 1 : 0) + (access.any ? 2 : 0);
  }
  return h;
}

bool MultiRegister::pure(const Op& op) const {
  return std::none_of(op.begin(), op.end(), [](const Access& access) { return access.write; });
}

}  // namespace sim::check
