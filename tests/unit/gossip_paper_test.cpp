// Gossip's rules one by one, as Demers et al. (1987) say them: single handlers of one site.
#include "protocols/membership/gossip/node.hpp"
#include "sim/node/fixture.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace sim;                // NOLINT(google-build-using-namespace)
using namespace protocols::gossip;  // NOLINT(google-build-using-namespace)
using Node = protocols::gossip::Node;
namespace kv = protocols::kv;

/// Site 0 of a database, outside any world.
struct Site {
  explicit Site(const Config& config = {}, Mutant mutant = Mutant::none) : node(config, mutant) { node.start(fixture.ctx()); }
  template <class M>
  void gets(std::uint32_t from, const M& message) {
    node.on(fixture.ctx(), NodeId{from}, message);
  }
  template <class T>
  void fires(const T& timer) {
    node.on(fixture.ctx(), timer);
  }
  void asked(kv::Function function, std::uint32_t key, std::string value = {}) {
    gets(9, kv::Request{{NodeId{9}, 0}, ++requests, {function, key, std::move(value), {}}});
  }
  Payload shared(Item item) { return fixture.ctx().share(std::move(item)); }
  /// An item that site 1 wrote at that time.
  Payload written(std::uint32_t key, Duration time, const std::string& value) {
    Item item{.key = key, .stamp = {Time{} + time, NodeId{1}}};
    item.value = value;
    return shared(item);
  }
  /// A certificate of a deletion by site 1 at that time, kept by site 0 where that is said.
  Payload deleted(std::uint32_t key, Duration time, bool retained = false) {
    Item item{.key = key, .stamp = {Time{} + time, NodeId{1}}, .deleted = true};
    item.activated = Time{} + time;
    item.retained_by = {retained ? NodeId{0} : NodeId{2}};
    return shared(item);
  }
  std::string value(std::uint32_t key) const {
    const Entry* entry = node.find(key);
    if (entry == nullptr) return "nothing";
    return entry->item().deleted ? (entry->dormant ? "dormant" : "deleted") : entry->item().value;
  }

  Fixture fixture{{.nodes = 5}};
  Node node;
  std::uint64_t requests = 0;
};

Config quiet() {
  Config config;
  config.rumours = false;
  return config;
}

}  // namespace

TEST_CASE("gossip 1.1: of two versions the later stays, whatever the order of their arrival", "[gossip]") {
  for (const bool later_first : {false, true}) {
    Site s;
    s.gets(1, Rumours{{s.written(1, later_first ? 2_s : 1_s, later_first ? "new" : "old")}});
    s.gets(1, Rumours{{s.written(1, later_first ? 1_s : 2_s, later_first ? "old" : "new")}});
    CHECK(s.value(1) == "new");
  }
}

TEST_CASE("gossip 1.1: of two versions of one moment the site decides, so that all sites decide alike", "[gossip]") {
  CHECK(Stamp{Time{} + 1_s, NodeId{2}} > Stamp{Time{} + 1_s, NodeId{1}});
  CHECK(Stamp{Time{} + 2_s, NodeId{1}} > Stamp{Time{} + 1_s, NodeId{2}});
}

TEST_CASE("gossip 1.1: an update is later than what it replaces, though the site's clock is behind", "[gossip]") {
  Site s;
  s.gets(1, Rumours{{s.written(1, 100_s, "from the future")}});
  s.asked(kv::Function::write, 1, "mine");
  CHECK(s.value(1) == "mine");
  CHECK(s.node.find(1)->item().stamp.at > Time{} + 100_s);
}

TEST_CASE("gossip 1.3: sites with equal checksums have nothing to say, in whatever order their updates came", "[gossip]") {
  Site a;
  Site b;
  a.gets(1, Rumours{{a.written(1, 1_s, "x"), a.written(2, 2_s, "y")}});
  b.gets(1, Rumours{{b.written(2, 2_s, "y")}});
  CHECK(a.node.checksum != b.node.checksum);
  b.gets(1, Rumours{{b.written(1, 1_s, "x")}});
  CHECK(a.node.checksum == b.node.checksum);
  a.gets(1, Compare{Exchange::push_pull, b.node.checksum});
  CHECK(a.fixture.effects().empty());
  a.gets(1, Compare{Exchange::push_pull, 0});
  REQUIRE(a.fixture.sent<Versions>(NodeId{1}) != nullptr);
  CHECK(a.fixture.sent<Versions>(NodeId{1})->held.size() == 2);
}

TEST_CASE("gossip 1.3: push sends what is newer here, pull asks for what is newer there, push-pull does both", "[gossip]") {
  for (const Exchange exchange : {Exchange::push, Exchange::pull, Exchange::push_pull}) {
    Site s(quiet());
    s.gets(1, Mail{s.written(1, 1_s, "both have it")});
    s.gets(1, Mail{s.written(2, 5_s, "newer here")});
    s.gets(1, Mail{s.written(3, 1_s, "older here")});
    s.gets(1, Mail{s.written(4, 1_s, "only here")});
    const auto at = [](Duration d) { return Stamp{Time{} + d, NodeId{1}}; };
    s.gets(2, Versions{exchange, {{1, at(1_s), {}}, {2, at(1_s), {}}, {3, at(5_s), {}}, {5, at(1_s), {}}}});
    const Items* out = s.fixture.sent<Items>(NodeId{2});
    REQUIRE(out != nullptr);
    CHECK(out->items.size() == (exchange == Exchange::pull ? 0U : 2U));
    CHECK(out->wanted == (exchange == Exchange::push ? std::vector<std::uint32_t>{} : std::vector<std::uint32_t>{3, 5}));
  }
}

