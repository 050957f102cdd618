#!/bin/sh
# Builds `simulate` in the ways that a digest must not depend on, then runs the gate over all of them.
#
#   matrix.sh [--full] SCRATCH [LABEL=SIMULATE...]     further binaries, already built, join the gate
#
# Three choices of two make eight builds: {g++, clang++} x {-O0, -O2} x {zero, pattern} for variables that nobody
# initialised. Four of them (the default) already hold every pair of choices; --full builds all eight.
set -eu

full=0
if [ "${1:-}" = --full ]; then
  full=1
  shift
fi
[ $# -gt 0 ] || { echo "usage: matrix.sh [--full] SCRATCH [LABEL=SIMULATE...]" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
scratch=$1
shift

builds='g++:-O0:pattern g++:-O2:zero clang++:-O0:zero clang++:-O2:pattern'
[ "$full" -eq 0 ] || builds="$builds g++:-O0:zero g++:-O2:pattern clang++:-O0:pattern clang++:-O2:zero"

# Clang before 16 gives zero only to who says that they know it may go.
zero_flags() { # CXX
  know=-enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang
  flags='-ftrivial-auto-var-init=zero'
  if ! echo 'int main() {}' | "$1" $flags -x c++ -fsyntax-only - 2>/dev/null; then flags="$flags $know"; fi
  printf '%s' "$flags"
}

for build in $builds; do
  cxx=${build%%:*}
  init=${build##*:}
  level=${build#*:}
  level=${level%:*}
  command -v "$cxx" >/dev/null || { echo "matrix: no $cxx here" >&2; exit 77; }
  case $init in
    zero) flags=$(zero_flags "$cxx") ;;
    *) flags="-ftrivial-auto-var-init=$init" ;;
  esac
  label=$cxx$level-$init
  echo "building $label" >&2
  # A build type that CMake does not know adds no flags of its own.
  if ! { cmake -S "$root" -B "$scratch/$label" -G Ninja -DCMAKE_BUILD_TYPE=Gate -DCMAKE_CXX_COMPILER="$cxx" \
           -DCMAKE_CXX_FLAGS="$level $flags" -DFAULTLINE_WERROR=OFF -DFAULTLINE_TESTS=OFF -DFAULTLINE_VIEWER=OFF &&
         cmake --build "$scratch/$label" --target simulate; } >"$scratch.log" 2>&1; then
    tail -n 30 "$scratch.log" >&2
    exit 1
  fi
  set -- "$@" "$label=$scratch/$label/bin/simulate"
done

# These builds are without the viewer, which nothing else may need.
view=$scratch/$label/bin/simulate
status=0
said=$("$view" view "$root/scenarios/raft/partition.json" 2>&1) || status=$?
case $status:$said in
  2:*libimgui-dev*) ;;
  *) echo "matrix: without the viewer, simulate view said: $said (exit $status)" >&2; exit 1 ;;
esac
sh "$here/gate.sh" "$@"
