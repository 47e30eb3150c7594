// The part of the tables that is about users. Internal to the engine.
#pragma once

#include <vector>

#include "engine/tables.h"

namespace sallyport {

// What each listed user id, group, role and guest type adds to the include and exclude sides. A
// group's entry holds everything its members get through it, nested groups and roles included, so
// deciding walks a user's own groups and nothing else.
// Cost: groups + for each group or role a policy names, the groups nested below it.
PrincipalTable make_principal_table(const std::vector<CompiledPolicy>& compiled,
                                    const std::vector<std::uint32_t>& enforced,
                                    const Directory& directory, std::size_t width);

}  // namespace sallyport
