// A decision as a record of the sign-in log: Graph's `signIn`, with one member of our own,
// `sallyport`, that holds what Graph has no place for: the gate, the outcome, the hash of the
// policy set, the facts it rested on and why each policy said what it said.
// Source: spec, sections 6.3 and 6.4.
#pragma once

#include <cstdint>

#include "service/decide.h"
#include "service/sign_in_request.h"
#include "store/store.h"

namespace sallyport {

// `repeats_before`: how often the outcome this one replaces was repeated.
SignInRecord make_record(const SignInRequest& request, const Decided& decided,
                         std::uint64_t repeats_before);

}  // namespace sallyport
