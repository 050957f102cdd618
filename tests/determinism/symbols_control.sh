#!/bin/sh
# The symbol check's own test: a library that does each forbidden thing is caught, one that does not passes.
#
#   symbols_control.sh CXX
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cxx=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

# judge NAME VERDICT SOURCE: whether the check says what it should of a library made of this source.
judge() {
  printf '%s\n' "$3" >"$scratch/$1.cpp"
  "$cxx" -std=c++20 -O1 -fno-builtin -c "$scratch/$1.cpp" -o "$scratch/$1.o"
  rm -f "$scratch/lib$1.a"
  ar rcs "$scratch/lib$1.a" "$scratch/$1.o"
  if sh "$here/symbols.sh" "$scratch/lib$1.a" >"$scratch/out" 2>&1; then verdict=passes; else verdict=caught; fi
  if [ "$verdict" = "$2" ]; then
    echo "ok: $1 $verdict"
  else
    echo "wrong: $1 $verdict, should be $2"
    cat "$scratch/out"
    failed=1
  fi
}

judge clock caught '#include <ctime>
long f() { return time(nullptr); }'
judge chrono caught '#include <chrono>
auto f() { return std::chrono::steady_clock::now().time_since_epoch().count(); }'
judge environment caught '#include <cstdlib>
char* f() { return std::getenv("HOME"); }'
judge entropy caught '#include <random>
unsigned f() { std::random_device d; return d(); }'
judge unordered caught '#include <unordered_map>
int f(int k) { std::unordered_map<int, int> m; m[k] = 1; m[k + 1] = 2; return m.begin()->second; }'
judge logarithm caught '#include <cmath>
double f(double x) { return std::log(x); }'
judge power caught '#include <cmath>
float f(float x) { return std::pow(x, x); }'
judge locale caught '#include <cctype>
int f(int c) { return toupper(c); }'
judge stream caught '#include <sstream>
std::string f(int i) { std::ostringstream out; out << i; return out.str(); }'
judge print caught '#include <cstdio>
void f() { std::puts("here"); }'
judge number caught '#include <cstdlib>
double f(const char* s) { return std::strtod(s, nullptr); }'
judge thread caught '#include <pthread.h>
int f(pthread_mutex_t* m) { return pthread_mutex_lock(m); }'
judge plain passes '#include <algorithm>
#include <map>
#include <string>
#include <vector>
struct Clock { long time() const; };
std::string f(std::map<std::string, int> m, const Clock& c) {
  std::vector<long> v{3, 1, c.time()};
  std::sort(v.begin(), v.end());
  for (auto& [k, n] : m) if (n == v[0]) return k;
  return std::to_string(m.size());
}'
judge sim_scenario passes '#include <cstdlib>
double f(const char* s) { return std::strtod(s, nullptr); }'

exit "$failed"
