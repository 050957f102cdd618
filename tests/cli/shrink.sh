#!/bin/sh
# A failing run is made small: the small bundle replays to the same violation, its story fits a screen; bad input is refused.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bundle=$scratch/bug.json
small=$scratch/bug.min.json

fail() {
  echo "shrink: $*"
  exit 1
}

# shrunk WANTED ARGUMENTS...: shrinks with these arguments and wants that exit code.
shrunk() {
  wanted=$1
  shift
  status=0
  "$SIMULATE" shrink "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
  [ "$status" -eq "$wanted" ] || fail "shrink $*: exit $status, should be $wanted: $(cat "$scratch/err")"
}

# refused WANTED WORD ARGUMENTS...: the same, and it says why, prints nothing and writes nothing.
refused() {
  wanted=$1
  word=$2
  shift 2
  find "$scratch" | sort >"$scratch/before"
  shrunk "$wanted" "$@"
  grep -q -e "$word" "$scratch/err" || fail "shrink $*: no complaint says \"$word\": $(cat "$scratch/err")"
  [ ! -s "$scratch/out" ] || fail "a refused shrink printed: $(cat "$scratch/out")"
  find "$scratch" | sort | cmp -s - "$scratch/before" || fail "a refused shrink left something behind"
}

# number OBJECT FIELD: of the last --json.
number() {
  sed -n "s/.*\"$1\":{[^}]*\"$2\":\([0-9]*\)[,}].*/\1/p" "$scratch/out"
}

touch "$scratch/before" "$scratch/out" "$scratch/err"
status=0
"$SIMULATE" run scenarios/mutants/raft-votes-not-voters.json --seed 1 --bundle "$bundle" >"$scratch/report" || status=$?
[ "$status" -eq 1 ] || fail "the mutant was not caught"
cp "$bundle" "$scratch/original"

# The story, in 80 columns on one screen, with the violation at its end.
shrunk 0 "$bundle"
[ ! -s "$scratch/err" ] || fail "shrink complains: $(cat "$scratch/err")"
cmp -s "$bundle" "$scratch/original" || fail "the bundle itself was changed"
if grep -v "^reproduce" "$scratch/out" | grep -E '^.{81}'; then fail "a line of more than 80 columns"; fi
[ "$(wc -l <"$scratch/out")" -le 80 ] || fail "the story is longer than a screen: $(wc -l <"$scratch/out") lines"
for word in "is leader now" "^verdict    violation of raft.election-safety" "were both elected leader of term" \
  "^deliveries .* -> " "^shrunk .* none of what is left can go" "^reproduce .* replay $small"; do
  grep -q -e "$word" "$scratch/out" || fail "nothing says \"$word\": $(cat "$scratch/out")"
done

# What is told is what a replay does.
status=0
"$SIMULATE" replay "$small" >"$scratch/replay" || status=$?
[ "$status" -eq 1 ] || fail "the small bundle replays with exit $status"
grep -q "^replay     confirmed" "$scratch/replay" || fail "the small bundle is not confirmed"
grep -q "VIOLATED   raft.election-safety" "$scratch/replay" || fail "the small bundle violates something else"
[ "$(wc -c <"$small")" -lt 20000 ] || fail "the small bundle is large"

# In numbers, into another file; the same again, to the byte.
shrunk 0 "$bundle" --json --runs 3000 --out "$scratch/again.json"
before=$(number before deliveries)
after=$(number after deliveries)
[ "$after" -gt 0 ] || fail "no deliveries at all: $(cat "$scratch/out")"
[ $((after * 20)) -lt "$before" ] || fail "$before deliveries became $after only"
grep -q '"claim":"raft.election-safety"' "$scratch/out" || fail "--json has no claim"
shrunk 0 "$bundle" --runs 3000 --out -
cmp -s "$scratch/again.json" "$scratch/out" || fail "shrinking again, to standard output, comes to another bundle"

# What is small stays small.
shrunk 0 "$small" --json --out "$scratch/smaller.json"
[ "$(number after events)" -le "$(number before events)" ] || fail "a small bundle grew"

# A budget: still a bundle that fails in the same way, and a word that it is not done.
shrunk 0 "$bundle" --runs 10 --out "$scratch/few.json"
grep -q "stopped before its end" "$scratch/out" || fail "a used-up budget is not told"
"$SIMULATE" replay "$scratch/few.json" >"$scratch/replay" && fail "the bundle of a small budget violates nothing"
grep -q "VIOLATED   raft.election-safety" "$scratch/replay" || fail "the bundle of a small budget violates something else"
shrunk 0 "$bundle" --time-limit 0s --out "$scratch/none.json"
grep -q "stopped before its end" "$scratch/out" || fail "a time limit of nothing is not told"

# Ctrl-C: the smallest so far.
"$SIMULATE" shrink "$bundle" --out "$scratch/stopped.json" >"$scratch/out" 2>"$scratch/err" &
shrinker=$!
sleep 1
kill -INT "$shrinker"
status=0
wait "$shrinker" || status=$?
[ "$status" -eq 0 ] || fail "Ctrl-C: exit $status: $(cat "$scratch/err")"
grep -q "^shrunk " "$scratch/out" || fail "Ctrl-C: no result"

# Bad input. What cannot be written is told before the work, not after it.
refused 2 'cannot write it: Is a directory' "$bundle" --out "$scratch"
refused 2 "cannot read it" "$scratch/missing.json"
refused 2 '/kind: expected a bundle' scenarios/raft/partition.json
refused 2 'that is the bundle itself' "$bundle" --out "$bundle"
refused 2 'say --out FILE' - <"$bundle"
refused 2 'time-limit: found "soon", expected a time as "30s"' "$bundle" --time-limit soon
refused 2 'runs' "$bundle" --runs 0
refused 2 'cannot write it' "$bundle" --runs 1 --out "$scratch/no/such/folder.json"
sed 's/"digest":"[0-9a-f]*"/"digest":"0123456789abcdef"/' "$bundle" >"$scratch/tampered.json"
refused 4 "the bundle's 0123456789abcdef" "$scratch/tampered.json"
"$SIMULATE" run scenarios/raft/partition.json --set duration=1s --set 'faults=[]' --bundle "$scratch/sound.json" >"$scratch/report"
refused 2 'violates no claim: there is nothing to shrink' "$scratch/sound.json"
