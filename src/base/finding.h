// A remark about input: what was not understood, where it stands, and what to do about it.
//
// `pointer` is a JSON Pointer (RFC 6901) into the object the remark is about, `offset` the byte in
// the decoded text; line and column count from 1 and are 0 when unknown. Messages follow the house
// rule: lower case, no final period, the user's own words in backticks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

// Worst first. What analysis finds uses all of them; remarks about the reading of a document are
// errors, warnings and notes, as a compiler's, which are the same grades by other names.
enum class Severity {
  critical,  // the door is open, or nobody gets in
  error,     // not what the format or the service allows: it may be refused or not work at all
  high,
  medium,
  low,
  info,  // nothing to act on
  warning = medium,
  note = info,
};
std::string_view name_of(Severity severity);  // `critical`
std::optional<Severity> parse_severity(std::string_view word);

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
