// Evolvable enumerations: words that Graph added behind `unknownFutureValue` are sent only to
// clients that ask for them (Prefer: include-unknown-enum-members; spec, section 6.4).
#pragma once

#include <string_view>

#include "base/json.h"

namespace sallyport::api {

// Whether the text may hold such a word; if not, it can be sent as it is.
bool may_hold_newer_words(std::string_view text);
// The document with `unknownFutureValue` in place of each of them.
json::Value without_newer_words(const json::Value& value, json::Arena& arena);

}  // namespace sallyport::api
