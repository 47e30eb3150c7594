// Resources, user actions and authentication contexts (spec, section 2.3).
#include "policy/conditions/conditions.h"

namespace sallyport {
namespace {

bool read_lists(const DocumentPart& part, bool including, ApplicationCondition& condition) {
  auto& into = including ? condition.include : condition.exclude;
  return part.each_text(including ? "includeApplications" : "excludeApplications",
                        [&](std::string_view text, std::size_t) {
                          if (including && equal_ignoring_case(text, "All")) {
                            condition.include_all = true;
                          } else if (including && equal_ignoring_case(text, "None")) {
                            condition.include_none = true;
                          } else if (equal_ignoring_case(text, "Office365")) {
                            into.office365 = true;
                          } else if (equal_ignoring_case(text, "MicrosoftAdminPortals")) {
                            into.admin_portals = true;
                          } else if (equal_ignoring_case(text, "AllAgentIdResources")) {
                            into.all_agent_resources = true;
                          } else {
                            into.applications.push_back(ApplicationId::of(text));
                          }
                        });
}

// `c1` to `c99`; 0 for anything else.
std::uint8_t context_number(std::string_view text) {
  if (text.size() < 2 || text.size() > 3 || (text[0] != 'c' && text[0] != 'C')) return 0;
  unsigned number = 0;
  for (const char c : text.substr(1)) {
    if (c < '0' || c > '9' || (number == 0 && c == '0')) return 0;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return static_cast<std::uint8_t>(number);
}

void read_contexts(const DocumentPart& part, ApplicationCondition& condition) {
  constexpr std::string_view name = "includeAuthenticationContextClassReferences";
  const auto list = part.pointer().member(name);
  const bool understood = part.each_text(name, [&](std::string_view text, std::size_t i) {
    if (const auto number = context_number(text); number != 0) {
      condition.authentication_contexts.push_back(number);
      return;
    }
    condition.unknown_authentication_context = true;
    part.remarks().add(Severity::warning, "L-unknown-word",
                       "`" + printable(text) +
                           "` is not an authentication context, so any of them counts; write `c1` "
                           "to `c99`",
                       list.item(i), part.get(name)->items()[i].offset());
  });
  if (!understood) condition.unknown_authentication_context = true;
}

}  // namespace

std::optional<ApplicationCondition> read_applications(const DocumentPart& conditions) {
  const auto* value = conditions.get("applications");
  if (value == nullptr) return std::nullopt;
  const auto pointer = conditions.pointer().member("applications");
  const DocumentPart part(*value, pointer, conditions.remarks());
  ApplicationCondition condition;
  const bool included = read_lists(part, true, condition);
  read_lists(part, false, condition);
  condition.user_actions = part.word_list("includeUserActions", parse_user_action);
  read_contexts(part, condition);
  condition.application_filter = read_filter(part, "applicationFilter", FilterSubject::application);
  if (!value->is_object() || !included ||
      part.has_unknown_include({"includeApplications", "includeUserActions",
                                "includeAuthenticationContextClassReferences"})) {
    condition.include_all = true;
    condition.unknown_authentication_context = true;
  }
  return condition;
}

}  // namespace sallyport
