// Spec, section 2.5.
#include "directory/named_location.h"
#include "policy/conditions/conditions.h"

namespace sallyport {
namespace {

bool read_side(const DocumentPart& part, bool including, LocationLists& into) {
  return part.each_text(including ? "includeLocations" : "excludeLocations",
                        [&](std::string_view text, std::size_t) {
                          if (including && equal_ignoring_case(text, "All")) {
                            into.all = true;
                          } else if (equal_ignoring_case(text, "AllTrusted")) {
                            into.all_trusted = true;
                          } else if (equal_ignoring_case(text, mfa_trusted_ips_id)) {
                            into.mfa_trusted_ips = true;
                          } else {
                            into.locations.push_back(LocationId::of(text));
                          }
                        });
}

bool is_empty(const LocationLists& lists) {
  return !lists.all && !lists.all_trusted && !lists.mfa_trusted_ips && lists.locations.empty();
}

}  // namespace

std::optional<LocationCondition> read_locations(const DocumentPart& conditions) {
  const auto* value = conditions.get("locations");
  if (value == nullptr) return std::nullopt;
  const auto pointer = conditions.pointer().member("locations");
  const DocumentPart part(*value, pointer, conditions.remarks());
  LocationCondition condition;
  if (!read_side(part, true, condition.include) || !value->is_object() ||
      part.has_unknown_include({"includeLocations"})) {
    condition.include.all = true;
  }
  read_side(part, false, condition.exclude);
  if (is_empty(condition.include) && is_empty(condition.exclude)) return std::nullopt;
  return condition;
}

}  // namespace sallyport
