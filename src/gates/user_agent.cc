#include "gates/user_agent.h"

#include <iterator>

namespace sallyport {
namespace {

struct Sign {
  std::string_view text;
  Fact<Platform> platform;
};

// The first of them that the text holds counts: Windows Phone names Android and Windows too,
// Android names Linux, and iOS names Mac OS X. Chrome OS is no platform that policies know.
constexpr Sign signs[] = {
    {"CrOS", Fact<Platform>::absent()},
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
  // One pass over the text, for every request asks this.
  std::size_t first = std::size(signs);
  for (; !user_agent.empty() && first > 0; user_agent.remove_prefix(1)) {
    if (std::string_view("CWAiML").find(user_agent.front()) == std::string_view::npos) continue;
    for (std::size_t i = 0; i < first; ++i)
      if (user_agent.substr(0, signs[i].text.size()) == signs[i].text) first = i;
  }
  return first == std::size(signs) ? Fact<Platform>::absent() : signs[first].platform;
}

}  // namespace sallyport
