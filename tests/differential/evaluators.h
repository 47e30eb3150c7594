// The evaluators that must agree, behind one shape.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "signin/answer.h"
#include "tests/differential/generator.h"

namespace sallyport::testing_support {

using Decide = std::function<Answer(const SignIn&, Assume)>;

struct Evaluator {
  std::string_view name;
  // A decider for these policies in this world, which must outlive it.
  Decide (*make)(const World& world, const PolicySet& policies);
};

Decide reference_evaluator(const World& world, const PolicySet& policies);
Decide engine_evaluator(const World& world, const PolicySet& policies);

std::vector<Evaluator> evaluators();

}  // namespace sallyport::testing_support
