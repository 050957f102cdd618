// The bugs planted in single-decree Paxos, one case each, so that they run side by side.
#include "tests/mutants/mutants_support.hpp"

TEST_CASE("synod-promise-forgotten") { mutants::check("synod-promise-forgotten"); }
TEST_CASE("synod-ballot-reused") { mutants::check("synod-ballot-reused"); }
TEST_CASE("synod-stale-promise") { mutants::check("synod-stale-promise"); }
TEST_CASE("synod-any-value") { mutants::check("synod-any-value"); }
TEST_CASE("synod-highest-ignored") { mutants::check("synod-highest-ignored"); }
TEST_CASE("synod-quorums-disjoint") { mutants::check("synod-quorums-disjoint"); }
TEST_CASE("synod-votes-not-voters") { mutants::check("synod-votes-not-voters"); }
