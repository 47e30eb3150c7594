// The settings of the checks, from a TOML file; docs/analysis/lint.md has every key.
#pragma once

#include <string>
#include <vector>

#include "analysis/checks/settings.h"
#include "base/result.h"

namespace sallyport::cli {

struct CheckSettingsReading {
  CheckSettings settings;       // the defaults, where the file says nothing
  std::vector<Error> problems;  // every mistake; then the settings are not to be used
};

CheckSettingsReading read_check_settings(const std::string& file);

}  // namespace sallyport::cli
