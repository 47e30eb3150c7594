// A policy document, read into the view the engine decides with.
//
// Lenient is for imports: what real exports hold. Member names and enumeration words in any letter
// case, annotations ignored, explicit nulls as absent, flags as a text or a list, templates,
// retired words; whatever is not understood makes the policy stricter (policy.h) and is reported.
// Strict is for the REST API: exact member names, and a member or type that Graph does not have is
// an error with code `1007`.
// A reading never fails: a value of the wrong kind gives a policy that applies to more, plus
// errors.
//
// Findings carry pointer and offset into the document; file, line and column are the loader's.
// Source: spec, sections 1.1 to 1.4, 2, 4.1 and 5.1. Threads: free.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/dialect.h"
#include "base/finding.h"
#include "base/json.h"
#include "policy/policy.h"

namespace sallyport {

struct PolicyReading {
  Policy policy;
  std::vector<Finding> findings;
};

// A policy, or a template: {name, details: {conditions, ...}}, read as a report-only policy.
PolicyReading read_policy(const json::Value& document, Dialect dialect = Dialect::lenient);

// {id, name, details}: the wrapper in which Microsoft publishes templates (spec, section 8.2).
bool is_policy_template(const json::Value& document);

}  // namespace sallyport
