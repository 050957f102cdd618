// The bugs planted in the replicated data types, one case each.
#include "tests/mutants/mutants_support.hpp"

TEST_CASE("crdt-pn-counter-pn-max") { mutants::check("crdt-pn-counter-pn-max"); }
TEST_CASE("crdt-pn-counter-op-twice") { mutants::check("crdt-pn-counter-op-twice"); }
TEST_CASE("crdt-lww-register-lww-skew") { mutants::check("crdt-lww-register-lww-skew"); }
TEST_CASE("crdt-2p-set-tombstone-gc-early") { mutants::check("crdt-2p-set-tombstone-gc-early"); }
TEST_CASE("crdt-or-set-not-strict") { mutants::check("crdt-or-set-not-strict"); }
TEST_CASE("crdt-or-set-keeps-removed") { mutants::check("crdt-or-set-keeps-removed"); }
TEST_CASE("crdt-or-set-no-causal-order") { mutants::check("crdt-or-set-no-causal-order"); }
TEST_CASE("crdt-or-set-overwrites") { mutants::check("crdt-or-set-overwrites"); }
TEST_CASE("crdt-or-set-delta-gap") { mutants::check("crdt-or-set-delta-gap"); }
TEST_CASE("crdt-or-set-sent-once") { mutants::check("crdt-or-set-sent-once"); }
TEST_CASE("crdt-or-set-id-reused") { mutants::check("crdt-or-set-id-reused"); }
TEST_CASE("crdt-text-text-interleaves") { mutants::check("crdt-text-text-interleaves"); }
TEST_CASE("crdt-text-tie-by-arrival") { mutants::check("crdt-text-tie-by-arrival"); }
