// In steady state an event allocates nothing but its message's own contents. This file counts every operator new of the
// whole test binary; the count is only looked at here.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "tests/unit/world_support.hpp"

namespace {

std::uint64_t g_allocations = 0;  // of the process, which has one thread

void* counted(std::size_t size) {
  ++g_allocations;
  void* block = std::malloc(size == 0 ? 1 : size);
  if (block == nullptr) std::abort();
  return block;
}

void* counted_aligned(std::size_t size, std::align_val_t alignment) {
  ++g_allocations;
  const auto a = static_cast<std::size_t>(alignment);
  void* block = std::aligned_alloc(a, (size + a - 1) / a * a);
  if (block == nullptr) std::abort();
  return block;
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return counted_aligned(size, alignment); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return counted_aligned(size, alignment); }
void operator delete(void* block) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }

namespace {

using namespace world_test;  // NOLINT(google-build-using-namespace)

struct Ball {
  std::uint64_t hits = 0;
  SIM_DESCRIBE(Ball, hits)
};

/// Returns each ball.
struct Player {
  std::uint64_t hits = 0;
  SIM_DESCRIBE(Player, hits)
  using Inbox = Accepts<Ball>;
  void start(Ctx& ctx) { ctx.broadcast(Ball{0}); }
  void on(Ctx& ctx, NodeId from, const Ball& ball) {
    hits = ball.hits;
    ctx.send(from, Ball{ball.hits + 1});
  }
};

struct Tick {
  SIM_DESCRIBE(Tick)
};

struct Nudge {
  std::uint32_t which = 0;
  SIM_DESCRIBE(Nudge, which)
};

/// Sets, moves and takes back timers; saves to a slow disk.
struct Clockwork {
  std::uint64_t ticks = 0;
  SIM_DESCRIBE(Clockwork, ticks)
  using Inbox = Accepts<Tick, Nudge>;
  void start(Ctx& ctx) { ctx.set_timer(Tick{}, 1_ms); }
  void on(Ctx& ctx, const Tick&) {
    ++ticks;
    ctx.set_timer(Tick{}, ctx.jitter(1_ms, 3_ms));
    ctx.set_timer(Nudge{static_cast<std::uint32_t>(ticks % 4)}, 20_ms);
    if (ticks % 3 == 0) ctx.cancel_timer(Nudge{static_cast<std::uint32_t>(ticks / 3 % 4)});
    if (ticks % 5 == 0) ctx.save(Kept{ticks});
  }
  void on(Ctx&, const Nudge&) {}
};

template <class N>
World many(std::uint32_t nodes, const Latency& fsync) {
  World world(1);
  for (std::uint32_t i = 0; i < nodes; ++i) world.add(NodeBox(N{}), {.system = "s", .name = "n", .fsync = fsync});
  world.start(Link{});
  return world;
}

/// What 100,000 events may allocate: a bucket of the queue grows when more events than ever fall into it, or is used for
/// the first time when the clock passes a power of two. That is a handful a run and never once an event.
constexpr std::uint64_t kHandful = 30;

/// Allocations of that many events, after as many to warm up.
std::uint64_t allocations(World& world, int events) {
  for (int i = 0; i < events; ++i) world.step();
  const std::uint64_t before = g_allocations;
  for (int i = 0; i < events; ++i) world.step();
  return g_allocations - before;
}

}  // namespace

TEST_CASE("the count of allocations counts", "[world]") {
  const std::uint64_t before = g_allocations;
  const std::vector<int> one(100);
  const std::string two(100, 'x');
  CHECK(one.size() + two.size() == 200);
  CHECK(g_allocations - before == 2);
}

TEST_CASE("messages in steady state allocate nothing", "[world]") {
  World world = many<Player>(5, {});
  CHECK(allocations(world, 100'000) <= kHandful);
}

TEST_CASE("timers and saves in steady state allocate nothing", "[world]") {
  World world = many<Clockwork>(5, {});
  CHECK(allocations(world, 100'000) <= kHandful);
}

TEST_CASE("disk syncs in steady state allocate nothing", "[world]") {
  World world = many<Clockwork>(5, Latency::fixed(5_ms));
  CHECK(allocations(world, 100'000) <= kHandful);
}
