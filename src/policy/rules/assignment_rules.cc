// Rules about whom and what a policy covers (spec, sections 1.5 and 1.7).
#include <algorithm>

#include "base/text.h"
#include "directory/named_location.h"
#include "policy/rules/rule.h"

namespace sallyport {
namespace {

void required_members(const RuleSubject& s, RuleReport& report) {
  if (trim(s.policy.display_name).empty()) {
    report.add_shape(s.is_template ? "/name" : "/displayName",
                     "a policy needs a `displayName`; give it one that says what it does");
  }
  // Without a state, an import is enforced and has been told so.
  if (!s.is_template && s.dialect == Dialect::strict && s.find({"state"}) == nullptr) {
    report.add_shape("/state",
                     "a policy needs a `state`; write `enabled`, `disabled` or "
                     "`enabledForReportingButNotEnforced`");
  }
  if (s.find({"conditions"}) == nullptr) {
    report.add_shape("/conditions",
                     "a policy needs `conditions`; say at least which users and applications");
  }
}

void some_user(const RuleSubject& s, RuleReport& report) {
  if (s.is_workload_policy()) return;
  const bool any = s.count({"conditions", "users", "includeUsers"}) > 0 ||
                   s.count({"conditions", "users", "includeGroups"}) > 0 ||
                   s.count({"conditions", "users", "includeRoles"}) > 0 ||
                   s.find({"conditions", "users", "includeGuestsOrExternalUsers"}) != nullptr ||
                   s.count({"conditions", "agents", "includeAgentUsers"}) > 0;
  if (!any) {
    report.add("/conditions/users",
               "this policy includes no user, group, role or guest; include some, or write "
               "`\"includeUsers\": [\"All\"]` or `[\"None\"]`");
  }
}

void all_and_none_alone(const RuleSubject& s, RuleReport& report) {
  constexpr std::string_view where = "/conditions/users/includeUsers";
  const bool all = s.lists({"conditions", "users", "includeUsers"}, "All");
  const bool none = s.lists({"conditions", "users", "includeUsers"}, "None");
  if (!all && !none) return;
  const bool groups = s.count({"conditions", "users", "includeGroups"}) > 0;
  const bool roles = s.count({"conditions", "users", "includeRoles"}) > 0;
  if (s.count({"conditions", "users", "includeUsers"}) > 1 || groups || (all && roles)) {
    report.add(where, std::string(all ? "`All`" : "`None`") +
                          " stands alone among the included users; remove it, or the other users, "
                          "groups and roles");
  }
}

void one_kind_of_target(const RuleSubject& s, RuleReport& report) {
  const auto has = [&](std::string_view name) {
    return s.count({"conditions", "applications", name}) > 0 ? 1 : 0;
  };
  const bool filtered = s.find({"conditions", "applications", "applicationFilter"}) != nullptr;
  const int kinds = has("includeApplications") + has("includeUserActions") +
                    has("includeAuthenticationContextClassReferences");
  if (kinds == 0 && !filtered) {
    report.add("/conditions/applications",
               "this policy includes no application, user action or authentication context; "
               "include one kind of them");
  } else if (kinds > 1) {
    report.add("/conditions/applications",
               "applications, user actions and authentication contexts exclude each other; make a "
               "policy for each kind");
  }
}

void application_filter_target(const RuleSubject& s, RuleReport& report) {
  const auto& applications = s.conditions().applications;
  if (!applications || !applications->application_filter) return;
  const bool includes = applications->application_filter->mode == FilterMode::include;
  const bool everything = s.lists({"conditions", "applications", "includeApplications"}, "All");
  const bool none = applications->include_none;
  if (includes && (everything || none || applications->include.all_agent_resources)) {
    report.add("/conditions/applications/applicationFilter",
               "a filter that includes applications cannot stand beside `All`, `None` or "
               "`AllAgentIdResources`; remove that word, or let the filter exclude");
  } else if (none) {
    report.add("/conditions/applications/applicationFilter",
               "a filter has nothing to exclude from `None`; include some applications");
  }
}

void device_filter_alone(const RuleSubject& s, RuleReport& report) {
  if (s.find({"conditions", "devices", "deviceFilter"}) == nullptr) return;
  const bool states = s.count({"conditions", "devices", "includeDevices"}) > 0 ||
                      s.count({"conditions", "devices", "excludeDevices"}) > 0 ||
                      s.count({"conditions", "devices", "includeDeviceStates"}) > 0 ||
                      s.count({"conditions", "devices", "excludeDeviceStates"}) > 0 ||
                      s.count({"conditions", "deviceStates", "includeStates"}) > 0 ||
                      s.count({"conditions", "deviceStates", "excludeStates"}) > 0;
  if (states) {
    report.add("/conditions/devices",
               "a device filter and the deprecated device states exclude each other; say it all "
               "in the filter's rule");
  }
}

void check_filter(const RuleSubject& s, RuleReport& report,
                  std::initializer_list<std::string_view> path, std::string pointer,
                  FilterSubject subject) {
  const auto* filter = s.find(path);
  if (filter == nullptr || !filter->is_object()) return;
  const auto* rule = filter->find("rule");
  const auto text = rule == nullptr ? std::string_view{} : rule->text();
  pointer += "/rule";
  // Characters, not bytes: continuation bytes of UTF-8 are not counted.
  const auto length = std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
  if (static_cast<std::size_t>(length) > filter_rule_length_max) {
    report.add(pointer, "this rule has " + std::to_string(length) + " characters; at most " +
                            std::to_string(filter_rule_length_max) + " are allowed");
    return;
  }
  const auto parsed = FilterRule::parse(
      text, subject, s.dialect == Dialect::strict ? FilterDialect::strict : FilterDialect::lenient);
  if (parsed) return;
  report.add(pointer,
             "the filter's rule cannot be read: " + parsed.error().message +
                 (parsed.error().where.empty() ? "" : " (at " + parsed.error().where + ')'));
}

void filters_can_be_read(const RuleSubject& s, RuleReport& report) {
  check_filter(s, report, {"conditions", "devices", "deviceFilter"},
               "/conditions/devices/deviceFilter", FilterSubject::device);
  check_filter(s, report, {"conditions", "applications", "applicationFilter"},
               "/conditions/applications/applicationFilter", FilterSubject::application);
  check_filter(s, report, {"conditions", "clientApplications", "servicePrincipalFilter"},
               "/conditions/clientApplications/servicePrincipalFilter", FilterSubject::application);
  check_filter(s, report, {"conditions", "clientApplications", "agentIdServicePrincipalFilter"},
               "/conditions/clientApplications/agentIdServicePrincipalFilter",
               FilterSubject::application);
}

void users_or_workloads(const RuleSubject& s, RuleReport& report) {
  if (!s.is_workload_policy() || !s.conditions().users) return;
  const auto& users = *s.conditions().users;
  const auto& include = users.include;
  const bool someone = users.include_all || !include.users.empty() || !include.groups.empty() ||
                       !include.roles.empty() || !include.guests.empty() || include.all_groups ||
                       include.all_roles;
  if (someone) {
    report.add("/conditions/users",
               "users and workload identities cannot share a policy; write `\"includeUsers\": "
               "[\"None\"]` here and make a second policy for the users");
  }
}

void check_locations(const RuleSubject& s, RuleReport& report, std::string_view name) {
  const auto* list = s.find({"conditions", "locations", name});
  if (list == nullptr) return;
  for (std::size_t i = 0; i < list->items().size(); ++i) {
    const auto text = list->items()[i].text();
    if (equal_ignoring_case(text, "All") || equal_ignoring_case(text, "AllTrusted") ||
        equal_ignoring_case(text, mfa_trusted_ips_id)) {
      continue;
    }
    const auto id = LocationId::of(text);
    const bool known = std::ranges::any_of(s.known.named_locations,
                                           [id](const NamedLocation& one) { return one.id == id; });
    if (known) continue;
    report.add("/conditions/locations/" + std::string(name) + '/' + std::to_string(i),
               "no named location has the id `" + printable(text) +
                   "`; create it, or use the id of one that exists");
  }
}

void references_exist(const RuleSubject& s, RuleReport& report) {
  check_locations(s, report, "includeLocations");
  check_locations(s, report, "excludeLocations");
  if (const auto& applications = s.conditions().applications;
      applications && !s.known.authentication_contexts.empty()) {
    for (const auto context : applications->authentication_contexts) {
      if (std::ranges::find(s.known.authentication_contexts, context) !=
          s.known.authentication_contexts.end()) {
        continue;
      }
      report.add("/conditions/applications/includeAuthenticationContextClassReferences",
                 "no authentication context has the id `c" + std::to_string(context) +
                     "`; create it, or use one that exists");
    }
  }
  const auto& grant = s.policy.grant_controls;
  if (!grant || !grant->authentication_strength) return;
  const bool inlined = s.dialect == Dialect::lenient && grant->inline_strength;
  if (!inlined && s.known.find_strength(*grant->authentication_strength) == nullptr) {
    report.add("/grantControls/authenticationStrength",
               "no authentication strength has the id `" +
                   printable(grant->authentication_strength_text) +
                   "`; create it, or use the id of one that exists");
  }
}

void two_risks(const RuleSubject& s, RuleReport& report) {
  if (!s.conditions().user_risk_levels.empty() && !s.conditions().sign_in_risk_levels.empty()) {
    report.add("/conditions/userRiskLevels",
               "this policy applies only when both user risk and sign-in risk are met; make a "
               "policy for each");
  }
}

void application_count(const RuleSubject& s, RuleReport& report) {
  const auto count = s.count({"conditions", "applications", "includeApplications"}) +
                     s.count({"conditions", "applications", "excludeApplications"});
  if (count > applications_per_policy_max) {
    report.add("/conditions/applications",
               "this policy lists " + std::to_string(count) + " applications; at most " +
                   std::to_string(applications_per_policy_max) + " are allowed, split the policy");
  }
}

}  // namespace

const std::vector<Rule>& assignment_rules() {
  static const std::vector<Rule> rules{
      {"V1", "", Weight::error, required_members},
      {"V2", "InvalidUsers", Weight::error, some_user},
      {"V3", "InvalidUsers", Weight::error, all_and_none_alone},
      {"V4", "InvalidApplications", Weight::error, one_kind_of_target},
      {"V5", "InvalidApplications", Weight::error, application_filter_target},
      {"V20", "InvalidDeviceFilter", Weight::error, device_filter_alone},
      {"V21", "InvalidDeviceFilter", Weight::error, filters_can_be_read},
      {"V22", "InvalidUsers", Weight::error, users_or_workloads},
      {"V23", "InvalidReferences", Weight::api_error, references_exist},
      {"V24", "InvalidConditions", Weight::advice, two_risks},
      {"limit", "InvalidApplications", Weight::error, application_count},
  };
  return rules;
}

}  // namespace sallyport
