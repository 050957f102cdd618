// The first stage of shrink(): a simpler scenario. Each change is one of the document, as a person would make it; what chance
// does then is another matter, so that each is tried with many seeds.
#include <algorithm>

#include "sim/explore/ddmin.hpp"
#include "sim/explore/shrink_search.hpp"

namespace sim {

namespace {

/// A change that makes a document simpler.
struct Change {
  enum class Kind : std::uint8_t {
    remove,  ///< the element of a list
    set,     ///< the member, to `value`
    limit,   ///< the number, to at most `value`
  };
  Kind kind{};
  std::string path;
  Value value;
};

const Value* at(const Value& document, std::string_view path) {
  const Value* out = &document;
  while (out != nullptr && !path.empty()) {
    const std::size_t end = std::min(path.find('.'), path.size());
    const std::string_view key = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (const Value::List* list = out->list()) {
      std::size_t i = 0;
      for (const char c : key) i = 10 * i + static_cast<std::size_t>(c - '0');
      out = i < list->size() ? &(*list)[i] : nullptr;
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

/// A document with one member changed or added; nothing, from which no scenario loads, where that cannot be.
Value with(Value document, const std::string& path, const Value& value) {
  const auto wrong = set_member(document, path + "=" + value.to_json());
  return wrong ? Value() : document;
}

Value without_element(const Value& document, const std::string& path) {
  const std::size_t dot = path.rfind('.');
  const std::string list_path = path.substr(0, dot);
  const Value* list = at(document, list_path);
  const Value* element = at(document, path);
  if (list == nullptr || element == nullptr) return {};
  Value::List fewer = *list->list();
  fewer.erase(fewer.begin() + (element - list->list()->data()));
  return with(document, list_path, Value(std::move(fewer)));
}

/// The document after all these changes.
Value changed(const Value& document, const std::vector<Change>& changes) {
  Value out = document;
  for (const Change& change : changes) {
    const Value* now = at(out, change.path);
    const bool lower = now == nullptr || now->integer() == nullptr || *now->integer() == 0 || change.value.integer() == nullptr ||
                       *now->integer() > *change.value.integer();
    if (change.kind == Change::Kind::set || (change.kind == Change::Kind::limit && lower))
      out = with(std::move(out), change.path, change.value);
  }
  // From the last element to the first, so that the others keep their places.
  std::vector<std::string> gone;
  for (const Change& change : changes) {
    if (change.kind == Change::Kind::remove) gone.push_back(change.path);
  }
  std::sort(gone.begin(), gone.end(),
            [](const std::string& a, const std::string& b) { return a.size() != b.size() ? a.size() > b.size() : a > b; });
  for (const std::string& path : gone) out = without_element(out, path);
  return out;
}

/// Every change that makes this document simpler; those that change most stand last.
class Changes {
 public:
  explicit Changes(const Value& document) : document_(&document) {}

  std::vector<Change> all() {
    group_settings();
    faults_and_network();
    for (std::size_t i = 0; i < length_at(*document_, "systems"); ++i) {
      const std::string system = "systems." + std::to_string(i) + ".";
      set(system + "fsync", Value("0s"));
      limits(system + "nodes", 0, {5, 3, 1});
    }
    for (std::size_t i = 0; i < length_at(*document_, "clients"); ++i) {
      limits("clients." + std::to_string(i) + ".count", 1, {2, 1});
      remove("clients." + std::to_string(i));
    }
    return std::move(out_);
  }

 private:
  void remove(const std::string& path) { out_.push_back({Change::Kind::remove, path, {}}); }
  void set(const std::string& path, const Value& value) {
    const Value* now = at(*document_, path);
    if (now == nullptr || *now != value) out_.push_back({Change::Kind::set, path, value});
  }
  /// `standard` is what the number is where it does not stand; 0: unlimited.
  void limits(const std::string& path, std::int64_t standard, const std::vector<std::int64_t>& most) {
    const Value* now = at(*document_, path);
    if (now != nullptr && now->integer() == nullptr) return;
    const std::int64_t found = now == nullptr ? standard : *now->integer();
    for (const std::int64_t n : most) {
      if (n < found || found == 0) out_.push_back({Change::Kind::limit, path, Value(n)});
    }
  }
  void group_settings() {
    for (std::size_t i = 0; i < length_at(*document_, "clients"); ++i) {
      const std::string group = "clients." + std::to_string(i) + ".";
      limits(group + "keys", 5, {2, 1});
      limits(group + "operations", 0, {10, 5, 2, 1});
    }
  }
  void faults_and_network() {
    for (std::size_t i = 0; i < length_at(*document_, "network.links"); ++i) remove("network.links." + std::to_string(i));
    for (const char* share : {"loss", "duplicate", "corrupt"}) {
      const std::string path = std::string("network.") + share;
      if (at(*document_, path) != nullptr) set(path, Value(std::int64_t{0}));
    }
    if (at(*document_, "network") != nullptr) set("network.latency", Value("5ms"));
    if (at(*document_, "swarm") != nullptr) set("swarm", Value(Value::Map{{"faults", Value(false)}, {"operations", Value(false)}}));
    for (const char* list : {"nemesis.mix", "faults"}) {
      for (std::size_t i = 0; i < length_at(*document_, list); ++i) {
        const std::string fault = std::string(list) + "." + std::to_string(i);
        if (at(*document_, fault + ".every") != nullptr) set(fault + ".at", Value("0s"));
        remove(fault);
      }
    }
  }

  const Value* document_;
  std::vector<Change> out_;
};

/// The document with a run that lasts that long, the end of it without faults.
Value lasting(const Value& document, Duration duration, Duration quiet = {}) {
  return with(with(document, "quiet", Value(to_text(quiet))), "duration", Value(to_text(duration)));
}

/// Leaves out what is not needed of the scenario, each change tried with many seeds.
void simplify(ShrinkSearch& search, std::uint64_t until) {
  const Value document = search.best().scenario.source;
  std::vector<Change> open = Changes(document).all();
  std::vector<Change> done;
  ddmin([&] { return search.work() < until ? open.size() : 0; },
        [&](std::size_t begin, std::size_t end) {
          const auto first = open.begin() + static_cast<std::ptrdiff_t>(begin);
          const auto last = open.begin() + static_cast<std::ptrdiff_t>(end);
          std::vector<Change> more = done;
          more.insert(more.end(), first, last);
          if (!search.attempt(changed(document, more), search.size().events + search.size().events / 2)) return false;
          done = std::move(more);
          open.erase(first, last);
          return true;
        });
}

/// A duration, half as long; nothing where it is none, or short enough.
std::optional<Value> halved(const Value* value) {
  if (value == nullptr || value->text() == nullptr) return std::nullopt;
  const auto now = parse_duration(*value->text());
  if (!now || *now < 2_ms) return std::nullopt;
  return Value(to_text(*now / 2));
}

/// Has faults come sooner and last shorter, where that makes the run shorter.
void hasten(ShrinkSearch& search, std::uint64_t until) {
  const auto sooner = [&](const std::string& path, const std::optional<Value>& value) {
    return value && search.work() < until && !search.stopped() &&
           search.attempt(with(search.best().scenario.source, path, *value), search.size().events - 1);
  };
  const auto now = [&](const std::string& path) { return at(search.best().scenario.source, path); };
  std::vector<std::string> paths;
  for (const char* list : {"nemesis.mix", "faults"}) {
    for (std::size_t i = 0; i < length_at(search.best().scenario.source, list); ++i)
      paths.push_back(std::string(list) + "." + std::to_string(i));
  }
  for (const std::string& path : paths) {
    if (const Value* uniform = now(path + ".for.uniform"); uniform != nullptr) sooner(path + ".for", (*uniform->list())[0]);
    for (const char* member : {".every", ".for", ".at"}) {
      while (sooner(path + member, halved(now(path + member)))) {
      }
    }
  }
  while (sooner("nemesis.every", halved(now("nemesis.every")))) {
  }
}

/// How long after faults stop a claim of liveness has to come true.
Duration time_to_come_true(const Scenario& scenario, const WantedClaim& claim) {
  if (claim.of_progress()) return kProgressWithin;
  for (const SystemPlan& system : scenario.systems) {
    for (const check::ClaimInfo& info : system.protocol->claims) {
      if (scenario.claim_name(system, info.name) == claim.name) return info.within;
    }
  }
  return {};
}

}  // namespace

void shrink_scenario(ShrinkSearch& search, std::uint64_t until) {
  shrink_duration(search);
  search.begin_stage("scenario");
  search.other_seeds();
  for (std::uint64_t before = 0; before != search.size().events && !search.stopped() && search.work() < until;) {
    before = search.size().events;
    simplify(search, until);
    shrink_duration(search);
    search.begin_stage("scenario");
    hasten(search, until);
    search.other_seeds();
  }
}

// A claim that is judged always ends the run by itself. A history that is wrong stays wrong however it goes on, so that the time
// at which it became so can be bisected; so can the time of faults before a claim of liveness fails.
void shrink_duration(ShrinkSearch& search) {
  search.begin_stage("duration");
  const Value document = search.best().scenario.source;
  if (search.claim().kind == "always") {
    search.attempt_same(lasting(document, search.size().virtual_time + 1_ns));
    return;
  }
  const bool liveness = !search.claim().at_end();
  const Duration quiet = liveness ? time_to_come_true(search.best().scenario, search.claim()) : Duration{};
  Duration holds{};
  Duration fails = liveness ? search.best().scenario.faults_stop - Time{} : search.size().virtual_time;
  const auto shortened = [&](Duration to) { return search.attempt_same(lasting(document, to + quiet, quiet)); };
  if (liveness && !shortened(fails)) return;
  const Duration exact = liveness ? 1_ms : 1_us;
  while (fails - holds > exact && !search.stopped()) {
    const Duration middle = holds + (fails - holds) / 2;
    (shortened(middle) ? fails : holds) = middle;
  }
}

}  // namespace sim
