// Files: whole files in and out. A file that is written appears complete or not at all.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "sim/core/result.hpp"

namespace sim::cli {

/// The content of a file; "-" is standard input. A name that ends in ".zst" is decompressed. Error: it cannot be read.
Result<std::string> read_file(const std::string& path);

/// A file being read piece by piece, for those that do not fit in memory; otherwise as read_file().
class InputFile {
 public:
  static Result<InputFile> open(const std::string& path);
  InputFile(InputFile&&) noexcept;
  InputFile& operator=(InputFile&&) noexcept;
  ~InputFile();

  /// The next line, without its line break. False: there is none, or error() says why.
  bool line(std::string& out);
  /// Up to `room` bytes. 0: the file is at its end, or error() says why not.
  std::size_t read(char* to, std::size_t room);
  /// All that has not been read yet.
  std::string rest();
  /// Why reading stopped before the end; empty: it did not.
  const std::string& error() const;

 private:
  struct State;
  explicit InputFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A file being written: beside its place, moved there by commit(). Without a commit nothing is left behind. "-" is standard
/// output. A name that ends in ".zst" is compressed by zstd at level 1.
class OutputFile {
 public:
  static Result<OutputFile> create(const std::string& path);
  OutputFile(OutputFile&&) noexcept;
  OutputFile& operator=(OutputFile&&) noexcept;
  ~OutputFile();

  /// Errors are kept for commit().
  void write(std::string_view text);
  /// Nothing, or why the file could not be written.
  std::string commit();

 private:
  struct State;
  explicit OutputFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Whether a file can be written there, before the work that it is for. Nothing, or why not; leaves nothing behind.
std::string why_unwritable(const std::string& path);

/// The whole of a file at once. Nothing, or why it could not be written.
std::string write_file(const std::string& path, std::string_view text);

}  // namespace sim::cli
