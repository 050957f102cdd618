#!/bin/sh
# simulate check: verdicts, explanations, pictures, witnesses, and what it refuses.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "check: $*"
  exit 1
}

# judged WANTED ARGUMENTS...: checks with these arguments and wants that exit code.
judged() {
  wanted=$1
  shift
  status=0
  "$SIMULATE" check "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
  [ "$status" -eq "$wanted" ] || fail "check $*: exit $status, should be $wanted: $(cat "$scratch/out" "$scratch/err")"
}
# says WORD: it printed so. complains WORD: it did on stderr.
says() { grep -q -e "$1" "$scratch/out" || fail "nothing says \"$1\": $(cat "$scratch/out")"; }
complains() { grep -q -e "$1" "$scratch/err" || fail "no complaint says \"$1\": $(cat "$scratch/err")"; }

cat >"$scratch/stale.jsonl" <<'END'
{"process":0,"type":"invoke","f":"write","value":1,"time":"1s"}
{"process":0,"type":"ok","time":"2s"}
{"process":"nemesis","type":"info","f":"partition","value":"n1 | n2","time":"2.5s"}
{"process":1,"type":"invoke","f":"read","time":"3s"}
{"process":1,"type":"ok","value":null,"time":"4s"}
END
cat >"$scratch/skew.edn" <<'END'
[{:process 0 :type :invoke :f :txn :value [[:r :x nil] [:append :y 1]]}
 {:process 1 :type :invoke :f :txn :value [[:r :y nil] [:append :x 1]]}
 {:process 0 :type :ok :f :txn :value [[:r :x []] [:append :y 1]]}
 {:process 1 :type :ok :f :txn :value [[:r :y []] [:append :x 1]]}
 {:process 0 :type :invoke :f :txn :value [[:r :x nil] [:r :y nil]]}
 {:process 0 :type :ok :f :txn :value [[:r :x [1]] [:r :y [1]]]}]
END
printf '# queue\nenq 1 1 2\nenq 2 3 4\ndeq 2 5 6\ndeq 1 7 8\n' >"$scratch/swapped.log"
printf '# stack\npush 1 1 2\npush 2 3 4\npop 2 5 6\npop 1 7 8\n' >"$scratch/stack.log"
printf 'w 0 0\nw 1 0\n=====\nw 0 1\n-----\nr 0 1\nr 1 0\n=====\nw 1 1\n-----\nr 1 1\nr 0 0\n' >"$scratch/fork.txt"
printf 'w(1,1,0,0)\nr(1,0,1,1)\n' >"$scratch/plume.txt"
printf '[{"type":"invoke","f":"read","process":0},\n{"type":"ok","f":"read","process":0,"value":{"0":10,"1":-2}}]' >"$scratch/bank.json"

# Models and formats are recognised; several files are judged in one call, each on its line.
judged 1 "$scratch/stale.jsonl" "$scratch/skew.edn" "$scratch/swapped.log" "$scratch/stack.log" "$scratch/plume.txt"
says "^invalid.*stale.jsonl  (linearizable-register, 2 operations)"
says "^invalid.*skew.edn  (strict-serializable-list-append, 3 operations)"
says "^invalid.*swapped.log  (linearizable-queue, 4 operations)"
says "^valid.*stack.log  (linearizable-stack, 4 operations)"
says "^valid.*plume.txt  (strict-serializable-rw-register, 2 operations)"

# The same history under weaker claims.
judged 0 "$scratch/stale.jsonl" --consistency sequential
judged 0 "$scratch/skew.edn" --consistency snapshot-isolation
judged 1 "$scratch/skew.edn" --consistency serializable
says "G2-item"
says "snapshot-isolation"
judged 0 "$scratch/fork.txt" --consistency causal
judged 1 "$scratch/fork.txt" --consistency serializable
judged 1 "$scratch/bank.json"
judged 0 "$scratch/bank.json" --negative-balances
judged 1 "$scratch/bank.json" --negative-balances --total 9

# Explanations.
judged 1 "$scratch/stale.jsonl" --svg "$scratch/a.svg" --html "$scratch/a.html" --json
says '"core":\[0,1\]'
grep -q "partition" "$scratch/a.svg" || fail "the fault is not drawn"
grep -q 'class="bar failing"' "$scratch/a.svg" || fail "what fails does not stand out"
grep -q "process 1: read returned nil, 3s to 4s, lines 4 and 5" "$scratch/a.html" || fail "the page does not describe the read"
judged 0 "$scratch/stack.log" --witness "$scratch/w.jsonl"
[ "$(wc -l <"$scratch/w.jsonl")" -eq 4 ] || fail "the witness has not four lines"
judged 1 "$scratch/swapped.log" --witness "$scratch/none.jsonl"
complains "only a valid history has an order"
[ ! -e "$scratch/none.jsonl" ] || fail "an invalid history has a witness"

# What is refused: nothing is judged, and the place is named.
judged 2 "$scratch/stale.jsonl" "$scratch/skew.edn" --svg "$scratch/b.svg"
complains "one history at a time"
judged 2 "$scratch/stale.jsonl" --svg "$scratch/no/such/b.svg"
complains "no/such"
judged 2 "$scratch/stale.jsonl" --consistency serialisable
complains 'did you mean "serializable"'
judged 2 "$scratch/swapped.log" --consistency snapshot-isolation
complains "linearizable"
judged 2 "$scratch/skew.edn" --model queue
printf '# queue\nenq one 1 2\n' | judged 2 -
complains "line 2, column 5"
printf '[{"type":"invoke"' | judged 2 -
complains "line 1, column"
printf 'hello' | judged 2 -
complains "no history known"
printf '{"process":0,"type":"invoke","f":"txn","value":[["append",1,1]]}\n{"process":1,"type":"invoke","f":"txn","value":[["append",1,1]]}\n' |
  judged 2 -
complains "line 2"
