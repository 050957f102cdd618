// Proc: what a program sees of the world while it runs: sleep, call, receive, and what a Ctx offers beside.
#pragma once

#include <algorithm>
#include <cassert>
#include <coroutine>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/cow_log.hpp"
#include "sim/script/calls.hpp"
#include "sim/script/task.hpp"

namespace sim {

/// Something that a program learned from outside: a message or a timer, or (without `what`) what chance decided. All that a
/// program does follows from its arguments and the list of these.
struct Learned {
  Time at{};  ///< by the node's own clock
  NodeId from{};
  Payload what;
  std::uint64_t choice = 0;
  SIM_DESCRIBE(Learned, at, from, what, choice)
};

/// What a program has learned, oldest first. Copies share it.
using Journal = CowLog<Learned>;

/// How long a call waits and how often it is sent. The waits double up to `longest_timeout`.
struct CallOptions {
  Duration timeout;            ///< for the first answer; above 0
  std::uint32_t attempts = 1;  ///< sent so often at most; 0: until it is answered
  Duration longest_timeout{};  ///< of later attempts; 0: all wait as long as the first
};

namespace detail {

struct Runtime;

/// What a wait makes of something that came.
enum class Taken : std::uint8_t {
  no,    ///< it is not what it waits for
  kept,  ///< it was, and the wait goes on
  over,  ///< the wait is over
};

/// A place where a coroutine stands until something comes. Lives in the coroutine's frame; its runtime lists all, oldest first.
class Wait {
 public:
  explicit Wait(Runtime& runtime) : runtime_(&runtime) {}
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

  virtual Taken take(const Learned& learned) = 0;
  /// Asks the world again for what it waits for: after a crash that took messages and timers.
  virtual void again() = 0;

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> who);
  void await_resume() const {}
  void resume() { who_.resume(); }
  void leave();

 protected:
  ~Wait() { leave(); }
  Runtime& runtime() const { return *runtime_; }

 private:
  Runtime* runtime_;
  std::coroutine_handle<> who_;
  bool listed_ = false;
};

/// The world of one program. Never copied: a copy of a script replays its journal into a new one.
struct Runtime {
  std::uint64_t script = 0;
  Ctx* ctx = nullptr;  // of the handler that runs
  bool live = true;    // false: what the program does was done before and has no effect now
  Time now{};
  std::uint32_t steps = 0;
  std::vector<Wait*> waits;      // oldest first
  std::vector<Learned> mailbox;  // messages that nobody has received yet
  Journal* journal = nullptr;
  std::uint64_t replayed = 0;  // entries of the journal that the program has seen, while it is replayed

  CallId next_id() { return {script, steps++}; }
  void set_timer(CallId id, Duration after) const {
    if (live) ctx->set_timer(Wake{id}, after);
  }
  void cancel_timer(CallId id) const {
    if (live) ctx->cancel_timer(Wake{id});
  }
  void send(NodeId to, const Payload& what) const {
    if (live) ctx->send(to, what);
  }
  std::uint64_t choose(Purpose what, std::uint64_t options) {
    if (!live && replayed < journal->last()) {
      const Learned& then = journal->at(++replayed);
      assert(!then.what);  // else the program does not follow from its journal
      return then.choice;
    }
    live = true;  // a crash kept what came before this choice, and nothing that was said after it can have left
    const std::uint64_t choice = ctx->choose(what, options);
    journal->append({now, ctx->self(), {}, choice});
    replayed = journal->last();
    return choice;
  }
};

inline void Wait::await_suspend(std::coroutine_handle<> who) {
  who_ = who;
  listed_ = true;
  runtime_->waits.push_back(this);
}
inline void Wait::leave() {
  if (listed_) std::erase(runtime_->waits, this);
  listed_ = false;
}

inline bool is_wake(const Learned& learned, CallId id) {
  const Wake* wake = learned.what.as<Wake>();
  return wake != nullptr && wake->id == id;
}

class SleepWait final : public Wait {
 public:
  SleepWait(Runtime& runtime, Duration length) : Wait(runtime), id_(runtime.next_id()), due_(runtime.now + length) {
    runtime.set_timer(id_, length);
  }
  ~SleepWait() {
    if (!rested_) runtime().cancel_timer(id_);
  }
  Taken take(const Learned& learned) override {
    rested_ = is_wake(learned, id_);
    return rested_ ? Taken::over : Taken::no;
  }
  void again() override { runtime().set_timer(id_, std::max(Duration{}, due_ - runtime().now)); }

 private:
  CallId id_;
  Time due_;
  bool rested_ = false;
};

class CallWait final : public Wait {
 public:
  CallWait(Runtime& runtime, CallId id, NodeId to, Payload question, CallOptions options)
      : Wait(runtime), id_(id), to_(to), question_(std::move(question)), options_(options), timeout_(options.timeout) {
    ask();
  }
  ~CallWait() {
    if (!given_up_) runtime().cancel_timer(id_);
  }
  Taken take(const Learned& learned) override {
    if (const Answer* answer = learned.what.as<Answer>(); answer != nullptr && answer->id == id_) {
      answer_ = answer->body;
      return Taken::over;
    }
    if (!is_wake(learned, id_)) return Taken::no;
    given_up_ = options_.attempts != 0 && sent_ >= options_.attempts;
    if (given_up_) return Taken::over;
    timeout_ = std::max(timeout_, std::min(timeout_ * 2, options_.longest_timeout));
    ask();
    return Taken::kept;
  }
  void again() override {
    runtime().send(to_, question_);
    runtime().set_timer(id_, timeout_);
  }
  const Payload& answer() const { return answer_; }

