// The documents inside one file: one object, {"value": [...]}, an array, or JSON lines.
// Internal to policy/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/finding.h"
#include "base/json.h"

namespace sallyport {

// The list around documents: `value` of an object that has one and no policy members, or an array.
const json::Value* list_in(const json::Value& root);

// The text of the object or list that begins at `offset`. REQUIRES: `text` was read as JSON.
std::string_view text_at(std::string_view text, std::size_t offset);

// JSON lines: at least two lines that are objects, each on its own. Blank lines are allowed.
// Nothing: `text` is only a beginning, and too short to tell.
std::optional<bool> looks_like_lines(std::string_view text);

// Visits each line that is not blank, with its offset in `text` and its number from 1.
void each_line(std::string_view text,
               const std::function<void(std::string_view line, std::size_t offset,
                                        std::uint32_t number)>& visit);

// The member's text; empty when there is none, or it is no text.
std::string_view text_of(const json::Value& document, std::string_view name);

Finding error_at(std::uint32_t offset, std::string_view code, std::string message);

}  // namespace sallyport
