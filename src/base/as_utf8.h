// Text that came from where nobody checked it, to be shown nevertheless.
#pragma once

#include <string>
#include <string_view>

namespace sallyport {

// Each byte that belongs to no letter as U+FFFD.
std::string as_utf8(std::string_view bytes);

}  // namespace sallyport
