#!/bin/sh
# What docs/debugging.md shows is what its commands print: each line of a block that follows a ```sh block, but for "(...)",
# is a line of the output of the commands before it. (readme.sh runs the commands for their exit codes.)
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
ln -s "$SIMULATE" "$scratch/bin/simulate"
ln -s "$FAULTLINE_SOURCE_DIR/scenarios" "$scratch/scenarios"
PATH=$scratch/bin:$PATH
export PATH

# shown PAGE: runs it and compares; says how many lines were the same, or fails with the first that is not.
shown() {
  inside=
  seen=0
  : >"$scratch/out"
  while IFS= read -r line; do
    case $line in
      '```sh')
        inside=commands
        : >"$scratch/out"
        ;;
      '```') if [ -z "$inside" ]; then inside=output; else inside=; fi ;;
      *)
        if [ "$inside" = commands ]; then
          (cd "$scratch" && sh -c "$line") >>"$scratch/out" 2>&1 </dev/null || true
        elif [ "$inside" = output ] && [ "$line" != "(...)" ]; then
          grep -qxF -e "$line" "$scratch/out" || {
            echo "debugging: the page shows a line that its commands do not print: $line"
            return 1
          }
          seen=$((seen + 1))
        fi
        ;;
    esac
  done <"$1"
  echo "debugging: $seen lines are real"
}

# The control: a page that claims what is not so.
printf '%s\n' '```sh' 'simulate list' '```' '' '```' 'no-such-system' '```' >"$scratch/wrong.md"
if shown "$scratch/wrong.md" >"$scratch/said"; then
  echo "debugging: a page with an invented line went unnoticed"
  exit 1
fi

shown "$FAULTLINE_SOURCE_DIR/docs/debugging.md"
[ "$seen" -ge 60 ] || { echo "debugging: only $seen lines are compared: is the page read right?"; exit 1; }
