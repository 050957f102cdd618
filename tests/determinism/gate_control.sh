#!/bin/sh
# The determinism gate's own test: commands that give themselves away in each way are caught, an honest one passes.
# (The bodies of the stand-ins are for their own shell, hence single quotes.)
# shellcheck disable=SC2016
set -eu

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
: >"$scratch/scenario.json"
failed=0

# command_of NAME BODY: a stand-in for `simulate`.
command_of() {
  printf '#!/bin/sh\n%s\n' "$2" >"$scratch/$1"
  chmod +x "$scratch/$1"
}

# judge WORDS VERDICT SIMULATE...
judge() {
  words=$1
  expected=$2
  shift 2
  if GATE_SCENARIO="$scratch/scenario.json" sh "$here/gate.sh" "$@" >"$scratch/table" 2>&1; then
    verdict=passes
  else
    verdict=caught
  fi
  if [ "$verdict" = "$expected" ]; then
    echo "ok: $words $verdict"
  else
    echo "wrong: $words $verdict, should be $expected"
    cat "$scratch/table"
    failed=1
  fi
}

command_of honest 'echo "{\"digest\": \"a1b2\"}"'
command_of other 'echo "{\"digest\": \"a1b3\"}"'
command_of violated 'echo "{\"digest\": \"a1b2\"}"; exit 1'
command_of memory 'echo "{\"digest\": \"a1b${MALLOC_PERTURB_:-2}\"}"'
# Personality flag 0x0040000 is "no address randomisation".
command_of address 'case $(cat /proc/self/personality) in 0004*) echo "{\"digest\": \"a1b2\"}" ;; *) echo "{\"digest\": \"a1b3\"}" ;; esac'
command_of report 'echo "{\"digest\": \"a1b2\", \"memory\": \"${MALLOC_PERTURB_:-none}\"}"'
command_of timed 'echo "{\"digest\": \"a1b2\", \"wall_seconds\": 0.$(date +%N), \"events\": 3}"'
command_of crashing 'echo "{\"digest\": \"a1b2\"}"; exit 134'
command_of silent ':'

judge "an honest command" passes "$scratch/honest"
judge "two builds that agree, on a violated claim too" passes "one=$scratch/honest" "two=$scratch/honest"
judge "a violated claim" passes "$scratch/violated"
judge "a report that tells how long it took" passes "$scratch/timed"
judge "two builds that differ" caught "one=$scratch/honest" "two=$scratch/other"
judge "uninitialised memory" caught "$scratch/memory"
judge "a report that differs under one digest" caught "$scratch/report"
judge "a crash" caught "$scratch/crashing"
judge "no digest at all" caught "$scratch/silent"
if [ -r /proc/self/personality ] && setarch "$(uname -m)" -R true 2>/dev/null; then
  judge "an address that leaks into the run" caught "$scratch/address"
fi
exit "$failed"
