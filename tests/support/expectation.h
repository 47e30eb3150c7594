// What came out of a scenario, as JSON in the shape of its `expect`, and how the two differ.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "policy/policy_set.h"
#include "signin/answer.h"
#include "signin/read.h"

namespace sallyport::test {

// {"outcome", "errorCode", "missing": ["termsOfUse:<id>"], "policies": {name: result},
//  "reasons": {name: word}, "conditions": {name: ["users yes", ...]}, "session": {...},
//  "whatIf": [...]}. `documents` are the policies' documents.
std::string observed(const PolicySet& policies, std::span<const json::Value> documents,
                     const Answer& answer, const SignInInput& input);

// The outcome, the code and the missing requirements alone.
std::string observed(Outcome outcome, int error_code, std::span<const Requirement> missing);

// What `actual` lacks of `expected`, a line each; empty when it has all of it. An object has at
// least the expected members, a list has the expected items and no others.
std::vector<std::string> differences(const json::Value& expected, const json::Value& actual);

// `expected`, but only these members.
json::Value only(const json::Value& expected, std::span<const std::string_view> names,
                 json::Arena& arena);

}  // namespace sallyport::test
