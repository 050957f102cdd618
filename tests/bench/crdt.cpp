// The text type's speed on editing of the size and shape of two traces that text CRDTs are measured with (josephg/editing-traces):
// one writer for 19,749 edits (sveltecomponent), and two writers at once for 26,078 edits with 2,258 merges (friendsforever). The
// traces themselves are not part of this project, so seeded generators play writers: they type forwards letter by letter, go back
// over what they typed, jump, erase, paste. The first text is checked against a plain string that is edited alike; the two writers'
// against each other.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "measure.hpp"
#include "protocols/crdt/types/text.hpp"
#include "sim/core/random.hpp"

namespace bench {
namespace {

using protocols::crdt::ReplicaId;
using protocols::crdt::Text;
using protocols::crdt::TextChange;
using protocols::crdt::TextEdit;
using sim::Rng;

constexpr std::uint64_t kAlone = 19'749;
constexpr std::uint64_t kTogether = 26'078;
constexpr std::uint64_t kMerges = 2'258;

/// Somebody at a keyboard: where the cursor is, and what comes next.
class Writer {
 public:
  Writer(std::uint64_t seed, std::uint64_t number) : rng_(seed, "writer", number), letter_(static_cast<char>('a' + number)) {}

  TextEdit next(std::uint64_t size) {
    cursor_ = std::min(cursor_, size);
    const std::uint64_t what = rng_.below(1000);
    if (what < 25) cursor_ = rng_.below(size + 1);
    if (what < 865) return type(1);
    if (what < 880) return type(2 + rng_.below(12));
    const std::uint64_t most = what < 990 ? 1 : 2 + rng_.below(12);
    const std::uint64_t erased = std::min(cursor_, most);
    if (erased == 0) return type(1);
    cursor_ -= erased;
    return {cursor_, erased, ""};
  }

 private:
  TextEdit type(std::uint64_t letters) {
    TextEdit out{cursor_, 0, std::string(letters, letter_)};
    cursor_ += letters;
    return out;
  }
  Rng rng_;
  char letter_;
  std::uint64_t cursor_ = 0;
};

struct Desk {
  Desk(std::uint32_t number) : me{sim::NodeId{number}, 1} {}
  ReplicaId me;
  Text text;
  std::vector<TextChange> log;  // own changes that the other has not heard of

  void edit(const TextEdit& e) {
    log.push_back(text.prepare({me, {}}, e));
    text.apply(log.back());
  }
};

void fail(const char* what) {
  fmt::print(stderr, "bench_crdt: {}\n", what);
  std::exit(1);
}

struct Result {
  double seconds = 0;
  std::uint64_t characters = 0;
  std::uint64_t runs = 0;
};

Result alone(std::uint64_t edits) {
  std::vector<TextEdit> trace;
  std::string plain;
  Writer writer(1, 0);
  for (std::uint64_t i = 0; i < edits; ++i) {
    trace.push_back(writer.next(plain.size()));
    plain.replace(trace.back().position, trace.back().erase, trace.back().insert);
  }
  const double began = cpu_seconds();
  Text text;
  const ReplicaId me{sim::NodeId{0}, 1};
  for (const TextEdit& edit : trace) text.apply(text.prepare({me, {}}, edit));
  const double seconds = cpu_seconds() - began;
  if (text.value() != plain) fail("the text differs from a plain string edited alike");
  return {seconds, plain.size(), text.sequence.runs()};
}

/// Two writers, each at a desk of its own; at each merge each hears what the other did since the last.
Result together(std::uint64_t edits, std::uint64_t merges) {
  std::vector<Desk> desks{Desk(0), Desk(1)};
  std::vector<Writer> writers{Writer(2, 0), Writer(2, 1)};
  Rng rng(2, "who", 0);
  const double began = cpu_seconds();
  std::uint64_t merged = 0;
  const auto merge = [&] {
    for (const TextChange& change : desks[1].log) desks[0].text.apply(change);
    for (const TextChange& change : desks[0].log) desks[1].text.apply(change);
    desks[0].log.clear();
    desks[1].log.clear();
  };
  for (std::uint64_t i = 0; i < edits; ++i) {
    const std::uint64_t who = rng.below(2);
    desks[who].edit(writers[who].next(desks[who].text.sequence.size()));
    if ((i + 1) * merges / edits <= merged) continue;
    ++merged;
    merge();
  }
  merge();
  const double seconds = cpu_seconds() - began;
  if (!(desks[0].text == desks[1].text)) fail("the two writers' texts differ");
  return {seconds, desks[0].text.sequence.size(), desks[0].text.sequence.runs()};
}

template <class Work>
Result best(int runs, Work&& work) {
  Result out;
  out.seconds = median(runs, [&] {
    out = work();
    return out.seconds;
  });
  return out;
}

int bench_main(const Options& options) {
  const std::uint64_t part = options.smoke ? 20 : 1;
  const Result one = best(options.runs, [&] { return alone(kAlone / part); });
  const Result two = best(options.runs, [&] { return together(kTogether / part, kMerges / part); });
  const auto show = [&](const char* name, const Result& r, std::uint64_t edits, std::uint64_t applied) {
    const double ns = r.seconds * 1e9 / static_cast<double>(applied);
    if (options.json) {
      fmt::print("{{\"bench\":\"{}\",\"edits\":{},\"ms\":{:.3f},\"ns_per_operation\":{:.1f},\"characters\":{},\"runs\":{}}}\n",
                 name, edits, r.seconds * 1e3, ns, r.characters, r.runs);
    } else {
      fmt::print("{:<10} {:>7} edits {:>9.2f} ms {:>8.0f} ns an operation   {} characters in {} runs\n", name, edits,
                 r.seconds * 1e3, ns, r.characters, r.runs);
    }
  };
  show("alone", one, kAlone / part, kAlone / part);
  show("together", two, kTogether / part, 2 * (kTogether / part));  // each edit at its own desk and at the other
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::bench_main(bench::options(argc, argv)); }
