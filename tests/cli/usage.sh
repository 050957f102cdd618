#!/bin/sh
# Every command teaches itself, and refuses what it does not understand with exit code 2 and a word on stderr.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
commands="run replay diff export check list describe validate schema"
partition=scenarios/raft/partition.json

fail() {
  echo "usage: $*"
  exit 1
}

# refused WHAT WORD ARGUMENTS...: exits 2, says WORD on stderr and nothing on stdout.
refused() {
  what=$1
  word=$2
  shift 2
  status=0
  "$SIMULATE" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
  [ "$status" -eq 2 ] || fail "$what: exit $status, should be 2"
  [ ! -s "$scratch/out" ] || fail "$what wrote to stdout: $(cat "$scratch/out")"
  grep -q -e "$word" "$scratch/err" || fail "$what does not say \"$word\": $(cat "$scratch/err")"
}

for command in $commands; do
  "$SIMULATE" "$command" --help >"$scratch/out" 2>"$scratch/err" || fail "$command --help: exit $?"
  grep -q "^Example" "$scratch/out" || fail "$command --help has no example"
  grep -q "^  simulate .*$command" "$scratch/out" || fail "the example of $command --help does not use it"
  [ ! -s "$scratch/err" ] || fail "$command --help wrote to stderr"
done
"$SIMULATE" --help >"$scratch/out"
for command in $commands; do
  grep -q "^  $command " "$scratch/out" || fail "--help does not list $command"
done
grep -q "^Exit codes" "$scratch/out" || fail "--help does not say what exit codes mean"
"$SIMULATE" --version | grep -q "^simulate [0-9]" || fail "--version"

# Whoever says nothing is helped.
"$SIMULATE" >"$scratch/out" || fail "no command: exit $?"
grep -q "^  run " "$scratch/out" || fail "no command should bring the help"
refused "an unknown command" 'unknown command "frobnicate", expected one of run, ' frobnicate
refused "a mistyped command" 'did you mean "validate"?' vaildate "$partition"
refused "an unknown command behind an option" '"frobnicate"' --color never frobnicate
refused "a verification that should write a file" "verify" run "$partition" --verify --trace "$scratch/never"
[ ! -e "$scratch/never" ] || fail "a refused run wrote its trace"
refused "an unknown option" "--sed" run "$partition" --sed 7
refused "run without a scenario" "SCENARIO" run
refused "a seed that is no number" "seed" run "$partition" --seed seven
refused "a negative seed" "seed" run "$partition" --seed -1
refused "a seed that is too large" "seed" run "$partition" --seed 99999999999999999999
refused "a colour that is none" "color" --color sometimes list
refused "two scenarios" "." run "$partition" "$partition"

refused "a file that is not there" "nowhere.json: cannot read it: No such file" run nowhere.json
refused "a folder" "cannot read it" run scenarios
refused "an empty scenario" "parse error\|syntax error\|empty" run -
printf '{"name": "x",\n "oops"}' >"$scratch/broken.json"
refused "a scenario that is no JSON" "broken.json: line 2" run "$scratch/broken.json"
printf '{"name": "x", "systems": [{"protocol": "rafd", "nodes": 3}], "duration": "1s"}' >"$scratch/rafd.json"
refused "an unknown protocol" 'rafd.json: /systems/0/protocol: .*did you mean "raft"?' run "$scratch/rafd.json"
refused "a --set without a value" "PATH=VALUE" run "$partition" --set duration
refused "a --set of something that is not there" "/systems/5" run "$partition" --set systems.5.nodes=3
refused "a --set to something wrong" "/duration" run "$partition" --set duration=long
refused "an unknown system" 'unknown system "rft".*did you mean "raft"?' describe rft
refused "a validation of nothing" "SCENARIO" validate
refused "a check of an unknown model" 'did you mean "register"?' check "$partition" --model registre
refused "a check of an unknown format" "format" check "$partition" --format xml
refused "a check of something that is no history" "partition.json" check "$partition"
refused "a replay of something that is no bundle" "/kind" replay "$partition"
refused "a replay of a file that is not there" "cannot read it" replay nowhere.json
refused "a diff of one file" "RIGHT" diff "$partition"
refused "a diff of something that is neither bundle nor trace" "partition.json: /kind: expected a bundle or a trace" diff "$partition" "$partition"
refused "a diff of a file that is not there" "nowhere.json: cannot read it: No such file" diff nowhere.json "$partition"
refused "a diff of standard input with itself" "one side only" diff - -
refused "a past without an event" "follow" replay "$partition" --hops 3
refused "a node and a past at once" "exclude" replay "$partition" --show n1 --follow 3
printf 'not zstd' >"$scratch/fake.zst"
refused "a history that is not zstd" "not zstd data" check "$scratch/fake.zst"

# One bad file among good ones: the good ones are judged all the same.
status=0
"$SIMULATE" validate "$partition" "$scratch/rafd.json" "$partition" >"$scratch/out" 2>"$scratch/err" || status=$?
[ "$status" -eq 2 ] || fail "validate with a bad file: exit $status"
[ "$(grep -c "^ok  $partition" "$scratch/out")" -eq 2 ] || fail "validate does not go on after a bad file"

"$SIMULATE" list | grep -q "^raft " || fail "list does not know raft"
"$SIMULATE" describe raft | grep -q "raft.election-safety" || fail "describe raft does not tell its claims"
"$SIMULATE" describe raft --json | grep -q '^{"name":"raft",.*"mutants":\[{' || fail "describe --json"
"$SIMULATE" schema | grep -q '"\$schema":"https://json-schema.org/draft/2020-12/schema"' || fail "schema"
