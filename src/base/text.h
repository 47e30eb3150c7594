// Text: ASCII letter case, and the encodings in which administrators' files arrive.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport {

// ASCII only: Graph's words, member names and GUIDs have no other letters.
std::string to_lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);  // blanks, tabs, line ends

// UTF-8 with or without byte order mark, or UTF-16 of either byte order with one, becomes UTF-8
// without. UTF-16 that was cut or has lone surrogates is an error; UTF-8 is checked by the reader.
[[nodiscard]] Result<std::string> decode_text(std::string_view bytes);

bool is_utf8(std::string_view text);

std::string html_escape(std::string_view text);

// For an error message, and UTF-8 whatever `text` is: control characters, and letters of a text
// that is none, shown as \xNN; some `length_max` bytes, never a part of a letter.
std::string printable(std::string_view text, std::size_t length_max = 80);

}  // namespace sallyport
