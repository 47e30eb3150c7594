#include "analysis/anonymize/anonymize.h"

#include <algorithm>

#include "base/text.h"
#include "device/filter_words.h"
#include "device/read.h"
#include "directory/write.h"
#include "policy/words.h"

namespace sallyport {
namespace {

std::string key_of(const FilterComparison& comparison) {
  if (comparison.property == FilterProperty::custom_security_attribute) {
    return "customSecurityAttribute." + to_lower(comparison.attribute);
  }
  return "device." + std::string(word_of(comparison).name);
}

std::string key_of(FilterProperty property, DeviceText text) {
  FilterComparison comparison;
  comparison.property = property;
  comparison.text = text;
  return key_of(comparison);
}

// Words every tenant has.
bool is_common_word(std::string_view value) {
  if (!value.empty() && value.find_first_not_of("0123456789.") == std::string_view::npos) {
    return value.find('.') != std::string_view::npos;
  }
  for (const std::string_view word : {"AzureAD",
                                      "ServerAD",
                                      "Workplace",
                                      "Personal",
                                      "Company",
                                      "Unknown",
                                      "RegisteredDevice",
                                      "SecureVM",
                                      "Printer",
                                      "Shared",
                                      "IoT",
                                      "Windows",
                                      "iOS",
                                      "IPhone",
                                      "IPad",
                                      "Android",
                                      "AndroidEnterprise",
                                      "AndroidForWork",
                                      "MacMDM",
                                      "macOS",
                                      "Linux",
                                      "True",
                                      "False"}) {
    if (equal_ignoring_case(word, value)) return true;
  }
  return false;
}

bool asks_for_parts(FilterOperator op) {
  return op == FilterOperator::starts_with || op == FilterOperator::ends_with ||
         op == FilterOperator::contains;
}

template <class Write>
std::string written(Write write) {
  std::string text;
  json::Writer writer(text);
  write(writer);
  return text;
}

void write_member(json::Writer& w, std::string_view type, const std::string& id) {
  w.begin_object();
  w.member("@odata.type", type);
  w.member("id", id);
  w.end_object();
}

}  // namespace

Anonymizer::Anonymizer(const LoadResult& loaded, Disguise& disguise)
    : loaded_(loaded), disguise_(disguise) {
  const auto look = [&](const std::optional<Filter>& filter) {
    if (filter && filter->rule) look_at(filter->rule->root());
  };
  for (const Policy& policy : loaded.tenant.policy_set.policies) {
    const Conditions& c = policy.conditions;
    if (c.devices) look(c.devices->filter);
    if (c.applications) look(c.applications->application_filter);
    if (c.client_applications) {
      look(c.client_applications->service_principal_filter);
      look(c.client_applications->agent_filter);
    }
  }
}

void Anonymizer::each(const Take& take) const {
  policies(take);
  places(take);
  users(take);
  groups_and_roles(take);
  service_principals(take);
  devices(take);
}

// Attributes and rules

void Anonymizer::look_at(const FilterNode& node) {
  if (node.kind == FilterNode::Kind::comparison && asks_for_parts(node.comparison.op)) {
    looked_into_.insert(key_of(node.comparison));
  }
  for (const FilterNode& child : node.children) look_at(child);
}

std::string Anonymizer::attribute(const std::string& key, std::string_view value) const {
  if (value.empty()) return {};
  if (looked_into_.contains(key)) return disguise_.letters(value);
  if (parse_guid(value)) return disguise_.id(value);
  return is_common_word(value) ? std::string(value) : disguise_.text("v", value);
}

FilterNode Anonymizer::disguised(const FilterNode& node) const {
  FilterNode other = node;
  for (FilterNode& child : other.children) child = disguised(child);
  if (node.kind != FilterNode::Kind::comparison) return other;
  FilterComparison& comparison = other.comparison;
  const auto key = key_of(node.comparison);
  for (std::string& value : comparison.values) {
    value = comparison.property == FilterProperty::device_id ? disguise_.id(value)
                                                             : attribute(key, value);
  }
  for (DeviceId& id : comparison.ids) id = disguise_.id(id);
  comparison.attribute = attribute_name(comparison.attribute);
  return other;
}

// "<Set>_<Name>", part by part, so that a set and a name make the same as both together.
std::string Anonymizer::attribute_name(std::string_view name) const {
  std::string other;
  while (!name.empty()) {
    const auto end = name.find('_');
    other += disguise_.text("A", name.substr(0, end));
    if (end == std::string_view::npos) break;
    other += '_';
    name.remove_prefix(end + 1);
  }
  return other;
}

std::string Anonymizer::rule(std::string_view text, FilterSubject subject) const {
  const auto parsed = FilterRule::parse(text, subject, FilterDialect::lenient);
  // What nobody can read must stay so.
  return parsed ? canonical(disguised(parsed->root())) : disguise_.text("unreadable-", text);
}

// Policies, member by member

json::Value Anonymizer::unknown(const json::Value& value, json::Arena& arena) const {
  switch (value.kind()) {
    case json::Kind::string: return arena.string(disguise_.text("text-", value.text()));
    case json::Kind::number: return arena.number(0);
    case json::Kind::array: {
      std::vector<json::Value> items;
      for (const auto& item : value.items()) items.push_back(unknown(item, arena));
      return arena.array(items);
    }
    case json::Kind::object: {
      std::vector<json::Member> members;
      for (const auto& member : value.members()) {
        if (schema::is_annotation(member.name)) continue;
        members.push_back(
            {arena.copy(disguise_.text("member-", member.name)), unknown(member.value, arena), 0});
      }
      return arena.object(members);
    }
    default: return value;
  }
}

std::string Anonymizer::listed(const schema::Member& known, std::string_view text) const {
  if (!schema::spelling(known, text).empty()) return std::string(text);
  if (known.shape != schema::Shape::ids) return disguise_.text("unknown-", text);
  if (known.name == "allowedCombinations" || known.name == "appliesToCombinations") {
    return parse_combination(text) ? std::string(text) : disguise_.text("unknown-", text);
  }
  if (known.name == "includeAuthenticationContextClassReferences") {
    const bool context = text.size() > 1 && text.size() < 4 && (text[0] == 'c' || text[0] == 'C') &&
                         text.find_first_not_of("0123456789", 1) == std::string_view::npos;
    return context ? std::string(text) : disguise_.text("unknown-", text);
  }
  if (known.name == "allowedPolicyOIDs") return disguise_.object_identifier(text);
  return disguise_.id(text);
}

std::string Anonymizer::flags(const schema::Member& known, std::string_view text) const {
  std::string other;
  for (;;) {
    const auto end = text.find(',');
    other += listed(known, trim(text.substr(0, end)));
    if (end == std::string_view::npos) return other;
    other += ',';
    text.remove_prefix(end + 1);
  }
}

json::Value Anonymizer::text_member(std::string_view name, std::string_view parent,
                                    std::string_view text, json::Arena& arena) const {
  if (name == "id" || name == "templateId" || name == "profileId") {
    return arena.string(disguise_.id(text));
  }
  if (name == "rule") {
    const auto subject =
        parent == "deviceFilter" ? FilterSubject::device : FilterSubject::application;
    return arena.string(rule(text, subject));
  }
  if (name.ends_with("DateTime")) return arena.string("2020-01-01T00:00:00Z");
  return arena.string(disguise_.text(parent.empty() ? "Policy " : "Name ", text));
}

json::Value Anonymizer::member(const schema::Member& known, const json::Value& value,
                               std::string_view parent, json::Arena& arena) const {
  using schema::Shape;
  if (value.is_null() || value.is_boolean()) return value;
  const auto text = [&](const json::Value& one) {
    return one.is_string() ? arena.string(listed(known, one.text())) : unknown(one, arena);
  };
  switch (known.shape) {
    case Shape::text:
      return value.is_string() ? text_member(known.name, parent, value.text(), arena)
                               : unknown(value, arena);
    case Shape::number: return value.is_number() ? value : unknown(value, arena);
    case Shape::word: return value.is_string() ? text(value) : unknown(value, arena);
    case Shape::flags:
      if (value.is_string()) return arena.string(flags(known, value.text()));
      [[fallthrough]];  // some exports write flags as a list
    case Shape::words:
    case Shape::ids:
    case Shape::objects: {
      std::vector<json::Value> items;
      if (!value.is_array()) {
        return known.object == nullptr ? text(value) : unknown(value, arena);
      }
      for (const auto& item : value.items()) {
        items.push_back(known.object != nullptr ? object(*known.object, item, known.name, arena)
                                                : text(item));
      }
      return arena.array(items);
    }
    case Shape::object: return object(*known.object, value, known.name, arena);
    case Shape::boolean:
    case Shape::any: return unknown(value, arena);
  }
  return unknown(value, arena);
}

// A mark of ours or Graph's stays; another may hold a name.
std::string Anonymizer::type_mark(std::string_view mark) const {
  for (const std::string_view known :
       {"#microsoft.graph.conditionalAccessPolicy", "#microsoft.graph.conditionalAccessTemplate",
        "#microsoft.graph.conditionalAccessAllExternalTenants",
        "#microsoft.graph.conditionalAccessEnumeratedExternalTenants",
        "#microsoft.graph.authenticationStrengthPolicy",
        "#microsoft.graph.fido2CombinationConfiguration",
        "#microsoft.graph.x509CertificateCombinationConfiguration"}) {
    if (equal_ignoring_case(known, mark)) return std::string(known);
  }
  return disguise_.text("#microsoft.graph.unknown", mark);
}

json::Value Anonymizer::object(const schema::Object& shape, const json::Value& value,
                               std::string_view name, json::Arena& arena) const {
  if (!value.is_object()) return unknown(value, arena);
  std::vector<json::Member> members;
  for (const auto& one : value.members()) {
    if (one.name == "@odata.type") {
      members.push_back({one.name, arena.string(type_mark(one.value.text())), 0});
      continue;
    }
    if (schema::is_annotation(one.name)) continue;
    const auto known = std::ranges::find_if(shape.members, [&](const schema::Member& m) {
      return equal_ignoring_case(m.name, one.name);
    });
    if (known != shape.members.end()) {
      members.push_back({known->name, member(*known, one.value, name, arena), 0});
    } else {
      members.push_back(
          {arena.copy(disguise_.text("member-", one.name)), unknown(one.value, arena), 0});
    }
  }
  return arena.object(members);
}

void Anonymizer::policies(const Take& take) const {
  for (const SourceDocument& document : loaded_.documents) {
    const bool is_template = document.kind == DocumentKind::policy_template;
    if (!is_template && document.kind != DocumentKind::conditional_access_policy) continue;
    const auto parsed = json::parse(document.json);
    if (!parsed) continue;
    json::Arena arena;
    const auto& shape =
        is_template ? schema::conditional_access_template : schema::conditional_access_policy;
    const auto value = object(shape, parsed->root(), {}, arena);
    const auto type = "#microsoft.graph." + std::string(name_of(document.kind));
    std::vector<json::Member> members = {{"@odata.type", arena.string(type), 0}};
    bool has_id = false;
    for (const auto& member : value.members()) {
      if (member.name == "@odata.type") continue;
      has_id = has_id || member.name == "id";
      members.push_back(member);
    }
    if (!has_id) members.push_back({"id", arena.string(disguise_.id(document.id)), 0});
    take(document.kind, json::write(arena.object(members)));
  }
}

// What policies refer to, written anew

void Anonymizer::places(const Take& take) const {
  const PolicySet& set = loaded_.tenant.policy_set;
  for (NamedLocation location : set.named_locations) {
    location.id_text = disguise_.id(location.id_text);
    location.display_name = disguise_.text("Location ", location.display_name);
    for (CidrRange& range : location.ip_ranges) range = disguise_.range(range);
    take(DocumentKind::named_location,
         written([&](json::Writer& w) { write_named_location(location, w); }));
  }
  for (AuthenticationStrength strength : set.authentication_strengths) {
    strength.id_text = disguise_.id(strength.id_text);
    strength.display_name = disguise_.text("Strength ", strength.display_name);
    for (auto& configuration : strength.combination_configurations) {
      for (auto& id : configuration.allowed_aaguids) id = disguise_.id(id);
      for (auto& id : configuration.allowed_issuer_skis) id = disguise_.id(id);
      for (auto& id : configuration.allowed_policy_oids) id = disguise_.object_identifier(id);
    }
    const auto text = written([&](json::Writer& w) { write_authentication_strength(strength, w); });
    take(DocumentKind::authentication_strength_policy,
         R"({"@odata.type":"#microsoft.graph.authenticationStrengthPolicy",)" + text.substr(1));
  }
  for (const auto context : set.authentication_contexts) {
    take(DocumentKind::authentication_context, written([&](json::Writer& w) {
           w.begin_object();
           w.member("@odata.type", "#microsoft.graph.authenticationContextClassReference");
           w.member("id", "c" + std::to_string(context));
           w.member("isAvailable", true);
           w.end_object();
         }));
  }
  take(DocumentKind::settings, written([&](json::Writer& w) {
         const auto list = [&](std::string_view name, const auto& items, auto text) {
           w.key(name);
           w.begin_array();
           for (const auto& item : items) w.value(text(item));
           w.end_array();
         };
         const auto id = [&](ApplicationId of) { return to_string(disguise_.id(of)); };
         w.begin_object();
         w.member("@odata.type", "#sallyport.settings");
         w.member("id", "settings");
         list("mfaTrustedIps", set.mfa_trusted_ips,
              [&](const CidrRange& range) { return to_string(disguise_.range(range)); });
         list("office365Applications", set.office365, id);
         list("adminPortalApplications", set.admin_portals, id);
         w.end_object();
       }));
}

void Anonymizer::users(const Take& take) const {
  if (!loaded_.tenant.has_directory) return;
  loaded_.tenant.directory->each_user([&](const UserView& user) {
    take(DocumentKind::user, written([&](json::Writer& w) {
           w.begin_object();
           w.member("@odata.type",
                    user.agent_user ? "#microsoft.graph.agentUser" : "#microsoft.graph.user");
           w.member("id", to_string(disguise_.id(user.id)));
           if (!user.name.empty()) {
             w.member("userPrincipalName", disguise_.principal_name(user.name));
           }
           if (user.type_known) w.member("externalUserType", name_of(user.type));
           if (user.home_tenant_known && user.home_tenant != TenantId{}) {
             w.member("externalTenantId", to_string(disguise_.id(user.home_tenant)));
           }
           w.end_object();
         }));
  });
}

void Anonymizer::groups_and_roles(const Take& take) const {
  const Directory& directory = *loaded_.tenant.directory;
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
    for (const auto& [type, id] : members) write_member(w, type, to_string(disguise_.guid(id)));
    w.end_array();
    w.end_object();
  };
  for (std::size_t i = 0; i < in_group.size() && loaded_.tenant.has_directory; ++i) {
    const Group& group = directory.groups()[i];
    take(DocumentKind::group, written([&](json::Writer& w) {
           w.begin_object();
           w.member("@odata.type", group_type);
           w.member("id", to_string(disguise_.id(group.id)));
           w.member("displayName", disguise_.text("Group ", group.display_name));
           write_members(w, in_group[i]);
         }));
  }
  for (std::size_t i = 0; i < in_role.size(); ++i) {
    if (in_role[i].empty()) continue;
    take(DocumentKind::directory_role, written([&](json::Writer& w) {
           w.begin_object();
           w.member("@odata.type", "#microsoft.graph.directoryRole");
           w.member("roleTemplateId", to_string(disguise_.id(directory.roles()[i].id)));
           write_members(w, in_role[i]);
         }));
  }
}

// Read back as set, underscore, name: any split of the parts gives the whole.
std::map<std::string, Anonymizer::Attributes> Anonymizer::by_set(
    const ServicePrincipal& principal) const {
  std::map<std::string, Attributes> sets;
  for (const auto& [name, values] : principal.attributes) {
    const auto other = attribute_name(name);
    const auto split = other.find('_');
    auto& list = sets[other.substr(0, split)]
                     [split == std::string::npos ? std::string() : other.substr(split + 1)];
    for (const auto& value : values) {
      list.push_back(attribute("customSecurityAttribute." + to_lower(name), value));
    }
  }
  return sets;
}

void Anonymizer::service_principals(const Take& take) const {
  for (const auto& principal : loaded_.tenant.directory->service_principals()) {
    take(DocumentKind::service_principal, written([&](json::Writer& w) {
           const bool agent = principal.kind == ServicePrincipalKind::agent_identity;
           w.begin_object();
           w.member("@odata.type",
                    agent ? "#microsoft.graph.agentIdentity" : "#microsoft.graph.servicePrincipal");
           w.member("id", to_string(disguise_.id(principal.id)));
           w.member("appId", to_string(disguise_.id(principal.app_id)));
           w.member("displayName", disguise_.text("Application ", principal.display_name));
           w.member("servicePrincipalType",
                    agent                                                      ? "ServiceIdentity"
                    : principal.kind == ServicePrincipalKind::managed_identity ? "ManagedIdentity"
                                                                               : "Application");
           w.member("signInAudience", principal.in_scope_of_workload_policies
                                          ? "AzureADMyOrg"
                                          : "AzureADMultipleOrgs");
           if (principal.agent_resource) w.member("agentResource", true);
           if (!principal.attributes.empty()) {
             w.key("customSecurityAttributes");
             w.begin_object();
             for (const auto& [set, attributes] : by_set(principal)) {
               w.key(set);
               w.begin_object();
               for (const auto& [name, values] : attributes) {
                 w.key(name);
                 w.begin_array();
                 for (const auto& value : values) w.value(value);
                 w.end_array();
               }
               w.end_object();
             }
             w.end_object();
           }
           w.end_object();
         }));
  }
}

DeviceShape Anonymizer::shape(const DeviceShape& shape) const {
  DeviceShape other = shape;
  for (std::size_t i = 0; i < other.texts.size(); ++i) {
    const auto key = key_of(FilterProperty::text, static_cast<DeviceText>(i));
    other.texts[i].text = attribute(key, other.texts[i].text);
  }
  const auto labels = key_of(FilterProperty::system_labels, DeviceText::model);
  for (auto& label : other.system_labels) label = attribute(labels, label);
  return other;
}

std::string Anonymizer::device_name(std::string_view name) const {
  return attribute(key_of(FilterProperty::display_name, DeviceText::model), name);
}

void Anonymizer::devices(const Take& take) const {
  if (!loaded_.tenant.has_inventory) return;
  for (const DeviceId id : loaded_.tenant.inventory->ids()) {
    auto device = *loaded_.tenant.inventory->find(id);
    const auto other_shape = shape(*device.shape);
    const auto name = device_name(device.display_name);
    std::vector<std::string> physical_ids;
    for (const auto& text : device.physical_ids) {
      physical_ids.push_back(
          attribute(key_of(FilterProperty::physical_ids, DeviceText::model), text));
    }
    device.id = disguise_.id(device.id);
    device.display_name = name;
    device.physical_ids = physical_ids;
    device.shape = &other_shape;
    const auto text = written([&](json::Writer& w) { write_device(w, device); });
    take(DocumentKind::device, R"({"@odata.type":"#microsoft.graph.device",)" + text.substr(1));
  }
}

}  // namespace sallyport
