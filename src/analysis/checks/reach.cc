#include "analysis/checks/reach.h"

#include <algorithm>

namespace sallyport {
namespace {

template <class Id>
bool all_in(const std::vector<Id>& some, const std::vector<Id>& all) {
  return std::ranges::all_of(some,
                             [&](const Id& id) { return std::ranges::find(all, id) != all.end(); });
}

bool includes_somebody(const UserCondition& users) {
  const auto& include = users.include;
  return users.include_all || include.all_groups || include.all_roles || include.all_agent_users ||
         include.unknown || !include.users.empty() || !include.groups.empty() ||
         !include.roles.empty() ||
         std::ranges::any_of(include.guests, [](const GuestsOrExternalUsers& guests) {
           return guests.types != 0 || guests.unknown_type;
         });
}

// Every included entry is excluded again, word by word.
bool excludes_all_it_includes(const UserCondition& users) {
  const auto& include = users.include;
  const auto& exclude = users.exclude;
  return !users.include_all && !include.unknown && include.guests.empty() &&
         (!include.all_groups || exclude.all_groups) && (!include.all_roles || exclude.all_roles) &&
         (!include.all_agent_users || exclude.all_agent_users) &&
         all_in(include.users, exclude.users) && all_in(include.groups, exclude.groups) &&
         all_in(include.roles, exclude.roles);
}

bool includes_some_client(const ClientApplicationCondition& clients) {
  const auto& include = clients.include;
  return include.all_in_my_tenant || include.all_agents || !include.service_principals.empty() ||
         !include.agents.empty() ||
         (clients.service_principal_filter &&
          clients.service_principal_filter->mode == FilterMode::include) ||
         (clients.agent_filter && clients.agent_filter->mode == FilterMode::include);
}

bool includes_some_target(const ApplicationCondition& applications) {
  const auto& include = applications.include;
  return applications.include_all || !include.applications.empty() || include.office365 ||
         include.admin_portals || include.all_agent_resources ||
         !applications.user_actions.empty() || !applications.authentication_contexts.empty() ||
         applications.unknown_authentication_context ||
         (applications.application_filter &&
          applications.application_filter->mode == FilterMode::include);
}

}  // namespace

std::vector<NeverApplies> reasons_to_never_apply(const Policy& policy) {
  std::vector<NeverApplies> reasons;
  const auto& c = policy.conditions;
  const bool some_user = c.users && includes_somebody(*c.users);
  const bool some_client = c.client_applications && includes_some_client(*c.client_applications);
  if (!some_user && !some_client) {
    reasons.push_back({"REF-08", "/conditions/users",
                       "this policy includes nobody, so it never applies; include users, groups "
                       "or roles, or remove the policy"});
  } else if (!some_client && excludes_all_it_includes(*c.users)) {
    reasons.push_back({"CND-14", "/conditions/users",
                       "everybody this policy includes is excluded again, so it never applies; "
                       "correct one of the lists"});
  }
  if (!c.applications || !includes_some_target(*c.applications)) {
    reasons.push_back({"REF-07", "/conditions/applications",
                       "this policy includes no application, user action or authentication "
                       "context, so it never applies; include one, or remove the policy"});
  }
  if (c.platforms && !c.platforms->include.empty() && !c.platforms->include.unknown &&
      !c.platforms->include.all && (c.platforms->include.bits & ~c.platforms->exclude.bits) == 0) {
    reasons.push_back({"CND-14", "/conditions/platforms",
                       "every platform this policy includes is excluded again, so it never "
                       "applies; correct one of the lists"});
  }
  return reasons;
}

}  // namespace sallyport
