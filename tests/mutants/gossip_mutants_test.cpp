// The bugs planted in gossip, one case each, so that they run side by side.
#include "tests/mutants/mutants_support.hpp"

TEST_CASE("gossip-tombstone-early") { mutants::check("gossip-tombstone-early"); }
TEST_CASE("gossip-older-accepted") { mutants::check("gossip-older-accepted"); }
TEST_CASE("gossip-deletion-not-compared") { mutants::check("gossip-deletion-not-compared"); }
TEST_CASE("gossip-newest-compared") { mutants::check("gossip-newest-compared"); }
TEST_CASE("gossip-never-awakened") { mutants::check("gossip-never-awakened"); }
TEST_CASE("gossip-awakened-as-new") { mutants::check("gossip-awakened-as-new"); }
