// The order of Debian's package versions (Debian Policy, section 5.6.12).
#pragma once

#include <compare>
#include <string_view>

namespace sallyport::agent {

std::strong_ordering compare_debian_versions(std::string_view a, std::string_view b);

}  // namespace sallyport::agent
