// Ids and what they refer to (spec, analysis checks, REF-01 to REF-06, WLD-05 and WLD-07).
#include <algorithm>
#include <array>
#include <set>

#include "analysis/checks/checks.h"
#include "analysis/checks/role_templates.h"
#include "analysis/checks/vocabulary.h"
#include "base/text.h"
#include "directory/well_known.h"

namespace sallyport {
namespace {

enum class Axis : std::uint8_t { users, groups, roles, applications, locations, principals };

struct IdList {
  std::string_view pointer;
  Axis axis;
  bool including;
};

constexpr std::array id_lists = {
    IdList{"/conditions/users/includeUsers", Axis::users, true},
    IdList{"/conditions/users/excludeUsers", Axis::users, false},
    IdList{"/conditions/users/includeGroups", Axis::groups, true},
    IdList{"/conditions/users/excludeGroups", Axis::groups, false},
    IdList{"/conditions/users/includeRoles", Axis::roles, true},
    IdList{"/conditions/users/excludeRoles", Axis::roles, false},
    IdList{"/conditions/applications/includeApplications", Axis::applications, true},
    IdList{"/conditions/applications/excludeApplications", Axis::applications, false},
    IdList{"/conditions/locations/includeLocations", Axis::locations, true},
    IdList{"/conditions/locations/excludeLocations", Axis::locations, false},
    IdList{"/conditions/clientApplications/includeServicePrincipals", Axis::principals, true},
    IdList{"/conditions/clientApplications/excludeServicePrincipals", Axis::principals, false},
};

bool is_word(Axis axis, std::string_view text) {
  const auto is = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](auto word) { return equal_ignoring_case(word, text); });
  };
  switch (axis) {
    case Axis::users:
      return is({"All", "None", "GuestsOrExternalUsers", "AllAgentIdUsers"}) ||
             text.starts_with("Current administrator");
    case Axis::groups:
    case Axis::roles: return is({"All"});
    case Axis::applications:
      return is({"All", "None", "Office365", "MicrosoftAdminPortals", "AllAgentIdResources"});
    case Axis::locations: return is({"All", "AllTrusted"});
    case Axis::principals: return is({"All", "ServicePrincipalsInMyTenant"});
  }
  return false;
}

// Whether the documents that were given hold an object of this id.
bool is_known(const CheckInput& in, Axis axis, std::string_view text) {
  const auto& directory = *in.tenant.directory;
  switch (axis) {
    case Axis::users: return directory.find_user(UserId::of(text)).has_value();
    case Axis::groups: {
      const auto group = directory.find_group(GroupId::of(text));
      return group && !directory.groups()[*group].display_name.empty();
    }
    case Axis::roles: return directory.find_role(RoleId::of(text)).has_value();
    case Axis::applications:
      return directory.find_service_principal_by_app(ApplicationId::of(text)) != nullptr;
    case Axis::locations: return in.find_location(LocationId::of(text)) != nullptr;
    case Axis::principals:
      return directory.find_service_principal(ServicePrincipalId::of(text)) != nullptr;
  }
  return false;
}

std::string_view intention(std::string_view text) {
  const bool guid_shaped = text.size() == 36 && text[8] == '-' && text[13] == '-';
  if (guid_shaped || text.find_first_of("<>{}[]%$") != std::string_view::npos) {
    return "it looks like a placeholder that was never filled in";
  }
  if (text.find('@') != std::string_view::npos) {
    return "it looks like a user principal name; write the object id";
  }
  return "it looks like a display name; write the object id";
}

std::string_view what(Axis axis) {
  switch (axis) {
    case Axis::users: return "user";
    case Axis::groups: return "group";
    case Axis::roles: return "role";
    case Axis::applications: return "application";
    case Axis::locations: return "location";
    case Axis::principals: return "service principal";
  }
  return "";
}

// Which kinds of objects were given at all: an export of policies alone says nothing of others.
struct Given {
  bool users = false;
  bool groups = false;
  bool principals = false;
};

Given given(const CheckInput& in) {
  const auto& directory = *in.tenant.directory;
  return {directory.user_count() > 0, !in.groups.empty(), !directory.service_principals().empty()};
}

