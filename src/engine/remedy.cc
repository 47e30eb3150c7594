#include "engine/remedy.h"

#include <algorithm>
#include <functional>

namespace sallyport {
namespace {

// A changed sign-in with the memory its views need.
struct Trial {
  SignIn sign_in;
  std::vector<AgreementId> terms;
  std::vector<CustomControlId> controls;
  std::vector<std::string> policy_oids;
  std::string aaguid, issuer_ski;
  DeviceShape shape;
  std::vector<std::string> steps;
  int cost = 0;

  explicit Trial(const SignIn& from) : sign_in(from) {
    terms.assign(from.proofs.accepted_terms.begin(), from.proofs.accepted_terms.end());
    controls.assign(from.proofs.custom_controls.begin(), from.proofs.custom_controls.end());
    if (from.device.is_known()) shape = *from.device->shape;
  }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  void step(std::string text, int price) {
    if (std::ranges::find(steps, text) != steps.end()) return;
    steps.push_back(std::move(text));
    cost += price;
  }

  // The sign-in now comes from a registered device with this shape.
  void use_shape() {
    DeviceView device = sign_in.device.is_known() ? *sign_in.device : DeviceView{};
    device.shape = &shape;
    device.shape_index = no_shape_index;
    sign_in.device = device;
  }
};

struct Change {
  std::string text;
  int cost = 0;
  std::function<void(Trial&)> apply;
};

// ---- proofs and states a requirement asks for ----

void use_strength(const AuthenticationStrength& strength, Trial& trial) {
  if (strength.allowed_combinations.empty()) return;
  const MethodModes combination = strength.allowed_combinations.front();
  Proofs& proofs = trial.sign_in.proofs;
  proofs.methods = (proofs.methods.is_known() ? *proofs.methods : 0) | combination;
  for (const auto& configuration : strength.combination_configurations) {
    if (std::ranges::find(configuration.applies_to, combination) ==
        configuration.applies_to.end()) {
      continue;
    }
    if (!configuration.allowed_aaguids.empty())
      trial.aaguid = configuration.allowed_aaguids.front();
    if (!configuration.allowed_issuer_skis.empty()) {
      trial.issuer_ski = configuration.allowed_issuer_skis.front();
    }
    if (!configuration.allowed_policy_oids.empty()) {
      trial.policy_oids = {configuration.allowed_policy_oids.front()};
    }
  }
  if (!trial.aaguid.empty()) proofs.fido2_aaguid = trial.aaguid;
  if (!trial.issuer_ski.empty()) proofs.x509_issuer_ski = trial.issuer_ski;
  if (!trial.policy_oids.empty()) proofs.x509_policy_oids = trial.policy_oids;
  const std::string name = strength.display_name.empty() ? strength.id_text : strength.display_name;
  trial.step("sign in with `" + combination_text(combination) + "` (strength `" + name + "`)", 2);
}

// False when nothing the person can do satisfies it.
bool satisfy(const Requirement& requirement, const Program& program, Trial& trial) {
  SignIn& s = trial.sign_in;
  Proofs& proofs = s.proofs;
  switch (requirement.kind) {
    case RequirementKind::mfa:
      proofs.mfa_claim = true;
      trial.step("complete multifactor authentication", 1);
      return true;
    case RequirementKind::authentication_strength: {
      const auto* strength = program.policies().describe_strength(StrengthId::of(requirement.id));
      if (strength == nullptr) return false;
      use_strength(*strength, trial);
      return true;
    }
    case RequirementKind::compliant_device:
      trial.shape.is_compliant = DeviceFlag::yes;
      trial.use_shape();
      trial.step("use a device that is enrolled and marked as compliant", 4);
      return true;
    case RequirementKind::domain_joined_device:
      trial.shape.text(DeviceText::trust_type) = DeviceAttribute::of("ServerAD");
      trial.use_shape();
      trial.step("use a hybrid joined device", 6);
      return true;
    case RequirementKind::approved_application:
      s.approved_client_app = true;
      trial.step("use an approved client app on a registered device", 4);
      return true;
    case RequirementKind::compliant_application:
      s.app_protection_policy = true;
      trial.step("use an app with an app protection policy", 4);
      return true;
    case RequirementKind::password_change:
      proofs.password_changed = true;
      trial.step("change the password", 2);
      return true;
    case RequirementKind::risk_remediation:
      proofs.risk_remediated = true;
      trial.step("remediate the risk", 2);
      return true;
    case RequirementKind::terms_of_use:
      trial.terms.push_back(AgreementId::of(requirement.id));
      proofs.accepted_terms = trial.terms;
      trial.step("accept the terms of use `" + requirement.id + '`', 1);
      return true;
    case RequirementKind::custom_control:
      trial.controls.push_back(CustomControlId::of(requirement.id));
      proofs.custom_controls = trial.controls;
      trial.step("complete the custom control `" + requirement.id + '`', 2);
      return true;
    case RequirementKind::reauthentication:
      proofs.primary_authenticated_at = s.now;
      proofs.secondary_authenticated_at = s.now;
      trial.step("authenticate again", 1);
      return true;
    case RequirementKind::token_protection:
      proofs.token_bound = true;
      trial.step("use an app that binds its sign-in to the device", 4);
      return true;
    case RequirementKind::block:
    case RequirementKind::gps_location:
    case RequirementKind::unknown_control: return false;
  }
  return false;
}

// ---- other circumstances ----

void add_words(const SignIn& s, std::vector<Change>& out) {
  using enum Platform;
  for (const Platform platform : {windows, mac_os, ios, android, linux}) {
    if (s.device_platform.is(platform)) continue;
    out.push_back({"use a device with " + std::string(name_of(platform)), 9,
                   [platform](Trial& t) { t.sign_in.device_platform = platform; }});
  }
  if (!s.client_app_type.is(ClientApp::browser)) {
    out.push_back(
        {"use a browser", 3, [](Trial& t) { t.sign_in.client_app_type = ClientApp::browser; }});
  }
  if (!s.client_app_type.is(ClientApp::mobile_apps_and_desktop_clients)) {
    out.push_back({"use a modern app", 3, [](Trial& t) {
                     t.sign_in.client_app_type = ClientApp::mobile_apps_and_desktop_clients;
                   }});
  }
  if (!s.authentication_flow.is_absent()) {
    out.push_back({"sign in directly, without device code or transfer", 2, [](Trial& t) {
                     t.sign_in.authentication_flow = Fact<TransferMethod>::absent();
                   }});
  }
  const auto add_risk = [&](Fact<RiskLevel> SignIn::*risk, std::string_view text) {
    if ((s.*risk).is_absent() || (s.*risk).is(RiskLevel::none)) return;
    out.push_back({std::string(text), 8, [risk](Trial& t) { t.sign_in.*risk = RiskLevel::none; }});
  };
  add_risk(&SignIn::sign_in_risk_level, "have the sign-in risk dismissed");
  add_risk(&SignIn::user_risk_level, "have the user risk dismissed");
  if (s.insider_risk_level.is_known() && !s.insider_risk_level.is(InsiderRiskLevel::none)) {
    out.push_back({"have the insider risk cleared", 8, [](Trial& t) {
                     t.sign_in.insider_risk_level = Fact<InsiderRiskLevel>::absent();
                   }});
  }
}

void add_places(const Program& program, const SignIn& s, std::vector<Change>& out) {
  constexpr std::size_t places_max = 12;
  for (const auto& location : program.policies().named_locations) {
    if (out.size() >= places_max) return;
    const std::string text = "sign in from `" + location.display_name + '`';
    if (location.kind == LocationKind::ip && !location.ip_ranges.empty()) {
      const IpAddress address = location.ip_ranges.front().first;
      out.push_back({text, location.is_trusted ? 5 : 6,
                     [address](Trial& t) { t.sign_in.ip_address = address; }});
    } else if (location.kind == LocationKind::compliant_network) {
      out.push_back({text, 5, [](Trial& t) { t.sign_in.compliant_network = true; }});
    } else if (location.kind == LocationKind::country && !location.countries_and_regions.empty()) {
      const Country country = location.countries_and_regions.front();
      const bool gps = location.lookup_by_gps;
      out.push_back({text + ", for example " + to_string(country), 6, [country, gps](Trial& t) {
                       (gps ? t.sign_in.gps_country : t.sign_in.country) = country;
                     }});
    }
  }
  if (s.country.is_known()) {
    // Any country that no policy speaks of.
    out.push_back({"sign in from another country", 7, [](Trial& t) {
                     t.sign_in.country = Country{{'A', 'Q'}};
                   }});
  }
}

void add_devices(const SignIn& s, std::vector<Change>& out) {
  const auto add = [&](std::string text, int cost, auto change) {
    out.push_back({std::move(text), cost, [change](Trial& t) {
                     change(t.shape);
                     t.use_shape();
                   }});
  };
  if (s.device.is_known()) {
    out.push_back({"use a device that is not registered", 5,
                   [](Trial& t) { t.sign_in.device = Fact<DeviceView>::absent(); }});
  }
  add("use a device that is enrolled and marked as compliant", 4,
      [](DeviceShape& shape) { shape.is_compliant = shape.is_managed = DeviceFlag::yes; });
  add("use a hybrid joined device", 6, [](DeviceShape& shape) {
    shape.text(DeviceText::trust_type) = DeviceAttribute::of("ServerAD");
  });
  add("use a company device", 5, [](DeviceShape& shape) {
    shape.text(DeviceText::device_ownership) = DeviceAttribute::of("Company");
  });
}

// Asks again and again for what is missing, until it is let in or cannot be.
bool let_in(const Program& program, Trial& trial) {
  constexpr int rounds_max = 8;
  Decision decision;
  for (int round = 0; round < rounds_max; ++round) {
    program.decide(trial.sign_in, decision);
    if (decision.outcome == Outcome::granted) return true;
    const auto steps = trial.steps.size();
    for (const auto& requirement : program.missing(decision)) {
      if (!satisfy(requirement, program, trial)) return false;
    }
    if (trial.steps.size() == steps) return false;  // done already, and to no avail
  }
  return false;
}

class Search {
 public:
  Search(const Program& program, const SignIn& sign_in) : program_(program), sign_in_(sign_in) {
    add_words(sign_in, changes_);
    add_devices(sign_in, changes_);
    std::vector<Change> places;
    add_places(program, sign_in, places);
    std::ranges::move(places, std::back_inserter(changes_));
    std::ranges::stable_sort(changes_, {}, &Change::cost);
  }

  std::optional<Remedy> run() {
    attempt({});
    for (const Change& one : changes_) attempt({&one});
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      for (std::size_t j = i + 1; j < changes_.size(); ++j) attempt({&changes_[i], &changes_[j]});
    }
    return best_;
  }

 private:
  void attempt(std::initializer_list<const Change*> changes) {
    Trial trial(sign_in_);
    for (const Change* change : changes) {
      change->apply(trial);
      trial.step(change->text, change->cost);
    }
    if (best_ && trial.cost >= best_->cost) return;
    if (!let_in(program_, trial) || (best_ && trial.cost >= best_->cost)) return;
    best_ = Remedy{std::move(trial.steps), trial.cost};
  }

  const Program& program_;
  const SignIn& sign_in_;
  std::vector<Change> changes_;
  std::optional<Remedy> best_;
};

}  // namespace

std::optional<Remedy> cheapest_change(const Program& program, const SignIn& sign_in) {
  return Search(program, sign_in).run();
}

}  // namespace sallyport
