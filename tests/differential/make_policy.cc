// A policy: broad assignments, a few conditions, any controls.
#include <array>

#include "device/filter.h"
#include "tests/differential/generator.h"

namespace sallyport::testing_support {
namespace {

std::vector<FilterRule> parse_all(FilterSubject subject, std::vector<std::string> texts) {
  std::vector<FilterRule> rules;
  for (const auto& text : texts) {
    auto rule = FilterRule::parse(text, subject, FilterDialect::strict);
    if (rule) rules.push_back(std::move(*rule));
  }
  return rules;
}

const std::vector<FilterRule>& device_rules() {
  static const auto rules = parse_all(
      FilterSubject::device,
      {R"(device.trustType -eq "ServerAD")", R"(device.isCompliant -ne True)",
       R"(device.trustType -ne "ServerAD" -or device.isCompliant -ne True)",
       R"(device.extensionAttribute1 -startsWith "SAW")",
       R"(device.extensionAttribute1 -ne "kiosk" -and device.deviceOwnership -eq "Company")",
       R"(-not (device.operatingSystem -in ["Windows", "iOS"]))",
       R"(device.model -contains "Surface" -or device.displayName -startsWith "laptop")",
       R"(device.physicalIds -contains "[ZTDId]:1")",
       R"(device.systemLabels -notContains "CloudPC")", R"(device.model -eq null)"});
  return rules;
}

const std::vector<FilterRule>& application_rules() {
  static const auto rules = parse_all(FilterSubject::application,
                                      {R"(CustomSecurityAttribute.Eng_Level -contains "high")",
                                       R"(CustomSecurityAttribute.Eng_Team -notContains "blue")",
                                       R"(CustomSecurityAttribute.Eng_Level -contains "low" -or )"
                                       R"(CustomSecurityAttribute.Eng_Team -contains "green")"});
  return rules;
}

Filter filter(const std::vector<FilterRule>& rules, Random& random) {
  Filter f;
  f.mode = random.chance(50) ? FilterMode::include : FilterMode::exclude;
  f.text = "???";
  if (random.chance(90)) {
    f.rule = random.pick(rules);
    f.text = f.rule->text();
  }
  return f;
}

// Each word with this chance; `unknown` rarely.
template <class Word>
WordSet<Word> words(Word last, Random& random, unsigned percent) {
  WordSet<Word> set;
  for (unsigned i = 0; i <= static_cast<unsigned>(last); ++i) {
    if (random.chance(percent)) set.insert(static_cast<Word>(i));
  }
  if (random.chance(3)) set.unknown = true;
  return set;
}

GuestsOrExternalUsers guests(const World& world, Random& random) {
  GuestsOrExternalUsers g;
  g.types = random.chance(40) ? all_guest_types : static_cast<GuestTypes>(random.below(64));
  g.unknown_type = random.chance(4);
  g.all_tenants = random.chance(60);
  if (!g.all_tenants) g.tenants = random.some(world.tenants, 2);
  return g;
}

PrincipalLists principals(const World& world, Random& random) {
  PrincipalLists l;
  if (random.chance(40)) l.users = random.some(world.users, 6);
  if (random.chance(50)) l.groups = random.some(world.groups, 3);
  if (random.chance(30)) l.roles = random.some(world.roles, 2);
  if (random.chance(30)) l.guests.push_back(guests(world, random));
  l.all_groups = random.chance(5);
  l.all_roles = random.chance(5);
  l.all_agent_users = random.chance(8);
  l.unknown = random.chance(4);
  return l;
}

UserCondition users(const World& world, Random& random) {
  UserCondition c;
  c.include_all = random.chance(72);
  c.include_none = !c.include_all && random.chance(10);
  if (!c.include_all || random.chance(10)) c.include = principals(world, random);
  if (random.chance(16)) c.exclude = principals(world, random);
  return c;
}

ServicePrincipalLists service_principals(const World& world, Random& random) {
  ServicePrincipalLists l;
  l.all_in_my_tenant = random.chance(40);
  l.all_agents = random.chance(30);
  if (random.chance(40)) l.service_principals = random.some(world.service_principals, 4);
  if (random.chance(30)) l.agents = random.some(world.service_principals, 4);
  return l;
}

ClientApplicationCondition client_applications(const World& world, Random& random) {
  ClientApplicationCondition c;
  c.include = service_principals(world, random);
  if (random.chance(25)) {
    c.exclude = service_principals(world, random);
    c.exclude.all_in_my_tenant = false;
    c.exclude.all_agents = random.chance(10);
  }
  if (random.chance(25)) c.service_principal_filter = filter(application_rules(), random);
  if (random.chance(15)) c.agent_filter = filter(application_rules(), random);
  return c;
}

ApplicationLists application_lists(const World& world, Random& random, std::size_t most) {
  ApplicationLists l;
  if (random.chance(75)) l.applications = random.some(world.applications, most);
  l.office365 = random.chance(20);
  l.admin_portals = random.chance(15);
  l.all_agent_resources = random.chance(15);
  return l;
}

ApplicationCondition applications(const World& world, Random& random) {
  ApplicationCondition c;
  if (random.chance(8)) {
    c.user_actions = words(UserAction::account_recovery, random, 60);
  } else if (random.chance(7)) {
    for (std::uint8_t n = 1; n <= 4; ++n) {
      if (random.chance(50)) c.authentication_contexts.push_back(n);
    }
    c.unknown_authentication_context = random.chance(5);
  } else {
    c.include_all = random.chance(78);
    c.include_none = !c.include_all && random.chance(5);
    if (!c.include_all) c.include = application_lists(world, random, 6);
    if (random.chance(14)) c.exclude = application_lists(world, random, 2);
    if (random.chance(8)) c.application_filter = filter(application_rules(), random);
  }
  return c;
}

LocationLists locations(const World& world, Random& random, bool include) {
  LocationLists l;
  l.all = include && random.chance(40);
  l.all_trusted = random.chance(25);
  l.mfa_trusted_ips = random.chance(10);
  if (random.chance(70)) l.locations = random.some(world.locations, include ? 4 : 2);
  if (random.chance(12)) l.locations.push_back(world.locations[location_by_gps]);
  return l;
}

Conditions conditions(const World& world, Random& random) {
  Conditions c;
  const bool workload = random.chance(13);
  if (workload) c.client_applications = client_applications(world, random);
  if (!workload || random.chance(8)) c.users = users(world, random);
  if (random.chance(98)) c.applications = applications(world, random);
  if (random.chance(12)) {
    PlatformCondition p;
    p.include = words(Platform::linux, random, 55);
    p.include.all = random.chance(50);
    if (random.chance(40)) p.exclude = words(Platform::linux, random, 20);
    p.exclude.all = random.chance(2);
    c.platforms = p;
  }
  if (random.chance(24)) {
    LocationCondition l;
    l.include = locations(world, random, true);
    if (random.chance(45)) l.exclude = locations(world, random, false);
    c.locations = l;
  }
  if (random.chance(12)) c.client_app_types = words(ClientApp::other, random, 65);
  c.client_app_types.all = random.chance(20);
  if (random.chance(12)) {
    DeviceCondition d;
    if (random.chance(85)) d.filter = filter(device_rules(), random);
    d.exclude_compliant = random.chance(12);
    d.exclude_domain_joined = random.chance(12);
    c.devices = d;
  }
  if (random.chance(9)) c.sign_in_risk_levels = words(RiskLevel::none, random, 65);
  if (random.chance(9)) c.user_risk_levels = words(RiskLevel::none, random, 65);
  if (random.chance(4)) c.service_principal_risk_levels = words(RiskLevel::none, random, 65);
  if (random.chance(4)) c.agent_id_risk_levels = words(RiskLevel::none, random, 65);
  if (random.chance(5)) {
    c.insider_risk_levels = words(InsiderRiskLevel::elevated, random, 60);
  }
  if (random.chance(5)) {
    c.authentication_flows = words(TransferMethod::authentication_transfer, random, 60);
  }
  return c;
}

void set_strength(const World& world, Random& random, GrantControls& g) {
  g.authentication_strength = random.pick(world.strengths);
  g.authentication_strength_text = to_string(*g.authentication_strength);
  if (!random.chance(20)) return;
  // As exports have it: the whole object. Defined here only, when nothing else defines the id.
  AuthenticationStrength inlined;
  inlined.id = *g.authentication_strength;
  inlined.id_text = g.authentication_strength_text;
  inlined.allowed_combinations = {method::fido2, method::password | method::sms};
  g.inline_strength = std::move(inlined);
}

GrantControls grant_controls(const World& world, Random& random) {
  GrantControls g;
  g.operation = random.chance(50) ? GrantOperator::all_of : GrantOperator::any_of;
  if (random.chance(8)) {
    g.built_in_controls.insert(GrantControl::block);
    if (random.chance(90)) return g;
  }
  for (unsigned i = 1; i <= static_cast<unsigned>(GrantControl::risk_remediation); ++i) {
    // mfa is what most policies ask for
    if (random.chance(i == 1 ? 45 : 9)) g.built_in_controls.insert(static_cast<GrantControl>(i));
  }
  if (random.chance(22)) set_strength(world, random, g);
  if (random.chance(12)) {
    g.terms_of_use = random.some(world.agreements, 2);
    for (const auto& id : g.terms_of_use) g.terms_of_use_texts.push_back(to_string(id));
  }
  if (random.chance(8)) {
    g.custom_authentication_factors = random.some(world.custom_controls, 2);
    for (const auto& id : g.custom_authentication_factors) {
      g.custom_authentication_factor_texts.push_back(to_string(id));
    }
  }
  if (random.chance(3)) {
    g.unknown_controls = {random.chance(50) ? "verifiedID" : "somethingNew"};
    g.built_in_controls.unknown = true;
  }
  return g;
}

SessionControls session_controls(Random& random) {
  SessionControls s;
  s.application_enforced_restrictions = random.chance(15);
  if (random.chance(20)) s.cloud_app_security = static_cast<CloudAppSecurity>(random.below(3));
  s.disable_resilience_defaults = random.chance(20);
  if (random.chance(25)) s.persistent_browser = static_cast<PersistentBrowser>(random.below(2));
  s.secure_sign_in_session = random.chance(15);
  if (random.chance(40)) {
    SignInFrequency f;
    f.every_time = random.chance(30);
    if (!f.every_time) f.every = std::chrono::hours(std::array{1, 4, 24, 720}[random.below(4)]);
    f.authentication = static_cast<FrequencyAuthentication>(random.below(2));
    s.sign_in_frequency = f;
  }
  if (random.chance(12)) {
    s.continuous_access_evaluation = static_cast<ContinuousAccess>(random.below(2));
  }
  if (random.chance(10)) {
    s.global_secure_access_profiles = {random.chance(50) ? "profile-a" : "profile-b"};
  }
  s.unknown = random.chance(4);
  return s;
}

}  // namespace

Policy make_policy(const World& world, Random& random, std::size_t number) {
  Policy policy;
  policy.id = PolicyId{Guid{random.next(), random.next()}};
  policy.id_text = to_string(policy.id);
  policy.display_name = "policy " + std::to_string(number);
  policy.state = random.chance(75)   ? PolicyState::enabled
                 : random.chance(80) ? PolicyState::report_only
                                     : PolicyState::disabled;
  policy.conditions = conditions(world, random);
  if (random.chance(88)) policy.grant_controls = grant_controls(world, random);
  if (random.chance(30)) policy.session_controls = session_controls(random);
  return policy;
}

}  // namespace sallyport::testing_support
