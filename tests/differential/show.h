// What went in and what came out, in a form that fits a failed test's message.
#pragma once

#include <string>

#include "policy/policy.h"
#include "signin/answer.h"
#include "tests/differential/generator.h"

namespace sallyport::testing_support {

// Everything the two answers must have in common, one difference a line; empty when they agree.
// The texts that explain a condition may differ.
std::string differences(const Answer& a, const Answer& b);

std::string show(const Policy& policy);
std::string show(const SignIn& sign_in);
std::string show(const Answer& answer);

}  // namespace sallyport::testing_support
