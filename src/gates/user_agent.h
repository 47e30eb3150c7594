// Platform and client app from a User-Agent header, as far as it can be believed: it is the
// client's own word, so policies that matter pair it with a device.
#pragma once

#include <string_view>

#include "policy/words.h"
#include "signin/fact.h"

namespace sallyport {

// Absent for agents that name no platform policies know (ChromeOS, curl, none).
Fact<Platform> platform_of_user_agent(std::string_view user_agent);

}  // namespace sallyport
