#!/bin/sh
# A run becomes a file of another tool, from a scenario, a bundle or a trace alike; and what cannot be exported is refused.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bug=scenarios/mutants/raft-votes-not-voters.json
formats="perfetto shiviz mermaid svg html csv jsonl"

fail() {
  echo "export: $*"
  exit 1
}

# exports ARGUMENTS...: exits 0; its output is in $scratch/out, its notices in $scratch/err.
exports() {
  "$SIMULATE" export "$@" >"$scratch/out" 2>"$scratch/err" || fail "export $*: exit $?: $(cat "$scratch/err")"
}

# refused WANTED WORD ARGUMENTS...: exits WANTED, says WORD on stderr, writes nothing anywhere.
refused() {
  wanted=$1
  word=$2
  shift 2
  status=0
  mkdir "$scratch/target"
  "$SIMULATE" export "$@" --out "$scratch/target/file" >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
  [ "$status" -eq "$wanted" ] || fail "export $*: exit $status, should be $wanted: $(cat "$scratch/err")"
  grep -q -e "$word" "$scratch/err" || fail "export $* does not say \"$word\": $(cat "$scratch/err")"
  [ ! -s "$scratch/out" ] || fail "a refused export printed something"
  rmdir "$scratch/target" 2>/dev/null || fail "export $* left something behind: $(ls "$scratch/target")"
}

says() { # FILE WORDS
  grep -q -e "$2" "$1" || fail "nothing in $1 says \"$2\""
}

"$SIMULATE" run "$bug" --seed 1 --bundle "$scratch/bug.json" --trace "$scratch/bug.jsonl" >"$scratch/report" || [ $? -eq 1 ] || fail "the mutant does not run"
"$SIMULATE" run "$bug" --seed 1 --trace "$scratch/bug.jsonl.zst" >"$scratch/report" || [ $? -eq 1 ] || fail "the mutant does not run again"

# The same run is the same file, whichever it is read from, and whether it goes to a file or to standard output.
for format in $formats; do
  exports "$bug" --seed 1 --to "$format"
  mv "$scratch/out" "$scratch/run.$format"
  [ -s "$scratch/run.$format" ] || fail "$format: nothing was written"
  for file in bug.json bug.jsonl bug.jsonl.zst; do
    exports "$scratch/$file" --to "$format" --out "$scratch/other.$format"
    [ ! -s "$scratch/out" ] || fail "$format --out prints something"
    cmp "$scratch/run.$format" "$scratch/other.$format" || fail "$format: $file becomes another file than its scenario"
  done
done
cmp "$scratch/run.jsonl" "$scratch/bug.jsonl" || fail "jsonl is another file than the trace"
says "$scratch/run.perfetto" '"traceEvents":\['
says "$scratch/run.mermaid" '^sequenceDiagram$'
says "$scratch/run.svg" '^<svg xmlns='
says "$scratch/run.html" 'violated.*raft.election-safety'
says "$scratch/run.csv" '^event,cause,time_ns,kind,node,from,sent_ns,type,fate,text,value'
head -n 1 "$scratch/run.shiviz" | grep -q '(?<host>' || fail "the first line of a ShiViz log is no expression"

# Pipes, and compressed output.
exports - --to csv <"$scratch/bug.jsonl"
cmp "$scratch/out" "$scratch/run.csv" || fail "a trace through a pipe becomes another file"
exports - --seed 1 --to csv <"$bug"
cmp "$scratch/out" "$scratch/run.csv" || fail "a scenario through a pipe becomes another file"
exports "$scratch/bug.json" --to jsonl --out "$scratch/packed.jsonl.zst"
exports "$scratch/packed.jsonl.zst" --to csv
cmp "$scratch/out" "$scratch/run.csv" || fail "an exported trace becomes another file"

# A part of the run, and a notice of what was left out where more was asked for than fits.
exports "$scratch/bug.json" --to csv --from 1s --until 2s --node n1 --node n2
awk -F, 'NR > 1 && ($3 < 1000000000 || $3 > 2000000000) { bad = 1 } END { exit NR < 20 || bad }' "$scratch/out" || fail "--from and --until"
if tail -n +2 "$scratch/out" | awk -F, '$4 != "drop" && $5 != "n1" && $5 != "n2" { bad = 1 } END { exit !bad }'; then fail "--node"; fi
[ ! -s "$scratch/err" ] || fail "a notice though nothing was left out: $(cat "$scratch/err")"
exports "$scratch/bug.json" --to mermaid
says "$scratch/err" '^mermaid: Only the first 300 of [0-9]* messages'
[ "$(grep -c -e '->>' -e '-x' -e 'Note over' "$scratch/out")" -eq 301 ] || fail "mermaid has not 300 lines and a notice"
exports "$scratch/bug.json" --to mermaid --most 0
[ ! -s "$scratch/err" ] || fail "--most 0 leaves something out"
[ "$(wc -l <"$scratch/out")" -gt 1000 ] || fail "--most 0 is short"
exports "$bug" --to csv --seed 2 --set duration=2s
[ "$(wc -l <"$scratch/out")" -gt 20 ] || fail "--set and --seed of a scenario"

