// JUnit XML, which build servers read: cases that passed, failed or were skipped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sallyport::cli {

struct JunitCase {
  enum class Result : std::uint8_t { passed, failed, error, skipped };
  Result result = Result::passed;
  std::string classname;
  std::string name;
  std::string file;
  std::uint32_t line = 0;
  std::string type;     // of a failure or error
  std::string message;  // in a line; of one skipped, too
  std::string body;     // of one that passed: what it said
};

std::string render_junit(const std::string& suite, const std::vector<JunitCase>& cases);

}  // namespace sallyport::cli
