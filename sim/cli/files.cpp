#include "sim/cli/files.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
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

}  // namespace

struct InputFile::State {
  std::FILE* file = nullptr;
  ZSTD_DStream* zstd = nullptr;
  std::size_t frame_left = 1;  // zstd: 0 at the end of a frame
  std::string text;            // read, and from `taken` on not handed out
  std::size_t taken = 0;
  std::string error;

  /// More text, or false at the end and after an error.
  bool fill() {
    if (!error.empty()) return false;
    std::array<char, kPiece> piece{};
    const std::size_t n = std::fread(piece.data(), 1, piece.size(), file);
    if (n > 0) {
      if (zstd != nullptr) return decompress({piece.data(), n, 0});
      text.append(piece.data(), n);
      return true;
    }
    if (std::ferror(file) != 0) {
      error = std::strerror(errno);
    } else if (zstd != nullptr && frame_left != 0) {
      error = "the zstd data ends early";
    }
    return false;
  }
  bool decompress(ZSTD_inBuffer in) {
    std::vector<char> piece(ZSTD_DStreamOutSize());
    bool full = false;  // then there may be more where that came from, though all input is taken
    while (in.pos < in.size || (full && frame_left != 0)) {
      ZSTD_outBuffer to{piece.data(), piece.size(), 0};
      frame_left = ZSTD_decompressStream(zstd, &to, &in);
      if (ZSTD_isError(frame_left) != 0) {
        error = std::string("it is not zstd data: ") + ZSTD_getErrorName(frame_left);
        return false;
      }
      text.append(piece.data(), to.pos);
      full = to.pos == to.size;
    }
    return true;
  }
};

InputFile::InputFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
InputFile::InputFile(InputFile&&) noexcept = default;
InputFile& InputFile::operator=(InputFile&&) noexcept = default;

InputFile::~InputFile() {
  if (!state_) return;
  if (state_->zstd != nullptr) ZSTD_freeDStream(state_->zstd);
  if (state_->file != stdin) std::fclose(state_->file);
}

Result<InputFile> InputFile::open(const std::string& path) {
  auto state = std::make_unique<State>();
  state->file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (state->file == nullptr) return Error{path, std::strerror(errno)};
  if (is_zstd(path)) state->zstd = ZSTD_createDStream();
  return InputFile(std::move(state));
}

bool InputFile::line(std::string& out) {
  State& s = *state_;
  std::size_t looked_at = s.taken;
  std::size_t end = 0;
  while ((end = s.text.find('\n', looked_at)) == std::string::npos) {
    s.text.erase(0, s.taken);
    s.taken = 0;
    looked_at = s.text.size();
    if (!s.fill()) break;
  }
  if (!s.error.empty()) return false;
  const bool last = end == std::string::npos;
  if (last && s.taken == s.text.size()) return false;
  out.assign(s.text, s.taken, last ? std::string::npos : end - s.taken);
  s.taken = last ? s.text.size() : end + 1;
  return true;
}

std::size_t InputFile::read(char* to, std::size_t room) {
  State& s = *state_;
  if (s.taken == s.text.size()) {
    s.text.clear();
    s.taken = 0;
    while (s.text.empty() && s.fill()) {
    }
  }
  const std::size_t size = std::min(room, s.text.size() - s.taken);
  std::copy_n(s.text.data() + s.taken, size, to);
  s.taken += size;
  return size;
}

std::string InputFile::rest() {
  while (state_->fill()) {
  }
  state_->text.erase(0, state_->taken);
  state_->taken = 0;
  return std::move(state_->text);
}

const std::string& InputFile::error() const { return state_->error; }

Result<std::string> read_file(const std::string& path) {
  auto file = InputFile::open(path);
  if (!file) return file.error();
  std::string out = file->rest();
  if (!file->error().empty()) return Error{path, file->error()};
  return out;
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

std::string why_unwritable(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return std::strerror(EISDIR);
  const auto file = OutputFile::create(path);
  return file ? std::string() : file.error().what;
}

std::string write_file(const std::string& path, std::string_view text) {
  auto file = OutputFile::create(path);
  if (!file) return file.error().what;
  file->write(text);
  return file->commit();
}

}  // namespace sim::cli
