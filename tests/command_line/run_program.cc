#include "tests/command_line/run_program.h"

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace sallyport::test {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Workplace::Workplace() {
  std::string name = (fs::temp_directory_path() / "sallyport-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  temporary_ = name;
  work_ = temporary_ / "work";
  fs::create_directory(work_);
}

Workplace::~Workplace() {
  std::error_code ignored;
  fs::remove_all(temporary_, ignored);
}

void Workplace::write(const std::string& name, std::string_view text) const {
  std::ofstream(work_ / name, std::ios::binary) << text;
}

ProgramRun Workplace::run(const std::string& command) const {
  const fs::path out = temporary_ / "out";
  const fs::path err = temporary_ / "err";
  const std::string programs = fs::path(SALLYPORT_PROGRAM).parent_path().string();
  const std::string line = "cd '" + work_.string() + "' && PATH='" + programs +
                           "':$PATH COLUMNS=100 && export PATH COLUMNS && { " + command + "\n} >'" +
                           out.string() + "' 2>'" + err.string() + "' </dev/null";
  const int status = std::system(line.c_str());
  ProgramRun run;
  run.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  run.output = read_file(out);
  run.errors = read_file(err);
  return run;
}

}  // namespace sallyport::test
