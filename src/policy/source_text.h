// The documents inside one file: one object, {"value": [...]}, an array, or JSON lines.
// Internal to policy/.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace sallyport {

// The list around documents: `value` of an object that has one and no policy members, or an array.
const json::Value* list_in(const json::Value& root);

// The text of the object or list that begins at `offset`. REQUIRES: `text` was read as JSON.
std::string_view text_at(std::string_view text, std::size_t offset);

// JSON lines: at least two lines that are objects, each on its own. Blank lines are allowed.
bool looks_like_lines(std::string_view text);

// Visits each line that is not blank, with its offset in `text`.
void each_line(std::string_view text,
               const std::function<void(std::string_view line, std::size_t offset)>& visit);

}  // namespace sallyport
