#include "base/finding.h"

namespace sallyport {

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::critical: return "critical";
    case Severity::error: return "error";
    case Severity::high: return "high";
    case Severity::medium: return "medium";
    case Severity::low: return "low";
    case Severity::info: return "info";
  }
  return "";
}

std::optional<Severity> parse_severity(std::string_view word) {
  for (const auto severity : {Severity::critical, Severity::error, Severity::high, Severity::medium,
                              Severity::low, Severity::info}) {
    if (word == name_of(severity)) return severity;
  }
  return std::nullopt;
}

}  // namespace sallyport
