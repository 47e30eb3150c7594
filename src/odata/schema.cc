#include "odata/schema.h"

#include <vector>

#include "base/text.h"

namespace sallyport::odata {

const Property* Schema::find(std::string_view path, std::string_view wanted_type) const {
  const Property* plain = nullptr;
  for (const auto& property : properties) {
    if (!equal_ignoring_case(property.path, path)) continue;
    if (property.type.empty()) {
      plain = &property;
    } else if (equal_ignoring_case(property.type, wanted_type)) {
      return &property;
    }
  }
  return plain;
}

std::string list_properties(const Schema& schema, bool (*wanted)(const Property&)) {
  constexpr std::size_t named_max = 40;
  std::vector<std::string> names;
  std::size_t more = 0;
  for (const auto& property : schema.properties) {
    if (!wanted(property)) continue;
    if (names.size() == named_max) {
      ++more;
      continue;
    }
    std::string name = "`";
    if (!property.type.empty()) name += std::string(property.type) + "/";
    names.push_back(name + std::string(property.path) + "`");
  }
  if (more > 0) names.push_back(std::to_string(more) + " more");
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text.empty() ? "none" : text;
}

}  // namespace sallyport::odata
