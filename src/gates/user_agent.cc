#include "gates/user_agent.h"

namespace sallyport {
namespace {

struct Sign {
  std::string_view text;
  Platform platform;
};

// The first that is found counts: Windows Phone names Android and Windows too, Android names Linux,
// and iOS names Mac OS X.
constexpr Sign signs[] = {
    {"Windows Phone", Platform::windows_phone},
    {"Windows NT", Platform::windows},
    {"Android", Platform::android},
    {"iPhone", Platform::ios},
    {"iPad", Platform::ios},
    {"iPod", Platform::ios},
    {"Macintosh", Platform::mac_os},
    {"Mac OS X", Platform::mac_os},
    {"Linux", Platform::linux},
};

}  // namespace

Fact<Platform> platform_of_user_agent(std::string_view user_agent) {
  if (user_agent.find("CrOS") != user_agent.npos) return Fact<Platform>::absent();
  for (const auto& sign : signs)
    if (user_agent.find(sign.text) != user_agent.npos) return sign.platform;
  return Fact<Platform>::absent();
}

}  // namespace sallyport
