#include "tests/proofs/second_solver.h"

#include <algorithm>
#include <stdexcept>

#include "base/text.h"

namespace sallyport::proof::testing {
namespace {

// Holders of these are who `administrators` means (docs/analysis/expectations.md).
constexpr const char* privileged_roles[] = {
    "62e90394-69f5-4237-9190-012177145e10", "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "194ae4cb-b126-40b2-bd5b-6091b380977d", "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
    "29232cdf-9323-42fd-ade2-1d097af3e4de", "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",
    "fe930be7-5e62-47db-91af-98c3a49a38b1", "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "b0f54661-2d74-4c50-afa3-1ec803f12efe", "c4e39bd9-1100-46d3-8c65-fb160da0071f",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "158c047a-c907-4556-b7ef-446551a6b5f7", "966707d0-3269-4727-9be2-8c3a10f19b9d"};

[[noreturn]] void not_known(const std::string& word) {
  throw std::invalid_argument("the second solver does not know the word `" + word + '`');
}

Named names_of(const Tenant& tenant, std::span<const Expectation> asked) {
  Named named = names_in(tenant.policy_set, *tenant.directory);
  for (const Expectation& e : asked) {
    for (const auto* list : {&e.who, &e.except}) {
      for (const std::string& word : *list) {
        const auto colon = word.find(':');
        const std::string id = word.substr(colon + 1);
        if (word.starts_with("user:")) named.users.insert(UserId::of(id));
        if (word.starts_with("group:")) named.groups.insert(GroupId::of(id));
        if (word.starts_with("role:")) named.roles.insert(RoleId::of(id));
        if (word != "administrators") continue;
        for (const char* role : privileged_roles) named.roles.insert(RoleId::of(role));
      }
    }
    for (const std::string& word : e.what) {
      if (parse_guid(word)) named.applications.insert(ApplicationId::of(word));
    }
  }
  return named;
}

}  // namespace

SecondSolver::SecondSolver(const Tenant& tenant, std::span<const Expectation> asked)
    : tenant_(tenant),
      facts_(context_, names_of(tenant, asked), tenant),
      policies_(facts_, tenant.policy_set),
      gets_in_(context_.bool_const("gets in")),
      solver_(context_) {
  solver_.add(facts_.reality());
  solver_.add(gets_in_ == policies_.gets_in());  // once, and not with each question
  z3::params limits(context_);
  limits.set("timeout", 20'000U);  // milliseconds; a question takes a few
  solver_.set(limits);
}

z3::expr SecondSolver::who(const std::string& word) const {
  const z3::expr person = !facts_.workload;
  const auto name = word.substr(word.find(':') + 1);
  if (word == "everyone") return person;
  if (word == "members") return person && facts_.is_type(UserType::member);
  if (word == "guests") return person && !facts_.is_type(UserType::member);
  if (word.starts_with("user:")) return facts_.user.is(UserId::of(name));
  if (word.starts_with("group:")) return facts_.in_group(GroupId::of(name));
  if (word.starts_with("role:")) return facts_.in_role(RoleId::of(name));
  if (word == "administrators") {
    z3::expr any = facts_.boolean(false);
    for (const char* role : privileged_roles) any = any || facts_.in_role(RoleId::of(role));
    return any;
  }
  const bool agents = word == "agents";
  if (!agents && word != "workloads") not_known(word);
  z3::expr any = facts_.boolean(false);
  for (std::size_t i = 0; i < facts_.principals.size(); ++i) {
    const ServicePrincipal& p = facts_.principals[i];
    const bool meant =
        agents ? p.kind == ServicePrincipalKind::agent_identity
               : p.kind == ServicePrincipalKind::application && p.in_scope_of_workload_policies;
    if (meant) any = any || facts_.principal == static_cast<int>(i);
  }
  return facts_.workload && any;
}

z3::expr SecondSolver::what(const std::string& word) const {
  if (word == "register security information") return facts_.target == 1;
  if (word == "register device") return facts_.target == 2;
  const z3::expr application = facts_.target == 0;
  if (word == "any application") return application;
  const auto one_of = [&](const std::vector<ApplicationId>& list) {
    z3::expr any = facts_.boolean(false);
    for (const ApplicationId id : list) any = any || facts_.application.is(id);
    return application && any;
  };
  if (word == "Office365") return one_of(tenant_.policy_set.office365);
  if (word == "MicrosoftAdminPortals") return one_of(tenant_.policy_set.admin_portals);
  if (!parse_guid(word)) not_known(word);
  return one_of({ApplicationId::of(word)});
}

z3::expr SecondSolver::where(const std::string& word) const {
  if (word != "untrusted") not_known(word);
  return !policies_.in_trusted_place();
}

z3::expr SecondSolver::client(const std::string& word) const {
  if (word == "legacy") return facts_.legacy();
  if (word != "modern") not_known(word);
  return facts_.through(ClientApp::browser) ||
         facts_.through(ClientApp::mobile_apps_and_desktop_clients);
}

z3::expr SecondSolver::platform(const std::string& word) const {
  if (word == "unknown") return facts_.platform == 6;
  const auto one = parse_platform(word);
  if (!one) not_known(word);
  return facts_.on(*one);
}

z3::expr SecondSolver::flow(const std::string& word) const {
  if (word == "ordinary") return facts_.flow == 0;
  const auto one = parse_transfer_method(word);
  if (!one) not_known(word);
  return facts_.flow == static_cast<int>(*one);
}

z3::expr SecondSolver::region(const Expectation& e) const {
  z3::expr all = facts_.boolean(true);
  const auto narrow = [&](const std::vector<std::string>& words, auto means) {
    if (words.empty()) return;
    z3::expr any = facts_.boolean(false);
    for (const std::string& word : words) any = any || means(word);
    all = all && any;
  };
  narrow(e.who, [&](const auto& word) { return who(word); });
  for (const std::string& word : e.except) all = all && !who(word);
  narrow(e.what, [&](const auto& word) { return what(word); });
  narrow(e.where, [&](const auto& word) { return where(word); });
  narrow(e.client, [&](const auto& word) { return client(word); });
  narrow(e.platform, [&](const auto& word) { return platform(word); });
  narrow(e.flow, [&](const auto& word) { return flow(word); });
  const auto risk = [&](const z3::expr& level) {
    return [&, level](const std::string& word) {
      return level == static_cast<int>(*parse_risk_level(word));
    };
  };
  narrow(e.sign_in_risk, risk(facts_.sign_in_risk));
  narrow(e.user_risk, risk(facts_.user_risk));
  narrow(e.workload_risk, risk(facts_.principal_risk));
  narrow(e.agent_risk, risk(facts_.agent_risk));
  narrow(e.insider_risk, [&](const std::string& word) {
    return facts_.insider_risk == static_cast<int>(*parse_insider_risk_level(word));
  });
  for (const auto* words : {&e.also, &e.device, &e.with}) {
    if (!words->empty()) not_known(words->front());
  }
  return all;
}

z3::expr SecondSolver::proof(Need need) const {
  z3::expr mfa = facts_.mfa_claim;
  for (const MethodModes one : mfa_combinations()) mfa = mfa || facts_.uses(one);
  const z3::expr managed = facts_.compliant() || facts_.hybrid_joined();
  const z3::expr mobile = facts_.on(Platform::ios) || facts_.on(Platform::android);
  switch (need) {
    case Need::blocked: return facts_.boolean(false);
    case Need::mfa: return mfa;
    case Need::phishing_resistant:
      return facts_.uses(method::fido2) || facts_.uses(method::windows_hello_for_business) ||
             facts_.uses(method::x509_certificate_multi_factor);
    case Need::managed_device: return managed;
    case Need::mfa_or_managed_device: return mfa || managed;
    case Need::managed_app:
      return (facts_.approved_app && mobile) ||
             (facts_.protected_app && (mobile || facts_.on(Platform::windows)));
    case Need::password_change: return facts_.password_changed || facts_.risk_remediated;
    default: not_known(std::string(name_of(need)));
  }
}

Found SecondSolver::ask(const Expectation& expectation, Draft& into,
                        std::shared_ptr<const Directory>& with) {
  solver_.push();
  solver_.add(region(expectation));
  if (expectation.need == Need::granted) {
    solver_.add(!gets_in_);
  } else {
    solver_.add(gets_in_ && !proof(expectation.need));
  }
  const z3::check_result result = solver_.check();
  if (result == z3::sat) {
    const z3::model model = solver_.get_model();
    facts_.draft(model, into);
    with = facts_.directory_of(model);
  }
  solver_.pop();
  if (result == z3::unknown) return Found::gave_up;
  return result == z3::sat ? Found::something : Found::nothing;
}

}  // namespace sallyport::proof::testing