# A JSON parser of others takes what is JSON, and their engine runs the page's script up to where it wants a page.
if command -v node >/dev/null 2>&1; then
  node -e '
    const fs = require("fs");
    const trace = JSON.parse(fs.readFileSync(process.argv[1]));
    const flows = new Map();
    for (const e of trace.traceEvents) if (e.ph === "s" || e.ph === "f") flows.set(e.id, (flows.get(e.id) || "") + e.ph);
    if (flows.size < 100) throw new Error("only " + flows.size + " flows");
    for (const ends of flows.values()) if (ends !== "sf" && ends !== "fs") throw new Error("a flow with the ends " + ends);
    const page = fs.readFileSync(process.argv[2], "utf8");
    const data = JSON.parse(/<script type="application\/json" id="data">([^]*?)<\/script>/.exec(page)[1]);
    if (data.events.length < 1000) throw new Error("only " + data.events.length + " events");
    new Function(/<script>([^]*?)<\/script>/.exec(page)[1]);
    const log = fs.readFileSync(process.argv[3], "utf8").split("\n");
    const line = new RegExp("^" + log[0] + "$");
    for (const text of log.slice(2, -1)) JSON.parse(line.exec(text).groups.clock);
    const diagram = fs.readFileSync(process.argv[4], "utf8").split("\n");
    for (const text of diagram.slice(1, -1)) {
      if (!/^ +(box transparent .+|participant p\d+ as .+|end|p\d+(->>|-x)p\d+: .+|Note over p\d+(,p\d+)?: .+)$/.test(text)) throw new Error(text);
    }' "$scratch/run.perfetto" "$scratch/run.html" "$scratch/run.shiviz" "$scratch/run.mermaid" || fail "node does not read the exports"
fi

# What cannot be exported.
refused 2 'unknown format "perfeto", expected one of perfetto, .*jsonl.*did you mean "perfetto"' "$bug" --to perfeto
refused 2 "to is required" "$bug"
refused 2 "nowhere.json: cannot read it: No such file" nowhere.json --to svg
printf '{"name": "x"}\n' >"$scratch/neither.json"
refused 2 "neither.json: expected a trace or a bundle, .* or a scenario" "$scratch/neither.json" --to svg
printf 'a history\n' >"$scratch/text"
refused 2 "text: line 1" "$scratch/text" --to svg
: >"$scratch/empty"
refused 2 "empty: " "$scratch/empty" --to svg
refused 2 'unknown node "n7", expected one of n1, .*did you mean' "$scratch/bug.json" --to svg --node n7
refused 2 '\-\-from: found "soon", expected a time as "4.2s": ' "$scratch/bug.json" --to svg --from soon
refused 2 '\-\-until: 1s is before --from, 2s' "$scratch/bug.json" --to svg --from 2s --until 1s
refused 2 "most" "$scratch/bug.json" --to svg --most few
refused 2 "whole run" "$scratch/bug.json" --to jsonl --from 1s
refused 2 '\-\-seed: .*bug.json is a bundle' "$scratch/bug.json" --to svg --seed 2
refused 2 '\-\-set: .*bug.jsonl is a trace' "$scratch/bug.jsonl" --to svg --set duration=1s
refused 2 '/systems/0/protocol: .*did you mean "raft"' "$bug" --to svg --set systems.0.protocol=raff
head -c 100000 "$scratch/bug.jsonl" >"$scratch/cut.jsonl"
refused 2 "cut.jsonl: line [0-9]*: " "$scratch/cut.jsonl" --to svg
refused 2 "cut.jsonl: line [0-9]*: " "$scratch/cut.jsonl" --to jsonl
head -c 20000 "$scratch/bug.jsonl.zst" >"$scratch/cut.jsonl.zst"
refused 2 "the zstd data ends early" "$scratch/cut.jsonl.zst" --to csv
printf '{"kind":"trace","seed":1}\n' >"$scratch/old.jsonl"
refused 2 "old.jsonl: line 1: " "$scratch/old.jsonl" --to csv
sed 's/"digest":"[0-9a-f]*"/"digest":"0123456789abcdef"/' "$scratch/bug.json" >"$scratch/tampered.json"
for format in svg jsonl; do
  refused 4 "tampered.json: the run's digest is .*, the bundle's 0123456789abcdef" "$scratch/tampered.json" --to "$format"
done
status=0
"$SIMULATE" export "$bug" --to svg --out "$scratch/no/such/folder" >"$scratch/out" 2>"$scratch/err" || status=$?
[ "$status" -eq 2 ] || fail "a folder that is not there: exit $status"
says "$scratch/err" "cannot write it: No such file"
if [ -w /dev/full ]; then
  status=0
  "$SIMULATE" export "$scratch/bug.json" --to csv >/dev/full 2>"$scratch/err" || status=$?
  [ "$status" -eq 2 ] || fail "a full disk: exit $status"
fi
printf 'as it was' >"$scratch/kept"
"$SIMULATE" export "$scratch/tampered.json" --to svg --out "$scratch/kept" 2>"$scratch/err" && fail "a tampered bundle was exported"
[ "$(cat "$scratch/kept")" = 'as it was' ] || fail "a failed export changed the file that was there"
