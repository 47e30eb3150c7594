#include "base/schema.h"

#include "base/text.h"

namespace sallyport::schema {

std::string_view spelling(const Member& member, std::string_view word) {
  for (const auto known : member.words) {
    if (equal_ignoring_case(known, word)) return known;
  }
  for (const auto& [was, now] : member.retired) {
    if (equal_ignoring_case(was, word)) return now;
  }
  return {};
}

bool is_annotation(std::string_view member_name) {
  return member_name.find('@') != std::string_view::npos || member_name.starts_with('#');
}

}  // namespace sallyport::schema
