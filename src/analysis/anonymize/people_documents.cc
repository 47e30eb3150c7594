#include "analysis/anonymize/documents.h"

namespace sallyport {
namespace {

void write_member(json::Writer& w, std::string_view type, const std::string& id) {
  w.begin_object();
  w.member("@odata.type", type);
  w.member("id", id);
  w.end_object();
}

void disguise_users(const Directory& directory, const Disguise& disguise,
                    const TakeDocument& take) {
  directory.each_user([&](const UserView& user) {
    take(DocumentKind::user, json::written([&](json::Writer& w) {
           w.begin_object();
           w.member("@odata.type",
                    user.agent_user ? "#microsoft.graph.agentUser" : "#microsoft.graph.user");
           w.member("id", to_string(disguise.id(user.id)));
           if (!user.name.empty()) {
             w.member("userPrincipalName", disguise.principal_name(user.name));
           }
           if (user.type_known) w.member("externalUserType", name_of(user.type));
           if (user.home_tenant_known && user.home_tenant != TenantId{}) {
             w.member("externalTenantId", to_string(disguise.id(user.home_tenant)));
           }
           w.end_object();
         }));
  });
}

void disguise_groups_and_roles(const Tenant& tenant, const Disguise& disguise,
                               const TakeDocument& take) {
  const Directory& directory = *tenant.directory;
  constexpr std::string_view user_type = "#microsoft.graph.user";
  constexpr std::string_view group_type = "#microsoft.graph.group";
  using Members = std::vector<std::pair<std::string_view, Guid>>;
  std::vector<Members> in_group(directory.groups().size()), in_role(directory.roles().size());
  directory.each_user([&](const UserView& user) {
    for (const auto group : user.groups) in_group[group].emplace_back(user_type, user.id.guid);
    for (const auto role : user.roles) in_role[role].emplace_back(user_type, user.id.guid);
  });
  for (const Group& group : directory.groups()) {
    for (const auto outer : group.member_of) {
      in_group[outer].emplace_back(group_type, group.id.guid);
    }
    for (const auto role : group.roles) in_role[role].emplace_back(group_type, group.id.guid);
  }
  const auto write_members = [&](json::Writer& w, const Members& members) {
    w.key("members");
    w.begin_array();
    for (const auto& [type, id] : members) write_member(w, type, to_string(disguise.guid(id)));
    w.end_array();
    w.end_object();
  };
  for (std::size_t i = 0; i < in_group.size() && tenant.has_directory; ++i) {
    const Group& group = directory.groups()[i];
    take(DocumentKind::group, json::written([&](json::Writer& w) {
           w.begin_object();
           w.member("@odata.type", group_type);
           w.member("id", to_string(disguise.id(group.id)));
           w.member("displayName", disguise.text("Group ", group.display_name));
           write_members(w, in_group[i]);
         }));
  }
  for (std::size_t i = 0; i < in_role.size(); ++i) {
    if (in_role[i].empty()) continue;
    take(DocumentKind::directory_role, json::written([&](json::Writer& w) {
           w.begin_object();
           w.member("@odata.type", "#microsoft.graph.directoryRole");
           w.member("roleTemplateId", to_string(disguise.id(directory.roles()[i].id)));
           write_members(w, in_role[i]);
         }));
  }
}

}  // namespace

void disguise_people(const Tenant& tenant, const Disguise& disguise, const TakeDocument& take) {
  if (tenant.has_directory) disguise_users(*tenant.directory, disguise, take);
  disguise_groups_and_roles(tenant, disguise, take);
}

}  // namespace sallyport
