// The letters of a query string.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sallyport::odata {

// Percent-decoded, `+` being a blank. Refused: `%` without two hexadecimal digits, and what is not
// UTF-8.
[[nodiscard]] Result<std::string> decode_parameter(std::string_view text);

// Cut at `separator` where it stands outside brackets and quotes; none when one is not closed.
// A quote is ' or "; inside " a backslash takes the next letter as it is.
std::optional<std::vector<std::string_view>> split_outside(std::string_view text, char separator);

}  // namespace sallyport::odata
