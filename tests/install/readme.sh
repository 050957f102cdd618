#!/bin/sh
# The README's own protocol: its files are taken out of the page, built against an installed Faultline as the page says, and
# run by the page's own commands.
#
#   readme.sh CMAKE CXX PREFIX        with FAULTLINE_SOURCE_DIR
#
# In the page a line `<!-- file: NAME -->` stands before the block that is the file NAME; the commands begin with build/lease,
# and `# exit N` behind one says what it should exit with, if not 0.
set -eu

cmake=$1
cxx=$2
prefix=$3
page=$FAULTLINE_SOURCE_DIR/README.md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

awk -v out="$scratch" '
  /^<!-- file: .* -->$/ { name = $3; next }
  /^```/ { if (name != "" && !inside) { inside = 1; next } if (inside) { inside = 0; close(out "/" name); name = "" } next }
  inside { print > (out "/" name) }
' "$page"
for file in lease.cpp CMakeLists.txt lease.json; do
  [ -s "$scratch/$file" ] || { echo "install: README.md has no file $file"; exit 1; }
done

cd "$scratch"
"$cmake" -S . -B build -G Ninja -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_PREFIX_PATH="$prefix" >log 2>&1 || { cat log; exit 1; }
"$cmake" --build build >log 2>&1 || { cat log; exit 1; }

grep '^build/lease ' "$page" >commands || { echo "install: README.md has no command that begins with build/lease"; exit 1; }
while read -r line; do
  expected=$(printf '%s\n' "$line" | sed -n 's/.*# exit \([0-9]*\).*/\1/p')
  status=0
  sh -c "$line" >out 2>&1 </dev/null || status=$?
  [ "$status" -eq "${expected:-0}" ] || { echo "install: exit $status, should be ${expected:-0}: $line"; cat out; exit 1; }
  echo "README: $line"
done <commands
