// conditions.users (spec, section 2.1).
#include <algorithm>

#include "engine/conditions/conditions.h"

namespace sallyport {
namespace {

Match found_or_unknown(bool found, bool list_is_complete) {
  return found ? Match::yes : list_is_complete ? Match::no : Match::unknown;
}

Match guest_matches(const GuestsOrExternalUsers& guests, const UserView& user) {
  if (guests.types == 0) return Match::no;
  if (!user.type_known) return Match::unknown;
  if ((guests.types & flag_of(user.type)) == 0) return Match::no;
  // An internal guest has no home tenant that a list could name.
  if (guests.all_tenants || user.type == UserType::internal_guest) return Match::yes;
  if (!user.home_tenant_known) return Match::unknown;
  return match_of(std::ranges::find(guests.tenants, user.home_tenant) != guests.tenants.end());
}

template <class Take>
void each_entry_unknown(const CompiledPrincipals& side, Take take) {
  const PrincipalLists& lists = *side.lists;
  const bool any = !lists.users.empty() || !lists.groups.empty() || !lists.roles.empty() ||
                   lists.all_groups || lists.all_roles || lists.all_agent_users ||
                   std::ranges::any_of(lists.guests, [](const auto& g) { return g.types != 0; });
  if (any) take(Match::unknown, ReasonKind::fact_unknown, 0U);
}

// Calls take(match, kind, operand) for each entry of one side.
template <class Take>
void each_entry(const CompiledPrincipals& side, const Facts& facts, Take take) {
  if (side.empty) return;
  if (!facts.sign_in.user.is_known()) return each_entry_unknown(side, take);
  const UserView& user = *facts.sign_in.user;
  const Memberships& in = facts.memberships;
  const PrincipalLists& lists = *side.lists;
  if (!lists.users.empty()) {
    take(match_of(std::ranges::find(lists.users, user.id) != lists.users.end()), ReasonKind::user,
         0U);
  }
  for (const GroupIndex group : side.groups) {
    take(found_or_unknown(in.groups.contains(group), user.groups_known), ReasonKind::group, group);
  }
  if (side.undefined_groups && !user.groups_known) {
    take(Match::unknown, ReasonKind::fact_unknown, 0U);
  }
  for (const RoleIndex role : side.roles) {
    take(found_or_unknown(in.roles.contains(role), user.roles_known), ReasonKind::role, role);
  }
  if (side.undefined_roles && !user.roles_known) {
    take(Match::unknown, ReasonKind::fact_unknown, 0U);
  }
  if (lists.all_groups) {
    take(found_or_unknown(in.any_group, user.groups_known), ReasonKind::any_group, 0U);
  }
  if (lists.all_roles) {
    take(found_or_unknown(in.any_role, user.roles_known), ReasonKind::any_role, 0U);
  }
  for (const auto& guests : lists.guests) take(guest_matches(guests, user), ReasonKind::guest, 0U);
  if (lists.all_agent_users) take(match_of(user.agent_user), ReasonKind::agent_user, 0U);
}

}  // namespace

Tested test_users(const CompiledUsers& users, const Facts& facts) {
  Sides sides;
  if (users.condition->include_all) sides.include(Match::yes, ReasonKind::everyone);
  if (users.include.lists->unknown) sides.include(Match::yes, ReasonKind::unknown_word);
  if (!users.include.empty) sides.include(Match::no, ReasonKind::not_listed);
  each_entry(users.include, facts, [&](Match match, ReasonKind kind, std::uint32_t operand) {
    sides.include(match, kind, operand);
  });
  each_entry(users.exclude, facts, [&](Match match, ReasonKind kind, std::uint32_t operand) {
    sides.exclude(match, kind, operand);
  });
  // `unknown_type` of a guest entry includes, as any unknown word; excluding, it is nothing.
  for (const auto& guests : users.include.lists->guests) {
    if (guests.unknown_type) sides.include(Match::yes, ReasonKind::unknown_word);
  }
  return sides.result();
}

}  // namespace sallyport
