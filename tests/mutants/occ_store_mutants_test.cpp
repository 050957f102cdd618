// The bugs planted in the transactional store, one case each.
#include "tests/mutants/mutants_support.hpp"

TEST_CASE("occ-store-snapshot-isolation") { mutants::check("occ-store-snapshot-isolation"); }
TEST_CASE("occ-store-read-committed") { mutants::check("occ-store-read-committed"); }
TEST_CASE("occ-store-lost-update") { mutants::check("occ-store-lost-update"); }
TEST_CASE("occ-store-stale-read") { mutants::check("occ-store-stale-read"); }
TEST_CASE("occ-store-dirty-read") { mutants::check("occ-store-dirty-read"); }
TEST_CASE("occ-store-torn-transfer") { mutants::check("occ-store-torn-transfer"); }
TEST_CASE("occ-store-duplicate-enqueue") { mutants::check("occ-store-duplicate-enqueue"); }
TEST_CASE("occ-store-lost-add") { mutants::check("occ-store-lost-add"); }
TEST_CASE("occ-store-counter-retry") { mutants::check("occ-store-counter-retry"); }
TEST_CASE("occ-store-leader-validates") { mutants::check("occ-store-leader-validates"); }
TEST_CASE("occ-store-lost-push") { mutants::check("occ-store-lost-push"); }
TEST_CASE("occ-store-lost-insert") { mutants::check("occ-store-lost-insert"); }
TEST_CASE("occ-store-two-holders") { mutants::check("occ-store-two-holders"); }
TEST_CASE("occ-store-lost-member") { mutants::check("occ-store-lost-member"); }
TEST_CASE("occ-store-skewed-registers") { mutants::check("occ-store-skewed-registers"); }
TEST_CASE("occ-store-lost-work") { mutants::check("occ-store-lost-work"); }
TEST_CASE("occ-store-lost-comment") { mutants::check("occ-store-lost-comment"); }
TEST_CASE("occ-store-latest-read") { mutants::check("occ-store-latest-read"); }
TEST_CASE("occ-store-long-fork") { mutants::check("occ-store-long-fork"); }
