#include "console.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace sallyport::cli {
namespace {

constexpr auto patience = std::chrono::seconds(1);
constexpr auto redraw = std::chrono::milliseconds(100);

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

int terminal_width(bool to_terminal) {
  const std::string_view text = environment("COLUMNS");
  int width = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), width);
  if (end.ec == std::errc() && width > 0) return width;
  winsize size{};
  if (to_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) return size.ws_col;
  return 0;
}

tl::unexpected<Error> system_failure(std::string_view what, const std::string& path) {
  return fail(ErrorKind::unavailable, std::string(what) + ": " + std::string(std::strerror(errno)),
              path);
}

std::string temporary_name(const std::string& path) {
  return path + ".part" + std::to_string(getpid());
}

}  // namespace

bool is_terminal(std::FILE* stream) { return isatty(fileno(stream)) == 1; }

Presentation presentation_of(Format format, bool to_terminal) {
  Presentation presentation;
  presentation.format = format;
  presentation.width = terminal_width(to_terminal);
  presentation.colour =
      to_terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  return presentation;
}

Result<Output> Output::open(const OutputOptions& options) {
  const auto format = parse_format(options.format);
  if (!format) {
    return fail(
        ErrorKind::invalid_argument,
        "`" + printable(options.format) + "` is no format: table, json, jsonl, markdown or csv",
        "--format");
  }
  Output output;
  if (options.file.empty() || options.file == "-") {
    output.file_ = stdout;
    output.presentation_ = presentation_of(*format, is_terminal(stdout));
    return output;
  }
  output.name_ = options.file;
  output.temporary_ = temporary_name(options.file);
  output.file_ = std::fopen(output.temporary_.c_str(), "wb");
  if (output.file_ == nullptr) return system_failure("cannot be written", options.file);
  output.presentation_ = presentation_of(*format, false);
  return output;
}

Output::Output(Output&& other) noexcept
    : file_(std::exchange(other.file_, nullptr)),
      name_(std::exchange(other.name_, {})),
      temporary_(std::exchange(other.temporary_, {})),
      presentation_(other.presentation_) {}

Output::~Output() {
  if (file_ == nullptr || temporary_.empty()) return;
  std::fclose(file_);
  std::remove(temporary_.c_str());
}

void Output::write(std::string_view text) { std::fwrite(text.data(), 1, text.size(), file_); }

Result<void> Output::finish() {
  const bool failed = std::fflush(file_) != 0 || std::ferror(file_) != 0;
  if (temporary_.empty()) {
    if (failed) return system_failure("cannot be written", "standard output");
    return {};
  }
  const bool closed = std::fclose(std::exchange(file_, nullptr)) == 0;
  if (failed || !closed || std::rename(temporary_.c_str(), name_.c_str()) != 0) {
    auto failure = system_failure("cannot be written", name_);
    std::remove(temporary_.c_str());
    return failure;
  }
  return {};
}

void remark(std::string_view text) {
  std::string line(text);
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void remark(const Error& error) { remark("sallyport: " + describe(error)); }

Exit could_not_run(const Error& error) {
  remark(error);
  return Exit::could_not_run;
}

std::string line_of(const Finding& finding) {
  std::string text = finding.file;
  if (finding.line != 0) {
    text += ':' + std::to_string(finding.line) + ':' + std::to_string(finding.column);
  }
  if (!text.empty()) text += ": ";
  const bool by_compiler = finding.severity == Severity::warning;
  text += finding.severity == Severity::note ? "note"
          : by_compiler                      ? "warning"
                                             : name_of(finding.severity);
  text += ": " + finding.message;
  if (!finding.code.empty()) text += " (" + finding.code + ')';
  return text;
}

Progress::Progress(std::string_view what, std::size_t total)
    : what_(what),
      total_(total),
      possible_(is_terminal(stderr)),
      next_(std::chrono::steady_clock::now() + patience) {
  if (const char* descriptor = std::getenv("SALLYPORT_PROGRESS"); descriptor != nullptr) {
    reports_to_ = std::atoi(descriptor);
  }
}

Progress::~Progress() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void Progress::step() {
  ++done_;
  report();
  // Where there are many steps the clock is asked now and then only: one may be a microsecond.
  constexpr std::size_t few = 1000;
  if (!possible_ || ((total_ == 0 || total_ > few) && (done_ & 63U) != 0)) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + redraw;
  draw();
}

void Progress::reach(std::size_t done) {
  done_ = std::min(done, total_ == 0 ? done : total_);
  report();
  const auto now = std::chrono::steady_clock::now();
  if (!possible_ || now < next_) return;
  next_ = now + redraw;
  draw();
}

void Progress::report() {
  if (reports_to_ < 0 || total_ == 0) return;
  const std::size_t percent = 100 * done_ / total_;
  if (percent == reported_) return;
  reported_ = percent;
  const std::string line =
      what_ + ' ' + std::to_string(done_) + ' ' + std::to_string(total_) + '\n';
  // Nobody listening any more is not this program's business.
  if (::write(reports_to_, line.data(), line.size()) < 0) reports_to_ = -1;
}

void Progress::draw() {
  constexpr std::size_t bar = 30;
  std::string line = "\r\x1b[K" + what_ + ' ';
  if (total_ != 0) {
    const std::size_t full = bar * done_ / total_;
    line += '[' + std::string(full, '#') + std::string(bar - full, ' ') + "] " +
            std::to_string(done_) + " of " + std::to_string(total_);
  } else {
    line += std::to_string(done_);
  }
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
  shown_ = true;
}

Result<Instant> now_of(const std::string& text) {
  if (text.empty()) {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
  }
  if (const auto instant = parse_instant(text)) return *instant;
  return fail(ErrorKind::invalid_argument,
              "`" + printable(text) + "` is no instant: write it as 2026-08-20T09:15:30Z", "--now");
}

Result<std::string> read_input(const std::string& path) {
  std::string text;
  std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (file == nullptr) return system_failure("cannot be read", path);
  char block[65536];
  std::size_t size = 0;
  while ((size = std::fread(block, 1, sizeof block, file)) != 0) text.append(block, size);
  const bool failed = std::ferror(file) != 0;
  const int reason = errno;
  if (file != stdin) std::fclose(file);
  errno = reason;
  if (failed) return system_failure("cannot be read", path);
  return text;
}

Result<void> replace_file(const std::string& path, std::string_view text) {
  const std::string temporary = temporary_name(path);
  struct stat old {};
  const bool exists = stat(path.c_str(), &old) == 0;
  std::FILE* file = std::fopen(temporary.c_str(), "wb");
  if (file == nullptr) return system_failure("cannot be written", path);
  bool good = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  good = std::fflush(file) == 0 && fsync(fileno(file)) == 0 && good;
  if (exists) good = fchmod(fileno(file), old.st_mode & 07777U) == 0 && good;
  good = std::fclose(file) == 0 && good;
  if (good && std::rename(temporary.c_str(), path.c_str()) == 0) return {};
  auto failure = system_failure("cannot be written", path);
  std::remove(temporary.c_str());
  return failure;
}

}  // namespace sallyport::cli
