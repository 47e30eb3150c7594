// Coverage of privileged roles, role by role (spec, analysis checks, section 2).
#include <algorithm>

#include "analysis/checks/checks.h"
#include "analysis/checks/vocabulary.h"
#include "analysis/checks/well_known_apps.h"
#include "base/text.h"

namespace sallyport {
namespace {

// A finding that names the roles to which no enforced policy does it.
void expect_for_roles(const CheckInput& in, FindingList& findings, std::string_view check,
                      std::string_view what, const LacksOf& lacks_of) {
  const auto enforced = that_do(in, PolicyState::enabled, lacks_of);
  const auto reporting = that_do(in, PolicyState::report_only, lacks_of);
  const auto covers = [](const std::vector<const CheckedPolicy*>& policies, RoleId role) {
    return std::ranges::any_of(policies, [&](const CheckedPolicy* p) {
      return includes_role(*p, role) && !excludes_role(*p, role);
    });
  };
  std::vector<std::string> missing;
  bool would = true;
  for (const auto& role : in.settings.admin_roles) {
    if (covers(enforced, role)) continue;
    missing.push_back(in.label(role.guid));
    would = would && covers(reporting, role);
  }
  const bool some = missing.size() < in.settings.admin_roles.size();
  if (missing.empty() || (some && in.settings.admin_roles_needed == RolesNeeded::any)) return;
  const auto roles = std::to_string(in.settings.admin_roles.size()) + " privileged roles";
  const auto whom = !some                 ? "any of the " + roles
                    : missing.size() <= 3 ? list_of(missing)
                                          : std::to_string(missing.size()) + " of the " + roles;
  auto& finding = findings.add(check, "no enforced policy asks " + whom + ' ' + std::string(what));
  if (some && missing.size() > 3) finding.evidence.push_back("not asked: " + list_of(missing, 100));
  if (would) would_pass(in, finding, reporting);
}

bool covers_admin_portals(const CheckedPolicy& p) {
  const auto& apps = p.policy.conditions.applications;
  return apps && (all_apps(p) || apps->include.admin_portals) && !apps->exclude.admin_portals;
}

Lacks lacks_to_ask_guests(const CheckInput& in, const CheckedPolicy& p) {
  return Lacks()
      .unless(all_apps(p), "it is not for all resources")
      .unless_plain(p)
      .must(guarantees(in, p, Claim::mfa), "it does not always ask for MFA");
}

}  // namespace

void check_administrators(const CheckInput& in, FindingList& findings) {
  const auto everywhere = [&](Claim claim) {
    return [&in, claim](const CheckedPolicy& p) {
      return Lacks()
          .unless(all_apps(p), "it is not for all resources")
          .unless_plain(p)
          .must(guarantees(in, p, claim), "it does not ask for it");
    };
  };
  expect_for_roles(in, findings, "COV-02", "for MFA at all resources", everywhere(Claim::mfa));
  expect_for_roles(in, findings, "COV-03", "for phishing-resistant MFA at all resources",
                   everywhere(Claim::phishing_resistant));
  expect_for_roles(in, findings, "COV-16", "for a managed device at all resources",
                   everywhere(Claim::managed_device));
  expect_for_roles(in, findings, "COV-08", "for MFA at the admin portals",
                   [&](const CheckedPolicy& p) {
                     return Lacks()
                         .unless(covers_admin_portals(p), "it does not cover the portals")
                         .unless_plain(p)
                         .must(guarantees(in, p, Claim::mfa), "it does not ask for MFA");
                   });
  const auto hours = std::chrono::hours(in.settings.admin_sign_in_frequency_hours);
  const auto limited = [&](const CheckedPolicy& p) {
    const auto& session = p.policy.session_controls;
    const bool often =
        session && session->sign_in_frequency &&
        (session->sign_in_frequency->every_time || session->sign_in_frequency->every <= hours);
    const bool never = session && session->persistent_browser == PersistentBrowser::never;
    return Lacks()
        .unless(all_apps(p), "it is not for all resources")
        .must(often, "its sign-in frequency is longer")
        .must(never, "it lets browsers stay signed in");
  };
  expect_for_roles(in, findings, "COV-27",
                   "to sign in again after " +
                       std::to_string(in.settings.admin_sign_in_frequency_hours) +
                       " hours and without a lasting browser session",
                   limited);
  expect_some(in, findings, "COV-09",
              "no enforced policy blocks the admin portals for all but some roles",
              [](const CheckedPolicy& p) {
                const auto& c = p.policy.conditions;
                return Lacks()
                    .unless(all_users(p), "it is not for all users")
                    .must(c.applications && c.applications->include.admin_portals,
                          "it does not name the portals")
                    .must(blocks(p), "it does not block")
                    .unless(c.users && !c.users->exclude.roles.empty(), "it excludes no role");
              });
}

GuestTypes guests_asked_for_mfa(const CheckInput& in, PolicyState state) {
  GuestTypes types = 0;
  const auto asks = [&](const CheckedPolicy& p) { return lacks_to_ask_guests(in, p); };
  for (const auto* p : that_do(in, state, asks)) {
    const auto& users = p->policy.conditions.users;
    if (!users) continue;
    GuestTypes included = users->include_all ? all_guest_types : GuestTypes{0};
    for (const auto& guests : users->include.guests) {
      if (guests.all_tenants) included = static_cast<GuestTypes>(included | guests.types);
    }
    types = static_cast<GuestTypes>(types | (included & ~excluded_guests(*p)));
  }
  return types;
}

void check_guests(const CheckInput& in, FindingList& findings) {
  const auto covered = guests_asked_for_mfa(in, PolicyState::enabled);
  if (covered != all_guest_types) {
    std::vector<std::string> missing;
    for (const auto type : {UserType::internal_guest, UserType::b2b_collaboration_guest,
                            UserType::b2b_collaboration_member, UserType::b2b_direct_connect_user,
                            UserType::other_external_user, UserType::service_provider}) {
      if ((covered & flag_of(type)) == 0) missing.push_back(quoted(name_of(type)));
    }
    auto& finding = findings.add(
        "COV-10",
        missing.size() == 6
            ? std::string("no enforced policy asks guests for MFA at all resources")
            : "no enforced policy asks " + list_of(missing, 6) + " for MFA at all resources");
    const auto with =
        static_cast<GuestTypes>(covered | guests_asked_for_mfa(in, PolicyState::report_only));
    if (with == all_guest_types) {
      would_pass(in, finding, that_do(in, PolicyState::report_only, [&](const CheckedPolicy& p) {
                   return lacks_to_ask_guests(in, p);
                 }));
    }
  }
  if (!in.settings.terms_of_use_for_guests) return;
  expect_some(in, findings, "COV-34", "no enforced policy shows terms of use to guests",
              [](const CheckedPolicy& p) {
                return Lacks()
                    .unless(has_guests(p) || all_users(p), "it is not for guests")
                    .must(p.policy.grant_controls && !p.policy.grant_controls->terms_of_use.empty(),
                          "it shows no terms of use");
              });
}

}  // namespace sallyport
