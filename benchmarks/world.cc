#include "benchmarks/world.h"

#include <array>
#include <string>

namespace sallyport::benchmarks {
namespace {

// SplitMix64: a number's own random bits.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

Guid guid(std::uint64_t kind, std::uint64_t i) { return {mix(kind << 40 | i), mix(i << 8 | kind)}; }

std::uint32_t pick(std::uint64_t seed, std::uint32_t below) {
  return static_cast<std::uint32_t>(mix(seed) % below);
}

constexpr std::uint32_t roles = 20;
RoleId role_id(std::uint32_t i) { return RoleId{guid(4, i)}; }
LocationId location_id(std::uint32_t i) { return LocationId{guid(6, i)}; }
constexpr std::uint32_t ip_locations = 40;
constexpr std::uint32_t country_locations = 6;

Country country_of(std::uint32_t i) {
  static constexpr std::array<const char*, 12> codes = {"DE", "FR", "US", "GB", "NL", "PL",
                                                        "IT", "ES", "SE", "CN", "RU", "BR"};
  return *parse_country(codes[i % codes.size()]);
}

Directory::Editor::User member(std::uint32_t i) {
  Directory::Editor::User user;
  user.id = user_id(i);
  user.name = "user" + std::to_string(i) + "@example.org";
  return user;
}

FilterRule rule(const char* text) {
  return FilterRule::parse(text, FilterSubject::device, FilterDialect::strict).value();
}

void add_users(Policy& policy, const Size& size, std::uint64_t seed) {
  UserCondition users;
  const auto group = [&](std::uint64_t salt) { return group_id(pick(seed + salt, size.groups)); };
  switch (seed % 5) {
    case 0:
    case 1: users.include_all = true; break;
    case 2: users.include.groups = {group(1), group(2)}; break;
    case 3: users.include.groups = {group_id(pick(seed, 16))}; break;
    default: users.include.roles = {role_id(pick(seed, roles)), role_id(pick(seed + 9, roles))};
  }
  if (seed % 11 == 0) {
    GuestsOrExternalUsers guests;
    guests.types = all_guest_types;
    users.include.guests = {guests};
  }
  users.exclude.groups = {group_id(size.groups - 1)};  // break glass
  users.exclude.users = {user_id(pick(seed + 3, size.users))};
  policy.conditions.users = users;
}

void add_applications(Policy& policy, const Size& size, std::uint64_t seed) {
  ApplicationCondition applications;
  if (seed % 3 == 0) {
    applications.include_all = true;
    if (seed % 2 == 0)
      applications.exclude.applications = {application_id(pick(seed, size.applications))};
  } else {
    for (std::uint64_t i = 0; i < 1 + seed % 4; ++i) {
      applications.include.applications.push_back(
          application_id(pick(seed + i, size.applications)));
    }
    applications.include.office365 = seed % 7 == 0;
  }
  policy.conditions.applications = applications;
}

void add_circumstances(Policy& policy, std::uint64_t seed) {
  Conditions& c = policy.conditions;
  if (seed % 4 == 0) {
    c.platforms.emplace();
    c.platforms->include.insert(static_cast<Platform>(seed / 4 % 6));
    c.platforms->include.insert(static_cast<Platform>(seed / 8 % 6));
  }
  if (seed % 5 == 1) c.client_app_types.insert(static_cast<ClientApp>(seed / 5 % 5));
  if (seed % 3 == 1) {
    LocationCondition locations;
    locations.include.all = true;
    locations.exclude.all_trusted = seed % 2 == 0;
    locations.exclude.locations = {location_id(pick(seed, ip_locations + country_locations))};
    c.locations = locations;
  }
  if (seed % 9 == 2) c.sign_in_risk_levels = {RiskLevel::high, RiskLevel::medium};
  if (seed % 13 == 5) c.user_risk_levels = {RiskLevel::high};
  if (seed % 6 == 3) {
    static const std::array rules = {
        rule("device.trustType -eq \"ServerAD\""), rule("device.isCompliant -ne True"),
        rule("device.model -startsWith \"Surface\" -and device.deviceOwnership -eq \"Company\""),
        rule("device.operatingSystemVersion -startsWith \"10.0.1\" -or device.manufacturer -eq "
             "\"Lenovo\"")};
    const auto& chosen = rules[seed / 6 % rules.size()];
    Filter filter{seed % 2 == 0 ? FilterMode::include : FilterMode::exclude, chosen, chosen.text()};
    c.devices.emplace();
    c.devices->filter = filter;
  }
}

void add_controls(Policy& policy, std::uint64_t seed) {
  GrantControls grant;
  switch (seed % 8) {
    case 0:  // a block stands in narrow circumstances, or nobody works
      grant.built_in_controls = {GrantControl::block};
      policy.conditions.sign_in_risk_levels = {RiskLevel::high};
      break;
    case 1:
      grant.built_in_controls = {GrantControl::mfa, GrantControl::compliant_device};
      grant.operation = GrantOperator::any_of;
      break;
    case 2:
      grant.authentication_strength = built_in_strengths()[seed / 8 % 3].id;
      grant.authentication_strength_text = built_in_strengths()[seed / 8 % 3].id_text;
      break;
    case 3:
      grant.built_in_controls = {GrantControl::compliant_device,
                                 GrantControl::domain_joined_device};
      grant.operation = GrantOperator::any_of;
      break;
    default: grant.built_in_controls = {GrantControl::mfa};
  }
  policy.grant_controls = grant;
}

}  // namespace

UserId user_id(std::uint32_t i) { return UserId{guid(1, i)}; }
DeviceId device_id(std::uint32_t i) { return DeviceId{guid(2, i)}; }
GroupId group_id(std::uint32_t i) { return GroupId{guid(3, i)}; }
ApplicationId application_id(std::uint32_t i) { return ApplicationId{guid(5, i)}; }

Directory::Editor::User make_user(const Size& size, std::uint32_t i) {
  auto user = member(i);
  const auto seed = mix(i) >> 3;
  if (seed % 20 == 0) user.type = UserType::b2b_collaboration_guest;
  user.groups.push_back(group_id(pick(seed, 16)));  // a department
  for (std::uint64_t n = 1; n < 10; ++n) {
    // Small numbers are popular: groups differ in size by orders of magnitude.
    const auto spread = pick(seed + n, size.groups);
    user.groups.push_back(group_id(pick(seed + 100 + n, spread + 1)));
  }
  if (seed % 500 == 0) user.roles.push_back(role_id(pick(seed, roles)));
  return user;
}

Device make_device(std::uint32_t i) {
  static constexpr std::array<const char*, 5> models = {
      "Surface Pro 9", "Latitude 7440", "MacBookPro18,3", "iPhone15,2", "X1 Carbon"};
  static constexpr std::array<const char*, 5> makers = {"Microsoft", "Dell", "Apple", "Apple",
                                                        "Lenovo"};
  static constexpr std::array<const char*, 5> systems = {"Windows", "Windows", "MacMDM", "IPhone",
                                                         "Windows"};
  const auto seed = mix(i + 77) >> 3;
  Device device;
  device.id = device_id(i);
  device.display_name = "PC-" + std::to_string(i);
  const auto kind = seed % models.size();
  auto& shape = device.shape;
  shape.text(DeviceText::model) = DeviceAttribute::of(models[kind]);
  shape.text(DeviceText::manufacturer) = DeviceAttribute::of(makers[kind]);
  shape.text(DeviceText::operating_system) = DeviceAttribute::of(systems[kind]);
  shape.text(DeviceText::operating_system_version) =
      DeviceAttribute::of("10.0.1" + std::to_string(9000 + seed / 7 % 20));
  shape.text(DeviceText::device_ownership) =
      DeviceAttribute::of(seed / 11 % 4 == 0 ? "Personal" : "Company");
  shape.text(DeviceText::trust_type) =
      DeviceAttribute::of(seed / 13 % 3 == 0 ? "ServerAD" : "AzureAD");
  shape.is_compliant = seed / 17 % 8 == 0 ? DeviceFlag::no : DeviceFlag::yes;
  shape.is_managed = DeviceFlag::yes;
  return device;
}

PolicySet make_policies(const Size& size) {
  PolicySet set = empty_policy_set();
  for (std::uint32_t i = 0; i < ip_locations; ++i) {
    NamedLocation location;
    location.id = location_id(i);
    location.display_name = "Site " + std::to_string(i);
    location.is_trusted = i % 2 == 0;
    for (std::uint32_t n = 0; n < 25; ++n) {
      location.ip_ranges.push_back(
          *parse_cidr("20." + std::to_string(i) + '.' + std::to_string(n * 8) + ".0/22"));
    }
    set.named_locations.push_back(location);
  }
  for (std::uint32_t i = 0; i < country_locations; ++i) {
    NamedLocation location;
    location.id = location_id(ip_locations + i);
    location.kind = LocationKind::country;
    location.display_name = "Region " + std::to_string(i);
    location.countries_and_regions = {country_of(i), country_of(i + 3)};
    set.named_locations.push_back(location);
  }
  for (std::uint32_t i = 0; i < size.policies; ++i) {
    const auto seed = mix(i + 1000) >> 4;
    Policy policy;
    policy.id = PolicyId{guid(7, i)};
    policy.id_text = to_string(policy.id);
    policy.display_name = "Policy " + std::to_string(i);
    add_users(policy, size, seed);
    add_applications(policy, size, seed >> 5);
    add_circumstances(policy, seed >> 10);
    add_controls(policy, seed >> 15);
    set.policies.push_back(std::move(policy));
  }
  return set;
}

std::optional<GroupId> outer_group(std::uint32_t group) {
  if (group < 100 || group % 5 != 0) return std::nullopt;
  return group_id(group / 10);
}

World make_world(const Size& size) {
  World world{size, make_policies(size), nullptr, nullptr};
  Directory::Editor directory;
  for (std::uint32_t i = 0; i < size.groups; ++i) {
    directory.put_group(group_id(i), "Group " + std::to_string(i));
    if (const auto outer = outer_group(i)) directory.add_nested_group(*outer, group_id(i));
  }
  for (std::uint32_t i = 0; i < roles; ++i)
    directory.put_role(role_id(i), "Role " + std::to_string(i));
  directory.expect_users(size.users);
  for (std::uint32_t i = 0; i < size.users; ++i) directory.put_user(make_user(size, i));
  world.directory = std::move(directory).build();
  Inventory::Editor inventory;
  for (std::uint32_t i = 0; i < size.devices; ++i) inventory.put(make_device(i));
  world.inventory = std::move(inventory).build();
  return world;
}

std::vector<Request> make_requests(const Size& size, std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  std::vector<Request> out(count);
  for (auto& request : out) {
    request.user = user_id(below(size.users));
    request.has_device = below(4) != 0;
    request.device = device_id(below(size.devices));
    request.application = application_id(below(size.applications));
    request.address = *parse_ip_address("20." + std::to_string(below(60)) + '.' +
                                        std::to_string(below(256)) + ".7");
    request.country = country_of(below(12));
    request.platform = static_cast<Platform>(below(6));
    request.client_app = below(10) == 0  ? ClientApp::other
                         : below(2) == 0 ? ClientApp::browser
                                         : ClientApp::mobile_apps_and_desktop_clients;
    request.risk = below(20) == 0 ? RiskLevel::high : RiskLevel::none;
    request.methods =
        below(2) == 0 ? method::password : method::password | method::microsoft_authenticator_push;
  }
  return out;
}

void seek(const Request& request, const Directory& directory, const Inventory& inventory) {
  directory.prefetch(request.user);
  if (request.has_device) inventory.prefetch(request.device);
}

void resolve(const Request& request, const Directory& directory, const Inventory& inventory,
             SignIn& into) {
  into.target.kind = TargetKind::applications;
  into.target.applications = {&request.application, 1};
  into.device_platform = request.platform;
  into.client_app_type = request.client_app;
  into.ip_address = request.address;
  into.country = request.country;
  into.sign_in_risk_level = request.risk;
  into.proofs.methods = request.methods;
  if (!directory.find_user(request.user, into.user.make_known()))
    into.user = Fact<UserView>::unknown();
  if (!request.has_device || !inventory.find(request.device, into.device.make_known())) {
    into.device = Fact<DeviceView>::absent();
  }
}

}  // namespace sallyport::benchmarks
