#!/bin/sh
# The front door teaches, and refuses what it does not know. (That it builds and tests is what runs this.)
set -eu

door=$FAULTLINE_SOURCE_DIR/faultline
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "front_door: $*"
  exit 1
}

for word in help --help -h; do
  sh "$door" "$word" >"$scratch/out" 2>"$scratch/err" || fail "$word: exit $?"
  [ ! -s "$scratch/err" ] || fail "$word wrote to stderr"
  for command in demo build test bench mutants format install-deps; do
    grep -q "^  $command " "$scratch/out" || fail "$word does not teach $command"
  done
done

sh "$door" >"$scratch/none" || fail "no command: exit $?"
cmp -s "$scratch/none" "$scratch/out" || fail "no command should be the same as help"

status=0
sh "$door" frobnicate >"$scratch/out" 2>"$scratch/err" || status=$?
[ "$status" -eq 2 ] || fail "an unknown command: exit $status, should be 2"
[ ! -s "$scratch/out" ] || fail "an unknown command wrote to stdout"
grep -q "frobnicate" "$scratch/err" || fail "an unknown command is not named"
grep -q "^usage:" "$scratch/err" || fail "an unknown command should bring the usage"
