// Scripts: sequential programs (coroutines) that a node runs, and Script, a node that is nothing but one program.
//
// A coroutine's frame cannot be copied, hashed or saved. So what counts is not the frame but what it follows from: the program's
// arguments and its journal, the list of what it learned. A copy of a script has no frame; when the next thing comes, it runs the
// program from its beginning through the journal, with every effect muted, and stands where the original stood. The same
// journal on the disk is durable execution: after a crash the program goes on where it was, and asks again for what it waited
// for (after Temporal, and the event sourcing of Durable Functions, Burckhardt et al., OOPSLA 2021).
//
//   struct Ping {                                        // a program: its arguments, its state, its text
//     sim::NodeId whom{};
//     SIM_DESCRIBE(Ping, whom)
//     struct State { std::uint64_t answers = 0; SIM_DESCRIBE(State, answers) };
//     static sim::Task<> run(sim::Proc p, Ping self, State& state) {
//       for (;;) {
//         if (co_await p.call(self.whom, Hello{}, {.timeout = 10_ms})) ++state.answers;
//         co_await p.sleep(1_s);
//       }
//     }
//   };
//   using Node = sim::Script<Ping>;
//
// run() is static and takes its arguments by value, so that its frame holds everything that it needs. What others shall see of a
// program (claims, a viewer) it keeps in its State. A journal grows with what is learned, and a copy costs as much as the
// journal is long when it first goes on: a program that never ends should begin anew now and then.
#pragma once

#include <algorithm>
#include <cassert>
#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/node/node.hpp"
#include "sim/script/proc.hpp"

namespace sim {

/// Arguments, a State, and run(Proc, arguments, State&).
template <class P>
concept Program = Described<P> && Described<typename P::State> && std::default_initializable<typename P::State> &&
    requires(Proc proc, P program, typename P::State& state) {
  { P::run(proc, program, state) } -> std::same_as<Task<>>;
};

namespace detail {
template <class P>
struct InboxOf {
  using type = Accepts<>;
};
template <class P>
requires requires { typename P::Inbox; }
struct InboxOf<P> {
  using type = typename P::Inbox;
};
template <class... M>
Accepts<Answer, Wake, M...> script_inbox(Accepts<M...>);
}  // namespace detail

/// One running program as a value.
template <Program P>
class Fiber {
 public:
  using State = typename P::State;

  Fiber(std::uint64_t id, P program) : id_(id), program_(std::move(program)) {}
  Fiber(const Fiber& other)
      : id_(other.id_), program_(other.program_), state_(other.state_), journal_(other.journal_), done_(other.done_) {}
  Fiber(Fiber&&) noexcept = default;
  Fiber& operator=(Fiber other) noexcept {
    id_ = other.id_;
    program_ = std::move(other.program_);
    state_ = std::move(other.state_);
    journal_ = std::move(other.journal_);
    done_ = other.done_;
    running_ = std::move(other.running_);
    return *this;
  }
  ~Fiber() = default;

  std::uint64_t id() const { return id_; }
  const P& program() const { return program_; }
  const State& state() const { return state_; }
  bool done() const { return done_; }
  const Journal& journal() const { return journal_; }

  /// Runs up to the first wait.
  void begin(Ctx& ctx) {
    running_ = std::make_unique<Running>(*this, ctx, true);
    running_->runtime.now = ctx.now();
    journal_.append({ctx.now(), ctx.self(), {}, 0});  // when it began: now() is a part of what it learned
    start();
  }
  /// Hands over an answer, a timer or a message. Without effect on a program that does not wait for it: an answer that comes too
  /// late, a timer that was taken back.
  void learn(Ctx& ctx, NodeId from, Payload what) {
    if (done_) return;
    if (!running_) {
      [[maybe_unused]] const State before = state_;
      replay(ctx);
      assert(state_ == before);  // else the program does not follow from its journal
    }
    attach(ctx, true);
    Learned learned{ctx.now(), from, std::move(what), 0};
    journal_.append(learned);
    feed(learned);
    detach();
  }
  /// After a crash: goes through what the journal of its former life has, and asks again for what it waits for.
  void recover(Ctx& ctx, Journal journal) {
    journal_ = std::move(journal);
    replay(ctx);
    if (done_) return;
    attach(ctx, true);
    running_->runtime.now = ctx.now();
    for (detail::Wait* wait : running_->runtime.waits) wait->again();
    detach();
  }

