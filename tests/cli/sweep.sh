#!/bin/sh
# simulate sweep: the same result from any number of threads, a bundle of each cause, an end in time, and a clean one by Ctrl-C.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
partition=scenarios/raft/partition.json
mutant=scenarios/mutants/raft-heartbeat-race.json

fail() {
  echo "sweep: $*"
  exit 1
}

# swept WANTED ARGUMENTS...: sweeps and wants that exit code.
swept() {
  wanted=$1
  shift
  status=0
  "$SIMULATE" sweep "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
  [ "$status" -eq "$wanted" ] || fail "$*: exit $status, should be $wanted: $(cat "$scratch/err")"
}

# What may differ between two sweeps: how long they took.
timeless() {
  sed -E 's/ in [0-9.]+ of wall clock.*//; s/"(wall_seconds|seeds_per_second)":[^,]*,//g' "$1"
}

# A sound scenario, cut short so that this takes no time.
quick() {
  wanted=$1
  shift
  swept "$wanted" "$partition" --set duration=2s --set 'faults=[]' "$@"
}

# One result, whatever the number of threads.
for arguments in "--seeds 1..60" "--seeds 1..60 --json" "--seeds 3..90 --stop-after 5" "--seeds 3..90 --stop-after 1 --json"; do
  for jobs in 1 2 4; do
    # shellcheck disable=SC2086
    swept 1 "$mutant" $arguments --jobs "$jobs"
    timeless "$scratch/out" >"$scratch/jobs$jobs"
  done
  cmp -s "$scratch/jobs1" "$scratch/jobs2" || fail "$arguments: two threads come to something else than one"
  cmp -s "$scratch/jobs1" "$scratch/jobs4" || fail "$arguments: four threads come to something else than one"
done

# Every claim holds.
quick 0 --seeds 1..20
[ ! -s "$scratch/err" ] || fail "a sound sweep wrote to stderr"
grep -q "^verdict    every claim holds in 20 seeds" "$scratch/out" || fail "a sound sweep does not say so"
grep -q "^reproduce" "$scratch/out" && fail "a sound sweep has nothing to reproduce"
grep -q "^  UNREACHED  raft.snapshot-installed  *sometimes: no seed" "$scratch/out" || fail "what no seed reaches is not called out"
swept 1 "$mutant" --seeds 1..60
grep -q "^  reached    raft.split-vote  *sometimes: [0-9]* seeds*, [0-9.]*%" "$scratch/out" || fail "what is reached is not counted"
quick 0 --seeds 9 --set quiet=0s --json
grep -q '"first_seed":9,"last_seed":9,"seeds":1,"ended":null,"verdict":"ok"' "$scratch/out" || fail "a sweep of one seed: $(cat "$scratch/out")"
grep -q '"failures":\[\],.*"unreached":\[.*"raft.snapshot-installed"' "$scratch/out" || fail "--json has no failures or no unreached"
grep -q '"untested":\["raft.leader-exists","clients.progress"\]' "$scratch/out" || fail "--json does not say what was never judged"

# What a seed comes to is what run makes of it.
"$SIMULATE" run "$mutant" --seed 20 >"$scratch/run" || true
swept 1 "$mutant" --seeds 20 --json
digest=$(sed -n 's/.*digest \([0-9a-f]*\),.*/\1/p' "$scratch/run")
grep -q "\"failures\":\[{\"seed\":20,\"claim\":\"raft.committed-stays\",\"digest\":\"$digest\"" "$scratch/out" || fail "seed 20 is not what run makes of it"

