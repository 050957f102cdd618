#!/bin/sh
# The determinism gate: one scenario and one seed give one digest, whatever built the command and whatever surrounds it.
#
#   gate.sh SIMULATE...            each is a path, or LABEL=PATH
#
# Every binary runs with address randomisation on and off, and with freshly allocated memory left alone and filled with two
# patterns. All runs must print one and the same JSON report, the digest in it included. GATE_SCENARIO and GATE_SEED choose
# another run. The verdict does not matter, the sameness does.
set -eu

[ $# -gt 0 ] || { echo "usage: gate.sh SIMULATE..." >&2; exit 2; }
root=${FAULTLINE_SOURCE_DIR:-$(cd "$(dirname "$0")/../.." && pwd)}
scenario=${GATE_SCENARIO:-$root/scenarios/raft/partition.json}
seed=${GATE_SEED:-7}
[ -f "$scenario" ] || { echo "gate: no scenario $scenario"; exit 77; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# setarch is forbidden in some containers; half the gate is better than none, and the table says which half.
fixed='off'
setarch "$(uname -m)" -R true 2>/dev/null || fixed=''

first=''
runs=0
wrong=0
printf '%-28s %-5s %-7s %s\n' build aslr memory digest
for binary in "$@"; do
  label=${binary%%=*}
  path=${binary#*=}
  [ "$label" != "$binary" ] || label=$(basename "$path")
  for aslr in on $fixed; do
    for memory in as-is 85 170; do
      # Only the environment differs, so a subshell holds it.
      (
        [ "$memory" = as-is ] || export MALLOC_PERTURB_="$memory"
        if [ "$aslr" = off ]; then set -- setarch "$(uname -m)" -R "$path"; else set -- "$path"; fi
        status=0
        "$@" run "$scenario" --seed "$seed" --json >"$scratch/out" 2>"$scratch/err" || status=$?
        # 0 every claim holds, 1 one is violated: both are results of the run. Anything else is no run at all.
        [ "$status" -le 1 ] || { echo "exit $status" >"$scratch/out"; cat "$scratch/err" >&2; }
      )
      digest=$(sed -n 's/.*"digest" *: *"\{0,1\}\([0-9a-fA-Fx]*\).*/\1/p' "$scratch/out" | head -n 1)
      # How long the run took by the clock on the wall is the one thing in a report that may differ.
      sed 's/"wall_seconds" *: *[^,}]*//g' "$scratch/out" >"$scratch/report"
      runs=$((runs + 1))
      verdict=''
      if [ -z "$digest" ]; then
        digest='none'
        verdict=' <- no digest'
      elif [ -z "$first" ]; then
        first=$digest
        cp "$scratch/report" "$scratch/first"
      elif [ "$digest" != "$first" ]; then
        verdict=' <- another digest'
      elif ! cmp -s "$scratch/report" "$scratch/first"; then
        verdict=' <- the same digest, another report'
      fi
      [ -z "$verdict" ] || wrong=$((wrong + 1))
      printf '%-28s %-5s %-7s %s%s\n' "$label" "$aslr" "$memory" "$digest" "$verdict"
    done
  done
done
[ -n "$fixed" ] || echo "(setarch -R is not allowed here: address randomisation was not switched off)"
echo "$runs runs, $wrong wrong: $scenario, seed $seed"
[ "$wrong" -eq 0 ]