  static constexpr std::string_view type_name() { return P::type_name(); }
  static constexpr std::string_view field_list() { return "id, program, state, journal, done"; }
  auto fields() const { return std::tie(id_, program_, state_, journal_, done_); }
  friend bool operator==(const Fiber& a, const Fiber& b) { return a.fields() == b.fields(); }

 private:
  // Everything that cannot be copied. Its place in memory stays, because frames point into it.
  struct Running {
    Running(Fiber& fiber, Ctx& ctx, bool live) {
      runtime.script = fiber.id_;
      runtime.ctx = &ctx;
      runtime.live = live;
      runtime.journal = &fiber.journal_;
    }
    ~Running() { runtime.live = false; }  // what the frames' waits take back now, they take back from nobody
    detail::Runtime runtime;
    State state;
    std::optional<Task<>> root;
  };

  void attach(Ctx& ctx, bool live) {
    running_->runtime.ctx = &ctx;
    running_->runtime.live = live;
    running_->runtime.journal = &journal_;  // the fiber may have moved
  }
  void detach() {
    state_ = running_->state;
    done_ = running_->root->done();
    running_->runtime.live = false;
    running_->runtime.ctx = nullptr;
    if (done_) running_.reset();
  }
  void start() {
    running_->root.emplace(P::run(Proc(running_->runtime), program_, running_->state));
    running_->root->start();
    detach();
  }
  void feed(const Learned& learned) {
    detail::Runtime& runtime = running_->runtime;
    runtime.now = learned.at;
    for (detail::Wait* wait : runtime.waits) {
      const detail::Taken taken = wait->take(learned);
      if (taken == detail::Taken::no) continue;
      if (taken == detail::Taken::over) {
        wait->leave();
        wait->resume();
      }
      return;
    }
    if (receives(learned.what, typename detail::InboxOf<P>::type{})) runtime.mailbox.push_back(learned);
  }
  template <class... M>
  static bool receives(const Payload& what, Accepts<M...>) {
    return ((what.as<M>() != nullptr) || ...);
  }
  void replay(Ctx& ctx) {
    running_ = std::make_unique<Running>(*this, ctx, false);
    detail::Runtime& runtime = running_->runtime;
    runtime.replayed = journal_.first();
    runtime.now = journal_.at(runtime.replayed).at;
    running_->root.emplace(P::run(Proc(runtime), program_, running_->state));
    running_->root->start();
    while (!running_->root->done() && runtime.replayed < journal_.last()) {
      const Learned& next = journal_.at(++runtime.replayed);
      assert(next.what);  // a choice that the program did not ask for: it does not follow from its journal
      feed(next);
    }
    detach();
  }

  std::uint64_t id_;
  P program_;
  State state_{};
  Journal journal_;
  bool done_ = false;
  std::unique_ptr<Running> running_;  // none in a copy, until it goes on
};

/// What has become of a program that ended.
template <Program P>
struct Ended {
  std::uint64_t id = 0;
  P program;
  typename P::State state;
};

/// Whether programs survive a crash of their node.
enum class Durability : std::uint8_t {
  in_memory,  ///< they are gone
  durable,    ///< what they learn is written to the disk before anything they say leaves, and they go on after a restart
};
SIM_DESCRIBE_ENUM(Durability, in_memory, durable)

namespace detail {
/// A line of the journal on the disk that all durable scripts of one node share.
struct ScriptRecord {
  std::uint64_t script = 0;
  bool ended = false;
  Payload program;  ///< where the script begins
  Learned learned;
  SIM_DESCRIBE(ScriptRecord, script, ended, program, learned)
};
}  // namespace detail

/// All programs of one kind that a node runs at a time, by numbers that the node gives. The node hands every Answer and Wake to
/// it, and start() to recover().
template <Program P>
class Scripts {
 public:
  explicit Scripts(Durability durability) : durability_(durability) {}

