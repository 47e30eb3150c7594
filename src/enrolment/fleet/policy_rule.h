// What an administrator says a Fleet policy tells: that it passes, or fails, is the value of a
// fact. Fleet's policies are questions of the company's own, so only the company knows.
//
//   Fleet policy `All disks encrypted (Linux)`, storageEncrypted, pass: true, fail: false
//
// Threads: a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "compliance/report.h"

namespace sallyport::fleet {

struct PolicyRule {
  std::string name;                // of the Fleet policy, exactly; empty: it is named by its id
  std::optional<std::int64_t> id;  // of the Fleet policy
  compliance::Fact fact = compliance::Fact::operating_system;
  // The fact when the policy passes and when it fails. None: unknown.
  std::optional<compliance::ReportedFact> pass;
  std::optional<compliance::ReportedFact> fail;
};

// `pass` and `fail` are JSON, or empty. Without `fail` a switch that is told by passing is the
// opposite when the policy fails. Errors: invalid_argument, with `where` fact, pass or fail.
[[nodiscard]] Result<PolicyRule> make_policy_rule(std::string_view fact, std::string_view pass,
                                                  std::string_view fail);

}  // namespace sallyport::fleet
