// Any text as an assignment filter's rule: parsing and evaluating never crash, and what matches
// does so whatever the letter case of the rule's words.
#include <cstdlib>

#include "compliance/assignment_filter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport::compliance;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto rule = AssignmentRule::parse(text);
  if (!rule) {
    if (rule.error().where.empty()) std::abort();
    return 0;
  }
  FilterableDevice known;
  for (auto& value : known.values) value = "10.0.19045";
  const FilterableDevice unknown;
  const bool matches = rule->matches(known);
  (void)rule->matches(unknown);
  std::string upper = text;
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  const auto again = AssignmentRule::parse(upper);
  if (!again || again->matches(known) != matches) std::abort();
  return 0;
}