  const std::map<std::uint64_t, Fiber<P>>& running() const { return running_; }
  bool contains(std::uint64_t id) const { return running_.contains(id); }

  /// Begins a program. `id` is not running, and new for as long as answers to an older one may be on their way. Returns it if it
  /// ended at once.
  std::optional<Ended<P>> begin(Ctx& ctx, std::uint64_t id, P program) {
    assert(!running_.contains(id));
    Fiber<P>& fiber = running_.emplace(id, Fiber<P>(id, program)).first->second;
    if (durable()) {
      auto log = journal(ctx);
      begun_.emplace(id, log.last() + 1);
      log.append({id, false, ctx.share(std::move(program)), {}});
    }
    fiber.begin(ctx);
    return after(ctx, fiber, fiber.journal().first());
  }
  /// An answer, for the script that its CallId names. Returns that script if it ended.
  std::optional<Ended<P>> on(Ctx& ctx, NodeId from, const Answer& answer) {
    return learn(ctx, answer.id.script, from, ctx.share(answer));
  }
  std::optional<Ended<P>> on(Ctx& ctx, const Wake& wake) { return learn(ctx, wake.id.script, ctx.self(), ctx.share(wake)); }
  /// A message for that script.
  std::optional<Ended<P>> learn(Ctx& ctx, std::uint64_t id, NodeId from, Payload what) {
    const auto found = running_.find(id);
    if (found == running_.end()) return std::nullopt;
    Fiber<P>& fiber = found->second;
    const std::uint64_t known = fiber.journal().last() + 1;
    fiber.learn(ctx, from, std::move(what));
    return after(ctx, fiber, known);
  }
  /// At start(): the durable scripts of the node's former lives go on. Returns those that turn out to have ended.
  std::vector<Ended<P>> recover(Ctx& ctx) {
    std::vector<Ended<P>> ended;
    if (!durable()) return ended;
    std::map<std::uint64_t, Journal> journals = read_journals(ctx);
    for (auto& [id, learned] : journals) {
      Fiber<P>& fiber = running_.at(id);
      if (learned.empty()) {  // the crash kept that it should begin, and not that it did
        fiber.begin(ctx);
      } else {
        fiber.recover(ctx, learned);
      }
      if (auto end = after(ctx, fiber, learned.last() + 1)) ended.push_back(*std::move(end));
    }
    return ended;
  }

  static constexpr std::string_view type_name() { return "Scripts"; }
  friend void hash_into(Digest& d, const Scripts& s) { hash_into(d, s.running_); }
  friend void json_into(std::string& out, const Scripts& s) { sim::json_into(out, s.running_); }
  friend bool operator==(const Scripts& a, const Scripts& b) { return a.running_ == b.running_; }

 private:
  bool durable() const { return durability_ == Durability::durable; }
  static DurableLog<detail::ScriptRecord> journal(Ctx& ctx) { return ctx.log<detail::ScriptRecord>(P::type_name()); }

  // Writes down what the script learned from `known` on, and ends it where it is done.
  std::optional<Ended<P>> after(Ctx& ctx, Fiber<P>& fiber, std::uint64_t known) {
    const std::uint64_t id = fiber.id();
    if (durable()) {
      auto log = journal(ctx);
      for (; known <= fiber.journal().last(); ++known) log.append({id, false, {}, fiber.journal().at(known)});
    }
    if (!fiber.done()) return std::nullopt;
    Ended<P> ended{id, fiber.program(), fiber.state()};
    running_.erase(id);
    if (durable()) forget(ctx, id);
    return ended;
  }
  // What lies before the oldest running script's beginning is not needed any more.
  void forget(Ctx& ctx, std::uint64_t id) {
    auto log = journal(ctx);
    log.append({id, true, {}, {}});
    begun_.erase(id);
    std::uint64_t oldest = log.last() + 1;
    for (const auto& [other, place] : begun_) oldest = std::min(oldest, place);
    if (oldest - log.first() >= kWorthwhile || begun_.empty()) log.compact(oldest);
  }
  std::map<std::uint64_t, Journal> read_journals(Ctx& ctx) {
    auto log = journal(ctx);
    if (const std::uint64_t damaged = log.first_damaged(); damaged != 0) log.truncate(damaged);
    std::map<std::uint64_t, Journal> journals;
    for (std::uint64_t i = log.first(); i <= log.last(); ++i) {
      const detail::ScriptRecord& record = log.at(i);
      if (record.program) {
        running_.emplace(record.script, Fiber<P>(record.script, *record.program.template as<P>()));
        begun_.emplace(record.script, i);
        journals.emplace(record.script, Journal());
      } else if (record.ended) {
        running_.erase(record.script);
        begun_.erase(record.script);
        journals.erase(record.script);
      } else if (const auto own = journals.find(record.script); own != journals.end()) {
        own->second.append(record.learned);
      }
    }
    return journals;
  }

