// What has been proven already: methods used, keys, times, agreements, managed apps; and what is
// accepted of other tenants' claims. Last, the constraints of reality on all dimensions.
#include <algorithm>

#include "analysis/proof/universe_builder.h"

namespace sallyport::proof {
namespace {

const AuthenticationStrength* strength_of(const PolicySet& set, const Policy& policy) {
  if (!policy.grant_controls || !policy.grant_controls->authentication_strength) return nullptr;
  const GrantControls& grant = *policy.grant_controls;
  const auto* strength = set.find_strength(*grant.authentication_strength);
  return strength == nullptr && grant.inline_strength ? &*grant.inline_strength : strength;
}

const char* words_for(MethodModes one) {
  switch (one) {
    case method::password: return "a password";
    case method::voice: return "a phone call";
    case method::hardware_oath: return "a hardware code";
    case method::software_oath: return "a software code";
    case method::sms: return "a text message";
    case method::fido2: return "a passkey (FIDO2)";
    case method::windows_hello_for_business: return "Windows Hello for Business";
    case method::microsoft_authenticator_push: return "an Authenticator push";
    case method::device_based_push: return "passwordless phone sign-in";
    case method::temporary_access_pass_one_time: return "a one-time access pass";
    case method::temporary_access_pass_multi_use: return "a multi-use access pass";
    case method::email: return "an e-mail code";
    case method::x509_certificate_single_factor: return "a single-factor certificate";
    case method::x509_certificate_multi_factor: return "a multi-factor certificate";
    case method::federated_single_factor: return "a federated factor";
    case method::federated_multi_factor: return "federated multifactor";
    case method::qr_code_pin: return "a QR code and PIN";
    default: return "a method";
  }
}

std::string hours(std::chrono::hours h) {
  if (h.count() % 24 == 0) return std::to_string(h.count() / 24) + " days";
  return std::to_string(h.count()) + " hours";
}

}  // namespace

void UniverseBuilder::add_methods() {
  MethodModes modes = method::password;
  std::set<std::string> keys, issuers, oids;
  const auto take = [&](const AuthenticationStrength& strength) {
    for (const MethodModes one : strength.allowed_combinations) modes |= one;
    for (const auto& narrowing : strength.combination_configurations) {
      keys.insert(narrowing.allowed_aaguids.begin(), narrowing.allowed_aaguids.end());
      issuers.insert(narrowing.allowed_issuer_skis.begin(), narrowing.allowed_issuer_skis.end());
      oids.insert(narrowing.allowed_policy_oids.begin(), narrowing.allowed_policy_oids.end());
    }
  };
  for (const MethodModes one : mfa_combinations()) modes |= one;
  each_policy([&](const PolicySet& set, const Policy& policy) {
    if (const auto* strength = strength_of(set, policy)) take(*strength);
  });
  for (const StrengthId id : interests_.strengths) {
    for (const PolicySet* set : sets_) {
      if (const auto* strength = set->find_strength(id)) take(*strength);
    }
  }
  for (MethodModes one = 1; one <= method::qr_code_pin; one <<= 1U) {
    if ((modes & one) == 0) continue;
    const auto key = key_of(Question::method, combination_text(one));
    const std::string words = words_for(one);
    if (one == method::password) {
      add(Question::method, key, words,
          {{words, [](Draft&) {}},
           {"no password", [](Draft& d) { d.methods &= ~method::password; }}},
          1);
    } else {
      add_yes_no(
          Question::method, key, words, "without " + words, words,
          [one](Draft& d) { d.methods |= one; }, 3);
    }
  }
  add_yes_no(
      Question::mfa_claim, key_of(Question::mfa_claim), {},
      "no multifactor authentication elsewhere", "multifactor authentication done elsewhere",
      [](Draft& d) { d.sign_in.proofs.mfa_claim = true; }, 3);
  const auto one_of = [&](Question question, const std::set<std::string>& listed, const char* none,
                          const char* some, std::string_view Proofs::*member) {
    if (listed.empty()) return;
    std::vector<Choice> choices{{none, [](Draft&) {}}};
    for (const std::string& one : listed) {
      const auto& kept = *u_.texts_.insert(one).first;
      choices.push_back(
          {some + one, [member, &kept](Draft& d) { d.sign_in.proofs.*member = kept; }});
    }
    add(question, key_of(question), {}, std::move(choices));
  };
  one_of(Question::key, keys, "a key no strength lists", "a key of kind ", &Proofs::fido2_aaguid);
  one_of(Question::certificate_issuer, issuers, "a certificate of an issuer no strength lists",
         "a certificate issued by ", &Proofs::x509_issuer_ski);
  if (oids.empty()) return;
  // Which of its policies count is a matter of the certificate's first five; one is enough to meet
  // any single list, and all of up to five to meet all.
  std::vector<Choice> choices{{"a certificate without a listed policy", [](Draft&) {}}};
  std::vector<std::string> all;
  for (const std::string& one : oids) {
    choices.push_back(
        {"a certificate with policy " + one, [one](Draft& d) { d.policy_oids = {one}; }});
    all.push_back(one);
  }
  if (all.size() > 1) {
    if (all.size() > 5) {
      all.resize(5);
      u_.notes_.emplace_back(
          "strengths list more than five certificate policies; of certificates with several, only "
          "the one with the first five is looked at");
    }
    choices.push_back(
        {"a certificate with several listed policies", [all](Draft& d) { d.policy_oids = all; }});
  }
  add(Question::certificate_policy, key_of(Question::certificate_policy), {}, std::move(choices));
}

// Ages between which no sign-in frequency can tell are one choice.
void UniverseBuilder::add_ages() {
  std::set<std::chrono::seconds> primary, secondary;
  each_policy([&](const PolicySet&, const Policy& policy) {
    if (!policy.session_controls || !policy.session_controls->sign_in_frequency) return;
    const SignInFrequency& f = *policy.session_controls->sign_in_frequency;
    auto& ages = f.authentication == FrequencyAuthentication::secondary ? secondary : primary;
    ages.insert(f.every_time
                    ? std::chrono::seconds(std::chrono::minutes(5)) + std::chrono::seconds(1)
                    : std::chrono::seconds(f.every));
  });
  using Member = Fact<Instant> Proofs::*;
  const auto ages = [&](Question question, const std::set<std::chrono::seconds>& limits,
                        Member member, bool never_first, const std::string& what) {
    if (limits.empty()) return;
    const Choice never{what + " never",
                       [member](Draft& d) { d.sign_in.proofs.*member = Fact<Instant>::absent(); }};
    std::vector<Choice> choices;
    if (never_first) choices.push_back(never);
    choices.push_back(
        {what + " just now", [member](Draft& d) { d.sign_in.proofs.*member = drafted_at; }});
    for (const auto limit : limits) {
      const auto words = limit < std::chrono::hours(1)
                             ? std::string("over 5 minutes")
                             : hours(std::chrono::duration_cast<std::chrono::hours>(limit));
      choices.push_back({what + " " + words + " ago", [member, limit](Draft& d) {
                           d.sign_in.proofs.*member = drafted_at - limit;
                         }});
    }
    if (!never_first) choices.push_back(never);
    add(question, key_of(question), {}, std::move(choices));
  };
  ages(Question::primary_age, primary, &Proofs::primary_authenticated_at, false, "signed in");
  ages(Question::secondary_age, secondary, &Proofs::secondary_authenticated_at, true,
       "second factor");
}

void UniverseBuilder::add_proofs() {
  add_methods();
  add_ages();
  std::set<AgreementId> terms;
  std::set<CustomControlId> custom;
  std::set<GrantControl> controls;
  bool bound = false;
  each_policy([&](const PolicySet&, const Policy& policy) {
    if (policy.session_controls) bound |= policy.session_controls->secure_sign_in_session;
    if (!policy.grant_controls) return;
    const GrantControls& grant = *policy.grant_controls;
    terms.insert(grant.terms_of_use.begin(), grant.terms_of_use.end());
    custom.insert(grant.custom_authentication_factors.begin(),
                  grant.custom_authentication_factors.end());
    for (unsigned i = 0; i <= static_cast<unsigned>(GrantControl::risk_remediation); ++i) {
      const auto control = static_cast<GrantControl>(i);
      if (grant.built_in_controls.contains(control)) controls.insert(control);
    }
  });
  const auto fact = [&](bool used, Question question, const char* no, const char* yes, auto put) {
    if (used) add_yes_no(question, key_of(question), {}, no, yes, put);
  };
  fact(controls.contains(GrantControl::approved_application), Question::approved_app,
       "an app not on the approved list", "an approved app",
       [](Draft& d) { d.sign_in.approved_client_app = true; });
  fact(controls.contains(GrantControl::compliant_application), Question::protected_app,
       "an app without protection policy", "an app under a protection policy",
       [](Draft& d) { d.sign_in.app_protection_policy = true; });
  fact(bound, Question::token_bound, "a token not bound to the device",
       "a token bound to the device", [](Draft& d) { d.sign_in.proofs.token_bound = true; });
  fact(controls.contains(GrantControl::password_change), Question::password_changed,
       "password not changed", "password changed",
       [](Draft& d) { d.sign_in.proofs.password_changed = true; });
  fact(controls.contains(GrantControl::risk_remediation), Question::risk_remediated,
       "risk not remediated", "risk remediated",
       [](Draft& d) { d.sign_in.proofs.risk_remediated = true; });
  for (const AgreementId id : terms) {
    const std::string name = name_of_id(id.guid);
    add_yes_no(Question::terms_of_use, key_of(Question::terms_of_use, to_string(id)), name,
               "terms " + name + " not accepted", "terms " + name + " accepted",
               [id](Draft& d) { d.terms.push_back(id); });
  }
  for (const CustomControlId id : custom) {
    const std::string name = name_of_id(id.guid);
    add_yes_no(Question::custom_control, key_of(Question::custom_control, to_string(id)), name,
               "custom control " + name + " not done", "custom control " + name + " done",
               [id](Draft& d) { d.custom_controls.push_back(id); });
  }
  fact(true, Question::trust_mfa, "home tenant's MFA not trusted", "home tenant's MFA trusted",
       [](Draft& d) { d.sign_in.trust.mfa = true; });
  fact(true, Question::trust_compliant, "home tenant's compliant devices not trusted",
       "home tenant's compliant devices trusted",
       [](Draft& d) { d.sign_in.trust.compliant_device = true; });
  fact(true, Question::trust_hybrid_joined, "home tenant's hybrid joined devices not trusted",
       "home tenant's hybrid joined devices trusted",
       [](Draft& d) { d.sign_in.trust.hybrid_joined_device = true; });
}

void UniverseBuilder::require(const Bdd& law) {
  u_.laws_.push_back(law);
  u_.reality_ &= law;
}

void UniverseBuilder::constrain() {
  Bdd& reality = u_.reality_;
  reality = Bdd::all();
  // A code that stands for no choice is no sign-in.
  for (DimensionIndex i = static_cast<DimensionIndex>(u_.dimensions_.size()); i-- > 0;) {
    const auto count = u_.dimensions_[i].choices.size();
    if (count == std::size_t{1} << u_.dimensions_[i].bits) continue;
    Bdd some;
    for (ChoiceIndex choice = 0; choice < count; ++choice) some |= u_.is(i, choice);
    reality &= some;
  }
  const Bdd registered = u_.is(*u_.find(Question::device), 1);
  require(registered | u_.is_plain(Question::device_attribute));
  // A workload identity has no client, no platform, no device and nobody to prove anything.
  const Bdd workload = u_.is(*u_.find(Question::identity), 1);
  Bdd bare = Bdd::all();
  for (const Question question : {Question::user,
                                  Question::user_type,
                                  Question::home_tenant,
                                  Question::agent_user,
                                  Question::role,
                                  Question::group,
                                  Question::any_role,
                                  Question::any_group,
                                  Question::device,
                                  Question::method,
                                  Question::mfa_claim,
                                  Question::key,
                                  Question::certificate_issuer,
                                  Question::certificate_policy,
                                  Question::primary_age,
                                  Question::secondary_age,
                                  Question::terms_of_use,
                                  Question::custom_control,
                                  Question::password_changed,
                                  Question::risk_remediated,
                                  Question::approved_app,
                                  Question::protected_app,
                                  Question::token_bound,
                                  Question::flow,
                                  Question::sign_in_risk,
                                  Question::user_risk,
                                  Question::insider_risk,
                                  Question::trust_mfa,
                                  Question::trust_compliant,
                                  Question::trust_hybrid_joined}) {
    bare &= u_.is_plain(question);
  }
  // And people always sign in through a client of some type.
  const Bdd clientless = u_.where({Question::client_app},
                                  [](const SignIn& s) { return s.client_app_type.is_absent(); });
  bare &= clientless;
  reality &= workload | !clientless;
  bare &=
      u_.where({Question::platform}, [](const SignIn& s) { return s.device_platform.is_absent(); });
  const Bdd application = u_.where({Question::target}, [](const SignIn& s) {
    return s.target.kind == TargetKind::applications;
  });
  require((!workload) | (bare & application));
  require(workload | (u_.is_plain(Question::service_principal) &
                      u_.is_plain(Question::service_principal_risk)));
  constrain_people();
}

}  // namespace sallyport::proof
