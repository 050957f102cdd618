#!/bin/sh
# A bundle can be looked into: nodes at any moment, and what led to an event. What is shown is what the trace has.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bundle=$scratch/bug.json
sound=$scratch/sound.json

fail() {
  echo "looking: $*"
  exit 1
}

# looked WANTED ARGUMENTS...: replays with these arguments and wants that exit code; nothing printed is wider than 80 columns.
looked() {
  wanted=$1
  shift
  status=0
  "$SIMULATE" replay "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
  [ "$status" -eq "$wanted" ] || fail "replay $*: exit $status, should be $wanted: $(cat "$scratch/err")"
  [ "$wanted" -ne 0 ] || [ ! -s "$scratch/err" ] || fail "replay $* complains: $(cat "$scratch/err")"
  case " $* " in
    *" --json "*) ;;
    *) if grep -E '^.{81}' "$scratch/out"; then fail "replay $* prints a line of more than 80 columns"; fi ;;
  esac
}

# says WORD: the last look says so.
says() {
  grep -q -e "$1" "$scratch/out" || fail "nothing says \"$1\": $(cat "$scratch/out")"
}

# complains WORD: the last look said so on stderr, and nothing on stdout.
complains() {
  grep -q -e "$1" "$scratch/err" || fail "no complaint says \"$1\": $(cat "$scratch/err")"
  [ ! -s "$scratch/out" ] || fail "a refused look printed: $(cat "$scratch/out")"
}

# number FIELD: that field of the last --json, at the top level, where it stands first.
number() {
  sed -n "s/^{[^[]*\"$1\":\([0-9]*\)[,}].*/\1/p" "$scratch/out"
}

seed=1
while :; do
  status=0
  "$SIMULATE" run scenarios/mutants/raft-votes-not-voters.json --seed "$seed" --bundle "$bundle" --trace "$scratch/trace" \
    --json >"$scratch/report" || status=$?
  [ "$status" -eq 1 ] && break
  seed=$((seed + 1))
  [ "$seed" -le 20 ] || fail "no seed up to 20 violates a claim"
done
"$SIMULATE" run scenarios/raft/partition.json --seed 3 --set duration=4s --set quiet=0s --set 'faults=[]' --bundle "$sound" >"$scratch/report.sound"
last=$(tail -n 1 "$scratch/trace" | sed 's/^{"event":\([0-9]*\).*/\1/')
violator=$(sed -n 's/.*"status":"violated"[^}]*"node":"\([a-z0-9]*\)".*/\1/p' "$scratch/report")

# All nodes at the end, and at a time: the event named is the last in the trace up to then.
looked 0 "$bundle" --until violation
says "^the end of the run: violation of raft.election-safety$"
[ "$(grep -c '^[nc][1-5]  *[sc]' "$scratch/out")" -eq 7 ] || fail "not every node is there: $(cat "$scratch/out")"
looked 0 "$bundle" --until 1.5s --json
[ "$(number t)" -eq 1500000000 ] || fail "the moment is $(number t)"
newest=$(awk -F'[:,]' '/"kind":"(start|deliver|timer|sync|fault)"/ { match($0, /"t":[0-9]*/); if (substr($0, RSTART + 4, RLENGTH - 4) + 0 <= 1500000000) e = $2 } END { print e }' "$scratch/trace")
[ "$(number event)" = "$newest" ] || fail "the last event until 1.5s is $(number event), of the trace $newest"
looked 0 "$bundle" --until "$newest" --json
[ "$(number event)" = "$newest" ] || fail "event $newest became $(number event)"

# Commas, as reports write numbers.
looked 0 "$bundle" --until 1,000 --json
[ "$(number event)" -eq 1000 ] || fail "event 1,000 became $(number event)"

# Beyond the end is the end, and says so.
for when in 99s 999999999; do
  looked 0 "$bundle" --until "$when"
  says "^$when would be after it$"
  says "^the end of the run: violation"
  looked 0 "$bundle" --until "$when" --json
  [ "$(number event)" = "$last" ] || fail "the end is event $(number event), of the trace $last"
done
looked 0 "$sound" --until 4s
says "^the end of the run$"
if grep -q "would be after" "$scratch/out"; then fail "the end counts as after the end"; fi

