// A remark about input: what was not understood, where it stands, and what to do about it.
//
// `pointer` is a JSON Pointer (RFC 6901) into the object the remark is about, `offset` the byte in
// the decoded text; line and column count from 1 and are 0 when unknown. Messages follow the house
// rule: lower case, no final period, the user's own words in backticks.
#pragma once

#include <cstdint>
#include <string>

namespace sallyport {

enum class Severity { error, warning, note };

struct Finding {
  Severity severity = Severity::error;
  std::string code;
  std::string message;
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string pointer;
  std::uint32_t offset = 0;
};

}  // namespace sallyport
