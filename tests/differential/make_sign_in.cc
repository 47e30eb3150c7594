// A sign-in, fact by fact.
#include <algorithm>

#include "tests/differential/generator.h"

namespace sallyport::testing_support {

// Behind the views of one sign-in. Parts are replaced as a whole and never changed, so a copy of
// the SignIn made before keeps what it points to.
struct GeneratedSignIn::Storage {
  std::vector<std::shared_ptr<const void>> kept;

  template <class T>
  const T& keep(T value) {
    auto owner = std::make_shared<const T>(std::move(value));
    kept.push_back(owner);
    return *owner;
  }
};

namespace {

using Sign = GeneratedSignIn;

template <class Word>
Word word(Word last, Random& random) {
  return static_cast<Word>(random.below(static_cast<std::size_t>(last) + 1));
}

RiskLevel risk(Random& random) {
  return random.chance(40) ? RiskLevel::none : word(RiskLevel::none, random);
}

// ---- who ----

template <class Index>
std::vector<Index> some_indexes(std::size_t count, Random& random, std::size_t most) {
  std::vector<Index> list;
  if (count == 0) return list;
  for (std::size_t i = random.below(most + 1); i > 0; --i) {
    list.push_back(static_cast<Index>(random.below(count)));
  }
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

void set_memberships(const World& world, Random& random, Sign& to, UserView& user) {
  user.groups =
      to.storage->keep(some_indexes<GroupIndex>(world.directory->groups().size(), random, 3));
  user.roles =
      to.storage->keep(some_indexes<RoleIndex>(world.directory->roles().size(), random, 2));
  user.groups_known = user.roles_known = true;
}

void set_type(const World& world, Random& random, UserView& user) {
  user.type = random.chance(40) ? UserType::member : word(UserType::service_provider, random);
  const bool home = user.type != UserType::member && user.type != UserType::internal_guest;
  user.home_tenant = home ? random.pick(world.tenants) : TenantId{};
  user.type_known = user.home_tenant_known = true;
}

void set_user(const World& world, Random& random, Sign& to) {
  const UserId id = random.pick(world.users);
  if (const auto found = world.directory->find_user(id); found && random.chance(65)) {
    to.sign_in.user = *found;
    return;
  }
  UserView user;  // described by the request
  user.id = id;
  user.name = "described@example.org";
  user.agent_user = random.chance(10);
  set_type(world, random, user);
  set_memberships(world, random, to, user);
  to.sign_in.user = user;
}

void set_part_of_user(const World& world, Random& random, Sign& to, bool memberships) {
  if (!to.sign_in.user.is_known()) return;
  UserView user = *to.sign_in.user;
  if (memberships) {
    set_memberships(world, random, to, user);
  } else {
    set_type(world, random, user);
  }
  to.sign_in.user = user;
}

void hide_part_of_user(Sign& to, bool memberships) {
  if (!to.sign_in.user.is_known()) return;
  UserView user = *to.sign_in.user;
  if (memberships) {
    user.groups = {};
    user.roles = {};
    user.groups_known = user.roles_known = false;
  } else {
    user.home_tenant = {};
    user.type_known = user.home_tenant_known = false;
  }
  to.sign_in.user = user;
}

void set_service_principal(const World& world, Random& random, Sign& to) {
  const auto all = world.directory->service_principals();
  to.sign_in.service_principal = &all[random.below(all.size())];
}

// ---- for what ----

void set_target(const World& world, Random& random, Sign& to) {
  Target target;
  const std::size_t kind = random.below(100);
  if (kind < 80) {
    target.kind = TargetKind::applications;
    auto list = random.some(world.applications, random.chance(75) ? 1 : 3);
    if (random.chance(1)) list.clear();
    target.applications = to.storage->keep(std::move(list));
  } else if (kind < 92) {
    target.kind = TargetKind::user_action;
    target.user_action = word(UserAction::account_recovery, random);
  } else {
    target.kind = TargetKind::authentication_context;
    target.authentication_context = static_cast<std::uint8_t>(random.between(1, 5));
  }
  to.sign_in.target = target;
}

// ---- from where, on what ----

IpAddress address(Random& random) {
  static const std::vector<std::string> pool = {"192.0.2.7",   "192.0.2.200", "198.51.100.1",
                                                "203.0.113.9", "8.8.8.8",     "2001:db8::1",
                                                "2001:db9::1", "192.0.2.255", "192.0.3.0"};
  return *parse_ip_address(random.pick(pool));
}

Country country(Random& random) {
  static const std::vector<std::string> pool = {"US", "FR", "DE", "JP"};
  return *parse_country(random.pick(pool));
}

DeviceAttribute attribute(Random& random, const std::vector<std::string>& values) {
  if (random.chance(20)) return {};
  return DeviceAttribute::of(random.pick(values));
}

void set_device(const World& world, Random& random, Sign& to) {
  if (!world.devices.empty() && random.chance(60)) {
    if (const auto found = world.inventory->find(random.pick(world.devices))) {
      to.sign_in.device = *found;
      return;
    }
  }
  DeviceShape shape;
  shape.text(DeviceText::trust_type) = attribute(random, {"AzureAD", "ServerAD", "Workplace"});
  shape.text(DeviceText::model) = attribute(random, {"Surface Go", "Pixel"});
  shape.text(DeviceText::operating_system) = attribute(random, {"Windows", "Linux"});
  shape.text(DeviceText::device_ownership) = attribute(random, {"Company", "Personal"});
  shape.text(DeviceText::extension_attribute_1) = attribute(random, {"SAW", "kiosk"});
  shape.is_compliant = static_cast<DeviceFlag>(random.below(3));
  shape.is_managed = static_cast<DeviceFlag>(random.below(3));
  if (random.chance(30)) shape.system_labels = {"CloudPC"};
  DeviceView view;
  view.id = DeviceId::of("described device");
  view.display_name = random.chance(50) ? "laptop of somebody" : "";
  view.shape = &to.storage->keep(std::move(shape));
  to.sign_in.device = view;
}

// Some attributes of the device are not told.
void blur_device(Random& random, Sign& to) {
  if (!to.sign_in.device.is_known()) return;
  DeviceView view = *to.sign_in.device;
  DeviceShape shape = *view.shape;
  for (auto& text : shape.texts) {
    if (random.chance(30)) text = DeviceAttribute::unknown();
  }
  if (random.chance(30)) shape.is_compliant = DeviceFlag::unknown;
  if (random.chance(30)) shape.is_managed = DeviceFlag::unknown;
  if (random.chance(30)) {
    shape.system_labels_known = false;
    shape.system_labels.clear();
  }
  if (random.chance(30)) view.display_name_known = false;
  if (random.chance(30)) view.physical_ids_known = false;
  view.shape = &to.storage->keep(std::move(shape));
  view.shape_index = no_shape_index;
  to.sign_in.device = view;
}

// ---- proofs ----

void set_methods(const World&, Random& random, Sign& to) {
  using namespace method;
  static const std::vector<MethodModes> pool = {0,
                                                password,
                                                password | sms,
                                                password | microsoft_authenticator_push,
                                                fido2,
                                                windows_hello_for_business,
                                                x509_certificate_multi_factor,
                                                federated_multi_factor,
                                                federated_single_factor | sms,
                                                fido2 | password,
                                                temporary_access_pass_one_time,
                                                sms,
                                                x509_certificate_multi_factor | fido2};
  static const std::vector<std::string> oids = {"1.2.3", "1.2.4", "1.2.5", "2.5.29"};
  Proofs& p = to.sign_in.proofs;
  p.methods = random.pick(pool);
  p.fido2_aaguid = random.chance(30) ? "" : random.chance(60) ? "aaguid-a" : "aaguid-c";
  p.x509_issuer_ski = random.chance(60) ? "ski-a" : "ski-b";
  p.x509_policy_oids = to.storage->keep(random.some(oids, 7));
}

void clear_method_details(Proofs& p) {
  p.fido2_aaguid = {};
  p.x509_issuer_ski = {};
  p.x509_policy_oids = {};
}

Instant some_time_ago(const Sign& to, Random& random) {
  static const std::vector<int> minutes = {0, 3, 5, 6, 30, 60, 200, 240, 1000, 1440, 50000};
  return to.sign_in.now - std::chrono::minutes(random.pick(minutes));
}

template <class IdType>
std::span<const IdType> some_or_none(const std::vector<IdType>& from, Random& random, Sign& to) {
  if (random.chance(40)) return {};
  return to.storage->keep(random.some(from, 3));
}

// ---- the table ----

// A fact that is a plain member: `member` names it, `value` draws one.
#define SALLYPORT_PLAIN_FACT(name, proves, member, value)                            \
  FactOfSignIn {                                                                     \
    name, proves,                                                                    \
        []([[maybe_unused]] const World& world, Random& random, Sign& to) {          \
          to.sign_in.member = value;                                                 \
        },                                                                           \
        [](Sign& to) { to.sign_in.member = decltype(to.sign_in.member)::absent(); }, \
        [](Sign& to) { to.sign_in.member = decltype(to.sign_in.member)::unknown(); } \
  }

const std::vector<FactOfSignIn>& table() {
  static const std::vector<FactOfSignIn> facts = {
      {"user", false, set_user, nullptr,
       [](Sign& to) { to.sign_in.user = Fact<UserView>::unknown(); }},
      {"user type", false,
       [](const World& w, Random& r, Sign& to) { set_part_of_user(w, r, to, false); }, nullptr,
       [](Sign& to) { hide_part_of_user(to, false); }},
      {"memberships", false,
       [](const World& w, Random& r, Sign& to) { set_part_of_user(w, r, to, true); }, nullptr,
       [](Sign& to) { hide_part_of_user(to, true); }},
      {"service principal", false, set_service_principal, nullptr,
       [](Sign& to) { to.sign_in.service_principal = Fact<const ServicePrincipal*>::unknown(); }},
      {"target", false, set_target, nullptr, [](Sign& to) { to.sign_in.target = {}; }},
      {"device", false, set_device,
       [](Sign& to) { to.sign_in.device = Fact<DeviceView>::absent(); },
       [](Sign& to) { to.sign_in.device = Fact<DeviceView>::unknown(); }},
      SALLYPORT_PLAIN_FACT("platform", false, device_platform, word(Platform::linux, random)),
      SALLYPORT_PLAIN_FACT("client app", false, client_app_type,
                           random.chance(60) ? ClientApp::browser : word(ClientApp::other, random)),
      SALLYPORT_PLAIN_FACT("address", false, ip_address, address(random)),
      SALLYPORT_PLAIN_FACT("country", false, country, country(random)),
      SALLYPORT_PLAIN_FACT("GPS country", false, gps_country, country(random)),
      SALLYPORT_PLAIN_FACT("compliant network", false, compliant_network, random.chance(50)),
      SALLYPORT_PLAIN_FACT("sign-in risk", false, sign_in_risk_level, risk(random)),
      SALLYPORT_PLAIN_FACT("user risk", false, user_risk_level, risk(random)),
      SALLYPORT_PLAIN_FACT("service principal risk", false, service_principal_risk_level,
                           risk(random)),
      SALLYPORT_PLAIN_FACT("agent risk", false, agent_id_risk_level, risk(random)),
      SALLYPORT_PLAIN_FACT("insider risk", false, insider_risk_level,
                           word(InsiderRiskLevel::elevated, random)),
      SALLYPORT_PLAIN_FACT("flow", false, authentication_flow,
                           random.chance(60)
                               ? TransferMethod::none
                               : word(TransferMethod::authentication_transfer, random)),
      {"methods", true, set_methods,
       [](Sign& to) {
         to.sign_in.proofs.methods = Fact<MethodModes>::absent();
         clear_method_details(to.sign_in.proofs);
       },
       [](Sign& to) {
         to.sign_in.proofs.methods = Fact<MethodModes>::unknown();
         clear_method_details(to.sign_in.proofs);
       }},
      SALLYPORT_PLAIN_FACT("MFA claim", true, proofs.mfa_claim, random.chance(50)),
      SALLYPORT_PLAIN_FACT("primary authentication", true, proofs.primary_authenticated_at,
                           some_time_ago(to, random)),
      SALLYPORT_PLAIN_FACT("secondary authentication", true, proofs.secondary_authenticated_at,
                           some_time_ago(to, random)),
      {"terms of use", true,
       [](const World& w, Random& r, Sign& to) {
         to.sign_in.proofs.accepted_terms = some_or_none(w.agreements, r, to);
         to.sign_in.proofs.accepted_terms_known = true;
       },
       nullptr,
       [](Sign& to) {
         to.sign_in.proofs.accepted_terms = {};
         to.sign_in.proofs.accepted_terms_known = false;
       }},
      {"custom controls", true,
       [](const World& w, Random& r, Sign& to) {
         to.sign_in.proofs.custom_controls = some_or_none(w.custom_controls, r, to);
         to.sign_in.proofs.custom_controls_known = true;
       },
       nullptr,
       [](Sign& to) {
         to.sign_in.proofs.custom_controls = {};
         to.sign_in.proofs.custom_controls_known = false;
       }},
      SALLYPORT_PLAIN_FACT("password change", true, proofs.password_changed, random.chance(50)),
      SALLYPORT_PLAIN_FACT("risk remediation", true, proofs.risk_remediated, random.chance(50)),
      SALLYPORT_PLAIN_FACT("token binding", true, proofs.token_bound, random.chance(50)),
      SALLYPORT_PLAIN_FACT("registered method", true, proofs.has_registered_method,
                           random.chance(70)),
      SALLYPORT_PLAIN_FACT("approved app", true, approved_client_app, random.chance(60)),
      SALLYPORT_PLAIN_FACT("app protection", true, app_protection_policy, random.chance(60)),
  };
  return facts;
}
#undef SALLYPORT_PLAIN_FACT

GeneratedSignIn make(const World& world, Random& random, unsigned unknown, unsigned absent) {
  GeneratedSignIn g;
  g.storage = std::make_shared<GeneratedSignIn::Storage>();
  SignIn& s = g.sign_in;
  s.now = Instant(std::chrono::seconds(1'790'000'000));
  s.identity = random.chance(90) ? IdentityKind::user : IdentityKind::service_principal;
  s.trust = {random.chance(50), random.chance(50), random.chance(50)};
  s.outage = random.chance(8);
  for (const FactOfSignIn& fact : facts_of_sign_in()) {
    const bool part = fact.name == "user type" || fact.name == "memberships";
    if (random.chance(unknown)) {
      fact.make_unknown(g);
    } else if (fact.make_absent != nullptr &&
               random.chance(fact.name == "GPS country" ? 60 : absent)) {
      fact.make_absent(g);
    } else if (!part) {  // set with the user
      fact.set(world, random, g);
    }
  }
  return g;
}

// Lists and records of which only a part is known.
void know_in_part(const World& world, Random& random, GeneratedSignIn& g) {
  SignIn& s = g.sign_in;
  if (random.chance(40)) blur_device(random, g);
  if (s.user.is_known()) {
    UserView user = *s.user;
    if (random.chance(25)) user.groups_known = false;
    if (random.chance(25)) user.roles_known = false;
    if (random.chance(15)) user.type_known = false;
    if (random.chance(20)) user.home_tenant_known = false;
    s.user = user;
  }
  if (random.chance(15)) {
    s.proofs.accepted_terms = some_or_none(world.agreements, random, g);
    s.proofs.accepted_terms_known = false;
  }
}

}  // namespace

std::span<const FactOfSignIn> facts_of_sign_in() { return table(); }

GeneratedSignIn make_complete_sign_in(const World& world, Random& random) {
  return make(world, random, 0, random.chance(50) ? 5 : 25);
}

GeneratedSignIn make_sign_in(const World& world, Random& random) {
  const std::size_t mood = random.below(100);
  if (mood < 40) return make_complete_sign_in(world, random);
  GeneratedSignIn g = make(world, random, mood < 80 ? 8 : 35, 12);
  if (random.chance(50)) know_in_part(world, random, g);
  return g;
}

}  // namespace sallyport::testing_support
