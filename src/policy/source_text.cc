#include "policy/source_text.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace sallyport {

std::string_view text_of(const json::Value& document, std::string_view name) {
  const auto* found = document.find_ignoring_case(name);
  return found == nullptr || !found->is_string() ? std::string_view{} : found->text();
}

Finding error_at(std::uint32_t offset, std::string_view code, std::string message) {
  Finding finding;
  finding.code = std::string(code);
  finding.message = std::move(message);
  finding.offset = offset;
  return finding;
}

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

std::optional<bool> looks_like_lines(std::string_view text) {
  const auto is_object = [](std::string_view line) {
    line = trim(line);
    return line.starts_with('{') && line.ends_with('}');
  };
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return std::nullopt;
  text.remove_prefix(start);
  if (text.front() != '{') return false;
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  if (!is_object(text.substr(0, end))) return false;
  const auto next = text.find_first_not_of(" \t\r\n", end);
  if (next == std::string_view::npos) return std::nullopt;
  return text[next] == '{';
}

void each_line(std::string_view text,
               const std::function<void(std::string_view line, std::size_t offset,
                                        std::uint32_t number)>& visit) {
  std::uint32_t number = 1;
  for (std::size_t start = 0; start < text.size(); ++number) {
    const auto end = std::min(text.find('\n', start), text.size());
    const auto line = text.substr(start, end - start);
    if (!trim(line).empty()) visit(line, start, number);
    start = end + 1;
  }
}

}  // namespace sallyport
