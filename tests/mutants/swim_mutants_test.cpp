// The bugs planted in SWIM, one case each, so that they run side by side.
#include "tests/mutants/mutants_support.hpp"

TEST_CASE("swim-no-incarnation") { mutants::check("swim-no-incarnation"); }
TEST_CASE("swim-death-not-spread") { mutants::check("swim-death-not-spread"); }
TEST_CASE("swim-dead-returns") { mutants::check("swim-dead-returns"); }
TEST_CASE("swim-accuser-increments") { mutants::check("swim-accuser-increments"); }
TEST_CASE("swim-sent-for-ever") { mutants::check("swim-sent-for-ever"); }
TEST_CASE("swim-packet-overflows") { mutants::check("swim-packet-overflows"); }
