#include "service/document_type.h"

namespace sallyport {

Result<void> refuse_errors(std::span<const Finding> findings) {
  for (const auto& finding : findings) {
    if (finding.severity == Severity::error) {
      return fail(ErrorKind::invalid_argument, finding.code + ": " + finding.message,
                  finding.pointer);
    }
  }
  return {};
}

}  // namespace sallyport
