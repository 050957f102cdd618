#include "sim/cli/ranks.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#ifdef FAULTLINE_MPI
#include <mpi.h>
#endif

namespace sim::cli {

namespace {

/// The first of these variables that is set, as a number of at least 1; 0 where none is.
int number_from(std::initializer_list<const char*> variables) {
  for (const char* variable : variables) {
    if (const char* text = std::getenv(variable); text != nullptr) return std::max(1, std::atoi(text));
  }
  return 0;
}

}  // namespace

// Open MPI's word for it, and that of MPICH and its kin.
int mpi_processes() { return number_from({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}); }

int Ranks::on_this_machine() { return std::max(1, number_from({"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"})); }

Ranks::Letter Ranks::wait() {
  while (true) {
    if (auto letter = poll()) return *std::move(letter);
    usleep(100);  // MPI itself would wait at the full load of a processor
  }
}

#ifdef FAULTLINE_MPI

bool built_with_mpi() { return true; }

Ranks::Ranks() {
  if (mpi_processes() < 2) return;
  int provided = 0;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  MPI_Comm_size(MPI_COMM_WORLD, &size_);
}

Ranks::~Ranks() {
  if (mpi_processes() > 1) MPI_Finalize();
}

std::string Ranks::share(std::string text) {
  if (size_ == 1) return text;
  int length = static_cast<int>(text.size());
  MPI_Bcast(&length, 1, MPI_INT, 0, MPI_COMM_WORLD);
  text.resize(static_cast<std::size_t>(length));
  MPI_Bcast(text.data(), length, MPI_CHAR, 0, MPI_COMM_WORLD);
  return text;
}

void Ranks::send(int to, std::string_view text) {
  MPI_Send(text.data(), static_cast<int>(text.size()), MPI_CHAR, to, 0, MPI_COMM_WORLD);
}

std::optional<Ranks::Letter> Ranks::poll() {
  if (size_ == 1) return std::nullopt;
  int there = 0;
  MPI_Status status;
  MPI_Iprobe(MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, &there, &status);
  if (there == 0) return std::nullopt;
  int length = 0;
  MPI_Get_count(&status, MPI_CHAR, &length);
  Letter letter{status.MPI_SOURCE, std::string(static_cast<std::size_t>(length), '\0')};
  MPI_Recv(letter.text.data(), length, MPI_CHAR, letter.from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  return letter;
}

#else

bool built_with_mpi() { return false; }
Ranks::Ranks() = default;
Ranks::~Ranks() = default;
std::string Ranks::share(std::string text) { return text; }
void Ranks::send(int, std::string_view) {}
std::optional<Ranks::Letter> Ranks::poll() { return std::nullopt; }

#endif

}  // namespace sim::cli
