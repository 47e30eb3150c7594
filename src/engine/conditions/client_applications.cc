// conditions.clientApplications: workload identities and agents (spec, section 2.2).
#include <algorithm>

#include "engine/conditions/conditions.h"

namespace sallyport {
namespace {

bool is_workload(const ServicePrincipal& principal) {
  return principal.kind == ServicePrincipalKind::application &&
         principal.in_scope_of_workload_policies;
}

bool is_agent(const ServicePrincipal& principal) {
  return principal.kind == ServicePrincipalKind::agent_identity;
}

template <class List>
bool holds(const List& list, const typename List::value_type& item) {
  return std::ranges::find(list, item) != list.end();
}

bool lists_anything(const ServicePrincipalLists& lists) {
  return lists.all_in_my_tenant || lists.all_agents || !lists.service_principals.empty() ||
         !lists.agents.empty();
}

template <class Take>
void each_entry(const ServicePrincipalLists& lists, const ServicePrincipal& principal, Take take) {
  const bool workload = is_workload(principal);
  const bool agent = is_agent(principal);
  if (lists.all_in_my_tenant) take(match_of(workload), ReasonKind::all_service_principals);
  if (!lists.service_principals.empty()) {
    take(match_of(workload && holds(lists.service_principals, principal.id)),
         ReasonKind::service_principal);
  }
  if (lists.all_agents) take(match_of(agent), ReasonKind::all_agents);
  if (!lists.agents.empty()) {
    take(match_of(agent && holds(lists.agents, principal.id)), ReasonKind::service_principal);
  }
}

// `of_the_sort`: the filter is about this kind of principal at all.
void take_filter(const std::optional<Filter>& filter, const ServicePrincipal* principal,
                 bool of_the_sort, Sides& sides) {
  if (!filter) return;
  const bool includes = filter->mode == FilterMode::include;
  if (!filter->rule) {
    if (includes) sides.include(Match::yes, ReasonKind::filter_unreadable);
    return;
  }
  Match match = Match::unknown;
  if (principal != nullptr) {
    match = of_the_sort ? match_of(filter->rule->matches(principal->attributes)) : Match::no;
  }
  if (includes) {
    sides.include(match, ReasonKind::application_filter);
  } else {
    sides.exclude(match, ReasonKind::application_filter);
  }
}

}  // namespace

Tested test_client_applications(const ClientApplicationCondition& condition, const Facts& facts) {
  const auto& fact = facts.sign_in.service_principal;
  const ServicePrincipal* principal = fact.is_known() ? *fact : nullptr;
  Sides sides;
  if (principal == nullptr) {
    if (lists_anything(condition.include)) sides.include(Match::unknown, ReasonKind::fact_unknown);
    if (lists_anything(condition.exclude)) sides.exclude(Match::unknown, ReasonKind::fact_unknown);
  } else {
    each_entry(condition.include, *principal,
               [&](Match match, ReasonKind kind) { sides.include(match, kind); });
    each_entry(condition.exclude, *principal,
               [&](Match match, ReasonKind kind) { sides.exclude(match, kind); });
  }
  take_filter(condition.service_principal_filter, principal,
              principal != nullptr && is_workload(*principal), sides);
  take_filter(condition.agent_filter, principal, principal != nullptr && is_agent(*principal),
              sides);
  return sides.result();
}

}  // namespace sallyport
