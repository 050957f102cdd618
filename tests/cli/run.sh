#!/bin/sh
# simulate run: what it reports, for people and for machines, and what it exits with.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
partition=scenarios/raft/partition.json
mutant=scenarios/mutants/raft-seen-is-granted.json

fail() {
  echo "run: $*"
  exit 1
}

# quick ARGUMENTS...: three virtual seconds without faults.
quick() {
  "$SIMULATE" run "$partition" --set duration=3s --set 'faults=[]' "$@"
}

# broken ARGUMENTS...: a run of a mutant that violates its claims, whatever the seed is today.
violating_seed=none
for seed in 1 2 3 4 5 6 7 8 9 10; do
  status=0
  "$SIMULATE" run "$mutant" --seed "$seed" >"$scratch/violated" 2>"$scratch/err" || status=$?
  if [ "$status" -eq 1 ]; then
    violating_seed=$seed
    break
  fi
  [ "$status" -eq 0 ] || fail "a mutant's run: exit $status: $(cat "$scratch/err")"
done
[ "$violating_seed" != none ] || fail "no seed from 1 to 10 violates a claim of $mutant"

quick --seed 3 >"$scratch/ok" 2>"$scratch/err" || fail "a sound run: exit $?"
[ ! -s "$scratch/err" ] || fail "a sound run wrote to stderr"
grep -q "^verdict    every claim holds" "$scratch/ok" || fail "a sound run does not say so"
grep -q "raft.election-safety" "$scratch/ok" || fail "the report does not name the claims"
grep -q "^reproduce" "$scratch/ok" && fail "a sound run has nothing to reproduce"
# A bar of the throughput is one column and three bytes.
[ "$(LC_ALL=C sed 's/\xe2\x96./#/g' "$scratch/ok" | awk 'length > 80' | wc -l)" -eq 0 ] || fail "the report is wider than 80 columns"

grep -q "^verdict    violation of raft\." "$scratch/violated" || fail "a violation does not name its claim"
grep -q "^reproduce  .*simulate.* run $mutant --seed $violating_seed$" "$scratch/violated" || fail "a violation does not say how to reproduce it"

# The command that it prints does the same again.
sed -n 's/^reproduce  //p' "$scratch/violated" >"$scratch/again"
status=0
sh "$scratch/again" >"$scratch/out" || status=$?
[ "$status" -eq 1 ] || fail "the command that reproduces a violation: exit $status"
grep -o 'digest [0-9a-f]\{16\}' "$scratch/violated" >"$scratch/first"
grep -o 'digest [0-9a-f]\{16\}' "$scratch/out" | cmp -s - "$scratch/first" || fail "the command that reproduces a violation does something else"

# For machines.
quick --seed 3 --json >"$scratch/json"
[ "$(wc -l <"$scratch/json")" -eq 1 ] || fail "--json is not one line"
for key in scenario seed verdict violation digest events virtual_seconds wall_seconds claims clients messages faults marks; do
  grep -q "\"$key\":" "$scratch/json" || fail "--json has no \"$key\""
done
grep -q '"seed":3,"verdict":"ok","violation":null,"digest":"[0-9a-f]\{16\}","events":[0-9]*,"virtual_seconds":3,' "$scratch/json" || fail "--json says something else"
status=0
"$SIMULATE" run "$mutant" --seed "$violating_seed" --json >"$scratch/json" || status=$?
[ "$status" -eq 1 ] || fail "--json of a violation: exit $status"
grep -q '"verdict":"violation","violation":"raft\.' "$scratch/json" || fail "--json does not name the violation"
grep -q '"status":"violated","message":".*","at_seconds":[0-9.]*,"event":[0-9]*' "$scratch/json" || fail "--json does not place the violation"

# One seed, one digest; another seed, another.
digest_of() {
  quick --seed "$1" --json | grep -o '"digest":"[0-9a-f]*"'
}
[ "$(digest_of 5)" = "$(digest_of 5)" ] || fail "two runs of one seed have two digests"
[ "$(digest_of 5)" != "$(digest_of 6)" ] || fail "two seeds have one digest"
quick --seed 5 --verify | grep -q "^deterministic two runs of .* events, seed 5, were equal" || fail "--verify"

# What --set changes is what runs; a scenario comes from a pipe as well.
quick --set systems.0.nodes=3 | grep -q "^cluster    store 3 of raft" || fail "--set systems.0.nodes=3"
"$SIMULATE" run - --set duration=1s --set 'faults=[]' <"$partition" | grep -q "^verdict    every claim holds" || fail "a scenario from a pipe"
