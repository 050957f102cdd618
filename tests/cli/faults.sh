#!/bin/sh
# docs/faults.md: it names every verb, effect and shape that the schema knows, and each of its entries is one that scenarios take.
set -eu

root=${FAULTLINE_SOURCE_DIR:-.}
page=$root/docs/faults.md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() {
  echo "faults: $*" >&2
  exit 1
}

"$SIMULATE" schema >"$scratch/schema.json"
# The words of the enums that hold "swizzle" and "stall", and the verbs, which are the properties that are targets.
words=$(tr ']' '\n' <"$scratch/schema.json" | sed -n 's/.*"enum":\[\(.*"\(swizzle\|stall\)".*\)/\1/p' | tr -d '"' | tr ',' '\n' | sort -u)
[ "$(echo "$words" | wc -l)" -ge 12 ] || fail "found only the words: $words"
for word in $words crash pause slow partition clog link disk clock restart resume heal; do
  grep -qF "\`$word\`" "$page" || fail "docs/faults.md does not describe $word"
done

# Each entry by itself, in a scenario of the nodes that the page speaks of.
sed -n '/^```json$/,/^```$/p' "$page" | grep '^{' >"$scratch/entries"
count=$(wc -l <"$scratch/entries")
[ "$count" -ge 25 ] || fail "only $count entries in docs/faults.md"
{
  printf '{"name": "page", "systems": [{"name": "store", "protocol": "raft", "nodes": 5}], "clients": [{"count": 1}],'
  printf ' "duration": "20s", "faults": ['
  sed '$!s/$/,/' "$scratch/entries"
  printf ']}\n'
} >"$scratch/page.json"
"$SIMULATE" validate "$scratch/page.json" >"$scratch/out" 2>&1 || fail "$(cat "$scratch/out")"
"$SIMULATE" run "$scratch/page.json" --seed 3 --set atlas=false --json >"$scratch/run.json" || fail "the page's faults together break a claim"
grep -q '"verdict": *"ok"' "$scratch/run.json" || fail "no verdict: $(head -c 300 "$scratch/run.json")"

# Shown something wrong, it says so.
sed 's/"clog"/"clogg"/' "$scratch/page.json" >"$scratch/wrong.json"
if "$SIMULATE" validate "$scratch/wrong.json" >"$scratch/out" 2>&1; then fail "a wrong entry passes"; fi
grep -q 'did you mean "clog"' "$scratch/out" || fail "a wrong entry is not explained: $(cat "$scratch/out")"
echo "docs/faults.md: $count entries are taken"
