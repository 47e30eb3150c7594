// What policies leave out (spec, analysis checks, EXC-04 to EXC-18 but EXC-16, which is a proof's).
#include <algorithm>
#include <map>

#include "analysis/checks/checks.h"
#include "analysis/checks/emergency.h"
#include "analysis/checks/vocabulary.h"
#include "analysis/checks/well_known_apps.h"
#include "base/text.h"

namespace sallyport {
namespace {

template <class Id>
bool holds(const std::vector<Id>& list, const Id& id) {
  return std::ranges::find(list, id) != list.end();
}

std::string words_of(Excluded::Kind kind) {
  switch (kind) {
    case Excluded::Kind::user: return "user ";
    case Excluded::Kind::group: return "group ";
    case Excluded::Kind::role: return "role ";
  }
  return {};
}

bool excludes(const CheckedPolicy& p, const Excluded& e) {
  return std::ranges::any_of(excluded(p), [&](const Excluded& other) { return other.id == e.id; });
}

bool includes(const CheckedPolicy& p, const Excluded& e) {
  const auto& users = p.policy.conditions.users;
  if (!users) return false;
  if (users->include_all) return true;
  switch (e.kind) {
    case Excluded::Kind::user: return holds(users->include.users, UserId{e.id});
    case Excluded::Kind::group:
      return users->include.all_groups || holds(users->include.groups, GroupId{e.id});
    case Excluded::Kind::role:
      return users->include.all_roles || holds(users->include.roles, RoleId{e.id});
  }
  return false;
}

// An id and every enforced policy that excludes it.
struct Occurrence {
  Excluded first;
  std::vector<const CheckedPolicy*> policies;
};
std::vector<Occurrence> occurrences(const CheckInput& in) {
  std::map<Guid, Occurrence> by_id;
  for (const auto& p : in.policies) {
    if (!p.on()) continue;
    for (auto& e : excluded(p)) {
      auto& occurrence = by_id[e.id];
      if (occurrence.policies.empty()) occurrence.first = e;
      if (occurrence.policies.empty() || occurrence.policies.back() != &p) {
        occurrence.policies.push_back(&p);
      }
    }
  }
  std::vector<Occurrence> list;
  for (auto& entry : by_id) list.push_back(std::move(entry.second));
  return list;
}

void name_the_others(CheckFinding& finding, const std::vector<const CheckedPolicy*>& policies) {
  for (std::size_t i = 1; i < policies.size(); ++i) {
    finding.policies.push_back(policies[i]->named());
  }
}

void caught_by_nothing(const CheckInput& in, const EmergencyIds& emergency, FindingList& findings) {
  for (const auto& [first, policies] : occurrences(in)) {
    const auto& e = first;
    if (emergency.contains(e.id)) continue;
    const bool caught = std::ranges::any_of(in.policies, [&](const CheckedPolicy& p) {
      return p.on() && includes(p, e) && !excludes(p, e);
    });
    if (caught) continue;
    auto& finding = findings.add("EXC-04", *policies.front(), e.pointer,
                                 "the " + words_of(e.kind) + in.label(e.text) +
                                     " is excluded, and no other enforced policy includes it");
    name_the_others(finding, policies);
    if (!emergency.inferred && emergency.ids.empty()) {
      finding.assumption = "the settings name no emergency account: this may be one";
    }
  }
}

// Whether an enforced policy includes the application, or the suite of that word, and keeps it.
bool catches_app(const CheckedPolicy& p, std::string_view app) {
  const auto& apps = p.policy.conditions.applications;
  if (!p.on() || !apps) return false;
  if (equal_ignoring_case(app, "Office365")) {
    return (apps->include_all || apps->include.office365) && !apps->exclude.office365;
  }
  if (equal_ignoring_case(app, "MicrosoftAdminPortals")) {
    return (apps->include_all || apps->include.admin_portals) && !apps->exclude.admin_portals;
  }
  return includes_app(p, app) && !excludes_app(p, app);
}

void apps_caught_by_nothing(const CheckInput& in, FindingList& findings) {
  struct Exclusion {
    std::string text;
    std::string pointer;
    std::vector<const CheckedPolicy*> policies;
  };
  std::map<std::string, Exclusion> by_app;  // in lower case
  for (const auto& p : in.policies) {
    if (!p.on()) continue;
    constexpr std::string_view list = "/conditions/applications/excludeApplications";
    const auto texts = p.texts(list);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      auto& exclusion = by_app[to_lower(texts[i])];
      if (exclusion.policies.empty()) {
        exclusion.text = texts[i];
        exclusion.pointer = std::string(list) + '/' + std::to_string(i);
      }
      exclusion.policies.push_back(&p);
    }
  }
  for (const auto& entry : by_app) {
    const auto& exclusion = entry.second;
    const bool caught = std::ranges::any_of(
        in.policies, [&](const CheckedPolicy& p) { return catches_app(p, exclusion.text); });
    if (caught) continue;
    auto& finding = findings.add("EXC-04", *exclusion.policies.front(), exclusion.pointer,
                                 "the resource " + in.label(exclusion.text) +
                                     " is excluded, and no other enforced policy includes it");
    name_the_others(finding, exclusion.policies);
  }
}

void in_many_policies(const CheckInput& in, const EmergencyIds& emergency, FindingList& findings) {
  const auto enforced = static_cast<std::size_t>(
      std::ranges::count_if(in.policies, [](const CheckedPolicy& p) { return p.on(); }));
  const auto percent = static_cast<std::size_t>(in.settings.shared_exclusions_percent);
  for (const auto& [first, policies] : occurrences(in)) {
    const auto& e = first;
    const auto many = policies.size();
    const bool sync =
        e.id == guid_of_text(role::directory_sync) || holds(in.settings.sync_accounts, e.id);
    if (many < 3 || many * 100 <= enforced * percent || sync || emergency.contains(e.id)) continue;
    auto& finding = findings.add("EXC-05", *policies.front(), e.pointer,
                                 "the " + words_of(e.kind) + in.label(e.text) +
                                     " is excluded from " + std::to_string(many) + " of " +
                                     std::to_string(enforced) + " enforced policies");
    name_the_others(finding, policies);
  }
}

void tier0_roles(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  for (const auto& e : excluded(p)) {
    if (e.kind != Excluded::Kind::role || !holds(in.settings.tier0_roles, RoleId{e.id})) continue;
    const bool covered = std::ranges::any_of(in.policies, [&](const CheckedPolicy& other) {
      return other.on() && &other != &p && includes_role(other, RoleId{e.id}) &&
             !excludes_role(other, RoleId{e.id}) && all_apps(other) && plain(other) &&
             guarantees(in, other, Claim::mfa);
    });
    auto& finding = findings.add(
        "EXC-06", p, e.pointer,
        "the role " + in.label(e.text) + " is excluded" +
            (covered ? "; another policy asks it for MFA"
                     : ", and no other enforced policy asks it for MFA at all resources"));
    if (covered) finding.severity = Severity::low;
  }
}

void guests(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  const auto missing =
      static_cast<GuestTypes>(excluded_guests(p) & ~guests_asked_for_mfa(in, PolicyState::enabled));
  if (missing == 0) return;
  std::vector<std::string> words;
  for (const auto type : {UserType::internal_guest, UserType::b2b_collaboration_guest,
                          UserType::b2b_collaboration_member, UserType::b2b_direct_connect_user,
                          UserType::other_external_user, UserType::service_provider}) {
    if ((missing & flag_of(type)) != 0) words.push_back(quoted(name_of(type)));
  }
  const bool by_word = p.at("/conditions/users/excludeGuestsOrExternalUsers") == nullptr;
  findings.add(
      "EXC-07", p,
      by_word ? "/conditions/users/excludeUsers" : "/conditions/users/excludeGuestsOrExternalUsers",
      "guests are excluded, and no enforced policy asks " + list_of(words, 6) +
          " for MFA at all resources");
}

void users_by_name(const CheckInput& in, const EmergencyIds& emergency, const CheckedPolicy& p,
                   FindingList& findings) {
  std::vector<std::string> names;
  for (const auto& e : excluded(p)) {
    if (e.kind != Excluded::Kind::user || emergency.contains(e.id) ||
        holds(in.settings.sync_accounts, e.id) || holds(in.settings.approved_exclusions, e.id)) {
      continue;
    }
    names.push_back(in.label(e.text));
  }
  if (names.empty()) return;
  auto& finding = findings.add(
      "EXC-08", p, "/conditions/users/excludeUsers",
      (names.size() == 1 ? "a user is excluded by name: " : "users are excluded by name: ") +
          list_of(names, 3));
  if (emergency.ids.empty()) {
    finding.assumption = "the settings name no emergency account: these may be";
  }
}

bool excludes_sync(const CheckInput& in, const CheckedPolicy& p) {
  return excludes_role(p, RoleId::of(role::directory_sync)) ||
         std::ranges::any_of(excluded(p), [&](const Excluded& e) {
           return holds(in.settings.sync_accounts, e.id);
         });
}

void synchronisation(const CheckInput& in, FindingList& findings) {
  const CheckedPolicy* widely = nullptr;
  bool fenced = false;
  for (const auto& p : in.policies) {
    if (!p.on()) continue;
    const bool by_place = p.policy.conditions.locations.has_value();
    if (excludes_role(p, RoleId::of(role::directory_sync)) && all_users(p)) {
      if (widely == nullptr) widely = &p;
    }
    if (by_place && blocks(p) && includes_role(p, RoleId::of(role::directory_sync)) &&
        !excludes_role(p, RoleId::of(role::directory_sync))) {
      fenced = true;
    }
    const bool stops = alternative_count(p) > 0 && !(blocks(p) && by_place);
    const bool reaches = all_users(p) && all_apps(p) && modern_client(p) && no_risk(p) &&
                         no_device_condition(p) && any_platform(p) &&
                         p.policy.conditions.authentication_flows.empty();
    if (stops && reaches && !excludes_sync(in, p)) {
      auto& finding = findings.add("EXC-09", p, "/conditions/users",
                                   "directory synchronisation accounts are not excluded, and "
                                   "cannot do what this policy asks");
      if (!p.policy.conditions.users->exclude.groups.empty()) {
        finding.assumption = "they are in none of the excluded groups";
      }
    }
  }
  if (widely == nullptr || fenced) return;
  findings.add("EXC-10", *widely, "/conditions/users/excludeRoles",
               "the directory synchronisation role is excluded, and no enforced policy blocks it "
               "outside known places");
}

bool is_wide(const NamedLocation& location) {
  return std::ranges::any_of(location.ip_ranges, [](const CidrRange& range) {
    return range.is_v4() ? range.prefix < 16 : range.prefix < 32;
  });
}

void resources_and_places(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  constexpr std::string_view apps = "/conditions/applications/excludeApplications";
  const auto texts = p.texts(apps);
  const bool protects = !blocks(p) && (guarantees(in, p, Claim::mfa_or_device));
  if (all_apps(p) && !texts.empty() && protects) {
    std::vector<std::string> names;
    for (const auto text : texts) names.push_back(in.label(text));
    findings.add("EXC-11", p, apps,
                 list_of(names, 3) + (names.size() == 1 ? " is" : " are") +
                     " excluded from a policy for all resources");
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!holds(in.settings.token_families, guid_of_text(texts[i]))) continue;
    findings.add("EXC-12", p, std::string(apps) + '/' + std::to_string(i),
                 "the client " + in.label(texts[i]) +
                     " is excluded, and shares its refresh tokens with a family of others");
  }
  const auto& places = p.policy.conditions.locations;
  if (!places || blocks(p) || !guarantees(in, p, Claim::mfa)) return;
  constexpr std::string_view pointer = "/conditions/locations/excludeLocations";
  if (places->exclude.all_trusted) {
    findings.add("EXC-13", p, pointer, "trusted places are excluded, so MFA is not asked there");
  }
  for (const auto& id : places->exclude.locations) {
    const auto* place = in.find_location(id);
    if (place == nullptr || !is_wide(*place)) continue;
    findings.add("EXC-13", p, pointer,
                 "the location " + quoted(place->display_name) +
                     " is excluded, and holds a very wide range");
  }
}

