#!/bin/sh
# Files that the command writes are complete or not there at all; colours are for terminals.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
partition=scenarios/raft/partition.json

fail() {
  echo "output: $*"
  exit 1
}

quick() {
  "$SIMULATE" run "$partition" --seed 4 --set duration=1s --set 'faults=[]' "$@"
}

# A trace: a header, then an event a line, and the same bytes every time.
quick --trace "$scratch/a.jsonl" >"$scratch/out"
quick --trace "$scratch/b.jsonl" >"$scratch/out"
cmp -s "$scratch/a.jsonl" "$scratch/b.jsonl" || fail "one seed has two traces"
head -n 1 "$scratch/a.jsonl" | grep -q '^{"faultline":"[^"]*","kind":"trace","seed":4,"scenario":{' || fail "the trace has another header"
events=$(sed -n 's/.* \([0-9,]*\) events$/\1/p' "$scratch/out" | tr -d ,)
last=$(sed -n '$s/^{"event":\([0-9]*\).*/\1/p' "$scratch/a.jsonl")
[ "$events" = "$last" ] || fail "the trace ends at event $last of $events"
grep -v '^{.*}$' "$scratch/a.jsonl" && fail "a line of the trace is no object"

if command -v zstd >/dev/null 2>&1; then
  quick --trace "$scratch/a.jsonl.zst" >"$scratch/out"
  zstd -dcq "$scratch/a.jsonl.zst" | cmp -s - "$scratch/a.jsonl" || fail "a compressed trace is another trace"
fi

# A history that the command itself can judge; compressed as well.
quick --history "$scratch/h.jsonl" >"$scratch/out"
"$SIMULATE" check "$scratch/h.jsonl" >"$scratch/out" || fail "check of a sound history: exit $?"
grep -q "^valid  $scratch/h.jsonl" "$scratch/out" || fail "the history of a sound run is not valid"
quick --history "$scratch/h.jsonl.zst" >"$scratch/out"
"$SIMULATE" check "$scratch/h.jsonl.zst" --json | grep -q '"verdict":"valid"' || fail "a compressed history is not valid"

# A budget of one step decides nothing; a history that is damaged is refused.
status=0
"$SIMULATE" check "$scratch/h.jsonl" --steps 1 >"$scratch/out" || status=$?
[ "$status" -eq 3 ] || fail "check --steps 1: exit $status, should be 3"
grep -q "^undecided" "$scratch/out" || fail "check --steps 1 decides something"
head -c 1000 "$scratch/h.jsonl" >"$scratch/cut.jsonl"
status=0
"$SIMULATE" check "$scratch/cut.jsonl" >"$scratch/out" 2>"$scratch/err" || status=$?
[ "$status" -eq 2 ] || fail "check of a history that was cut off: exit $status"
if command -v zstd >/dev/null 2>&1; then
  head -c 200 "$scratch/h.jsonl.zst" >"$scratch/cut.jsonl.zst"
  status=0
  "$SIMULATE" check "$scratch/cut.jsonl.zst" >"$scratch/out" 2>"$scratch/err" || status=$?
  [ "$status" -eq 2 ] || fail "check of zstd data that was cut off: exit $status"
  grep -q "zstd data ends early" "$scratch/err" || fail "zstd data that was cut off is not named"
fi

# What cannot be written is said, and leaves nothing behind.
mkdir "$scratch/folder"
for option in --trace --history --bundle; do
  for place in "$scratch/nowhere/file" "$scratch/folder"; do
    status=0
    quick "$option" "$place" >"$scratch/out" 2>"$scratch/err" || status=$?
    [ "$status" -eq 2 ] || fail "$option $place: exit $status, should be 2"
    grep -q "$place: cannot write it" "$scratch/err" || fail "$option $place is not named"
  done
done
left=$(find "$scratch" -name '*.part*')
[ -z "$left" ] || fail "half-written files are left: $left"
echo precious >"$scratch/kept"
status=0
"$SIMULATE" run nowhere.json --trace "$scratch/kept" >"$scratch/out" 2>"$scratch/err" || status=$?
[ "$status" -eq 2 ] || fail "a run without a scenario: exit $status"
[ "$(cat "$scratch/kept")" = precious ] || fail "a failed run overwrote a file"

# A pipe stays a pipe.
mkfifo "$scratch/pipe"
cat "$scratch/pipe" >"$scratch/piped" &
reader=$!
quick --trace "$scratch/pipe" >"$scratch/out"
if [ ! -p "$scratch/pipe" ]; then
  kill "$reader"
  fail "a pipe was replaced by a file"
fi
wait "$reader"
cmp -s "$scratch/piped" "$scratch/a.jsonl" || fail "a trace through a pipe is another trace"

# A full disk under stdout is an error, not a success.
if [ -c /dev/full ]; then
  status=0
  "$SIMULATE" list >/dev/full 2>"$scratch/err" || status=$?
  [ "$status" -eq 2 ] || fail "a full disk: exit $status, should be 2"
fi

# Colours: none when piped, whatever else; some when asked for.
escape=$(printf '\033')
quick >"$scratch/out"
grep -q "$escape" "$scratch/out" && fail "colours in a pipe"
quick --color always >"$scratch/out"
grep -q "$escape" "$scratch/out" || fail "--color always has no colours"
quick --color never >"$scratch/out"
grep -q "$escape" "$scratch/out" && fail "--color never has colours"
NO_COLOR=1 quick >"$scratch/out"
grep -q "$escape" "$scratch/out" && fail "NO_COLOR has colours"
quick --color always --json >"$scratch/out"
grep -q "$escape" "$scratch/out" && fail "colours in --json"
exit 0
