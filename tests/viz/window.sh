#!/bin/sh
# The real window, under Xvfb: it opens on a run, answers mouse and keys, shows something, remembers its layout and closes.
#
#   SIMULATE=path/to/simulate window.sh
#
# Exits 77 where there is no Xvfb, no xdotool, no ImageMagick, or no viewer in this build.
set -eu

for tool in Xvfb xdotool import convert compare; do
  command -v "$tool" >/dev/null || { echo "no $tool here"; exit 77; }
done
work=$(mktemp -d)
server=''
viewer=''
finish() {
  [ -z "$viewer" ] || kill "$viewer" 2>/dev/null || true
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  # To look at what it saw: FAULTLINE_WINDOW_SHOTS names a folder.
  [ -z "${FAULTLINE_WINDOW_SHOTS:-}" ] || cp "$work"/*.png "$FAULTLINE_WINDOW_SHOTS" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
fail() {
  echo "window: $*" >&2
  [ ! -s "$work/log" ] || cat "$work/log" >&2
  exit 1
}
# until_true TRIES COMMAND...: asks again and again; the window is another process, and its clock is not ours.
until_true() {
  tries=$1
  shift
  while [ "$tries" -gt 0 ]; do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
    tries=$((tries - 1))
  done
  return 1
}

# Xvfb finds a free display by itself and writes its number.
Xvfb -displayfd 3 -screen 0 1280x800x24 +extension GLX -noreset 3>"$work/display" >"$work/xvfb.log" 2>&1 &
server=$!
until_true 100 test -s "$work/display" || { echo "Xvfb does not start here"; exit 77; }
DISPLAY=:$(cat "$work/display")
export DISPLAY
XDG_CONFIG_HOME=$work/config
export XDG_CONFIG_HOME
# A graphics driver leaks of its own when it is unloaded. Our own leaks are looked for where there is none: in the panels' tests.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS

"$SIMULATE" view scenarios/raft/partition.json --seed 8 --at 3.21s >"$work/log" 2>&1 &
viewer=$!
seen() { xdotool search --name '^Faultline$' >"$work/id"; }
if ! until_true 300 seen; then
  if grep -q 'built without the viewer\|OpenGL' "$work/log"; then
    cat "$work/log"
    exit 77
  fi
  fail "no window opens"
fi
id=$(head -n 1 "$work/id")

colours() { convert "$1" -format '%k' info:; }
shot() { import -window root "$work/$1.png"; }
# A drawn frame has text and lines in many colours; an empty one has a handful.
drawn() { shot "$1" && [ "$(colours "$work/$1.png")" -gt 200 ]; }
changed() { # A B: how many pixels differ (ImageMagick may write 1.024e+06)
  compare -metric AE -fuzz 10% "$work/$1.png" "$work/$2.png" null: 2>&1 | awk '{ printf "%d", $1 }'
}
differs() { # AGAINST NAME: a new picture that is not like the old one, and stays
  drawn "$2" && [ "$(changed "$1" "$2")" -gt 2000 ] && shot again && [ "$(changed "$2" again)" -lt 200 ]
}
settled() { # NAME: a picture that stays, of a run that is over
  drawn "$1" && [ "$(colours "$work/$1.png")" -gt 2000 ] && shot again && [ "$(changed "$1" again)" -lt 200 ]
}
press() { # X Y
  xdotool mousemove "$1" "$2"
  sleep 0.3
  xdotool mousedown 1
  sleep 0.2
  xdotool mouseup 1
}
key() { xdotool key "$1"; }

until_true 60 settled first || fail "it stays blank"
# No window manager gives it the keyboard.
xdotool windowfocus "$id" 2>/dev/null || true
xdotool mousemove 480 300
sleep 0.3
xdotool click 4
until_true 30 differs first zoomed || fail "the wheel does not zoom"
press 985 63
until_true 30 differs zoomed state || fail "the tab does not answer a click"
key l
until_true 30 differs state light || fail "a key does nothing"
key question
until_true 30 differs light keys || fail "? does not show the keys"
key Escape
until_true 30 differs keys closed || fail "Esc does not close the keys"
key parenright
until_true 30 differs closed larger || fail "the letters do not grow"
key q
gone() { ! kill -0 "$viewer" 2>/dev/null; }
until_true 100 gone || fail "q does not close it"
status=0
wait "$viewer" || status=$?
viewer=''
[ "$status" -eq 0 ] || fail "it exits with $status"
[ ! -s "$work/log" ] || fail "it complains"
grep -q '^theme light$' "$work/config/faultline/view.ini" || fail "it does not remember that it was light"
grep -q '^font-percent 110$' "$work/config/faultline/view.ini" || fail "it does not remember how large its letters were"

# Without a display it says so and exits with 2.
status=0
env -u DISPLAY -u WAYLAND_DISPLAY "$SIMULATE" view scenarios/raft/partition.json >"$work/log" 2>&1 || status=$?
[ "$status" -eq 2 ] || fail "without a display it exits with $status"
grep -q 'no display' "$work/log" || fail "without a display it says something else"
echo "window: opened, zoomed, clicked, typed into and closed"