# One node: its role, state, disk and timers, and what its last event changed.
looked 0 "$bundle" --show "$violator"
says "^$violator  up, leader of store"
says "^  state/role  *candidate -> leader"
says "^  role  *leader"
says "^disk  *[0-9]* writes"
says "^  HeartbeatTimeout  due at"
says "^    log  [0-9]* records, 1 to"
says "^      \.\.\. [0-9]* more"
looked 0 "$bundle" --show "$violator" --json
says '"role":"leader","status":"up","state":{"term":'
says '"last_event":{"event":'"$last"',"cause":'
says '{"path":"/state/role","before":"candidate","after":"leader"}'
looked 0 "$bundle" --show n1 --show c1 --show n1 --until 2s
[ "$(grep -c '^[nc]1  up' "$scratch/out")" -eq 2 ] || fail "two nodes were asked for: $(cat "$scratch/out")"
looked 0 "$bundle" --show n5 --until 1
says "^last event none yet"
says "^disk  *never written"

# A node that is down has a state, and no timers.
crash=$(sed -n 's/^{"event":\([0-9]*\),.*"kind":"fault","text":"crash \(n[0-9]\)[ "].*/\1 \2/p' "$scratch/trace" | head -n 1)
looked 0 "$bundle" --until "${crash% *}" --show "${crash#* }"
says "^${crash#* }  down"
says "^state, lost in the crash"
says "^timers  *none"
says "^  status  *up -> down"

# What led to the violation: each event caused by the one before it, as in the trace, and the last is the violation.
looked 0 "$bundle" --follow violation --json --hops 50
grep -o '{"event":[0-9]*,\("cause":[0-9]*,\)\{0,1\}"t":[0-9]*,"kind":"\(start\|deliver\|timer\|sync\|fault\)"' "$scratch/out" >"$scratch/chain"
[ "$(wc -l <"$scratch/chain")" -ge 5 ] || fail "only $(wc -l <"$scratch/chain") events led to the violation"
[ "$(wc -l <"$scratch/chain")" -le 50 ] || fail "--hops 50 gives more"
previous=
while read -r line; do
  grep -qF -e "$line" "$scratch/trace" || fail "the trace has no event $line"
  cause=$(printf '%s\n' "$line" | sed -n 's/.*"cause":\([0-9]*\).*/\1/p')
  [ -z "$previous" ] || [ "$cause" = "$previous" ] || fail "event $line does not follow from $previous"
  previous=$(printf '%s\n' "$line" | sed 's/{"event":\([0-9]*\).*/\1/')
done <"$scratch/chain"
[ "$previous" = "$last" ] || fail "the past of the violation ends at $previous, the trace at $last"

looked 0 "$bundle" --follow violation --hops 2
says "^ *\.\.\. [0-9,]* earlier"
says "^ .* $violator *Vote term [0-9]*, granted true"
says "from n[0-9], sent at [0-9.]*s in event [0-9,]*"
says "role candidate -> leader"
[ "$(grep -c '^ *[0-9,]*  *[0-9.]*s  ' "$scratch/out")" -eq 2 ] || fail "--hops 2 shows $(cat "$scratch/out")"
looked 0 "$bundle" --follow 1 --hops 5
says "^ *1  *0.000000s  n1 *starts"
if grep -q earlier "$scratch/out"; then fail "something is earlier than the first event"; fi
looked 0 "$bundle" --follow "${crash% *}"
says "  crash ${crash#* }"
says "${crash#* }: status up -> down"

# What cannot be looked at.
looked 2 "$bundle" --until soon
complains '--until: found "soon", expected a time as "4.2s", the number of an event, or "violation"'
looked 2 "$bundle" --until 4.2
complains "expected a time"
looked 2 "$bundle" --until 0
complains "events count from 1"
looked 2 "$bundle" --follow voilation
complains 'did you mean "violation"'
looked 2 "$bundle" --follow 999999999
complains "the run ends at .*, with event"
looked 2 "$bundle" --show n4 --show n44
complains 'unknown node "n44", expected one of n1, .*did you mean "n4"'
looked 2 "$sound" --follow violation
complains "the run violates no claim"
looked 2 "$sound" --until violation
complains "the run violates no claim"

# A bundle of another run is not looked into.
sed 's/"digest":"[0-9a-f]*"/"digest":"0123456789abcdef"/' "$bundle" >"$scratch/tampered.json"
looked 4 "$scratch/tampered.json" --show n1
complains "the bundle's 0123456789abcdef"
looked 4 "$scratch/tampered.json" --follow violation
complains "the bundle's 0123456789abcdef"
