#!/bin/sh
# What clients saw of any kind of system is written by `simulate run --history` and judged by `simulate check` as the run was.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "histories: $*"
  exit 1
}

# same SCENARIO MODEL: three seeds; runs and their histories get one verdict. What the verdicts were is added to $scratch/verdicts.
same() {
  for seed in 1 2 3; do
    ran=0
    "$SIMULATE" run "$1" --seed "$seed" --history "$scratch/history.jsonl" >"$scratch/out" 2>&1 || ran=$?
    judged=0
    "$SIMULATE" check "$scratch/history.jsonl" --model "$2" >"$scratch/out" 2>&1 || judged=$?
    [ "$ran" -eq "$judged" ] || fail "$1, seed $seed: exit $ran, its history as $2: exit $judged"
    guessed=0
    "$SIMULATE" check "$scratch/history.jsonl" >"$scratch/out" 2>&1 || guessed=$?
    [ "$guessed" -eq "$ran" ] || fail "$1, seed $seed: exit $ran, its history by what it looks like: exit $guessed"
    echo "$ran" >>"$scratch/verdicts"
  done
}

same scenarios/occ-store/append.json list-append
same scenarios/occ-store/registers.json rw-register
same scenarios/occ-store/bank.json bank
same scenarios/occ-store/queue.json queue
same scenarios/occ-store/set.json set-full
same scenarios/occ-store/counter.json counter
same scenarios/flake/clocks.json unique-ids
same scenarios/broker/partitions.json kafka
same scenarios/mutants/occ-store-snapshot-isolation.json list-append
same scenarios/mutants/occ-store-stale-read.json list-append
same scenarios/mutants/occ-store-read-committed.json rw-register
same scenarios/mutants/occ-store-torn-transfer.json bank
same scenarios/mutants/occ-store-duplicate-enqueue.json queue
same scenarios/mutants/occ-store-lost-add.json set-full
same scenarios/mutants/flake-clock-trusted.json unique-ids
same scenarios/mutants/broker-acks-leader.json kafka
same scenarios/mutants/occ-store-lost-push.json stack
same scenarios/mutants/occ-store-lost-insert.json priority-queue
same scenarios/mutants/occ-store-two-holders.json mutex
same scenarios/mutants/occ-store-lost-member.json set
same scenarios/mutants/occ-store-skewed-registers.json multi-register
same scenarios/mutants/occ-store-lost-work.json total-queue
same scenarios/mutants/occ-store-lost-comment.json comments
same scenarios/mutants/occ-store-long-fork.json long-fork
grep -q 0 "$scratch/verdicts" || fail "no run was right"
grep -q 1 "$scratch/verdicts" || fail "no run was wrong"

# holds MUTANT MODEL LEVEL EXIT: what is left of isolation in the history of a mutant.
holds() {
  "$SIMULATE" run "scenarios/mutants/occ-store-$1.json" --seed 1 --history "$scratch/history.jsonl" >"$scratch/out" 2>&1 &&
    fail "$1: seed 1 found nothing"
  status=0
  "$SIMULATE" check "$scratch/history.jsonl" --model "$2" --consistency "$3" >"$scratch/out" 2>&1 || status=$?
  [ "$status" -eq "$4" ] || fail "$1 as $3: exit $status, should be $4: $(cat "$scratch/out")"
}

holds snapshot-isolation list-append snapshot-isolation 0
holds snapshot-isolation list-append serializable 1
holds read-committed rw-register read-committed 0
holds read-committed rw-register snapshot-isolation 1
holds stale-read list-append serializable 0
holds stale-read list-append strict-serializable 1
# left MUTANT LEVEL EXIT: the same of a whole run, which no claim on its history ends early.
left() {
  "$SIMULATE" run "scenarios/mutants/occ-store-$1.json" --seed 1 --set 'checks=["occ-store.leader-exists"]' --set 'expect="no violation"' \
    --history "$scratch/history.jsonl" >"$scratch/out" 2>&1 || fail "$1 without claims: $(cat "$scratch/out")"
  status=0
  "$SIMULATE" check "$scratch/history.jsonl" --consistency "$2" >"$scratch/out" 2>&1 || status=$?
  [ "$status" -eq "$3" ] || fail "$1 as $2: exit $status, should be $3: $(cat "$scratch/out")"
}

# A stale read is in some order of all sessions, a lock that two hold is in none.
sequential() {
  "$SIMULATE" run "scenarios/mutants/$1.json" --seed 1 --history "$scratch/history.jsonl" >"$scratch/out" 2>&1 &&
    fail "$1: seed 1 found nothing"
  "$SIMULATE" check "$scratch/history.jsonl" >"$scratch/out" 2>&1 && fail "$1 is linearizable"
  status=0
  "$SIMULATE" check "$scratch/history.jsonl" --consistency sequential >"$scratch/out" 2>&1 || status=$?
  [ "$status" -eq "$2" ] || fail "$1 as sequential: exit $status, should be $2: $(cat "$scratch/out")"
}
sequential raft-read-no-quorum 0
sequential occ-store-two-holders 1

# Snapshots that are right but old break what a session may expect, and nothing of a single transaction.
left read-committed read-atomic 0
left read-committed monotonic-reads 0
left read-committed read-your-writes 1
left read-committed causal 1
left read-committed causal-convergence 1
left read-committed causal-memory 1
# Reads of what is not committed break everything but the order of writes.
left dirty-read read-committed 1
left dirty-read read-atomic 1
left dirty-read monotonic-reads 1
left dirty-read monotonic-writes 1
left dirty-read writes-follow-reads 1
echo "$(wc -l <"$scratch/verdicts") histories are judged as their runs were"
