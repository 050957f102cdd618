#include "sim/cli/files.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

namespace sim::cli {

namespace {

constexpr std::size_t kPiece = std::size_t{64} * 1024;

bool is_zstd(const std::string& path) { return path.ends_with(".zst"); }

/// A device or a pipe is written where it is: a rename would put a file in the place of /dev/null.
bool is_special(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

Result<std::string> decompress(const std::string& path, const std::string& packed) {
  std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(), &ZSTD_freeDStream);
  std::string out;
  std::vector<char> piece(ZSTD_DStreamOutSize());
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  std::size_t left = 1;
  while (in.pos < in.size) {
    ZSTD_outBuffer to{piece.data(), piece.size(), 0};
    left = ZSTD_decompressStream(stream.get(), &to, &in);
    if (ZSTD_isError(left) != 0) return Error{path, std::string("it is not zstd data: ") + ZSTD_getErrorName(left)};
    out.append(piece.data(), to.pos);
  }
  if (left != 0) return Error{path, "the zstd data ends early"};
  return out;
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (file == nullptr) return Error{path, std::strerror(errno)};
  std::string out;
  std::array<char, kPiece> piece{};
  while (const std::size_t n = std::fread(piece.data(), 1, piece.size(), file)) out.append(piece.data(), n);
  const bool failed = std::ferror(file) != 0;
  const std::string why = failed ? std::strerror(errno) : "";
  if (file != stdin) std::fclose(file);
  if (failed) return Error{path, why};
  return is_zstd(path) ? decompress(path, out) : Result<std::string>(std::move(out));
}

struct OutputFile::State {
  std::string path;
  std::string beside;
  std::FILE* file = nullptr;
  ZSTD_CStream* zstd = nullptr;
  std::string error;

  void write_raw(const char* data, std::size_t size) {
    if (error.empty() && std::fwrite(data, 1, size, file) != size) error = std::strerror(errno);
  }
  void compress(std::string_view text, ZSTD_EndDirective directive) {
    std::vector<char> piece(ZSTD_CStreamOutSize());
    ZSTD_inBuffer in{text.data(), text.size(), 0};
    std::size_t left = 0;
    do {
      ZSTD_outBuffer to{piece.data(), piece.size(), 0};
      left = ZSTD_compressStream2(zstd, &to, &in, directive);
      if (ZSTD_isError(left) != 0) {
        error = ZSTD_getErrorName(left);
        return;
      }
      write_raw(piece.data(), to.pos);
    } while (directive == ZSTD_e_end ? left != 0 : in.pos < in.size);
  }
};

OutputFile::OutputFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
OutputFile::OutputFile(OutputFile&&) noexcept = default;
OutputFile& OutputFile::operator=(OutputFile&&) noexcept = default;

OutputFile::~OutputFile() {
  if (!state_) return;
  if (state_->zstd != nullptr) ZSTD_freeCStream(state_->zstd);
  if (state_->file != nullptr && state_->file != stdout) {
    std::fclose(state_->file);
    if (state_->beside != state_->path) std::remove(state_->beside.c_str());
  }
}

Result<OutputFile> OutputFile::create(const std::string& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  state->beside = is_special(path) ? path : path + ".part" + std::to_string(getpid());
  state->file = path == "-" ? stdout : std::fopen(state->beside.c_str(), "wb");
  if (state->file == nullptr) return Error{path, std::strerror(errno)};
  if (is_zstd(path)) {
    state->zstd = ZSTD_createCStream();
    ZSTD_CCtx_setParameter(state->zstd, ZSTD_c_compressionLevel, 1);
  }
  return OutputFile(std::move(state));
}

void OutputFile::write(std::string_view text) {
  if (state_->zstd != nullptr) {
    state_->compress(text, ZSTD_e_continue);
  } else {
    state_->write_raw(text.data(), text.size());
  }
}

std::string OutputFile::commit() {
  State& s = *state_;
  if (s.zstd != nullptr) s.compress({}, ZSTD_e_end);
  if (std::fflush(s.file) != 0 && s.error.empty()) s.error = std::strerror(errno);
  if (s.file == stdout) return s.error;
  if (std::fclose(s.file) != 0 && s.error.empty()) s.error = std::strerror(errno);
  s.file = nullptr;
  if (s.beside == s.path) return s.error;
  if (s.error.empty() && std::rename(s.beside.c_str(), s.path.c_str()) != 0) s.error = std::strerror(errno);
  if (!s.error.empty()) std::remove(s.beside.c_str());
  return s.error;
}

std::string write_file(const std::string& path, std::string_view text) {
  auto file = OutputFile::create(path);
  if (!file) return file.error().what;
  file->write(text);
  return file->commit();
}

}  // namespace sim::cli
