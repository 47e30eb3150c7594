// conditions.applications: resources, user actions, authentication contexts (spec, section 2.3).
#include <algorithm>

#include "engine/conditions/conditions.h"

namespace sallyport {
namespace {

// Windows Azure Service Management API covers the Azure portal.
const ApplicationId azure_management = ApplicationId::of("797f4846-ba00-4fd7-ba43-dac1f8f63013");

template <class List>
bool holds(const List& list, const typename List::value_type& item) {
  return std::ranges::find(list, item) != list.end();
}

template <class Take>
void each_entry(const ApplicationLists& lists, const PolicySet& policies,
                const ServicePrincipal* principal, ApplicationId application, Take take) {
  if (!lists.applications.empty()) {
    take(holds(lists.applications, application) ||
             (application == azure_portal && holds(lists.applications, azure_management)),
         ReasonKind::application);
  }
  if (lists.office365) take(holds(policies.office365, application), ReasonKind::office365);
  if (lists.admin_portals) {
    take(holds(policies.admin_portals, application), ReasonKind::admin_portals);
  }
  if (lists.all_agent_resources) {
    take(principal != nullptr && principal->agent_resource, ReasonKind::agent_resource);
  }
}

void take_filter(const std::optional<Filter>& filter, const ServicePrincipal* principal,
                 Sides& sides) {
  if (!filter) return;
  const bool includes = filter->mode == FilterMode::include;
  if (!filter->rule) {
    if (includes) sides.include(Match::yes, ReasonKind::filter_unreadable);
    return;
  }
  std::span<const std::pair<std::string, std::vector<std::string>>> attributes;
  if (principal != nullptr) attributes = principal->attributes;
  const Match match = match_of(filter->rule->matches(attributes));
  if (includes) {
    sides.include(match, ReasonKind::application_filter);
  } else {
    sides.exclude(match, ReasonKind::application_filter);
  }
}

bool includes_anything(const ApplicationCondition& condition) {
  const auto& lists = condition.include;
  return condition.include_all || !lists.applications.empty() || lists.office365 ||
         lists.admin_portals || lists.all_agent_resources || !condition.user_actions.empty() ||
         !condition.authentication_contexts.empty() || condition.unknown_authentication_context ||
         (condition.application_filter &&
          condition.application_filter->mode == FilterMode::include);
}

Tested test_user_action(const ApplicationCondition& condition, UserAction action) {
  if (condition.user_actions.contains(action)) return {Match::yes, {ReasonKind::user_action}};
  if (condition.user_actions.unknown) return {Match::yes, {ReasonKind::unknown_word}};
  if (condition.include_all) return {Match::yes, {ReasonKind::all_resources}};
  return {Match::no, {ReasonKind::not_listed}};
}

Tested test_context(const ApplicationCondition& condition, std::uint8_t context) {
  if (holds(condition.authentication_contexts, context)) {
    return {Match::yes, {ReasonKind::authentication_context}};
  }
  if (condition.unknown_authentication_context) return {Match::yes, {ReasonKind::unknown_word}};
  return {Match::no, {ReasonKind::not_listed}};
}

}  // namespace

const ApplicationId azure_portal = ApplicationId::of("c44b4083-3bb0-49c1-b47d-974e53cbdf3c");

Tested test_application(const ApplicationCondition& condition, const PolicySet& policies,
                        const ServicePrincipal* principal, ApplicationId application) {
  Sides sides;
  if (condition.include_all) sides.include(Match::yes, ReasonKind::all_resources);
  each_entry(condition.include, policies, principal, application,
             [&](bool met, ReasonKind kind) { sides.include(match_of(met), kind); });
  each_entry(condition.exclude, policies, principal, application,
             [&](bool met, ReasonKind kind) { sides.exclude(match_of(met), kind); });
  take_filter(condition.application_filter, principal, sides);
  return sides.result();
}

Tested test_applications(const ApplicationCondition& condition, const PolicySet& policies,
                         const Facts& facts) {
  const Target& target = facts.sign_in.target;
  const auto untold = [&] {
    return includes_anything(condition) ? Tested{Match::unknown, {ReasonKind::fact_unknown}}
                                        : Tested{Match::no, {ReasonKind::nothing_included}};
  };
  switch (target.kind) {
    case TargetKind::unknown: return untold();
    case TargetKind::user_action: return test_user_action(condition, target.user_action);
    case TargetKind::authentication_context:
      return test_context(condition, target.authentication_context);
    case TargetKind::applications: break;
  }
  if (target.applications.empty()) return untold();
  const auto test = [&](std::uint32_t i) {
    const Tested one =
        test_application(condition, policies, facts.resources[i], target.applications[i]);
    const Reason reason = one.reason();
    return Tested{one.match(), {reason.kind, reason.excludes, i}};
  };
  Tested best = test(0);
  for (std::uint32_t i = 1; i < target.applications.size(); ++i) {
    const Tested one = test(i);
    const Match combined = match_or(best.match(), one.match());
    if (combined != best.match()) best = {combined, one.reason()};
  }
  return best;
}

}  // namespace sallyport
