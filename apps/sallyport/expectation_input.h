// Files of expectations for a command.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/proof/expectation_file.h"

namespace sallyport::cli {

// All of the files, in order. Every mistake is said on standard error; then there is nothing.
std::optional<std::vector<proof::Expectation>> read_expectation_files(
    const std::vector<std::string>& files, const Tenant& tenant);

// Leaves those of these ids; none given: all. Errors: an id that none has.
[[nodiscard]] Result<void> keep_only(const std::vector<std::string>& ids,
                                     std::vector<proof::Expectation>& expectations);

}  // namespace sallyport::cli
