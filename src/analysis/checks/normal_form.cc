#include "analysis/checks/normal_form.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sallyport {
namespace {

// About the document, not about what it does.
bool is_about_the_document(std::string_view name) {
  constexpr std::array names = {"id",
                                "displayname",
                                "description",
                                "templateid",
                                "createddatetime",
                                "modifieddatetime",
                                "deleteddatetime",
                                "partialenablementstrategy"};
  return name.find('@') != std::string_view::npos || name.starts_with('#') ||
         std::ranges::find(names, to_lower(name)) != names.end();
}

void flatten(const json::Value& value, const std::string& path, std::vector<NormalEntry>& into) {
  if (value.is_object()) {
    for (const auto& member : value.members()) {
      // An id inside is a reference: the strength's.
      const bool reference = !path.empty() && equal_ignoring_case(member.name, "id");
      if (is_about_the_document(member.name) && !reference) continue;
      flatten(member.value, path + (path.empty() ? "" : "/") + to_lower(member.name), into);
    }
  } else if (value.is_array()) {
    for (const auto& item : value.items()) flatten(item, path, into);
  } else if (!value.is_null()) {
    into.push_back({path, value.is_boolean() ? std::string(value.truth() ? "true" : "false")
                                             : to_lower(value.text())});
  }
}

// What is written or left out with the same meaning.
bool says_nothing(const NormalEntry& entry) {
  return (entry.path.ends_with("clientapptypes") && entry.value == "all") ||
         (entry.path.ends_with("isenabled") && entry.value == "false");
}

}  // namespace

std::vector<NormalEntry> normal_form(const CheckedPolicy& p, std::string_view part) {
  std::vector<NormalEntry> entries;
  const auto* body = p.find(p.prefix);
  if (body != nullptr && !part.empty()) body = body->find_ignoring_case(part);
  if (body != nullptr) flatten(*body, std::string(part), entries);
  std::erase_if(entries, says_nothing);
  std::ranges::sort(entries);
  return entries;
}

}  // namespace sallyport
