#include "compliance/assignment_filter.h"

#include "base/canonical.h"
#include "base/text.h"
#include "compliance/assignment_rule.h"
#include "compliance/policy_schema.h"

namespace sallyport::compliance {

std::string_view filter_trust_type(std::string_view directory_word) {
  if (equal_ignoring_case(directory_word, "AzureAd")) return "Azure AD joined";
  if (equal_ignoring_case(directory_word, "Workplace")) return "Azure AD registered";
  if (equal_ignoring_case(directory_word, "ServerAd")) return "Hybrid Azure AD joined";
  return "Unknown";
}

Result<AssignmentRule> AssignmentRule::parse(std::string_view text) {
  auto node = parse_assignment_rule(text);
  if (!node) return tl::unexpected<Error>(std::move(node.error()));
  AssignmentRule rule;
  rule.text_ = text;
  rule.about_apps_ = node->about_apps;
  rule.root_ = std::make_shared<const AssignmentRuleNode>(std::move(node->root));
  return rule;
}

bool AssignmentRule::matches(const FilterableDevice& device) const {
  return !about_apps_ && evaluate(*root_, device);
}

AssignmentFilterReading read_assignment_filter(const json::Value& document, Dialect dialect) {
  AssignmentFilterReading reading;
  auto& filter = reading.filter;
  Remarks remarks(dialect);
  json::Arena arena;
  const auto value = canonical_by(assignment_filter_schema(), document, arena, &remarks);
  const auto text_of = [&](std::string_view name) {
    const auto* found = value.find(name);
    return found == nullptr ? std::string_view{} : found->text();
  };
  const json::Pointer root;
  filter.id_text = text_of("id");
  filter.id = guid_of_text(filter.id_text);
  filter.display_name = text_of("displayName");
  const auto* rule = value.find("rule");
  auto parsed = AssignmentRule::parse(text_of("rule"));
  if (parsed) {
    filter.rule = std::move(*parsed);
  } else {
    remarks.add(Severity::error, "C-filter",
                "the rule cannot be read, so it matches nothing: " + describe(parsed.error()),
                root.member("rule"), rule == nullptr ? document.offset() : rule->offset());
  }
  const auto management = text_of("assignmentFilterManagementType");
  if (filter.rule && filter.rule->is_about_apps() != (management == "apps")) {
    remarks.add(Severity::error, "C-filter",
                filter.rule->is_about_apps()
                    ? "a rule over `app.` needs `assignmentFilterManagementType` to be `apps`"
                    : "a filter of apps needs a rule over `app.`",
                root.member("rule"), rule == nullptr ? document.offset() : rule->offset());
  }
  if (filter.display_name.empty()) {
    remarks.add(Severity::warning, "C-name", "`displayName` must be given",
                root.member("displayName"), document.offset());
  }
  reading.findings = std::move(remarks.findings());
  return reading;
}

}  // namespace sallyport::compliance
