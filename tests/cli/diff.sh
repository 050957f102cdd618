#!/bin/sh
# Two runs part where their traces do, and diff names the event, the inputs and the state that differ.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
partition=scenarios/raft/partition.json

fail() {
  echo "diff: $*"
  exit 1
}

# made NAME SEED ARGUMENTS...: a run of five seconds as NAME.json and NAME.jsonl.
made() {
  name=$1
  seed=$2
  shift 2
  "$SIMULATE" run "$partition" --set duration=5s --set quiet=0s --bundle "$scratch/$name.json" --trace "$scratch/$name.jsonl" \
    --seed "$seed" --set 'faults=[{"at":"3s","for":"1s","crash":"n2"}]' "$@" >"$scratch/report" || [ $? -eq 1 ] || fail "run $*"
}

# differs WANTED LEFT RIGHT ARGUMENTS...: wants that exit code; nothing printed is wider than 80 columns.
differs() {
  wanted=$1
  shift
  status=0
  "$SIMULATE" diff "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
  [ "$status" -eq "$wanted" ] || fail "diff $*: exit $status, should be $wanted: $(cat "$scratch/err")"
  [ "$wanted" -ge 2 ] || [ ! -s "$scratch/err" ] || fail "diff $* complains: $(cat "$scratch/err")"
  case " $* " in
    *" --json "*) ;;
    *) if grep -E '^.{81}' "$scratch/out"; then fail "diff $* prints a line of more than 80 columns"; fi ;;
  esac
}

says() {
  grep -q -e "$1" "$scratch/out" || fail "nothing says \"$1\": $(cat "$scratch/out")"
}

complains() {
  grep -q -e "$1" "$scratch/err" || fail "no complaint says \"$1\": $(cat "$scratch/err")"
  [ ! -s "$scratch/out" ] || fail "a refused diff printed: $(cat "$scratch/out")"
}

# first_difference LEFT RIGHT: the number of the first line at which two texts differ, as another program sees it.
first_difference() {
  cmp "$1" "$2" 2>/dev/null | sed 's/.* line //'
}

made same 6
made calm 6 --set 'faults=[]'
made longer 6 --set duration=6s

# Equal runs, however their bundles are written.
differs 0 "$scratch/same.json" "$scratch/same.json"
says "^equal  *all [0-9,]* events"
sed 's/,"seed"/,\n  "seed"/; s/"scenario":/\n  &/' "$scratch/same.json" >"$scratch/pretty.json"
[ "$(wc -l <"$scratch/pretty.json")" -gt 1 ] || fail "the rewritten bundle is still one line"
differs 0 "$scratch/same.json" "$scratch/pretty.json" --json
says '^{"equal":true,'
differs 0 "$scratch/same.jsonl" "$scratch/same.jsonl"
says "^equal  *all [0-9,]* lines"

# A fault that one side lacks: the inputs that differ, and the first event, which is the one that the traces have.
differs 1 "$scratch/same.json" "$scratch/calm.json"
says '^  scenario/faults/0  *{at 3s, for 1s, crash n2} | (none)'
says "^ *[0-9,]*  *3.000000s  *crash n2"
says "^n2 after it, left | right"
says "^  status  *down | up"
for side in same calm; do
  grep -E '"kind":"(start|deliver|timer|sync|fault)"' "$scratch/$side.jsonl" >"$scratch/$side.events"
  tail -n +2 "$scratch/$side.jsonl" >"$scratch/$side.lines"
done
parting=$(first_difference "$scratch/same.events" "$scratch/calm.events")
differs 1 "$scratch/same.json" "$scratch/calm.json" --json
says '^{"equal":false,'
says "\"then\":{\"event\":$parting,\"t\":3000000000,\"kind\":\"fault\",\"text\":\"crash n2\","
says "\"unit\":\"events\",\"common\":$((parting - 1)),"
differs 1 "$scratch/calm.json" "$scratch/same.json" --json
says "\"common\":$((parting - 1)),"
differs 1 "$scratch/same.jsonl" "$scratch/calm.jsonl" --json
says "\"unit\":\"lines\",\"common\":$(($(first_difference "$scratch/same.lines" "$scratch/calm.lines") - 1)),"

