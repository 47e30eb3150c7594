// Each file of cases/ is a command and all it does: `$ command`, its exit code, what it says on
// standard error and what it prints. After a wanted change SALLYPORT_UPDATE_GOLDEN=1 rewrites them;
// review the difference.
//
// Commands run in a fresh copy of this folder, so a case may change files.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "tests/command_line/run_program.h"

namespace sallyport::test {
namespace {

namespace fs = std::filesystem;

const fs::path source = SALLYPORT_SOURCE_DIR "/tests/command_line";

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(source / "cases")) {
    if (entry.path().extension() == ".txt") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string run(const std::string& command) {
  const Workplace workplace;
  fs::copy(source, workplace.folder(), fs::copy_options::recursive);
  const ProgramRun run = workplace.run(command);
  std::string text = "$ " + command + "\nexit " + std::to_string(run.exit) + '\n';
  if (!run.errors.empty()) text += "--- errors\n" + run.errors;
  if (!run.output.empty()) text += "--- output\n" + run.output;
  return text;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, prints_what_it_printed) {
  const fs::path path = source / "cases" / (GetParam() + ".txt");
  const std::string expected = read_file(path);
  ASSERT_EQ(expected.substr(0, 2), "$ ");
  const std::string command = expected.substr(2, expected.find('\n') - 2);
  const std::string actual = run(command);
  if (std::getenv("SALLYPORT_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
  }
  EXPECT_EQ(actual, read_file(path));
  EXPECT_EQ(run(command), actual) << "the same command printed something else";
}

INSTANTIATE_TEST_SUITE_P(All, Golden, testing::ValuesIn(cases()), [](const auto& row) {
  std::string name = row.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace sallyport::test
