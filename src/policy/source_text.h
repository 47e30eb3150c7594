// The documents inside one file: one object, {"value": [...]}, an array, or JSON lines.
// Internal to policy/.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace sallyport {

// The list around documents: `value` of an object that has one and no policy members, or an array.
const json::Value* list_in(const json::Value& root);

// JSON lines: at least two lines that are objects, each on its own. Blank lines are allowed.
bool looks_like_lines(std::string_view text);

// Visits each line that is not blank, with its offset in `text`.
void each_line(std::string_view text,
               const std::function<void(std::string_view line, std::size_t offset)>& visit);

}  // namespace sallyport
