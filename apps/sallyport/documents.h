// Loading documents for a command: what went wrong on the way is said on standard error.
#pragma once

#include <string>
#include <vector>

#include "console.h"
#include "policy/tenant.h"

namespace sallyport::cli {

struct Documents {
  LoadResult loaded;
  Exit exit = Exit::nothing_found;  // findings, when some file could not be read

  // For those who read the result alone: that it is not of all there is. Empty when it is.
  std::string shortfall() const;
};

// With a progress bar. An error when not a single file could be read.
[[nodiscard]] Result<LoadResult> load_documents(const std::vector<std::string>& paths);

// As above, for a decision: an error without any policy. Unreadable files are named, and what was
// not understood is counted.
[[nodiscard]] Result<Documents> load_for_decision(const std::vector<std::string>& paths);

}  // namespace sallyport::cli
