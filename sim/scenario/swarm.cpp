// Swarms: what each seed leaves out or draws for itself.
#include <algorithm>

#include "sim/core/words.hpp"
#include "sim/scenario/reading.hpp"

namespace sim {

namespace reading {

namespace {

const Value* settings_of(const Scenario& scenario, std::size_t system) { return &scenario.systems[system].config; }

/// Whether the system takes that value; complains of it where it does not.
void try_setting(const Scenario& scenario, std::size_t system, const std::string& field, const Value& value,
                 const std::string& path, Errors& errors) {
  Value::Map config;
  if (const Value::Map* own = settings_of(scenario, system)->map(); own != nullptr) config = *own;
  std::erase_if(config, [&](const auto& member) { return member.first == field; });
  config.emplace_back(field, value);
  Errors found;
  const SystemPlan& plan = scenario.systems[system];
  plan.protocol->make_node(Value(std::move(config)), plan.mutant, path, found);
  errors.insert(errors.end(), found.begin(), found.end());
}

bool is_length(const Value& value) {
  if (value.integer() != nullptr) return *value.integer() >= 0;
  return value.text() != nullptr && parse_duration(*value.text()).ok();
}

void read_setting(const Value& value, const std::string& path, Scenario& scenario, SwarmSetting setting, Errors& errors) {
  if (const Value::List* list = value.list(); list != nullptr && !list->empty()) {
    setting.choices = *list;
  } else if (const Value* from = value.find("from"), *to = value.find("to"); from != nullptr && to != nullptr) {
    setting.range = true;
    setting.choices = {*from, *to};
    const bool same = (from->text() == nullptr) == (to->text() == nullptr);
    if (!is_length(*from) || !is_length(*to) || !same) {
      errors.push_back({path, "found " + value.to_json() + ", expected two durations or two whole numbers"});
      return;
    }
  } else {
    errors.push_back({path, "found " + value.to_json() + R"(, expected a list of values, or {"from": A, "to": B})"});
    return;
  }
  const std::string config = path.substr(0, path.rfind('/'));
  for (const Value& choice : setting.choices) try_setting(scenario, setting.system, setting.field, choice, config, errors);
  scenario.swarm.settings.push_back(std::move(setting));
}

}  // namespace

void read_swarm(const Value& value, Scenario& scenario, Errors& errors) {
  const Object object(value, "/swarm", {format::kSwarm}, errors);
  if (!object.valid()) return;
  scenario.plan.swarm = true;
  scenario.swarm.operations = true;
  object.read("faults", scenario.plan.swarm);
  object.read("operations", scenario.swarm.operations);
  const Value* config = object.find("config");
  if (config == nullptr) return;
  if (config->map() == nullptr) {
    object.wrong("config", "found " + config->to_json() + ", expected an object of settings by the names of systems");
    return;
  }
  for (const auto& [name, settings] : *config->map()) {
    const std::string path = "/swarm/config/" + name;
    std::vector<std::string> names;
    SwarmSetting setting{scenario.systems.size(), {}, {}, false};
    for (std::size_t i = 0; i < scenario.systems.size(); ++i) {
      names.push_back(scenario.systems[i].name);
      if (names.back() == name) setting.system = i;
    }
    if (setting.system == scenario.systems.size()) {
      errors.push_back({path, "unknown system \"" + name + "\", " + expected_one_of(name, names)});
    } else if (settings.map() == nullptr) {
      errors.push_back({path, "found " + settings.to_json() + ", expected an object of settings"});
    } else {
      for (const auto& [field, choices] : *settings.map()) {
        setting.field = field;
        read_setting(choices, path_to(path, field), scenario, setting, errors);
      }
    }
  }
}

void read_maybe(const Value& value, Scenario& scenario, Errors& errors) {
  const Object object(value, "/maybe", {format::kMaybe}, errors);
  if (!object.valid()) return;
  scenario.maybe_on = scenario.maybe_fires = Ratio::percent(25);
  object.read("on", scenario.maybe_on);
  object.read("fires", scenario.maybe_fires);
  for (const auto& [key, ratio] : {std::pair<std::string_view, Ratio>{"on", scenario.maybe_on}, {"fires", scenario.maybe_fires}}) {
    if (ratio > Ratio::one()) object.wrong(key, "found " + to_text(ratio) + ", expected at most 100%");
  }
}

}  // namespace reading

namespace {

Value draw(const SwarmSetting& setting, Rng& rng) {
  if (!setting.range) return setting.choices[rng.below(setting.choices.size())];
  const auto between = [&](std::int64_t a, std::int64_t b) {
    if (a > b) std::swap(a, b);
    return a + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(b - a) + 1));
  };
  if (const std::int64_t* from = setting.choices[0].integer(); from != nullptr)
    return Value(between(*from, *setting.choices[1].integer()));
  const std::int64_t from = parse_duration(*setting.choices[0].text())->ns / 1000;
  const std::int64_t to = parse_duration(*setting.choices[1].text())->ns / 1000;
  return Value(std::to_string(between(from, to)) + "us");
}

void set_member_of(Value& config, const std::string& field, Value value) {
  Value::Map members;
  if (config.map() != nullptr) members = *config.map();
  std::erase_if(members, [&](const auto& member) { return member.first == field; });
  members.emplace_back(field, std::move(value));
  config = Value(std::move(members));
}

/// Leaves each operation out in half of the seeds, but never all.
std::string draw_operations(check::Workload& w, Rng& rng) {
  const bool reads = rng.below(2) == 0;
  w.puts = rng.below(2) == 0;
  w.cas = rng.below(2) == 0 && w.kind != check::WorkloadKind::reg;
  w.appends = rng.below(2) == 0 && w.kind == check::WorkloadKind::kv;
  w.deletes = rng.below(2) == 0 && w.kind == check::WorkloadKind::kv;
  const bool changes = w.puts || w.cas || w.appends || w.deletes;
  if (!changes) w.puts = true;  // reads of what nobody wrote tell nothing
  if (!reads) w.reads = Ratio{};
  std::string out;
  for (const auto& [on, name] :
       {std::pair{reads, " get"}, {w.puts, " put"}, {w.cas, " cas"}, {w.appends, " append"}, {w.deletes, " delete"}})
    out += on ? name : "";
  return out;
}

}  // namespace

Scenario instantiate(const Scenario& scenario, std::uint64_t seed, std::vector<std::string>& choices) {
  Scenario out = scenario;
  for (std::size_t i = 0; i < out.clients.size() && scenario.swarm.operations; ++i) {
    if (out.clients[i].workload.kind == check::WorkloadKind::own) continue;
    Rng rng(seed, "swarm-operations", i);
    choices.push_back("swarm: clients" + (out.clients.size() > 1 ? " " + std::to_string(i + 1) : std::string()) + " do" +
                      draw_operations(out.clients[i].workload, rng));
  }
  for (std::size_t i = 0; i < scenario.swarm.settings.size(); ++i) {
    const SwarmSetting& setting = scenario.swarm.settings[i];
    Rng rng(seed, "swarm-config", i);
    Value value = draw(setting, rng);
    choices.push_back("swarm: " + out.systems[setting.system].name + "." + setting.field + " = " + value.to_json());
    set_member_of(out.systems[setting.system].config, setting.field, std::move(value));
  }
  return out;
}

}  // namespace sim
