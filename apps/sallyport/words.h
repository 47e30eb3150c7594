// Answers in an administrator's words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/names.h"
#include "policy/policy_set.h"
#include "signin/answer.h"
#include "table.h"

namespace sallyport::cli {

// `multifactor authentication`, `strength Phishing-resistant MFA`, `terms of use Contractors`.
std::string words_of(const Requirement& requirement, const PolicySet& policies, const Names& names);
std::string words_of(ConditionName condition);  // `sign-in risk`
std::string words_of(Match match);              // `met`, `not met`, `unknown`, `asks for GPS`
std::string words_of(
    const MergedSession& session);  // `sign-in frequency 12 hours, ...`; may be empty

// What a policy does to the sign-in: `blocks`, `asks`, `may block`, `would block` (report-only).
// `worst` and `best` are its results under the two assumptions.
Cell words_of(PolicyResult worst, PolicyResult best);

// `blocked (53003)`, with its tone.
Cell words_of(Outcome outcome, int error_code);

std::string policy_name(const PolicySet& set, std::size_t policy);  // in backticks
std::string policy_names(const PolicySet& set, const std::vector<std::size_t>& policies);

// A text in which every GUID that has a name is replaced by it.
std::string with_names(std::string_view text, const Names& names);

}  // namespace sallyport::cli
