// An answer as Graph's evaluate call gives it: a list of whatIfAnalysisResult, each a policy's
// members with `policyApplies` and `analysisReasons` (spec, section 8.1).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "policy/policy_set.h"
#include "signin/answer.h"
#include "signin/sign_in.h"

namespace sallyport {

// Graph's word for why a policy does not apply, `notSet` when it does: the first condition that is
// not met. `notEnoughInformation` when it hangs on a fact that is not known.
std::string_view analysis_reason_of(const Policy& policy, const PolicyAnswer& answer,
                                    IdentityKind identity, TargetKind target);

// {"@odata.context": ..., "value": [...]}. REQUIRES: `answer` is of this policy set, and
// `documents` are its policies' documents in the same order. `host` is what stands before
// `/$metadata`, such as `https://example.org/v1.0`. With `applied_policies_only`, only policies
// that apply are listed.
std::string what_if_result(const PolicySet& policy_set, const Answer& answer,
                           std::span<const json::Value> documents, const SignIn& sign_in,
                           bool applied_policies_only, std::string_view host);

}  // namespace sallyport