// EXC-14 and EXC-15.
void broad_blocks(const CheckedPolicy& p, FindingList& findings) {
  if (!blocks(p) || !all_users(p) || !all_apps(p)) return;
  if (!excluded(p).empty() || excluded_guests(p) != 0) return;
  const auto& c = p.policy.conditions;
  const int narrowing =
      (any_client(p) ? 0 : 1) + (any_platform(p) ? 0 : 1) + (any_place(p) ? 0 : 1) +
      (no_risk(p) ? 0 : 1) + (no_device_condition(p) ? 0 : 1) +
      (c.authentication_flows.empty() ? 0 : 1) + (c.applications->has_exclusion() ? 1 : 0);
  if (narrowing > 1) return;
  auto& finding = narrowing == 0
                      ? findings.add("EXC-14", p, "/grantControls/builtInControls",
                                     "this blocks everybody from everything")
                      : findings.add("EXC-15", p, "/conditions/users",
                                     "this blocks everybody on one condition, and excludes nobody");
  if (p.report_only()) {
    finding.severity = milder(finding.severity);
    finding.message += ", once it is enforced";
  }
}

bool holds_text(const std::vector<std::string_view>& texts, std::string_view text) {
  return std::ranges::any_of(texts, [&](auto t) { return equal_ignoring_case(t, text); });
}

