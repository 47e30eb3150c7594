#include "policy/source_text.h"

#include <algorithm>

#include "base/text.h"

namespace sallyport {

const json::Value* list_in(const json::Value& root) {
  if (root.is_array()) return &root;
  const auto* value = root.find_ignoring_case("value");
  return value != nullptr && value->is_array() ? value : nullptr;
}

std::string_view text_at(std::string_view text, std::size_t offset) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = offset; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return text.substr(offset, i + 1 - offset);
    }
  }
  return text.substr(std::min(offset, text.size()));
}

bool looks_like_lines(std::string_view text) {
  const auto is_object = [](std::string_view line) {
    line = trim(line);
    return line.starts_with('{') && line.ends_with('}');
  };
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return false;
  text.remove_prefix(start);
  const auto end = text.find('\n');
  if (end == std::string_view::npos || !is_object(text.substr(0, end))) return false;
  return trim(text.substr(end)).starts_with('{');
}

void each_line(std::string_view text,
               const std::function<void(std::string_view line, std::size_t offset)>& visit) {
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    const auto line = text.substr(start, end - start);
    if (!trim(line).empty()) visit(line, start);
    start = end + 1;
  }
}

}  // namespace sallyport
