#!/bin/sh
# simulate sweep under mpirun: three processes come to what one comes to.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mutant=scenarios/mutants/raft-heartbeat-race.json

fail() {
  echo "sweep_ranks: $*"
  exit 1
}

# Open MPI leaves memory behind that a sanitizer would take for our own leaks.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS

command -v mpirun >/dev/null 2>&1 || { echo "no mpirun here"; exit 77; }
# Open MPI's options; another mpirun may know none of them, and a container may forbid what it needs.
ranks() {
  mpirun --allow-run-as-root --oversubscribe --quiet -n 3 "$SIMULATE" "$@"
}
mpirun --allow-run-as-root --oversubscribe --quiet -n 3 true >/dev/null 2>&1 || { echo "mpirun does not run here"; exit 77; }
status=0
ranks sweep "$mutant" --seeds 1 >"$scratch/out" 2>"$scratch/err" || status=$?
if grep -q "built without MPI" "$scratch/err"; then
  [ "$status" -ne 0 ] || fail "no MPI, but no error"
  echo "built without MPI"
  exit 77
fi

timeless() {
  sed -E 's/ in [0-9.]+ of wall clock.*//; s/"(wall_seconds|seeds_per_second)":[^,]*,//g' "$1"
}

for arguments in "--seeds 1..150" "--seeds 1..150 --json" "--seeds 1..100000 --stop-after 4" "--seeds 1..2 --jobs 1"; do
  for runner in "$SIMULATE" ranks; do
    status=0
    # shellcheck disable=SC2086
    $runner sweep "$mutant" $arguments >"$scratch/out" 2>"$scratch/err" || status=$?
    [ "$status" -eq 1 ] || fail "$arguments: exit $status: $(cat "$scratch/err")"
    timeless "$scratch/out" >"$scratch/$(basename "$runner")"
  done
  cmp "$scratch/$(basename "$SIMULATE")" "$scratch/ranks" || fail "$arguments: three ranks come to something else than one process"
done

# Bundles, a scenario that only rank 0 can read, and an end in time.
status=0
ranks sweep - --seeds 1..40 --out "$scratch/bugs" <"$mutant" >"$scratch/out" 2>"$scratch/err" || status=$?
[ "$status" -eq 1 ] || fail "a scenario from a pipe: exit $status: $(cat "$scratch/err")"
for bundle in "$scratch"/bugs/*.json; do
  status=0
  "$SIMULATE" replay "$bundle" >"$scratch/replayed" || status=$?
  [ "$status" -eq 1 ] || fail "$bundle: replay exits with $status"
done
ranks sweep scenarios/raft/partition.json --seeds 1..1000000 --time-limit 4s >"$scratch/out" 2>"$scratch/err" || fail "--time-limit: exit $?"
grep -q "^ended      by the time limit" "$scratch/out" || fail "--time-limit: $(cat "$scratch/out")"

# One complaint, not three.
status=0
ranks sweep nowhere.json >"$scratch/out" 2>"$scratch/err" || status=$?
[ "$status" -eq 2 ] || fail "a scenario that is not there: exit $status"
[ "$(grep -c "nowhere.json: cannot read it" "$scratch/err")" -eq 1 ] || fail "not one complaint: $(cat "$scratch/err")"
exit 0