// EXC-17 and EXC-18, list by list.
void dead_exclusions(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  struct Lists {
    std::string_view include;
    std::string_view exclude;
    bool closed;  // what is not included by its own word is not included at all
  };
  const auto& users = p.policy.conditions.users;
  const bool users_only = users && !users->include_all && users->include.groups.empty() &&
                          users->include.roles.empty() && users->include.guests.empty() &&
                          !users->include.all_groups && !users->include.all_roles;
  const auto& apps = p.policy.conditions.applications;
  const bool apps_only = apps && !apps->include_all && !apps->include.office365 &&
                         !apps->include.admin_portals && !apps->application_filter &&
                         !apps->include.all_agent_resources;
  const auto& platforms = p.policy.conditions.platforms;
  const bool platforms_only = platforms && !platforms->include.all && !platforms->include.empty();
  for (const auto& [include, exclude, closed] :
       {Lists{"/conditions/users/includeUsers", "/conditions/users/excludeUsers", users_only},
        Lists{"/conditions/users/includeGroups", "/conditions/users/excludeGroups", false},
        Lists{"/conditions/users/includeRoles", "/conditions/users/excludeRoles", false},
        Lists{"/conditions/applications/includeApplications",
              "/conditions/applications/excludeApplications", apps_only},
        Lists{"/conditions/platforms/includePlatforms", "/conditions/platforms/excludePlatforms",
              platforms_only},
        Lists{"/conditions/locations/includeLocations", "/conditions/locations/excludeLocations",
              false}}) {
    const auto included = p.texts(include);
    const auto excluded_texts = p.texts(exclude);
    for (std::size_t i = 0; i < excluded_texts.size(); ++i) {
      const auto text = excluded_texts[i];
      const auto pointer = std::string(exclude) + '/' + std::to_string(i);
      const bool both = holds_text(included, text);
      if (both) {
        findings.add("EXC-18", p, pointer,
                     in.label(text) + " is included and excluded: it is excluded");
      } else if (closed && !text.starts_with("Current administrator")) {
        findings.add("EXC-17", p, pointer, in.label(text) + " is excluded, but never included");
      }
    }
  }
}

}  // namespace

void check_exclusions(const CheckInput& in, FindingList& findings) {
  const auto emergency = emergency_ids(in);
  caught_by_nothing(in, emergency, findings);
  apps_caught_by_nothing(in, findings);
  in_many_policies(in, emergency, findings);
  synchronisation(in, findings);
  for (const auto& p : in.policies) {
    if (p.off()) continue;
    broad_blocks(p, findings);
    dead_exclusions(in, p, findings);
    users_by_name(in, emergency, p, findings);
    resources_and_places(in, p, findings);
    if (!p.on()) continue;
    tier0_roles(in, p, findings);
    guests(in, p, findings);
  }
}

}  // namespace sallyport
