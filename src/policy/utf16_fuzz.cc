// Any bytes: decoding never crashes, gives text or an error, and well-formed UTF-16 in either byte
// order gives the same text.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "policy/write.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto as_it_is = decode_text(bytes);
  if (as_it_is) (void)json::parse(*as_it_is);
  (void)format_text(bytes);

  auto swapped = bytes;
  for (std::size_t i = 0; i + 1 < swapped.size(); i += 2) std::swap(swapped[i], swapped[i + 1]);
  const auto little = decode_text("\xff\xfe" + bytes);
  const auto big = decode_text("\xfe\xff" + swapped);
  if (little.has_value() != big.has_value()) std::abort();
  if (little && *little != *big) std::abort();
  return 0;
}
