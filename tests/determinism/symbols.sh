#!/bin/sh
# The symbol check: what our libraries ask of the rest of the system, read from the archives.
#
#   symbols.sh LIB.a...
#
# Fails when one of them refers to a clock, a thread, the environment, a locale, a stream, a source of entropy, a libm
# function or the growth policy of an unordered container: each of these gives another answer on another machine, in another
# run or with another standard library.
set -eu

[ $# -gt 0 ] || { echo "symbols: no library to look at yet"; exit 77; }

# Without -C a C function stands alone and a C++ one is mangled, so that `time` cannot be taken for a method of that name.
c_names='
clock clock_gettime clock_getres gettimeofday time times localtime localtime_r gmtime gmtime_r mktime strftime nanosleep usleep sleep
getenv secure_getenv setenv putenv environ
rand srand random srandom rand_r drand48 lrand48 arc4random getrandom getentropy
setlocale newlocale uselocale localeconv strtod strtof strtold strcoll strxfrm toupper tolower isalpha isalnum isspace isdigit
fopen fclose fread fwrite fprintf printf puts open openat read write socket connect mmap
exp exp2 expm1 log log2 log10 log1p pow sqrt cbrt sin cos tan asin acos atan atan2 sinh cosh tanh hypot
fma fmod remainder lgamma tgamma erf erfc ldexp frexp modf ceil floor round trunc lround llround rint nearbyint
'
# And these by what the demangled name holds.
cpp_names='std::random_device|_Prime_rehash_policy|std::chrono|std::locale|std::ios_base|std::basic_ostream|std::basic_istream|std::basic_iostream|std::cout|std::cerr|std::basic_filebuf|std::filesystem|std::thread|std::mutex|std::condition_variable|std::this_thread'

# nlohmann-json, inside sim_scenario only, reads a number with strtod and asks localeconv for the decimal point; a scenario's
# numbers that reach a world are integers, durations and ratios, which we read ourselves.
allowed() { # LIBRARY SYMBOL
  case "$1:$2" in
    libsim_scenario.a:strtod | libsim_scenario.a:strtof | libsim_scenario.a:strtold | libsim_scenario.a:localeconv) return 0 ;;
  esac
  return 1
}

names=$(for name in $c_names; do printf '%s|%sf|%sl|' "$name" "$name" "$name"; done)
bad=0
count=0
for library in "$@"; do
  count=$((count + 1))
  short=$(basename "$library")
  found=$(
    # `nm -A` says which object file asks: "lib.a:object.o:   U symbol".
    { nm -uA "$library" | sed 's/@.*//' | grep -E " U (${names}__[a-z0-9_]*_finite|pthread_[a-z_]*)\$" || true; }
    { nm -uCA "$library" | grep -E "($cpp_names)" || true; }
  )
  [ -n "$found" ] || continue
  # (A here-document and not a pipe, so that `bad` is set in this shell.)
  while IFS= read -r line; do
    symbol=${line##* [Uwv] }
    allowed "$short" "$symbol" && continue
    object=${line#*:}
    echo "$short(${object%%:*}) asks for $symbol"
    bad=$((bad + 1))
  done <<END
$found
END
done
echo "$count libraries, $bad forbidden symbols"
[ "$bad" -eq 0 ]
