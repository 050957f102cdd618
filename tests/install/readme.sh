#!/bin/sh
# The programs of the README and the tutorial: their files are taken out of the pages, built against an installed Faultline as
# the pages say, and run by the pages' own commands.
#
#   readme.sh CMAKE CXX PREFIX        with FAULTLINE_SOURCE_DIR
#
# In a page a line `<!-- file: NAME -->` stands before the block that is the file NAME; the commands begin with build/ and the
# program's name, and `# exit N` behind one says what it should exit with, if not 0.
set -eu

cmake=$1
cxx=$2
prefix=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# try PAGE NAME: the page's program NAME.cpp with NAME.json (and a CMakeLists.txt, of which one is like another) is built against the
# installed Faultline, and the page's commands that begin with build/NAME do what they say.
try() {
  page=$FAULTLINE_SOURCE_DIR/$1
  name=$2
  folder=$scratch/$name
  mkdir "$folder"
  awk -v out="$folder" '
    /^<!-- file: .* -->$/ { name = $3; next }
    /^```/ { if (name != "" && !inside) { inside = 1; next } if (inside) { inside = 0; close(out "/" name); name = "" } next }
    inside { print > (out "/" name) }
  ' "$page"
  for file in "$name.cpp" "$name.json"; do
    [ -s "$folder/$file" ] || { echo "install: $1 has no file $file"; exit 1; }
  done
  cd "$folder"
  [ -s CMakeLists.txt ] || sed "s/lease/$name/g" "$scratch/lease/CMakeLists.txt" >CMakeLists.txt
  "$cmake" -S . -B build -G Ninja -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_PREFIX_PATH="$prefix" >log 2>&1 || { cat log; exit 1; }
  "$cmake" --build build >log 2>&1 || { cat log; exit 1; }

  sed -n "s/^\(\$ \)\{0,1\}\(build\/$name .*\)/\2/p" "$page" >commands
  [ -s commands ] || { echo "install: $1 has no command that begins with build/$name"; exit 1; }
  while read -r line; do
    expected=$(printf '%s\n' "$line" | sed -n 's/.*# exit \([0-9]*\).*/\1/p')
    status=0
    sh -c "$line" >out 2>&1 </dev/null || status=$?
    [ "$status" -eq "${expected:-0}" ] || { echo "install: exit $status, should be ${expected:-0}: $line"; cat out; exit 1; }
    echo "$1: $line"
  done <commands
}

try README.md lease
try docs/tutorial.md bank
