// Spec, section 2.4.
#include "policy/conditions/conditions.h"

namespace sallyport {

std::optional<PlatformCondition> read_platforms(const DocumentPart& conditions) {
  const auto* value = conditions.get("platforms");
  if (value == nullptr) return std::nullopt;
  const auto pointer = conditions.pointer().member("platforms");
  const DocumentPart part(*value, pointer, conditions.remarks());
  PlatformCondition condition;
  condition.include = part.word_list("includePlatforms", parse_platform);
  condition.exclude = part.word_list("excludePlatforms", parse_platform);
  if (!value->is_object() || part.has_unknown_include({"includePlatforms"})) {
    condition.include.unknown = true;
  }
  if (condition.include.empty() && condition.exclude.empty()) return std::nullopt;
  return condition;
}

}  // namespace sallyport
