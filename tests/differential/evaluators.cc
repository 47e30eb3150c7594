#include "tests/differential/evaluators.h"

#include <cstdio>
#include <cstdlib>

#include "engine/program.h"
#include "reference/decide.h"

namespace sallyport::testing_support {

Decide reference_evaluator(const World& world, const PolicySet& policies) {
  return [&world, policies](const SignIn& sign_in, Assume assume) {
    return reference::decide(policies, *world.directory, sign_in, assume);
  };
}

Decide engine_evaluator(const World& world, const PolicySet& policies) {
  auto program = compile(policies, world.directory, world.inventory);
  if (!program) {
    std::fprintf(stderr, "a generated policy set does not compile: %s\n",
                 describe(program.error()).c_str());
    std::abort();
  }
  return [program = *std::move(program)](const SignIn& sign_in, Assume assume) {
    return program->explain(sign_in, assume);
  };
}

std::vector<Evaluator> evaluators() {
  return {{"reference", reference_evaluator}, {"engine", engine_evaluator}};
}

}  // namespace sallyport::testing_support
