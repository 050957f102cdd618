// The bugs planted in Raft, one case each, so that they run side by side.
#include "tests/mutants/mutants_support.hpp"

TEST_CASE("raft-vote-not-persisted") { mutants::check("raft-vote-not-persisted"); }
TEST_CASE("raft-term-vote-torn") { mutants::check("raft-term-vote-torn"); }
TEST_CASE("raft-commit-old-term") { mutants::check("raft-commit-old-term"); }
TEST_CASE("raft-votes-not-voters") { mutants::check("raft-votes-not-voters"); }
TEST_CASE("raft-vote-reset-same-term") { mutants::check("raft-vote-reset-same-term"); }
TEST_CASE("raft-seen-is-granted") { mutants::check("raft-seen-is-granted"); }
TEST_CASE("raft-log-check-or") { mutants::check("raft-log-check-or"); }
TEST_CASE("raft-read-before-noop") { mutants::check("raft-read-before-noop"); }
TEST_CASE("raft-read-no-quorum") { mutants::check("raft-read-no-quorum"); }
TEST_CASE("raft-heartbeat-race") { mutants::check("raft-heartbeat-race"); }
TEST_CASE("raft-snapshot-keeps-conflict") { mutants::check("raft-snapshot-keeps-conflict"); }
TEST_CASE("raft-old-snapshot-truncates") { mutants::check("raft-old-snapshot-truncates"); }
TEST_CASE("raft-rot-truncates") { mutants::check("raft-rot-truncates"); }
TEST_CASE("raft-ack-before-fsync") { mutants::check("raft-ack-before-fsync"); }
