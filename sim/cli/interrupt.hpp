// Interrupt: Ctrl-C ends long work early, with what it has found so far. A second one ends the program at once.
#pragma once

#include <csignal>

namespace sim::cli {

/// While one exists, the first SIGINT or SIGTERM only makes requested() true, also where the program was started with the
/// signal ignored, as a script does with `&`. One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// May be asked by any thread.
  static bool requested();

 private:
  struct sigaction before_int_ {};
  struct sigaction before_term_ {};
};

}  // namespace sim::cli
