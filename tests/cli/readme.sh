#!/bin/sh
# The pages' commands do what they say, and the pages know every field, command and option that there is.
#
# A command is a line of a ```sh block that begins with `simulate` or `build/release/bin/simulate`; `# exit N` behind it says
# what it should exit with, if not 0. Commands of one page run in one folder, in order, so that one can use another's files.
set -eu

root=$FAULTLINE_SOURCE_DIR
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "readme: $*"
  exit 1
}

mkdir -p "$scratch/bin"
ln -s "$SIMULATE" "$scratch/bin/simulate"
PATH=$scratch/bin:$PATH
export PATH

# A program without the viewer says so, and cannot draw what the pages draw.
drawn=1
if simulate view "$root/scenarios/raft/partition.json" --size 320x320 --screenshot "$scratch/picture.png" 2>&1 | grep -q libimgui-dev; then
  echo "readme: skipped: the commands of simulate view, which this program has not got"
  drawn=0
fi

# run_page FILE: runs its commands; says how many, or fails.
run_page() {
  folder=$(mktemp -d "$scratch/page.XXXXXX")
  mkdir -p "$folder/build/release"
  ln -s "$scratch/bin" "$folder/build/release/bin"
  ln -s "$root/scenarios" "$folder/scenarios"
  awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside && /^(build\/release\/bin\/)?simulate /' "$1" >"$folder/commands"
  count=0
  while read -r line; do
    case $drawn:$line in 0:simulate\ view*) continue ;; esac
    expected=$(printf '%s\n' "$line" | sed -n 's/.*# exit \([0-9]*\).*/\1/p')
    status=0
    (cd "$folder" && sh -c "$line") >"$folder/out" 2>&1 </dev/null || status=$?
    if [ "$status" -ne "${expected:-0}" ]; then
      tail -n 5 "$folder/out"
      fail "$(basename "$1"): exit $status, should be ${expected:-0}: $line"
    fi
    count=$((count + 1))
  done <"$folder/commands"
  echo "$(basename "$1"): $count commands"
}

# The control: a page with a wrong expectation must fail.
printf '%s\n' '```sh' 'simulate list  # exit 1' '```' >"$scratch/wrong.md"
if (run_page "$scratch/wrong.md") >/dev/null; then fail "a command with another exit code than the page says went unnoticed"; fi

for page in README.md $(cd "$root" && ls docs/*.md); do
  run_page "$root/$page" >"$scratch/said" || { cat "$scratch/said"; exit 1; }
  cat "$scratch/said"
  [ "$page" != README.md ] || [ "$(sed 's/.*: \([0-9]*\) .*/\1/' "$scratch/said")" -ge 10 ] || fail "README.md has too few commands"
done

# Every field of a scenario is described. The settings of protocols (under "allOf") have pages of their own.
simulate schema | awk '
  {
    for (i = 1; i <= length($0); ++i) {
      c = substr($0, i, 1)
      if (quoted) {
        if (c == "\\") { ++i; word = word "?" } else if (c == "\"") quoted = 0; else word = word c
      } else if (c == "\"") { quoted = 1; word = "" }
      else if (c == ":") {
        key[depth] = word
        settings = 0
        for (d = 0; d < depth; ++d) if (key[d] == "allOf") settings = 1
        if (key[depth - 1] == "properties" && !settings) print word
      }
      else if (c == "{" || c == "[") key[++depth] = ""
      else if (c == "}" || c == "]") --depth
    }
  }' | sort -u >"$scratch/fields"
[ "$(wc -l <"$scratch/fields")" -ge 40 ] || fail "only $(wc -l <"$scratch/fields") fields in the schema: is it read right?"
while read -r field; do
  grep -qF "\`$field\`" "$root/docs/scenarios.md" || fail "docs/scenarios.md does not describe the field $field"
done <"$scratch/fields"

# So is every command, with every option of it.
simulate --help | awk '/^Subcommands:/ { inside = 1; next } inside && /^  [a-z]/ { print $1 } inside && /^$/ { exit }' >"$scratch/names"
[ "$(wc -l <"$scratch/names")" -ge 5 ] || fail "only $(wc -l <"$scratch/names") commands in the help: is it read right?"
while read -r name; do
  awk -v head="## $name" '$0 == head { inside = 1; next } /^## / { inside = 0 } inside' "$root/docs/commands.md" >"$scratch/section"
  [ -s "$scratch/section" ] || fail "docs/commands.md has no section \"## $name\""
  simulate "$name" --help | sed -n 's/^  *\(-[a-zA-Z],\)\{0,1\}\(--[a-z-]*\).*/\2/p' | grep -v -x -e --help >"$scratch/options" || true
  while read -r option; do
    grep -qF -e "$option" "$scratch/section" || fail "docs/commands.md: the section of $name does not describe $option"
  done <"$scratch/options"
done <"$scratch/names"

# Every system has a page that names all that `describe` names: settings, claims, workloads, measures, mutants.
names_all() { # PAGE SYSTEM: whether it names every word of the list, a claim with or without its system; leaves those it does not
  : >"$scratch/lacking"
  while read -r word; do
    grep -qF -e "\`$word\`" -e "\`${word#"$2".}\`" "$1" || echo "$word" >>"$scratch/lacking"
  done <"$scratch/words"
  [ ! -s "$scratch/lacking" ]
}
simulate list | sed -n 's/^\([a-z][a-z0-9-]*\) .*/\1/p' >"$scratch/systems"
[ "$(wc -l <"$scratch/systems")" -ge 5 ] || fail "only $(wc -l <"$scratch/systems") systems in the list: is it read right?"
while read -r system; do
  simulate describe "$system" | sed '1,/^$/d' | sed -n 's/^  \([a-z][a-z0-9_.-]*\)\( .*\)\{0,1\}$/\1/p' >"$scratch/words"
  best=''
  for page in "$root"/docs/*.md; do
    grep -qF -e "\`$system." -e "\`$system\`" "$page" || continue
    if names_all "$page" "$system"; then best=$page && break; fi
    echo "$(basename "$page") does not name of $system: $(tr '\n' ' ' <"$scratch/lacking")" >"$scratch/why"
  done
  [ -n "$best" ] || fail "no page names all of $system; $(cat "$scratch/why" 2>/dev/null || echo 'no page is about it')"
done <"$scratch/systems"

# Relative links lead to something.
for page in "$root"/README.md "$root"/CHANGELOG.md "$root"/docs/*.md "$root"/docs/design/*.md; do
  grep -o ']([^)#: ]*[)#]' "$page" | sed 's/^](//; s/[)#]$//' | sort -u >"$scratch/links" || true
  while read -r link; do
    [ -z "$link" ] || [ -e "$(dirname "$page")/$link" ] || fail "$(basename "$page") links to $link, which is not there"
  done <"$scratch/links"
done
echo "every field, command, option and link is there"
