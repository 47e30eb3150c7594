// A decision as a record of the sign-in log: Graph's `signIn`, with one member of our own,
// `sallyport`, that holds what Graph has no place for: the gate, the outcome, the hash of the
// policy set, the facts it rested on and why each policy that applied said what it said.
//
// Of two hundred policies a handful applies. appliedConditionalAccessPolicies holds those alone;
// the others are in `sallyport.notApplied`, by what kept them from applying, as [id, displayName]:
//   {"result": "notApplied", "conditionsSatisfied": "application",
//    "conditionsNotSatisfied": "users", "policies": [["60..05", "Whoever left"], ...]}
// graph_sign_in() puts them back, so nothing of what Graph would say is lost.
// Source: spec, sections 6.3 and 6.4.
#pragma once

#include <cstdint>

#include "base/json.h"
#include "service/decide.h"
#include "service/sign_in_request.h"
#include "store/store.h"

namespace sallyport {

// `repeats_before`: how often the outcome this one replaces was repeated.
SignInRecord make_record(const SignInRequest& request, const Decided& decided,
                         std::uint64_t repeats_before);

// A record as Graph tells it: every policy in appliedConditionalAccessPolicies, and nothing of our
// own. Of `record` and `arena`, which must outlive it.
json::Value graph_sign_in(const json::Value& record, json::Arena& arena);

}  // namespace sallyport