 private:
  void ask() {
    ++sent_;
    again();
  }

  CallId id_;
  NodeId to_;
  Payload question_;
  CallOptions options_;
  Duration timeout_;
  std::uint32_t sent_ = 0;
  bool given_up_ = false;
  Payload answer_;
};

template <Described M>
class ReceiveWait final : public Wait {
 public:
  ReceiveWait(Runtime& runtime, std::optional<Duration> timeout) : Wait(runtime), id_(runtime.next_id()) {
    if (timeout) due_ = runtime.now + *timeout;
    again();
  }
  ~ReceiveWait() {
    if (due_) runtime().cancel_timer(id_);
  }
  Taken take(const Learned& learned) override {
    if (const M* message = learned.what.as<M>(); message != nullptr) {
      got_.emplace(learned.from, *message);
      return Taken::over;
    }
    return is_wake(learned, id_) ? Taken::over : Taken::no;
  }
  void again() override {
    if (due_) runtime().set_timer(id_, std::max(Duration{}, *due_ - runtime().now));
  }
  std::optional<std::pair<NodeId, M>> got() { return std::move(got_); }

 private:
  CallId id_;
  std::optional<Time> due_;
  std::optional<std::pair<NodeId, M>> got_;
};

inline Task<> sleep(Runtime* runtime, Duration length) {
  SleepWait wait(*runtime, length);
  co_await wait;
}

template <Described Q>
Task<std::optional<typename Q::Answer>> call(Runtime* runtime, NodeId to, Q question, CallOptions options) {
  const CallId id = runtime->next_id();
  CallWait wait(*runtime, id, to, runtime->ctx->share(Call<Q>{id, std::move(question)}), options);
  co_await wait;
  const auto* answer = wait.answer().template as<typename Q::Answer>();
  if (answer == nullptr) co_return std::nullopt;
  co_return *answer;
}

template <Described M>
Task<std::optional<std::pair<NodeId, M>>> receive(Runtime* runtime, std::optional<Duration> timeout) {
  auto& mailbox = runtime->mailbox;
  const auto first =
      std::find_if(mailbox.begin(), mailbox.end(), [](const Learned& l) { return l.what.template as<M>() != nullptr; });
  if (first != mailbox.end()) {
    std::pair<NodeId, M> message(first->from, *first->what.template as<M>());
    mailbox.erase(first);
    co_return message;
  }
  ReceiveWait<M> wait(*runtime, timeout);
  co_await wait;
  co_return wait.got();
}

}  // namespace detail

/// A program's hand on the world. A program is a function of its arguments and of what it learned: everything that it asks of
/// the world it asks of its Proc, and it changes nothing but its own locals and its State.
class Proc {
 public:
  explicit Proc(detail::Runtime& runtime) : runtime_(&runtime) {}

  NodeId self() const { return runtime_->ctx->self(); }
  /// The node's own clock, when the program learned the last thing.
  Time now() const { return runtime_->now; }
  /// The members of a system of the scenario; empty where there is none of that name.
  std::span<const NodeId> members(std::string_view system) const { return runtime_->ctx->members(system); }

  /// Goes on after that time, by the node's own clock.
  Task<> sleep(Duration length) { return detail::sleep(runtime_, length); }
  /// Asks a node and awaits its answer; nothing where none came in time. It may have been served all the same.
  template <Described Q>
  Task<std::optional<typename Q::Answer>> call(NodeId to, Q question, CallOptions options) {
    return detail::call<Q>(runtime_, to, std::move(question), options);
  }
  /// The oldest message of that type that nobody received yet (M is in the program's Inbox), or the next one to come; nothing
  /// where none comes within `timeout`.
  template <Described M>
  Task<std::optional<std::pair<NodeId, M>>> receive(std::optional<Duration> timeout = {}) {
    return detail::receive<M>(runtime_, timeout);
  }
  /// Sends a message once what the node wrote is durable; what a durable script learned is a part of that. A crash may take a
  /// message that was not sent yet, and the script does not send it again: who needs to know calls.
  template <Described M>
  void send(NodeId to, M message) {
    if (runtime_->live) runtime_->ctx->send(to, std::move(message));
  }

  /// One of `options` possibilities, by chance; remembered, so that a replay chooses the same.
  std::uint64_t choose(Purpose what, std::uint64_t options) { return runtime_->choose(what, options); }
  /// A random length of time, both ends included.
  Duration jitter(Duration low, Duration high) {
    assert(low <= high);
    return {low.ns + static_cast<std::int64_t>(choose("jitter", static_cast<std::uint64_t>(high.ns - low.ns) + 1))};
  }
  bool chance(Purpose what, Ratio ratio) { return choose(what, Ratio::kOne) < ratio.billionths; }
  /// Something a client saw, for the history.
  template <Described O>
  void observe(O observation) {
    if (runtime_->live) runtime_->ctx->observe(std::move(observation));
  }
  /// A line in the trace.
  void note(std::string text) {
    if (runtime_->live) runtime_->ctx->note(std::move(text));
  }
  /// Says that a rare place was reached.
  void mark(std::string_view name) {
    if (runtime_->live) runtime_->ctx->mark(name);
  }

 private:
  detail::Runtime* runtime_;
};

}  // namespace sim
