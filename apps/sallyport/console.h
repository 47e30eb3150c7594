// Where a command's words go. Results go to standard output or to the file of --output, remarks
// about the run to standard error.
#pragma once

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "base/finding.h"
#include "base/instant.h"
#include "base/result.h"
#include "table.h"

namespace sallyport::cli {

// 0: ran, nothing found. 1: something was found, or the answer is no. 2: could not run.
enum class Exit : int { nothing_found = 0, findings = 1, could_not_run = 2 };

inline Exit worse(Exit a, Exit b) { return static_cast<int>(a) < static_cast<int>(b) ? b : a; }

struct OutputOptions {
  std::string format = "table";
  std::string file;  // empty: standard output
};

// The results of one run. A file appears under its name only when all of it is written.
class Output {
 public:
  [[nodiscard]] static Result<Output> open(const OutputOptions& options);
  Output(Output&& other) noexcept;
  Output& operator=(Output&&) = delete;
  ~Output();

  const Presentation& presentation() const { return presentation_; }
  bool colour() const { return presentation_.colour; }
  void write(std::string_view text);
  // Fails when something could not be written: a full disk, a reader that went away.
  [[nodiscard]] Result<void> finish();

 private:
  Output() = default;
  std::FILE* file_ = nullptr;
  std::string name_;       // empty: standard output
  std::string temporary_;  // what is written to until finish()
  Presentation presentation_;
};

// Without colour when NO_COLOR is set; as wide as COLUMNS says, else as the terminal is, else
// without limit.
Presentation presentation_of(Format format, bool to_terminal);
bool is_terminal(std::FILE* stream);

void remark(std::string_view text);  // a line on standard error
void remark(const Error& error);     // `sallyport: where: message`
Exit could_not_run(const Error& error);

// "policies/ca001.json:12:5: error: `...` is ... (L-7)"
std::string line_of(const Finding& finding);

// A bar on standard error for work that takes longer than a second, and only on a terminal. Whoever
// runs this program for somebody else is told at the descriptor that SALLYPORT_PROGRESS names, each
// percent: `WHAT DONE TOTAL`.
class Progress {
 public:
  explicit Progress(std::string_view what, std::size_t total = 0);  // 0: not known
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void step();
  void reach(std::size_t done);  // of the total

 private:
  void draw();
  void report();
  std::string what_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  bool shown_ = false;
  bool possible_ = false;
  int reports_to_ = -1;
  std::size_t reported_ = 0;
  std::chrono::steady_clock::time_point next_;
};

// The instant of --now, or the clock's.
[[nodiscard]] Result<Instant> now_of(const std::string& text);

// All of a file, or of standard input for `-`.
[[nodiscard]] Result<std::string> read_input(const std::string& path);
// Replaces the file in one step: readers see the old text or the new one.
[[nodiscard]] Result<void> replace_file(const std::string& path, std::string_view text);

}  // namespace sallyport::cli
