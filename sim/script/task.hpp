// Task: a coroutine that is started by whoever awaits it, and when_all and when_any of several.
//
//   sim::Task<bool> charge(sim::Proc p, Order order) {
//     const auto paid = co_await p.call(kBank, Charge{order.id}, {.timeout = 50_ms});
//     co_return paid.has_value();
//   }
//
// A Task is a move-only value that owns its frame. Destroying it ends the coroutine where it stands; what it waited for then
// finds nobody.
#pragma once

#include <cassert>
#include <coroutine>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace sim {

template <class T = void>
class Task;

namespace detail {

/// Several children and the one who waits for them.
struct Join {
  std::coroutine_handle<> parent;
  std::size_t open = 0;              // children that have not ended
  std::optional<std::size_t> first;  // the child that ended first
  bool any = false;                  // the first is enough
  bool suspended = false;            // the parent stands and has to be resumed

  /// Child `place` has ended: whom to go on with.
  std::coroutine_handle<> ended(std::size_t place) {
    --open;
    const bool was_first = !first;
    if (was_first) first = place;
    const bool enough = any ? was_first : open == 0;
    return suspended && enough ? parent : std::noop_coroutine();
  }
  bool done() const { return any ? first.has_value() : open == 0; }
};

struct PromiseBase {
  std::coroutine_handle<> waiter = std::noop_coroutine();
  Join* join = nullptr;  // whose child this is, in place of a waiter
  std::size_t place = 0;

  struct End {
    bool await_ready() const noexcept { return false; }
    void await_resume() const noexcept {}
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) const noexcept {
      PromiseBase& promise = self.promise();
      return promise.join != nullptr ? promise.join->ended(promise.place) : promise.waiter;
    }
  };
  std::suspend_always initial_suspend() const noexcept { return {}; }
  End final_suspend() const noexcept { return {}; }
  void unhandled_exception() const noexcept { std::abort(); }  // nothing throws below sim/cli
};

template <class T>
struct Promise final : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  void return_value(T v) { value.emplace(std::move(v)); }
  T take() { return *std::move(value); }
};
template <>
struct Promise<void> final : PromiseBase {
  Task<void> get_return_object();
  void return_void() const {}
  std::monostate take() const { return {}; }
};

/// What a T is in a tuple or a variant.
template <class T>
using Stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (frame_) frame_.destroy();
  }

  /// Runs it up to its first wait. For whoever runs programs; a program awaits.
  void start() { frame_.resume(); }
  bool done() const { return frame_.done(); }

  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) {
    frame_.promise().waiter = waiter;
    return frame_;
  }
  T await_resume() {
    if constexpr (!std::is_void_v<T>) return frame_.promise().take();
  }

  /// As a child of several (when_all, when_any).
  void start_in(detail::Join& join, std::size_t place) {
    frame_.promise().join = &join;
    frame_.promise().place = place;
    frame_.resume();
  }
  detail::Stored<T> take() { return frame_.promise().take(); }

 private:
  std::coroutine_handle<promise_type> frame_;
};

template <class T>
Task<T> detail::Promise<T>::get_return_object() {
  return Task<T>{std::coroutine_handle<Promise<T>>::from_promise(*this)};
}
inline Task<void> detail::Promise<void>::get_return_object() {
  return Task<void>{std::coroutine_handle<Promise<void>>::from_promise(*this)};
}

namespace detail {

/// Starts the children one after the other, in order, until enough of them have ended.
template <class Each>
bool suspend_for(Join& join, std::coroutine_handle<> parent, std::size_t children, bool any, Each&& start) {
  join.parent = parent;
  join.open = children;
  join.any = any;
  for (std::size_t i = 0; i < children && !join.done(); ++i) start(i);
  join.suspended = !join.done();
  return join.suspended;
}

template <bool kAny, class... T>
class JoinFixed {
 public:
  explicit JoinFixed(Task<T>... children) : children_(std::move(children)...) {}
  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> parent) {
    return suspend_for(join_, parent, sizeof...(T), kAny, [this](std::size_t i) { start(i, std::index_sequence_for<T...>()); });
  }
  auto await_resume() {
    if constexpr (kAny) {
      return first(std::index_sequence_for<T...>());
    } else {
      return std::apply([](auto&... child) { return std::tuple<Stored<T>...>(child.take()...); }, children_);
    }
  }

 private:
  template <std::size_t... I>
  void start(std::size_t place, std::index_sequence<I...>) {
    ((I == place ? std::get<I>(children_).start_in(join_, I) : void()), ...);
  }
  template <std::size_t... I>
  std::variant<Stored<T>...> first(std::index_sequence<I...>) {
    std::optional<std::variant<Stored<T>...>> out;
    ((I == *join_.first ? void(out.emplace(std::in_place_index<I>, std::get<I>(children_).take())) : void()), ...);
    return *std::move(out);
  }

  std::tuple<Task<T>...> children_;
  Join join_;
};

template <bool kAny, class T>
class JoinMany {
 public:
  explicit JoinMany(std::vector<Task<T>> children) : children_(std::move(children)) {}
  bool await_ready() const { return !kAny && children_.empty(); }
  bool await_suspend(std::coroutine_handle<> parent) {
    assert(!children_.empty());  // the first of none would never come
    return suspend_for(join_, parent, children_.size(), kAny, [this](std::size_t i) { children_[i].start_in(join_, i); });
  }
  auto await_resume() {
    if constexpr (kAny) {
      return std::pair<std::size_t, Stored<T>>(*join_.first, children_[*join_.first].take());
    } else {
      std::vector<Stored<T>> out;
      out.reserve(children_.size());
      for (Task<T>& child : children_) out.push_back(child.take());
      return out;
    }
  }

 private:
  std::vector<Task<T>> children_;
  Join join_;
};

}  // namespace detail

/// Awaits all: their results as a tuple (std::monostate of a Task<void>).
template <class... T>
auto when_all(Task<T>... children) {
  return detail::JoinFixed<false, T...>(std::move(children)...);
}
/// Awaits the first to end: a variant whose index() says which one. The others end where they stand.
template <class... T>
auto when_any(Task<T>... children) {
  return detail::JoinFixed<true, T...>(std::move(children)...);
}
/// Awaits all: their results in order.
template <class T>
auto when_all(std::vector<Task<T>> children) {
  return detail::JoinMany<false, T>(std::move(children));
}
/// Awaits the first of at least one: its place and its result. The others end where they stand.
template <class T>
auto when_any(std::vector<Task<T>> children) {
  return detail::JoinMany<true, T>(std::move(children));
}

}  // namespace sim
