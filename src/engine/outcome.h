// What follows from the requirements that are missing. Internal to the engine; deciding and
// explaining share it.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/program_state.h"

namespace sallyport {

// The code a client gets when this requirement is the first missing one (spec, section 6.5).
std::int32_t error_code(const ProgramState& program, std::uint32_t requirement,
                        const SignIn& sign_in);

// Who is asked to remediate a risk is not asked for a password change as well.
void drop_password_change(std::vector<std::uint32_t>& missing, const ProgramState& program);

// Session controls of one more policy (spec, section 5.3).
void merge_session(const SessionControls& controls, MergedSession& into);

}  // namespace sallyport
