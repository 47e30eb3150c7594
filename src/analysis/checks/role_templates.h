// Whether an id is the template of a built-in directory role. Internal to the checks.
#pragma once

#include <string_view>

namespace sallyport {

bool is_role_template(std::string_view id);

}  // namespace sallyport
