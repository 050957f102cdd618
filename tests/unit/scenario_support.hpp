// What the tests of scenarios and runs share: two toy protocols with everything that a spec can say.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/kv/client.hpp"
#include "sim/check/spec.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/unit/catch.hpp"

namespace toy {

using namespace sim;  // NOLINT(google-build-using-namespace)
namespace kv = protocols::kv;

enum class Mode : std::uint8_t { plain, very_fancy };
SIM_DESCRIBE_ENUM(Mode, plain, very_fancy)

enum class Mutant : std::uint8_t { none, stale_reads, stuck_after_crash, deaf };
SIM_DESCRIBE_ENUM(Mutant, none, stale_reads, stuck_after_crash, deaf)

struct Config {
  Duration period = 100_ms;
  std::uint32_t limit = 0;
  Ratio share = Ratio::percent(50);
  Mode mode = Mode::plain;
  bool loud = false;
  std::string label = "x";
  SIM_DESCRIBE(Config, period, limit, share, mode, loud, label)

  std::string wrong() const { return period == Duration{} ? "\"period\" must be above 0s" : ""; }
};

struct Tick {
  SIM_DESCRIBE(Tick)
};

/// On the disk: how often the node was started.
struct Lives {
  std::uint64_t count = 0;
  SIM_DESCRIBE(Lives, count)
};

/// A store of which the first node does all the work, and a clock that ticks.
struct Server {
  Server() = default;
  Server(const Config& c, Mutant m) : config(c), mutant(m) {}

  Config config;
  Mutant mutant = Mutant::none;
  std::uint64_t ticks = 0;
  bool stuck = false;
  std::map<std::uint32_t, std::string> values;
  std::map<std::uint32_t, std::string> first_values;
  SIM_DESCRIBE(Server, config, mutant, ticks, stuck, values, first_values)

  using Inbox = Accepts<kv::Request, Tick>;
  void start(Ctx& ctx) {
    const std::uint64_t lives = ctx.saved<Lives>().count + 1;
    ctx.save(Lives{lives});
    stuck = mutant == Mutant::stuck_after_crash && lives > 1;
    if (!stuck) ctx.set_timer(Tick{}, config.period);
  }
  void on(Ctx& ctx, const Tick&) {
    if (++ticks == 5) ctx.mark("five-ticks");
    ctx.set_timer(Tick{}, config.period);
  }
  void on(Ctx& ctx, NodeId from, const kv::Request& request) {
    if (stuck || mutant == Mutant::deaf) return;
    const NodeId first = ctx.peers().front();
    kv::Reply reply{request.session.slot, request.sequence, kv::Status::ok, first, false, ""};
    if (ctx.self() == first) {
      answer(request.command, reply);
    } else {
      reply.status = kv::Status::not_leader;
    }
    ctx.send(from, std::move(reply));
  }

 private:
  void answer(const kv::Command& command, kv::Reply& reply) {
    auto& source = mutant == Mutant::stale_reads ? first_values : values;
    const auto held = source.find(command.key);
    reply.found = held != source.end();
    switch (command.function) {
      case kv::Function::read:
        if (reply.found) reply.value = held->second;
        return;
      case kv::Function::write: values[command.key] = command.value; break;
      case kv::Function::append: values[command.key] += command.value; break;
      case kv::Function::cas:
        reply.found = values[command.key] == command.expected;
        if (reply.found) values[command.key] = command.value;
        break;
      case kv::Function::erase: values.erase(command.key); break;
      case kv::Function::call: break;
    }
    if (values.contains(command.key)) first_values.emplace(command.key, values[command.key]);
  }
};

inline std::string_view role_of(const Server& server) { return server.stuck ? "stuck" : "ticking"; }

inline check::Spec<Server> server_spec() {
  check::Spec<Server> s("toy", "A store of one worker, for tests");
  s.config<Config, Mutant>({{"period", "between two ticks"},
                            {"limit", "ticks that are too many; 0: none are"},
                            {"share", "a share of nothing"},
                            {"mode", "how fancy"},
                            {"loud", "whether it is loud"},
                            {"label", "a text"}});
  s.clients<kv::Client>();
  s.role<&role_of>();
  s.always("below-limit", "no node ticks too often", [](const check::Cluster<Server>& c, NodeId changed) -> check::Violation {
    const Server& server = c.node(changed);
    if (server.config.limit == 0 || server.ticks < server.config.limit) return {};
    return c.name(changed) + " has ticked " + std::to_string(server.ticks) + " times";
  });
  s.sometimes("five-ticks", "a node ticks five times");
  s.sometimes("ten-ticks", "a node ticks ten times",
              [](const check::Cluster<Server>& c, NodeId id) { return c.node(id).ticks >= 10; });
  s.eventually(
      "all-ticking", "every node ticks again",
      [](const check::Cluster<Server>& c, NodeId) {
        for (const NodeId id : c.members()) {
          if (c.node(id).stuck) return false;
        }
        return true;
      },
      2_s);
  s.history("linearizable-kv");
  s.mutant("stale-reads", "reads return the first value ever written", "a test");
  s.mutant("stuck-after-crash", "a node that crashed does nothing again", "a test");
  s.mutant("deaf", "no request is ever answered", "a test");
  return s;
}

/// A protocol without settings, clients or roles.
struct Mute {
  SIM_DESCRIBE(Mute)
  using Inbox = Accepts<>;
  void start(Ctx&) {}
};

inline const Registry& registry() {
  static const Registry all = [] {
    Registry r;
    r.add(server_spec());
    r.add(check::Spec<Mute>("mute", "Says nothing"));
    return r;
  }();
  return all;
}

constexpr std::string_view kBase = R"({"name": "base", "systems": [{"name": "store", "protocol": "toy", "nodes": 3}],)"
                                   R"( "clients": [{"count": 2, "think": "10ms"}], "duration": "20s"})";

inline Value parsed(std::string_view text) {
  auto value = parse_json(text);
  INFO(text);
  REQUIRE(value.ok());
  return *value;
}

/// The base scenario with some members set ("systems.0.nodes=7").
inline Value document(const std::vector<std::string>& sets = {}) {
  Value out = parsed(kBase);
  for (const std::string& assignment : sets) {
    const auto error = set_member(out, assignment);
    INFO(assignment);
    REQUIRE_FALSE(error.has_value());
  }
  return out;
}

inline Scenario scenario(const std::vector<std::string>& sets = {}) {
  Loaded loaded = load_scenario(document(sets), registry());
  for (const Error& error : loaded.errors) UNSCOPED_INFO(error.where << ": " << error.what);
  REQUIRE(loaded.scenario.has_value());
  return *std::move(loaded.scenario);
}

}  // namespace toy
