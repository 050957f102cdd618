#!/bin/sh
# simulate view: pictures of scenarios, bundles and traces without a display, the same every time; bad input.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "view: $*"
  exit 1
}

# viewed STATUS ARGUMENT...: the command with these arguments exits so.
viewed() {
  wanted=$1
  shift
  status=0
  "$SIMULATE" view "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
  if grep -q libimgui-dev "$scratch/err"; then
    echo "view: skipped: this program was built without the viewer"
    exit 77
  fi
  [ "$status" -eq "$wanted" ] || fail "view $*: exit $status, should be $wanted: $(cat "$scratch/err")"
  [ ! -s "$scratch/out" ] || fail "view $* prints $(cat "$scratch/out")"
  [ "$wanted" -ne 0 ] || [ ! -s "$scratch/err" ] || fail "view $* complains: $(cat "$scratch/err")"
}

# refused PATTERN ARGUMENT...: bad input, with that complaint, and no picture.
refused() {
  pattern=$1
  shift
  viewed 2 "$@" --screenshot "$scratch/none.png"
  grep -q -e "$pattern" "$scratch/err" || fail "view $*: no complaint says \"$pattern\": $(cat "$scratch/err")"
  [ ! -e "$scratch/none.png" ] || fail "view $* was refused and drew a picture"
}

# drawn WIDTH HEIGHT FILE: a PNG of that size.
drawn() {
  [ "$(head -c 8 "$3" | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ] || fail "$3 is no PNG"
  size=$(od -An -tu1 -j16 -N8 "$3" | awk '{ print ($1 * 256 + $2) * 65536 + $3 * 256 + $4, ($5 * 256 + $6) * 65536 + $7 * 256 + $8 }')
  [ "$size" = "$1 $2" ] || fail "$3 is $size, should be $1 $2"
}

partition=scenarios/raft/partition.json
viewed 0 "$partition" --seed 7 --at 11.2s --zoom 50ms --panel event --size 900x600 --screenshot "$scratch/one.png"
drawn 900 600 "$scratch/one.png"
viewed 0 "$partition" --seed 7 --at 11.2s --zoom 50ms --panel event --size 900x600 --screenshot "$scratch/two.png"
cmp -s "$scratch/one.png" "$scratch/two.png" || fail "the same picture twice is not the same"
viewed 0 "$partition" --seed 8 --at 11.2s --zoom 50ms --panel event --size 900x600 --screenshot "$scratch/two.png"
if cmp -s "$scratch/one.png" "$scratch/two.png"; then fail "another seed gives the same picture"; fi
viewed 0 "$partition" --seed 7 --at 11.2s --zoom 50ms --scale events --light --size 900x600 --screenshot "$scratch/two.png"
if cmp -s "$scratch/one.png" "$scratch/two.png"; then fail "another axis and other colours give the same picture"; fi

# A bundle and a trace of the run.
"$SIMULATE" run "$partition" --seed 7 --bundle "$scratch/b.json" --trace "$scratch/t.jsonl.zst" >/dev/null
viewed 0 "$scratch/b.json" --at 11.2s --zoom 50ms --panel event --size 900x600 --screenshot "$scratch/two.png"
cmp -s "$scratch/one.png" "$scratch/two.png" || fail "the bundle's picture is not that of its run"
viewed 0 "$scratch/t.jsonl.zst" --at 11.2s --zoom 50ms --panel event --size 900x600 --screenshot "$scratch/trace.png"
drawn 900 600 "$scratch/trace.png"

# The picker, a violation, and every kind of fork.
viewed 0 scenarios/raft --screenshot "$scratch/picker.png"
drawn 1280 800 "$scratch/picker.png"
viewed 0 scenarios/mutants/raft-votes-not-voters.json --at violation --panel claims --screenshot "$scratch/violation.png"
for fork in "crash n2" "partition n2 n3" "reseed 9" drop "delay 50ms"; do
  viewed 0 "$partition" --seed 7 --at 5631 --fork "$fork" --screenshot "$scratch/fork.png"
done

# Two runs side by side: the planted bug and the same without it, of a bundle and of a trace.
mutant=scenarios/mutants/raft-commit-old-term.json
"$SIMULATE" run "$mutant" --seed 2 --set 'systems.0.mutant=""' --bundle "$scratch/good.json" --trace "$scratch/good.jsonl" >/dev/null
viewed 0 "$mutant" --seed 2 --beside "$scratch/good.json" --screenshot "$scratch/beside.png"
viewed 0 "$mutant" --seed 2 --beside "$scratch/good.jsonl" --screenshot "$scratch/beside-trace.png"
drawn 1280 800 "$scratch/beside-trace.png"
refused "nothing.json: cannot read it" "$mutant" --beside nothing.json

refused "cannot read it" nothing.json
refused "expected a trace or a bundle" CMakePresets.json
refused "line 1" README.md
refused "\-\-size: found \"12x\"" "$partition" --size 12x
refused "\-\-size: found \"1x1\"" "$partition" --size 1x1
refused "\-\-at soon: found neither" "$partition" --at soon
refused "\-\-at violation" "$partition" --seed 7 --at violation
refused "\-\-zoom near: found neither" "$partition" --zoom near
refused "there is no node \"n9\"" "$partition" --node n9
refused "\-\-fork" "$partition" --at 1s --fork "explode n1"
refused "\-\-fork" "$partition" --at 1s --fork "crash n9"
refused "\-\-fork" "$partition" --fork "crash n1"
refused "fork" "$scratch/t.jsonl.zst" --at 1s --fork "crash n1"
refused "\-\-scale" "$partition" --scale log
refused "\-\-panel" "$partition" --panel all
refused "\-\-seed" "$scratch/b.json" --seed 3
refused "\-\-seed, --set and --beside are for a run" --seed 3
zstd -dcq "$scratch/t.jsonl.zst" 2>/dev/null | head -c 300000 >"$scratch/cut.jsonl" || true
[ ! -s "$scratch/cut.jsonl" ] || refused "cut.jsonl: line [0-9]*: " "$scratch/cut.jsonl"
viewed 2 "$partition" --screenshot "$scratch/nowhere/x.png"
[ ! -e "$scratch/nowhere" ] || fail "a picture makes a folder"

# A window needs a display, and says so.
status=0
env -u DISPLAY -u WAYLAND_DISPLAY "$SIMULATE" view "$partition" >"$scratch/out" 2>"$scratch/err" || status=$?
[ "$status" -eq 2 ] || fail "without a display: exit $status, should be 2"
grep -q "no display" "$scratch/err" || fail "without a display it says: $(cat "$scratch/err")"
echo "pictures are drawn, the same every time; bad input is refused"
