#include "benchmarks/documents.h"

#include <unordered_map>

#include "base/json.h"

namespace sallyport::benchmarks {
namespace {

using json::Writer;

template <class List, class Text>
void write_list(Writer& w, std::string_view name, const List& list, Text text) {
  w.key(name);
  w.begin_array();
  for (const auto& each : list) w.value(text(each));
  w.end_array();
}

template <class Word>
void write_words(Writer& w, std::string_view name, const WordSet<Word>& words, int count) {
  w.key(name);
  w.begin_array();
  for (int i = 0; i < count; ++i) {
    if (words.contains(static_cast<Word>(i))) w.value(name_of(static_cast<Word>(i)));
  }
  w.end_array();
}

void write_reference(Writer& w, std::string_view type, const std::string& id) {
  w.begin_object();
  w.member("@odata.type", "#microsoft.graph." + std::string(type));
  w.member("id", id);
  w.end_object();
}

void write_principals(Writer& w, const PrincipalLists& lists, bool all, const std::string& side) {
  w.key(side + "Users");
  w.begin_array();
  if (all) w.value("All");
  for (const auto user : lists.users) w.value(to_string(user));
  w.end_array();
  write_list(w, side + "Groups", lists.groups, [](auto id) { return to_string(id); });
  write_list(w, side + "Roles", lists.roles, [](auto id) { return to_string(id); });
  if (lists.guests.empty()) return;
  w.key(side + "GuestsOrExternalUsers");
  w.begin_object();
  w.member("guestOrExternalUserTypes",
           "internalGuest,b2bCollaborationGuest,b2bCollaborationMember,b2bDirectConnectUser,"
           "otherExternalUser,serviceProvider");
  w.end_object();
}

void write_applications(Writer& w, const ApplicationLists& lists, bool all,
                        const std::string& side) {
  w.key(side + "Applications");
  w.begin_array();
  if (all) w.value("All");
  if (lists.office365) w.value("Office365");
  for (const auto id : lists.applications) w.value(to_string(id));
  w.end_array();
}

void write_locations(Writer& w, const LocationLists& lists, const std::string& side) {
  w.key(side + "Locations");
  w.begin_array();
  if (lists.all) w.value("All");
  if (lists.all_trusted) w.value("AllTrusted");
  for (const auto id : lists.locations) w.value(to_string(id));
  w.end_array();
}

void write_conditions(Writer& w, const Conditions& c) {
  w.key("users");
  w.begin_object();
  write_principals(w, c.users->include, c.users->include_all, "include");
  write_principals(w, c.users->exclude, false, "exclude");
  w.end_object();
  w.key("applications");
  w.begin_object();
  write_applications(w, c.applications->include, c.applications->include_all, "include");
  write_applications(w, c.applications->exclude, false, "exclude");
  w.end_object();
  if (c.platforms) {
    w.key("platforms");
    w.begin_object();
    write_words(w, "includePlatforms", c.platforms->include, 6);
    w.end_object();
  }
  write_words(w, "clientAppTypes", c.client_app_types, 5);
  if (c.locations) {
    w.key("locations");
    w.begin_object();
    write_locations(w, c.locations->include, "include");
    write_locations(w, c.locations->exclude, "exclude");
    w.end_object();
  }
  write_words(w, "signInRiskLevels", c.sign_in_risk_levels, 5);
  write_words(w, "userRiskLevels", c.user_risk_levels, 5);
  if (c.devices) {
    w.key("devices");
    w.begin_object();
    w.key("deviceFilter");
    w.begin_object();
    w.member("mode", c.devices->filter->mode == FilterMode::include ? "include" : "exclude");
    w.member("rule", c.devices->filter->text);
    w.end_object();
    w.end_object();
  }
}

}  // namespace

std::string user_json(const Directory::Editor::User& user) {
  std::string out;
  Writer w(out);
  w.begin_object();
  w.member("id", to_string(user.id));
  w.member("userPrincipalName", user.name);
  w.member("accountEnabled", true);
  const bool guest = user.type == UserType::b2b_collaboration_guest;
  w.member("userType", guest ? "Guest" : "Member");
  if (guest) w.member("creationType", "Invitation");
  w.key("memberOf");
  w.begin_array();
  if (!user.groups.empty()) write_reference(w, "group", to_string(user.groups.front()));
  w.end_array();
  w.end_object();
  return out;
}

std::string device_object_id(std::uint32_t i) {
  return to_string(guid_of_text("device " + std::to_string(i)));
}
std::string assignment_id(std::uint32_t i) {
  return to_string(guid_of_text("role " + std::to_string(i)));
}

std::string device_json(const Device& device, std::uint32_t i) {
  std::string out;
  Writer w(out);
  w.begin_object();
  w.member("id", device_object_id(i));
  w.member("deviceId", to_string(device.id));
  w.member("displayName", device.display_name);
  w.member("accountEnabled", true);
  const auto& shape = device.shape;
  w.member("manufacturer", shape.text(DeviceText::manufacturer).text);
  w.member("model", shape.text(DeviceText::model).text);
  w.member("operatingSystem", shape.text(DeviceText::operating_system).text);
  w.member("operatingSystemVersion", shape.text(DeviceText::operating_system_version).text);
  w.member("deviceOwnership", shape.text(DeviceText::device_ownership).text);
  w.member("trustType", shape.text(DeviceText::trust_type).text);
  w.member("isCompliant", shape.is_compliant == DeviceFlag::yes);
  w.member("isManaged", shape.is_managed == DeviceFlag::yes);
  w.end_object();
  return out;
}

std::string group_json(std::uint32_t group, const std::vector<std::uint32_t>& members) {
  std::string out;
  Writer w(out);
  w.begin_object();
  w.member("id", to_string(group_id(group)));
  w.member("displayName", "Group " + std::to_string(group));
  w.key("members");
  w.begin_array();
  for (const auto user : members) write_reference(w, "user", to_string(user_id(user)));
  w.end_array();
  w.key("memberOf");
  w.begin_array();
  if (const auto outer = outer_group(group)) write_reference(w, "group", to_string(*outer));
  w.end_array();
  w.end_object();
  return out;
}

std::vector<std::vector<std::uint32_t>> members_of_groups(const Size& size) {
  std::unordered_map<GroupId, std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < size.groups; ++i) numbers.emplace(group_id(i), i);
  std::vector<std::vector<std::uint32_t>> members(size.groups);
  for (std::uint32_t i = 0; i < size.users; ++i) {
    const auto groups = make_user(size, i).groups;
    for (std::size_t n = 1; n < groups.size(); ++n) members[numbers[groups[n]]].push_back(i);
  }
  return members;
}

