#!/bin/sh
# simulate mutants: every planted bug is found in time, and the page says how long it takes.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
folder=scenarios/mutants
page=docs/mutants.md

fail() {
  echo "mutants: $*"
  exit 1
}

# hunted WANTED ARGUMENTS...: hunts and wants that exit code.
hunted() {
  wanted=$1
  shift
  status=0
  "$SIMULATE" mutants "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
  [ "$status" -eq "$wanted" ] || fail "$*: exit $status, should be $wanted: $(cat "$scratch/err")"
}

# The gate: each is found within its limit, and the page names it.
hunted 0 "$folder" --check --table "$page"
cat "$scratch/out"
for file in "$folder"/*.json; do
  grep -qE "^$(basename "$file" .json)( |$)" "$scratch/out" || fail "nobody hunted for $file"
done
[ "$(awk 'length > 80' "$scratch/out" | wc -l)" -eq 0 ] || fail "the table is wider than 80 columns"

# The page says how small the runs become: Figure 8 of the Raft paper in few messages.
deliveries=$(sed -n 's/^| raft-commit-old-term |.* -> [0-9,]* (\([0-9]*\)) |.*/\1/p' "$page")
[ "${deliveries:-999}" -lt 60 ] || fail "the page has raft-commit-old-term shrunk to \"$deliveries\" deliveries, should be below 60"

# Its controls: a scenario without a bug, and a page that does not name one.
mkdir "$scratch/sound"
sed 's/"mutant": "[a-z-]*"/"mutant": ""/' "$folder/raft-heartbeat-race.json" >"$scratch/sound/sound.json"
hunted 1 "$scratch/sound" --check --limit 3
grep -q "sound.json: found in 0 of 3 hunts through 3 seeds each" "$scratch/err" || fail "a bug that is not there is found"
grep -q "> 3 .*nothing 3" "$scratch/out" || fail "the table does not say that nothing was found"
grep -v "^| raft-heartbeat-race " "$page" >"$scratch/page.md"
hunted 1 "$folder/raft-heartbeat-race.json" --check --table "$scratch/page.md"
grep -q "the table does not name raft-heartbeat-race" "$scratch/err" || fail "a page that does not name a scenario goes unnoticed"

# The table is written between its markers, and nowhere else; the same in any number of threads.
printf 'before\n<!-- mutants: begin -->\nold\n<!-- mutants: end -->\nafter\n' >"$scratch/page.md"
hunted 0 "$folder/raft-heartbeat-race.json" "$folder/raft-seen-is-granted.json" --ranges 6 --jobs 1 --table "$scratch/page.md"
cp "$scratch/page.md" "$scratch/one.md"
hunted 0 "$folder/raft-heartbeat-race.json" "$folder/raft-seen-is-granted.json" --ranges 6 --jobs 4 --table "$scratch/page.md"
cmp -s "$scratch/page.md" "$scratch/one.md" || fail "four threads write another table than one"
[ "$(sed -n '1p;$p' "$scratch/page.md" | tr '\n' ' ')" = "before after " ] || fail "the page around the table was changed"
[ "$(grep -c "^| raft-[a-z-]* | [0-9]* | [0-9]* | raft\.[a-z-]* [0-9]" "$scratch/page.md")" -eq 2 ] || fail "the table: $(cat "$scratch/page.md")"
grep -q old "$scratch/page.md" && fail "the old table is still there"
hunted 0 "$folder/raft-heartbeat-race.json" --ranges 2 --json
grep -q '^{"ranges":2,"limit":1000,.*"mutants":\[{"scenario":"raft-heartbeat-race",.*"found":2,"median":[0-9]*,"p90":[0-9]*,"seeds":\[[0-9]*,[0-9]*\],"claims":{"raft\.' \
  "$scratch/out" || fail "--json: $(cat "$scratch/out")"

# Without their bugs nothing is found; the same in any number of threads. What is broken in another way is.
hunted 0 "$folder" --correct 1..2 --jobs 1
grep -q "^raft-heartbeat-race  *2  *0  *0  *[1-9][0-9,]*$" "$scratch/out" || fail "--correct: $(cat "$scratch/out")"
grep -q "^verdict    every claim holds in [0-9,]* runs without a planted bug" "$scratch/out" || fail "--correct: no verdict"
hunted 0 "$folder" --correct 1..2 --jobs 4 --json
sed 's/"wall_seconds".*"scenarios"//' "$scratch/out" >"$scratch/four"
hunted 0 "$folder" --correct 1..2 --jobs 1 --json
sed 's/"wall_seconds".*"scenarios"//' "$scratch/out" | cmp -s - "$scratch/four" || fail "--correct depends on the number of threads"
hunted 1 scenarios/raft/lying-disks.json "$folder/raft-seen-is-granted.json" --correct 3..8
grep -q "^raft-lying-disks  raft.committed-stays in 6 seeds, first 3$" "$scratch/out" || fail "--correct finds nothing: $(cat "$scratch/out")"
status=0
sh -c "$(sed -n 's/^reproduce  //p' "$scratch/out")" >"$scratch/run" || status=$?
[ "$status" -eq 1 ] || fail "what --correct found is not reproduced: exit $status"
"$SIMULATE" mutants "$folder" --correct 1..1000000000 >"$scratch/out" 2>"$scratch/err" &
runner=$!
sleep 1
kill -INT "$runner"
status=0
wait "$runner" || status=$?
[ "$status" -eq 3 ] || fail "--correct, Ctrl-C: exit $status, should be 3"
grep -q "^ended      by an interrupt" "$scratch/out" || fail "--correct, Ctrl-C: $(cat "$scratch/out")"

# A find shrunk, the same in any number of threads.
hunted 0 "$folder/raft-seen-is-granted.json" --ranges 1 --shrink --jobs 1
grep -q "^raft-seen-is-granted  .* [0-9,]* -> [0-9]* ([0-9]*)$" "$scratch/out" || fail "--shrink: $(cat "$scratch/out")"

# Bad input.
refused() {
  words=$1
  shift
  hunted 2 "$@"
  [ ! -s "$scratch/out" ] || fail "$*: bad input, but there is a table"
  grep -q -e "$words" "$scratch/err" || fail "$*: the complaint does not say \"$words\": $(cat "$scratch/err")"
}
refused "nowhere.json: cannot read it" nowhere.json
mkdir "$scratch/empty"
refused "found no .json file" "$scratch/empty"
refused "found no place for the table, expected the lines <!-- mutants: begin -->" "$folder" --table README.md
refused "nowhere.md: cannot read it" "$folder" --table nowhere.md
refused "limit" "$folder" --limit 0
refused "ranges" "$folder" --ranges 0
refused "SCENARIO" --check
refused '--correct: found "9..3", expected A..B' "$folder" --correct 9..3
refused "excludes" "$folder" --correct 1..3 --check
echo '{}' >"$scratch/empty/bad.json"
refused "bad.json: .*name" "$scratch/empty" "$folder"
exit 0