TEST_CASE("gossip 1.4: with feedback a site loses interest after k contacts that knew, blind, after any k", "[gossip]") {
  for (const bool feedback : {true, false}) {
    Config config;
    config.feedback = feedback;
    config.k = 2;
    Site s(config);
    s.asked(kv::Function::write, 1, "news");
    const Stamp stamp = s.node.find(1)->item().stamp;
    const auto contact = [&](bool news) {
      s.fires(RumourCycle{});
      if (feedback) s.gets(1, Heard{{{1, stamp, {}}}, {std::uint8_t{news ? std::uint8_t{1} : std::uint8_t{0}}}});
    };
    contact(true);
    CHECK(s.node.hot.size() == 1);
    contact(false);
    CHECK(s.node.hot.size() == (feedback ? 1U : 0U));
    contact(false);
    CHECK(s.node.hot.empty());
  }
}

TEST_CASE("gossip 1.4: judged at the cycle's start, two that tell the same in one cycle were both useful", "[gossip]") {
  for (const Judged judged : {Judged::on_arrival, Judged::at_cycle_start}) {
    Config config;
    config.judged = judged;
    config.stagger = false;
    Site s(config);
    s.fixture.advance(10_ms);
    const Payload item = s.written(1, 1_ms, "news");
    s.gets(1, Rumours{{item}});
    CHECK(s.fixture.sent<Heard>(NodeId{1})->news == std::vector<std::uint8_t>{1});
    s.gets(2, Rumours{{item}});
    CHECK(s.fixture.sent<Heard>(NodeId{2})->news ==
          std::vector<std::uint8_t>{judged == Judged::at_cycle_start ? std::uint8_t{1} : std::uint8_t{0}});
    s.fixture.advance(100_ms);  // the next cycle
    s.gets(3, Rumours{{item}});
    CHECK(s.fixture.sent<Heard>(NodeId{3})->news == std::vector<std::uint8_t>{0});
  }
}

TEST_CASE("gossip 2: a certificate cancels older items and not later ones", "[gossip]") {
  Site s(quiet());
  s.gets(1, Mail{s.written(1, 1_s, "x")});
  s.gets(1, Mail{s.deleted(1, 2_s)});
  CHECK(s.value(1) == "deleted");
  s.gets(1, Mail{s.written(1, 1_s, "x")});
  CHECK(s.value(1) == "deleted");
  s.gets(1, Mail{s.written(1, 3_s, "again")});
  CHECK(s.value(1) == "again");
}

TEST_CASE("gossip 2.1: a certificate is kept for its time, then only by its retention sites, then by nobody", "[gossip]") {
  for (const bool retained : {true, false}) {
    Site s(quiet());
    s.gets(1, Mail{s.deleted(1, 0_s, retained)});
    s.fixture.advance(9999_ms);
    s.fires(CollectDue{});
    CHECK(s.value(1) == "deleted");
    s.fixture.advance(1_ms);
    s.fires(CollectDue{});
    CHECK(s.value(1) == (retained ? "dormant" : "nothing"));
    CHECK(s.node.checksum == 0);  // passed on no more
    s.fixture.advance(60_s);
    s.fires(CollectDue{});
    CHECK(s.value(1) == "nothing");
  }
}

TEST_CASE("gossip 2.2: an obsolete item awakens a dormant certificate, whose stamp stays", "[gossip]") {
  for (const bool by_list : {true, false}) {
    Site s;
    s.gets(1, Mail{s.deleted(1, 2_s, true)});
    s.fixture.advance(20_s);
    s.fires(CollectDue{});
    REQUIRE(s.value(1) == "dormant");
    if (by_list) {
      s.gets(3, Versions{Exchange::push_pull, {{1, {Time{} + 1_s, NodeId{1}}, {}}}});
      REQUIRE(s.fixture.sent<Items>(NodeId{3}) != nullptr);
      CHECK(s.fixture.sent<Items>(NodeId{3})->items.size() == 1);
    } else {
      s.gets(3, Mail{s.written(1, 1_s, "x")});
    }
    CHECK(s.value(1) == "deleted");
    CHECK(s.node.find(1)->item().stamp.at == Time{} + 2_s);
    CHECK(s.node.find(1)->item().activated == Time{} + 20_s);
    CHECK(s.node.hot.size() == 1);
    s.gets(1, Mail{s.written(1, 3_s, "written after the deletion")});
    CHECK(s.value(1) == "written after the deletion");
  }
}

TEST_CASE("gossip: a restarted site has what its disk kept, also after many updates of few keys", "[gossip]") {
  Site s(quiet());
  for (int i = 0; i < 1000; ++i) s.asked(kv::Function::write, static_cast<std::uint32_t>(i % 3), std::to_string(i));
  protocols::gossip::Node again(quiet());
  again.start(s.fixture.ctx());
  CHECK(again.checksum == s.node.checksum);
  REQUIRE(again.find(0) != nullptr);
  CHECK(again.find(0)->item().value == "999");
  const auto log = s.fixture.ctx().log<protocols::gossip::Record>(protocols::gossip::Node::kLog);
  CHECK(log.last() + 1 - log.first() < 100);
}