std::string assignment_json(const Directory::Editor::User& user, RoleId role, std::uint32_t i) {
  std::string out;
  Writer w(out);
  w.begin_object();
  w.member("id", assignment_id(i));
  w.member("roleDefinitionId", to_string(role));
  w.member("directoryScopeId", "/");
  w.key("principal");
  write_reference(w, "user", to_string(user.id));
  w.end_object();
  return out;
}

std::string location_json(const NamedLocation& location) {
  std::string out;
  Writer w(out);
  w.begin_object();
  const bool country = location.kind == LocationKind::country;
  w.member("@odata.type",
           country ? "#microsoft.graph.countryNamedLocation" : "#microsoft.graph.ipNamedLocation");
  w.member("id", to_string(location.id));
  w.member("displayName", location.display_name);
  if (country) {
    write_list(w, "countriesAndRegions", location.countries_and_regions,
               [](Country each) { return std::string(each.letters.begin(), each.letters.end()); });
    w.member("includeUnknownCountriesAndRegions", false);
  } else {
    w.member("isTrusted", location.is_trusted);
    w.key("ipRanges");
    w.begin_array();
    for (const auto& range : location.ip_ranges) {
      w.begin_object();
      w.member("@odata.type", "#microsoft.graph.iPv4CidrRange");
      w.member("cidrAddress", to_string(range.first) + '/' + std::to_string(range.prefix));
      w.end_object();
    }
    w.end_array();
  }
  w.end_object();
  return out;
}

std::string policy_json(const Policy& policy) {
  std::string out;
  Writer w(out);
  w.begin_object();
  w.member("id", policy.id_text);
  w.member("displayName", policy.display_name);
  w.member("state", name_of(policy.state));
  w.key("conditions");
  w.begin_object();
  write_conditions(w, policy.conditions);
  w.end_object();
  const auto& grant = *policy.grant_controls;
  w.key("grantControls");
  w.begin_object();
  w.member("operator", grant.operation == GrantOperator::any_of ? "OR" : "AND");
  write_words(w, "builtInControls", grant.built_in_controls, 8);
  if (grant.authentication_strength) {
    w.key("authenticationStrength");
    w.begin_object();
    w.member("id", grant.authentication_strength_text);
    w.end_object();
  }
  w.end_object();
  w.end_object();
  return out;
}

}  // namespace sallyport::benchmarks
