#include "service/document_names.h"

#include "base/id.h"
#include "base/text.h"

namespace sallyport {
namespace {

constexpr std::size_t slug_length_max = 60;

bool is_slug_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::string slug_of(std::string_view name) {
  std::string slug;
  for (const char c : to_lower(name)) {
    if (slug.size() >= slug_length_max) break;
    if (is_slug_letter(c)) {
      slug += c;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug.empty() ? "unnamed" : slug;
}

}  // namespace

std::string store_id(std::string_view id) {
  return parse_guid(id) ? to_lower(id) : std::string(id);
}

std::string_view display_name_of(const json::Value& document) {
  for (const auto* member : {"displayName", "deviceName", "userPrincipalName", "name", "appId"}) {
    const auto* value = document.find_ignoring_case(member);
    if (value != nullptr && value->is_string() && !value->text().empty()) return value->text();
  }
  return {};
}

std::string file_stem(std::string_view display_name, std::string_view id) {
  return slug_of(display_name) + "--" + to_string(guid_of_text(id)).substr(0, 8);
}

}  // namespace sallyport