void ids(const CheckInput& in, const CheckedPolicy& p, const Given& input, FindingList& findings) {
  for (const auto& list : id_lists) {
    const auto texts = p.texts(list.pointer);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto text = texts[i];
      const auto pointer = std::string(list.pointer) + '/' + std::to_string(i);
      if (is_word(list.axis, text) || equal_ignoring_case(text, mfa_trusted_ips_id)) continue;
      const bool known = is_known(in, list.axis, text);
      if (!parse_guid(text)) {
        if (!known) {
          auto& finding =
              findings.add("REF-03", p, pointer,
                           quoted(text) + " is not the id of a " + std::string(what(list.axis)) +
                               ": " + std::string(intention(text)));
          if (list.axis == Axis::applications) {
            finding.message =
                quoted(text) + " is not the id of an application: " + std::string(intention(text));
          }
        }
        continue;
      }
      if (list.axis == Axis::roles && !is_role_template(text) && !known) {
        findings.add("REF-04", p, pointer,
                     quoted(text) +
                         " is no role template; the id of a role's instance matches "
                         "nobody");
      }
      const bool missing = !known && ((list.axis == Axis::users && input.users) ||
                                      (list.axis == Axis::groups && input.groups) ||
                                      (list.axis == Axis::principals && input.principals));
      if (missing) {
        findings.add("REF-01", p, pointer,
                     "no " + std::string(what(list.axis)) + " has the id " + quoted(text));
      }
      const auto* principal =
          list.axis == Axis::principals && list.including
              ? in.tenant.directory->find_service_principal(ServicePrincipalId::of(text))
              : nullptr;
      if (principal != nullptr && !principal->in_scope_of_workload_policies) {
        findings.add("WLD-07", p, pointer,
                     "the service principal " + in.label(text) +
                         " is a managed identity or another tenant's, which policies do not reach");
      }
    }
  }
}

// Attributes of a user that the user may change; a rule on them lets people choose their groups.
bool is_user_editable(std::string_view rule) {
  const auto lower = to_lower(rule);
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"user.mobilephone", "user.othermails",
                                              "user.preferredlanguage", "user.streetaddress",
                                              "user.telephonenumber", "user.city", "user.state",
                                              "user.postalcode", "user.facsimiletelephonenumber"},
      [&](std::string_view attribute) {
        const auto at = lower.find(attribute);
        if (at == std::string::npos) return false;
        const auto end = at + attribute.size();
        return end == lower.size() || (std::isalnum(static_cast<unsigned char>(lower[end])) == 0);
      });
}

void groups(const CheckInput& in, const CheckedPolicy& p, const std::set<Guid>& empty,
            FindingList& findings) {
  for (const auto& list : id_lists) {
    if (list.axis != Axis::groups) continue;
    const auto texts = p.texts(list.pointer);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto id = guid_of_text(texts[i]);
      const auto facts = std::ranges::find(in.groups, id, &GroupFacts::id);
      if (facts == in.groups.end()) continue;
      const auto pointer = std::string(list.pointer) + '/' + std::to_string(i);
      const auto name = in.label(texts[i]);
      if (!facts->is_assignable_to_role && !facts->is_management_restricted) {
        findings.add("REF-05", p, pointer,
                     "whoever may edit the group " + name + " decides whom this policy is for");
      }
      if (!list.including && is_user_editable(facts->membership_rule)) {
        findings.add(
            "REF-06", p, pointer,
            "the excluded group " + name +
                " is dynamic by what users may set themselves: " + quoted(facts->membership_rule));
      }
      if (list.including && empty.contains(id)) {
        findings.add("REF-02", p, pointer, "the group " + name + " has no members");
      }
    }
  }
}

// Of the groups that were given, those in which nobody is, directly or through others.
std::set<Guid> empty_groups(const CheckInput& in) {
  std::set<Guid> empty;
  const auto& directory = *in.tenant.directory;
  if (directory.user_count() == 0) return empty;
  std::vector<bool> filled(directory.groups().size(), false);
  directory.each_user([&](const UserView& user) {
    for (const auto group : user.groups) filled[group] = true;
  });
  for (const auto& group : directory.groups()) {
    for (const auto parent : group.member_of) filled[parent] = true;
  }
  for (const auto& facts : in.groups) {
    const auto group = directory.find_group(GroupId{facts.id});
    if (group && !filled[*group]) empty.insert(facts.id);
  }
  return empty;
}

// WLD-05.
void agents(const CheckInput& in, FindingList& findings) {
  const auto& directory = *in.tenant.directory;
  bool exist = std::ranges::any_of(directory.service_principals(), [](const ServicePrincipal& p) {
    return p.kind == ServicePrincipalKind::agent_identity;
  });
  directory.each_user([&](const UserView& user) { exist = exist || user.agent_user; });
  if (!exist) return;
  const bool named = std::ranges::any_of(in.policies, [](const CheckedPolicy& p) {
    const auto& users = p.policy.conditions.users;
    const auto& clients = p.policy.conditions.client_applications;
    return p.on() && ((users && users->include.all_agent_users) ||
                      (clients && (clients->include.all_agents || clients->agent_filter ||
                                   !clients->include.agents.empty())));
  });
  if (named) return;
  findings.add("WLD-05", "there are agents, and no enforced policy names them");
}

}  // namespace

void check_references(const CheckInput& in, FindingList& findings) {
  const auto input = given(in);
  const auto empty = empty_groups(in);
  for (const auto& p : in.policies) {
    if (p.off()) continue;
    ids(in, p, input, findings);
    groups(in, p, empty, findings);
  }
  agents(in, findings);
}

}  // namespace sallyport