# A bundle for each cause, of its cheapest seed, which replays; the report ends with how to reproduce the cheapest of all.
swept 1 "$mutant" --seeds 1..60 --out "$scratch/new/bugs"
[ "$(awk 'length > 80 && !/^  *(\/|.*replay|.*kept)/ && !/^reproduce/' "$scratch/out" | wc -l)" -eq 0 ] || fail "the report is wider than 80 columns"
causes=$(sed -n 's/^failures .* \([0-9]*\) causes\{0,1\}$/\1/p' "$scratch/out")
[ "$causes" -ge 2 ] || fail "only $causes causes"
[ "$(find "$scratch/new/bugs" -type f | wc -l)" -eq "$causes" ] || fail "there are not $causes bundles"
for bundle in "$scratch"/new/bugs/*.json; do
  status=0
  "$SIMULATE" replay "$bundle" >"$scratch/replayed" || status=$?
  [ "$status" -eq 1 ] || fail "$bundle: replay exits with $status"
  grep -q "^replay     confirmed" "$scratch/replayed" || fail "$bundle: not confirmed"
done
sed -n 's/^reproduce  //p; s/^           \(.* replay .*\)/\1/p' "$scratch/out" >"$scratch/commands"
[ "$(wc -l <"$scratch/commands")" -eq 2 ] || fail "the report does not end with two commands"
while read -r line; do
  status=0
  sh -c "$line" >"$scratch/again" </dev/null || status=$?
  [ "$status" -eq 1 ] || fail "exit $status: $line"
  grep -o 'digest [0-9a-f]\{16\}' "$scratch/again" >>"$scratch/digests"
done <"$scratch/commands"
[ "$(sort -u "$scratch/digests" | wc -l)" -eq 1 ] || fail "the commands that reproduce a failure do two things"

# The violation that the scenario expects.
grep -q "the violation of raft.committed-stays was expected; it took 1 seed" "$scratch/out" || fail "the expected violation is not told"
swept 0 "$mutant" --seeds 1..5 --set systems.0.mutant=
grep -q "raft.committed-stays was" "$scratch/out" || fail "an expected violation that is not found is not told"

# Claims that a checker gives up on, and scenarios without claims or clients.
quick 0 --seeds 1..3 --set 'clients=[]'
quick 0 --seeds 1..3 --set 'checks=["raft.log-matching"]'
[ "$(grep -c "^  holds" "$scratch/out")" -eq 1 ] || fail "checks are not heeded"

# --stop-after ends at that failure, and says so.
swept 1 "$mutant" --seeds 1..100000 --stop-after 7 --json
grep -q '"ended":"stop-after",.*"failed":7,' "$scratch/out" || fail "--stop-after 7: $(head -c 300 "$scratch/out")"

# --time-limit ends in time, with what there is.
before=$(date +%s)
swept 0 "$partition" --seeds 1..1000000 --time-limit 1s
[ $(($(date +%s) - before)) -le 20 ] || fail "--time-limit 1s took $(($(date +%s) - before)) s"
grep -q "^ended      by the time limit, with seeds 1\.\.[0-9]*$" "$scratch/out" || fail "--time-limit: $(cat "$scratch/out")"
seeds=$(sed -n 's/^ended .*1\.\.\([0-9]*\)$/\1/p' "$scratch/out")
timeless "$scratch/out" | grep -v -e "^ended" -e " seeds 1\.\." -e "^$" >"$scratch/limited"
swept 0 "$partition" --seeds "1..$seeds"
timeless "$scratch/out" | grep -v -e " seeds 1\.\." -e "^$" | cmp -s - "$scratch/limited" || fail "--time-limit comes to something else than its seeds"

# So does Ctrl-C.
"$SIMULATE" sweep "$mutant" --seeds 1..1000000000 >"$scratch/out" 2>"$scratch/err" &
sweeper=$!
sleep 1
kill -INT "$sweeper"
status=0
wait "$sweeper" || status=$?
[ "$status" -eq 1 ] || fail "Ctrl-C: exit $status, should be 1"
grep -q "^ended      by an interrupt, with seeds 1\.\." "$scratch/out" || fail "Ctrl-C: $(cat "$scratch/out")"
grep -q "^reproduce" "$scratch/out" || fail "Ctrl-C: the report has no end"

# Bad input.
refused() {
  words=$1
  shift
  swept 2 "$@"
  [ ! -s "$scratch/out" ] || fail "$*: bad input, but there is a report"
  grep -q -e "$words" "$scratch/err" || fail "$*: the complaint does not say \"$words\": $(cat "$scratch/err")"
}
for seeds in x 9..1 1.. ..9 1...9 -1..3 1..99999999999999999999 1..2..3; do
  refused "^--seeds: found \"$seeds\", expected A..B" "$partition" --seeds="$seeds"
done
for limit in 0s 5 soon; do refused "^--time-limit: .*\"$limit\"" "$partition" --time-limit "$limit"; done
refused "nowhere.json: cannot read it" nowhere.json
refused "SCENARIO" --seeds 1..2
refused "jobs" "$partition" --jobs 0
refused "stop-after" "$partition" --stop-after 0
refused "^--set x" "$partition" --set x
echo '{"name":"x","systems":[{"protocol":"raff","nodes":3}],"duration":"1s"}' >"$scratch/bad.json"
refused 'did you mean "raft"?' "$scratch/bad.json"
: >"$scratch/file"
refused "$scratch/file/bugs: cannot make this folder" "$partition" --out "$scratch/file/bugs"
refused "$scratch/file: cannot make this folder" "$partition" --out "$scratch/file"
exit 0
