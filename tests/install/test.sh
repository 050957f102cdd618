#!/bin/sh
# Installs Faultline beside itself and builds the project of this folder against what was installed, and nothing else.
#
#   test.sh CMAKE CXX        with FAULTLINE_BUILD_DIR: the build to install
set -eu

cmake=$1
cxx=$2
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

[ -f "$here/main.cpp" ] || { echo "install: the outside project has no main.cpp yet"; exit 77; }

"$cmake" --install "$FAULTLINE_BUILD_DIR" --prefix "$scratch/prefix" >"$scratch/log" || { tail -n 30 "$scratch/log"; exit 1; }

# A copy, so that no header can be found by its neighbourhood to the sources.
cp -R "$here" "$scratch/outside"
"$cmake" -S "$scratch/outside" -B "$scratch/build" -G Ninja -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_PREFIX_PATH="$scratch/prefix"
"$cmake" --build "$scratch/build"

if grep -rq "$FAULTLINE_SOURCE_DIR" "$scratch/prefix/lib"*/cmake 2>/dev/null; then
  echo "install: the installed package still names the source folder"
  grep -rn "$FAULTLINE_SOURCE_DIR" "$scratch/prefix/lib"*/cmake
  exit 1
fi

cd "$scratch/outside"
"$scratch/prefix/bin/simulate" list >"$scratch/list"
"$scratch/build/outside" --help >/dev/null
"$scratch/build/outside" list
# Every scenario that comes with the project must run and hold.
for scenario in "$scratch"/outside/*.json; do
  [ -f "$scenario" ] || continue
  "$scratch/build/outside" run "$scenario" --seed 1
done

# The README's own protocol is another such project.
sh "$here/readme.sh" "$cmake" "$cxx" "$scratch/prefix"
