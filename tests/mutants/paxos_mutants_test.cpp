// The bugs planted in Multi-Paxos, one case each, so that they run side by side.
#include "tests/mutants/mutants_support.hpp"

TEST_CASE("paxos-promise-forgotten") { mutants::check("paxos-promise-forgotten"); }
TEST_CASE("paxos-ballot-reused") { mutants::check("paxos-ballot-reused"); }
TEST_CASE("paxos-stale-promise") { mutants::check("paxos-stale-promise"); }
TEST_CASE("paxos-any-value") { mutants::check("paxos-any-value"); }
TEST_CASE("paxos-highest-ignored") { mutants::check("paxos-highest-ignored"); }
TEST_CASE("paxos-quorums-disjoint") { mutants::check("paxos-quorums-disjoint"); }
TEST_CASE("paxos-slot-gap") { mutants::check("paxos-slot-gap"); }
TEST_CASE("paxos-ack-before-fsync") { mutants::check("paxos-ack-before-fsync"); }
TEST_CASE("paxos-rot-forgotten") { mutants::check("paxos-rot-forgotten"); }
TEST_CASE("paxos-read-no-quorum") { mutants::check("paxos-read-no-quorum"); }
TEST_CASE("paxos-read-before-recovered") { mutants::check("paxos-read-before-recovered"); }
TEST_CASE("paxos-lease-drift") { mutants::check("paxos-lease-drift"); }
TEST_CASE("paxos-old-snapshot-adopted") { mutants::check("paxos-old-snapshot-adopted"); }
TEST_CASE("paxos-lease-forgotten") { mutants::check("paxos-lease-forgotten"); }
