// The word somebody may have meant who wrote another.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sallyport::cli {

// "; did you mean `Wiki`?" when one of the words is a slip away from what was written, in whatever
// letter case; else nothing. Of several equally near the first. Cost: the words times their length.
std::string did_you_mean(std::string_view written, const std::vector<std::string>& words);

}  // namespace sallyport::cli