  static constexpr std::uint64_t kWorthwhile = 64;  // records before a compaction is worth its write
  Durability durability_;
  std::map<std::uint64_t, Fiber<P>> running_;
  std::map<std::uint64_t, std::uint64_t> begun_;  // durable: where in the log each begins
};

namespace detail {
/// On the disk of a node that is one program.
struct ScriptLife {
  std::uint64_t lives = 0;  ///< how often it was started
  Payload result;           ///< the State of a durable program that is done
  SIM_DESCRIBE(ScriptLife, lives, result)
};
template <class M, class... Listed>
constexpr bool lists(Accepts<Listed...>) {
  return (std::same_as<M, Listed> || ...);
}
}  // namespace detail

/// A node that is one program. Messages that the program's Inbox lists wait until it receives them.
template <Program P>
class Script {
 public:
  explicit Script(P program, Durability durability = Durability::in_memory)
      : program_(std::move(program)), durability_(durability), scripts_(durability) {}

  using Inbox = decltype(detail::script_inbox(typename detail::InboxOf<P>::type{}));
  void start(Ctx& ctx) {
    auto life = ctx.saved<detail::ScriptLife>();
    if (life.result) {
      result_ = *life.result.template as<typename P::State>();
      return;
    }
    // A program in memory begins anew, under a new number: answers to its former life must not pass for its own.
    id_ = durability_ == Durability::durable ? 0 : life.lives;
    ++life.lives;
    ctx.save(life);
    if (const auto ended = scripts_.recover(ctx); !ended.empty()) return end(ctx, ended.front());
    if (scripts_.running().empty()) end(ctx, scripts_.begin(ctx, id_, program_));
  }
  void on(Ctx& ctx, NodeId from, const Answer& answer) { end(ctx, scripts_.on(ctx, from, answer)); }
  void on(Ctx& ctx, const Wake& wake) { end(ctx, scripts_.on(ctx, wake)); }
  template <Described M>
  requires(detail::lists<M>(typename detail::InboxOf<P>::type{})) void on(Ctx& ctx, NodeId from, const M& message) {
    end(ctx, scripts_.learn(ctx, id_, from, ctx.share(message)));
  }

  const P& program() const { return program_; }
  bool done() const { return result_.has_value(); }
  /// What the program keeps in sight; what it kept last, once it is done.
  const typename P::State& state() const { return result_ ? *result_ : scripts_.running().begin()->second.state(); }

  static constexpr std::string_view type_name() { return P::type_name(); }
  static constexpr std::string_view field_list() { return "program, id, scripts, result"; }
  auto fields() const { return std::tie(program_, id_, scripts_, result_); }

 private:
  void end(Ctx& ctx, const std::optional<Ended<P>>& ended) {
    if (!ended) return;
    result_ = ended->state;
    if (durability_ != Durability::durable) return;
    auto life = ctx.saved<detail::ScriptLife>();
    life.result = ctx.share(ended->state);
    ctx.save(std::move(life));
  }

  P program_;
  Durability durability_;
  std::uint64_t id_ = 0;
  Scripts<P> scripts_;
  std::optional<typename P::State> result_;
};

}  // namespace sim
