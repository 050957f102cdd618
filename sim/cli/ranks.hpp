// Ranks: the processes of one `mpirun`, which work on one sweep together. The only code that knows MPI.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sim::cli {

/// Joins the other processes on construction, leaves them on destruction; one such object in the life of a process. A process
/// that mpirun did not start, or started alone, is rank 0 of 1, and asks nothing of MPI. For the main thread.
class Ranks {
 public:
  Ranks();
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  int rank() const { return rank_; }
  int size() const { return size_; }
  /// How many of them run on this machine.
  static int on_this_machine();

  /// A text of rank 0 for all the others: rank 0 gives it, and all return it.
  std::string share(std::string text);

  /// A text that came from another rank.
  struct Letter {
    int from = 0;
    std::string text;
  };
  void send(int to, std::string_view text);
  /// The next letter, if one has come.
  std::optional<Letter> poll();
  /// The next letter; waits for it without a load on the processor.
  Letter wait();

 private:
  int rank_ = 0;
  int size_ = 1;
};

/// How many processes mpirun started, by the environment; 0 where it did not start this one.
int mpi_processes();
/// Whether this program was built with MPI.
bool built_with_mpi();

}  // namespace sim::cli
