// The tenant: people in nested groups, applications, devices, places, strengths.
#include <string>

#include "base/ip_address.h"
#include "tests/differential/generator.h"

namespace sallyport::testing_support {
namespace {

template <class IdType>
std::vector<IdType> named_ids(std::string_view what, std::size_t count) {
  std::vector<IdType> ids;
  for (std::size_t i = 0; i < count; ++i) {
    ids.push_back(IdType::of(std::string(what) + "-" + std::to_string(i)));
  }
  return ids;
}

constexpr UserType user_types[] = {
    UserType::member,
    UserType::member,
    UserType::member,
    UserType::internal_guest,
    UserType::b2b_collaboration_guest,
    UserType::b2b_collaboration_member,
    UserType::b2b_direct_connect_user,
    UserType::other_external_user,
    UserType::service_provider,
};

void put_people(World& world, Random& random, const WorldSize& size, Directory::Editor& editor) {
  for (std::size_t i = 0; i < size.roles; ++i) {
    editor.put_role(world.roles[i], "role " + std::to_string(i));
  }
  for (std::size_t i = 0; i < size.groups; ++i) {
    editor.put_group(world.groups[i], "group " + std::to_string(i));
  }
  // Cycles and self-membership included.
  for (std::size_t i = 0; i < size.groups; ++i) {
    editor.add_nested_group(world.groups[random.below(size.groups)],
                            world.groups[random.below(size.groups)]);
  }
  for (std::size_t i = 0; i < size.roles / 3; ++i) {
    editor.assign_role(world.roles[random.below(size.roles)],
                       world.groups[random.below(size.groups)]);
  }
  for (std::size_t i = 0; i < size.users; ++i) {
    Directory::Editor::User user;
    user.id = world.users[i];
    user.name = "user" + std::to_string(i) + "@example.org";
    user.type = user_types[random.below(std::size(user_types))];
    const bool home = user.type != UserType::member && user.type != UserType::internal_guest;
    if (home) user.home_tenant = random.pick(world.tenants);
    user.agent_user = random.chance(10);
    if (random.chance(75)) {
      for (std::size_t g = random.between(1, 3); g > 0; --g) {
        user.groups.push_back(world.groups[random.below(size.groups)]);
      }
    }
    if (random.chance(35)) user.roles.push_back(world.roles[random.below(size.roles)]);
    editor.put_user(user);
  }
}

void put_service_principals(World& world, Random& random, Directory::Editor& editor) {
  constexpr std::size_t with_directory_entry = 8;  // the rest of the ids nothing defines
  for (std::size_t i = 0; i < with_directory_entry; ++i) {
    ServicePrincipal principal;
    principal.id = world.service_principals[i];
    principal.app_id = world.applications[i];
    principal.display_name = "service principal " + std::to_string(i);
    principal.kind = i < 5    ? ServicePrincipalKind::application
                     : i == 5 ? ServicePrincipalKind::managed_identity
                              : ServicePrincipalKind::agent_identity;
    principal.in_scope_of_workload_policies = !random.chance(20);
    principal.agent_resource = random.chance(40);
    if (random.chance(60)) {
      principal.attributes = {{"Eng_Level", {random.chance(50) ? "high" : "low"}},
                              {"Eng_Team", {"red", random.chance(50) ? "blue" : "green"}}};
    }
    editor.put_service_principal(std::move(principal));
  }
}

void put_devices(World& world, Random& random, const WorldSize& size) {
  Inventory::Editor editor;
  for (std::size_t i = 0; i < size.devices; ++i) {
    Device device;
    device.id = world.devices[i];
    device.display_name = i % 3 == 0 ? "" : "laptop-" + std::to_string(i);
    if (random.chance(40)) device.physical_ids = {"[ZTDId]:1"};
    auto text = [&](DeviceText which, std::vector<std::string> values) {
      if (random.chance(75)) device.shape.text(which) = DeviceAttribute::of(random.pick(values));
    };
    text(DeviceText::trust_type, {"AzureAD", "ServerAD", "ServerAd", "Workplace"});
    text(DeviceText::device_ownership, {"Company", "Personal"});
    text(DeviceText::operating_system, {"Windows", "iOS", "Android"});
    text(DeviceText::model, {"Surface Pro", "iPhone", "ThinkPad"});
    text(DeviceText::extension_attribute_1, {"SAW", "SAW2", "kiosk"});
    device.shape.is_compliant = static_cast<DeviceFlag>(random.below(3));
    device.shape.is_managed = static_cast<DeviceFlag>(random.below(3));
    if (random.chance(30)) device.shape.system_labels = {"CloudPC"};
    editor.put(device);
  }
  world.inventory = std::move(editor).build();
}

NamedLocation location(LocationId id, std::string name, LocationKind kind) {
  NamedLocation l;
  l.id = id;
  l.id_text = to_string(id);
  l.display_name = std::move(name);
  l.kind = kind;
  return l;
}

NamedLocation addresses(LocationId id, std::vector<std::string> ranges, bool trusted) {
  NamedLocation l = location(id, "addresses " + ranges.front(), LocationKind::ip);
  for (const auto& range : ranges) l.ip_ranges.push_back(*parse_cidr(range));
  l.is_trusted = trusted;
  return l;
}

NamedLocation countries(LocationId id, std::vector<std::string> letters, bool unknown_ones,
                        bool by_gps) {
  NamedLocation l = location(id, "countries " + letters.front(), LocationKind::country);
  for (const auto& two : letters) l.countries_and_regions.push_back(*parse_country(two));
  l.include_unknown_countries_and_regions = unknown_ones;
  l.lookup_by_gps = by_gps;
  return l;
}

// The last of world.locations stays undefined.
void put_locations(World& world, Random& random) {
  const auto& id = world.locations;
  auto& all = world.policy_set.named_locations;
  all.push_back(addresses(id[0], {"192.0.2.0/24", "2001:db8::/32"}, random.chance(50)));
  all.push_back(addresses(id[1], {"192.0.2.128/25", "198.51.100.0/24"}, random.chance(50)));
  all.push_back(countries(id[2], {"US", "FR"}, false, false));
  all.push_back(countries(id[3], {"DE"}, true, false));
  all.push_back(countries(id[location_by_gps], {"US"}, random.chance(50), true));
  all.push_back(location(id[5], "compliant network", LocationKind::compliant_network));
  all.back().is_trusted = random.chance(50);
  all.push_back(location(id[6], "a new kind", LocationKind::other));
  all.back().is_trusted = random.chance(25);
  if (random.chance(50)) world.policy_set.mfa_trusted_ips = {*parse_cidr("203.0.113.0/24")};
}

AuthenticationStrength strength(StrengthId id, std::vector<MethodModes> combinations) {
  AuthenticationStrength s;
  s.id = id;
  s.id_text = to_string(id);
  s.display_name = "strength " + s.id_text;
  s.allowed_combinations = std::move(combinations);
  return s;
}

// The last of world.strengths stays undefined; those before it are built in.
void put_strengths(World& world) {
  using namespace method;
  const auto& id = world.strengths;
  auto& all = world.policy_set.authentication_strengths;
  all.push_back(strength(id[0], {fido2, x509_certificate_multi_factor}));
  all.back().combination_configurations = {
      {{fido2}, {"aaguid-a", "aaguid-b"}, {}, {}, false},
      {{x509_certificate_multi_factor}, {}, {"ski-a"}, {"1.2.3", "1.2.4"}, false}};
  all.push_back(strength(id[1], {password | sms, password | microsoft_authenticator_push}));
  all.push_back(strength(id[2], {windows_hello_for_business, fido2}));
  all.back().combination_configurations = {{{fido2}, {}, {}, {}, true}};
  all.push_back(strength(id[3], {password}));
  all.back().requires_mfa = false;
}

}  // namespace

World make_world(std::uint64_t seed, const WorldSize& size) {
  Random random(seed);
  World world;
  world.seed = seed;
  world.policy_set = empty_policy_set();
  world.users = named_ids<UserId>("user", size.users + 1);
  world.groups = named_ids<GroupId>("group", size.groups + 1);
  world.roles = named_ids<RoleId>("role", size.roles + 1);
  world.tenants = named_ids<TenantId>("tenant", 3);
  world.service_principals = named_ids<ServicePrincipalId>("principal", 9);
  world.devices = named_ids<DeviceId>("device", size.devices);
  world.locations = named_ids<LocationId>("location", 8);
  world.agreements = named_ids<AgreementId>("agreement", 3);
  world.custom_controls = named_ids<CustomControlId>("control", 2);
  world.applications = named_ids<ApplicationId>("application", 9);
  for (const char* id :
       {"797f4846-ba00-4fd7-ba43-dac1f8f63013",     // Windows Azure Service Management API
        "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",     // Azure portal
        "00000003-0000-0ff1-ce00-000000000000",     // SharePoint Online
        "d4ebce55-015a-49b5-a083-c84d1797ae8c",     // Microsoft Intune Enrollment
        "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9"}) {  // Device Registration Service
    world.applications.push_back(ApplicationId::of(id));
  }
  world.strengths = named_ids<StrengthId>("strength", 4);
  for (const AuthenticationStrength& s : built_in_strengths()) world.strengths.push_back(s.id);
  world.strengths.push_back(StrengthId::of("strength-undefined"));

  Directory::Editor editor;
  put_people(world, random, size, editor);
  put_service_principals(world, random, editor);
  world.directory = std::move(editor).build();
  put_devices(world, random, size);
  put_locations(world, random);
  put_strengths(world);
  const std::size_t policies = random.between(size.policies_min, size.policies_max);
  for (std::size_t i = 0; i < policies; ++i) {
    world.policy_set.policies.push_back(make_policy(world, random, i));
  }
  return world;
}

}  // namespace sallyport::testing_support
