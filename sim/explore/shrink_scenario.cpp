// The first stage of shrink(): a simpler scenario. Each change is a change of the document, as a person would make it.
#include <algorithm>

#include "sim/explore/shrink_search.hpp"

namespace sim {

namespace {

/// A document with one member changed, added or (of a list) left out.
Value with(Value document, const std::string& path, const Value& value) {
  const auto wrong = set_member(document, path + "=" + value.to_json());
  return wrong ? Value() : document;  // no scenario loads from nothing
}

const Value* at(const Value& document, std::string_view path) {
  const Value* out = &document;
  while (out != nullptr && !path.empty()) {
    const std::size_t end = std::min(path.find('.'), path.size());
    const std::string_view key = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (const Value::List* list = out->list()) {
      const std::size_t i = static_cast<std::size_t>(key.front() - '0');
      out = key.size() == 1 && i < list->size() ? &(*list)[i] : nullptr;
    } else {
      out = out->find(key);
    }
  }
  return out;
}

std::size_t length_at(const Value& document, std::string_view path) {
  const Value* found = at(document, path);
  return found == nullptr || found->list() == nullptr ? 0 : found->list()->size();
}

class Simplifier {
 public:
  explicit Simplifier(ShrinkSearch& search) : search_(search) {}

  void other_seed() {
    search_.begin_stage("seeds");
    for (std::uint64_t seed = 1; seed <= 4 * search_.seeds() && !search_.stopped(); ++seed) {
      if (search_.size().events > 1)
        search_.attempt(ShrinkCase{search_.best().scenario, seed, search_.best().decisions}, search_.size().events - 1);
    }
  }

  /// A list with fewer elements.
  void shorten(const std::string& path) {
    for (std::size_t i = length_at(document(), path); i-- > 0;) {
      Value::List fewer = *at(document(), path)->list();
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      attempt(with(document(), path, Value(std::move(fewer))), 1);
    }
  }

  /// A smaller number: the first of `tries` that will do, then ever the half.
  void lower(const std::string& path, std::int64_t standard, const std::vector<std::int64_t>& tries, std::uint64_t slack) {
    const Value* now = at(document(), path);
    if (now != nullptr && now->integer() == nullptr) return;
    const std::int64_t found = now == nullptr ? standard : *now->integer();
    for (const std::int64_t n : tries) {
      if ((n < found || found == 0) && attempt(with(document(), path, Value(n)), slack)) return;
    }
  }

  /// Another value, unless it is that already.
  void replace(const std::string& path, const Value& value) {
    const Value* now = at(document(), path);
    if (now == nullptr || *now == value) return;
    attempt(with(document(), path, value), 1);
  }

  void clients() {
    search_.begin_stage("clients");
    shorten("clients");
    for (std::size_t i = 0; i < length_at(document(), "clients"); ++i) {
      const std::string group = "clients." + std::to_string(i) + ".";
      lower(group + "count", 1, {1, 2, 3}, 2);
      lower(group + "operations", 0, {1, 2, 3, 5, 10}, 1);
      lower(group + "keys", 5, {1, 2, 3}, 1);
    }
  }

  void systems() {
    search_.begin_stage("nodes");
    for (std::size_t i = 0; i < length_at(document(), "systems"); ++i) {
      const std::string system = "systems." + std::to_string(i) + ".";
      lower(system + "nodes", 0, {1, 2, 3, 4, 5}, 2);
      if (at(document(), system + "fsync") == nullptr) {
        attempt(with(document(), system + "fsync", Value("0s")), 1);
      } else {
        replace(system + "fsync", Value("0s"));
      }
    }
  }

  void faults() {
    search_.begin_stage("faults");
    shorten("faults");
    shorten("nemesis.mix");
    replace("swarm", Value(Value::Map{{"faults", Value(false)}, {"operations", Value(false)}}));
  }

  void network() {
    search_.begin_stage("network");
    shorten("network.links");
    replace("network.loss", Value(std::int64_t{0}));
    replace("network.duplicate", Value(std::int64_t{0}));
    replace("network.corrupt", Value(std::int64_t{0}));
    if (at(document(), "network") != nullptr) replace("network.latency", Value("5ms"));
  }

 private:
  const Value& document() const { return search_.best().scenario.source; }
  bool attempt(const Value& document, std::uint64_t slack) {
    return search_.attempt(document, search_.size().events * slack, search_.seeds());
  }

  ShrinkSearch& search_;
};

/// The document with a run that lasts that long, all of it with faults.
Value lasting(const Value& document, Time end) { return with(with(document, "quiet", Value("0s")), "duration", Value(to_text(end - Time{}))); }

}  // namespace

void shrink_scenario(ShrinkSearch& search) {
  Simplifier simplifier(search);
  for (std::uint64_t events = 0; events != search.size().events && !search.stopped();) {
    events = search.size().events;
    simplifier.other_seed();
    simplifier.clients();
    simplifier.systems();
    simplifier.faults();
    simplifier.network();
  }
}

// A claim that is judged at the end is violated from some moment on: bisected. One that is judged always ends the run by itself.
void shrink_duration(ShrinkSearch& search) {
  search.begin_stage("duration");
  if (search.claim().kind == "eventually") return;
  const Value document = search.best().scenario.source;
  if (!search.claim().at_end()) {
    search.attempt(lasting(document, Time{} + search.size().virtual_time + 1_ns), search.size().events, 0);
    return;
  }
  Duration holds{};
  Duration fails = search.size().virtual_time;
  while (fails - holds > 1_us && !search.stopped()) {
    const Duration middle = holds + (fails - holds) / 2;
    (search.attempt(lasting(document, Time{} + middle), search.size().events, 0) ? fails : holds) = middle;
  }
}

}  // namespace sim
