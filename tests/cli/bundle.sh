#!/bin/sh
# A bundle does the same again, to the byte; a bundle that somebody changed is found out.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
partition=scenarios/raft/partition.json

fail() {
  echo "bundle: $*"
  exit 1
}

# replayed WANTED FILE ARGUMENTS...: replays and wants that exit code.
replayed() {
  wanted=$1
  shift
  status=0
  "$SIMULATE" replay "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
  [ "$status" -eq "$wanted" ] || fail "replay $*: exit $status, should be $wanted: $(cat "$scratch/err")"
}

bundle=$scratch/bug.json
"$SIMULATE" run "$partition" --seed 9 --set duration=3s --set 'faults=[]' --bundle "$bundle" >"$scratch/run"
grep -q '"kind":"bundle","seed":9,"verdict":"ok"' "$bundle" || fail "the bundle is something else: $(head -c 200 "$bundle")"

replayed 0 "$bundle"
grep -q "^replay     confirmed" "$scratch/out" || fail "the replay is not confirmed"
grep -o 'digest [0-9a-f]\{16\}' "$scratch/run" >"$scratch/digest"
grep -o 'digest [0-9a-f]\{16\}' "$scratch/out" | cmp -s - "$scratch/digest" || fail "the replay has another digest"
replayed 0 "$bundle" --json
grep -q '"seed":9,"verdict":"ok"' "$scratch/out" || fail "replay --json"

# The bundle of a violation replays to the same violation.
for seed in 1 2 3 4 5 6 7 8 9 10; do
  status=0
  "$SIMULATE" run scenarios/mutants/raft-seen-is-granted.json --seed "$seed" --bundle "$scratch/violation.json" >"$scratch/run" || status=$?
  [ "$status" -eq 1 ] && break
done
[ "$status" -eq 1 ] || fail "no seed from 1 to 10 violates a claim"
grep -q "simulate replay $scratch/violation.json" "$scratch/run" || fail "the report does not say how to replay"
replayed 1 "$scratch/violation.json"
grep "^verdict" "$scratch/run" >"$scratch/verdict"
grep "^verdict" "$scratch/out" | cmp -s - "$scratch/verdict" || fail "the replay comes to another verdict"

# Another digest: the run is not what was recorded.
sed 's/"digest":"[0-9a-f]*"/"digest":"0123456789abcdef"/' "$bundle" >"$scratch/tampered.json"
replayed 4 "$scratch/tampered.json"
grep -q "the bundle's 0123456789abcdef" "$scratch/err" || fail "a wrong digest is not named"
sed 's/"seed":9/"seed":10/' "$bundle" >"$scratch/tampered.json"
replayed 4 "$scratch/tampered.json"
sed 's/"faultline":"[^"]*"/"faultline":"0.0.1"/; s/"seed":9/"seed":10/' "$bundle" >"$scratch/tampered.json"
replayed 4 "$scratch/tampered.json"
grep -q "made by version 0.0.1" "$scratch/err" || fail "a bundle of another version does not say so"

# Bundles that are none.
sed 's/"digest":"[0-9a-f]*",//' "$bundle" >"$scratch/tampered.json"
replayed 2 "$scratch/tampered.json"
grep -q "/digest" "$scratch/err" || fail "a missing digest is not named"
sed 's/"seed":9/"seed":-9/' "$bundle" >"$scratch/tampered.json"
replayed 2 "$scratch/tampered.json"
sed 's/"protocol":"raft"/"protocol":"raff"/' "$bundle" >"$scratch/tampered.json"
replayed 2 "$scratch/tampered.json"
grep -q '/scenario/systems/0/protocol: .*did you mean "raft"?' "$scratch/err" || fail "a mistake in a bundle's scenario is not placed"
head -c 100 "$bundle" >"$scratch/tampered.json"
replayed 2 "$scratch/tampered.json"
: >"$scratch/tampered.json"
replayed 2 "$scratch/tampered.json"