# One run goes on where the other has ended.
differs 1 "$scratch/same.json" "$scratch/longer.json"
says "^then left"
says "^  it has ended, with event [0-9,]*: no violation"
differs 1 "$scratch/longer.jsonl" "$scratch/same.jsonl"
says "^  it has ended$"

# Another seed, other settings and another number of nodes.
made other 7
differs 1 "$scratch/same.json" "$scratch/other.json"
says "^  seed  6 | 7"
made fewer 6 --set systems.0.nodes=3
differs 1 "$scratch/same.json" "$scratch/fewer.json"
says "^  scenario/systems/0/nodes  5 | 3"
says "^equal  *3 events"

# A mutant beside the sound protocol: the event at which the bug shows in a node, before it shows in a message.
mutant=scenarios/mutants/raft-votes-not-voters.json
"$SIMULATE" run "$mutant" --seed 1 --bundle "$scratch/bug.json" >"$scratch/report" || [ $? -eq 1 ] || fail "the mutant does not run"
"$SIMULATE" run "$mutant" --seed 1 --set 'systems.0.mutant=""' --bundle "$scratch/good.json" >"$scratch/report"
differs 1 "$scratch/bug.json" "$scratch/good.json"
says '^  scenario/systems/0/mutant  votes-not-voters | ""'
says "^then an equal event, and other states"
says " Vote term [0-9]*, granted true"
says "^  state/role  *leader | candidate"
if grep -q "state/mutant" "$scratch/out"; then fail "what differed from the beginning is shown"; fi

# Pipes, and compressed traces.
cp "$scratch/same.jsonl" "$scratch/again.jsonl"
cp "$scratch/same.json" "$scratch/again.json"
"$SIMULATE" diff - "$scratch/same.jsonl" <"$scratch/again.jsonl" >"$scratch/out" || fail "a trace through a pipe is another one"
"$SIMULATE" diff "$scratch/same.json" - <"$scratch/again.json" >"$scratch/out" || fail "a bundle through a pipe is another one"
"$SIMULATE" run "$partition" --set duration=5s --set quiet=0s --seed 6 --set 'faults=[{"at":"3s","for":"1s","crash":"n2"}]' \
  --trace "$scratch/packed.jsonl.zst" >"$scratch/report"
differs 0 "$scratch/same.jsonl" "$scratch/packed.jsonl.zst"

# What cannot be compared.
differs 2 "$scratch/same.json" "$scratch/same.jsonl"
complains "same.json is a bundle and .*same.jsonl a trace"
head -c 5000 "$scratch/same.jsonl" >"$scratch/cut.jsonl"
differs 2 "$scratch/same.jsonl" "$scratch/cut.jsonl"
complains "cut.jsonl: line [0-9]*: expected a line of a trace"
head -c 2000 "$scratch/packed.jsonl.zst" >"$scratch/cut.jsonl.zst"
differs 2 "$scratch/same.jsonl" "$scratch/cut.jsonl.zst"
complains "the zstd data ends early"
: >"$scratch/empty"
differs 2 "$scratch/same.jsonl" "$scratch/empty"
complains "empty: "
sed 's/"protocol":"raft"/"protocol":"raff"/' "$scratch/same.json" >"$scratch/raff.json"
differs 2 "$scratch/same.json" "$scratch/raff.json"
complains 'raff.json: /scenario/systems/0/protocol: .*did you mean "raft"'
sed 's/"digest":"[0-9a-f]*"/"digest":"0123456789abcdef"/' "$scratch/same.json" >"$scratch/tampered.json"
differs 4 "$scratch/same.json" "$scratch/tampered.json"
complains "tampered.json: the run's digest is .*, the bundle's 0123456789abcdef"
