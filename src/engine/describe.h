// Reasons in an administrator's words. Internal to the engine.
#pragma once

#include <string>

#include "engine/explanation.h"
#include "engine/program_state.h"

namespace sallyport {

// "excluded group `Break glass`", "country FR", "the platform is not known".
std::string describe(const ConditionExplanation& condition, const CompiledPolicy& policy,
                     const ProgramState& program, const SignIn& sign_in);

}  // namespace sallyport
