// Runs the command-line program as a user does, in a folder of its own.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sallyport::test {

std::string read_file(const std::filesystem::path& path);

struct ProgramRun {
  int exit = -1;
  std::string output;
  std::string errors;
};

// A temporary folder, removed at the end, and commands in it.
class Workplace {
 public:
  Workplace();
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  const std::filesystem::path& folder() const { return work_; }
  void write(const std::string& name, std::string_view text) const;
  // `command` is the shell's, with `sallyport` in its path and a terminal of 100 columns.
  ProgramRun run(const std::string& command) const;

 private:
  std::filesystem::path temporary_;
  std::filesystem::path work_;
};

}  // namespace sallyport::test
