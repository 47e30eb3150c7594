#include "base/as_utf8.h"

#include <algorithm>

#include "base/text.h"

namespace sallyport {

std::string as_utf8(std::string_view bytes) {
  constexpr std::size_t letter_max = 4;
  std::string out;
  while (!bytes.empty()) {
    const auto most = std::min(letter_max, bytes.size());
    std::size_t size = 1;
    while (size <= most && !is_utf8(bytes.substr(0, size))) ++size;
    const bool letter = size <= most;
    if (!letter) size = 1;
    out += letter ? bytes.substr(0, size) : std::string_view("\xef\xbf\xbd");
    bytes.remove_prefix(size);
  }
  return out;
}

}  // namespace sallyport
