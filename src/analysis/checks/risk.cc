// Policies about risk (spec, analysis checks, section 3). RSK-05 and RSK-07 are rules (rules.cc).
#include <algorithm>

#include "analysis/checks/checks.h"
#include "analysis/checks/vocabulary.h"

namespace sallyport {
namespace {

bool every_time(const CheckedPolicy& p) {
  const auto& session = p.policy.session_controls;
  return session && session->sign_in_frequency && session->sign_in_frequency->every_time;
}

void expected(const CheckInput& in, FindingList& findings) {
  const auto unlicensed = [&](CheckFinding* finding, std::string_view licence) {
    if (finding == nullptr || in.settings.has_licence(licence)) return;
    finding->severity = Severity::info;
    finding->assumption = "the settings' licences do not provide this risk";
  };
  const auto at_sign_in_risk = [](const CheckedPolicy& p, bool medium) {
    const auto& levels = p.policy.conditions.sign_in_risk_levels;
    return Lacks()
        .unless_everywhere(p)
        .must(levels.contains(RiskLevel::high) || levels.all, "it is not for high sign-in risk")
        .unless(!medium || levels.contains(RiskLevel::medium) || levels.all,
                "it is not for medium sign-in risk");
  };
  const auto at_user_risk = [](const CheckedPolicy& p) {
    const auto& levels = p.policy.conditions.user_risk_levels;
    return Lacks().unless_everywhere(p).must(levels.contains(RiskLevel::high) || levels.all,
                                             "it is not for high user risk");
  };
  const LacksOf risky_sign_in = [&](const CheckedPolicy& p) {
    return at_sign_in_risk(p, true).must(guarantees(in, p, Claim::mfa),
                                         "it does not always ask for MFA");
  };
  unlicensed(
      expect_some(in, findings, "RSK-01",
                  "no enforced policy asks for MFA at medium and high sign-in risk", risky_sign_in),
      "p2");
  for (const auto* p : that_do(in, PolicyState::enabled, risky_sign_in)) {
    if (every_time(*p) || blocks(*p)) continue;
    auto& finding = findings.add("RSK-01", *p, "/sessionControls",
                                 "risky sign-ins are asked for MFA, but not every time: a proof "
                                 "from before the risk counts");
    finding.severity = Severity::low;
    finding.fix = "Set the sign-in frequency to every time.";
  }
  unlicensed(expect_some(in, findings, "RSK-02", "no enforced policy blocks at high sign-in risk",
                         [&](const CheckedPolicy& p) {
                           return at_sign_in_risk(p, in.settings.medium_risk_blocked)
                               .must(blocks(p), "it does not block");
                         }),
             "p2");
  unlicensed(expect_some(in, findings, "RSK-03",
                         "no enforced policy asks for a password change at high user risk",
                         [&](const CheckedPolicy& p) {
                           const auto& grant = p.policy.grant_controls;
                           const bool proof = grants(p, GrantControl::mfa) ||
                                              (grant && grant->authentication_strength);
                           return at_user_risk(p)
                               .must(grants(p, GrantControl::password_change),
                                     "it does not ask for a password change")
                               .must(grant && grant->operation == GrantOperator::all_of && proof,
                                     "it does not ask for MFA and a password change by AND");
                         }),
             "p2");
  unlicensed(expect_some(in, findings, "RSK-04", "no enforced policy blocks at high user risk",
                         [&](const CheckedPolicy& p) {
                           return at_user_risk(p).must(blocks(p), "it does not block");
                         }),
             "p2");
  unlicensed(expect_some(
                 in, findings, "RSK-08", "no enforced policy blocks at elevated insider risk",
                 [](const CheckedPolicy& p) {
                   const auto& c = p.policy.conditions;
                   return Lacks()
                       .must(c.insider_risk_levels.contains(InsiderRiskLevel::elevated) ||
                                 c.insider_risk_levels.all,
                             "it is not for elevated insider risk")
                       .unless(all_apps(p) || (c.applications && c.applications->include.office365),
                               "it is for neither all resources nor Office 365")
                       .must(blocks(p), "it does not block");
                 }),
             "insider");
}

struct RiskList {
  const WordSet<RiskLevel>* levels;
  std::string_view pointer;
  std::string_view licence;
};

std::vector<RiskList> risk_lists(const CheckedPolicy& p) {
  const auto& c = p.policy.conditions;
  return {{&c.sign_in_risk_levels, "/conditions/signInRiskLevels", "p2"},
          {&c.user_risk_levels, "/conditions/userRiskLevels", "p2"},
          {&c.service_principal_risk_levels, "/conditions/servicePrincipalRiskLevels", "workload"},
          {&c.agent_id_risk_levels, "/conditions/agentIdRiskLevels", "agents"}};
}

void one_by_one(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  if (grants(p, GrantControl::password_change) && !every_time(p)) {
    findings.add("RSK-06", p, "/sessionControls/signInFrequency",
                 "a password change is asked for without a sign-in frequency of every time");
  }
  // The rule of the format looks at everything but this.
  const bool strength = p.policy.grant_controls && p.policy.grant_controls->authentication_strength;
  const auto proofs = (grants(p, GrantControl::mfa) ? 1U : 0U) + (strength ? 1U : 0U);
  if (grants(p, GrantControl::password_change) && alternative_count(p) > proofs + 1) {
    findings.add(
        "RSK-07", p, "/grantControls",
        "`passwordChange` stands beside MFA or a strength alone; remove the other controls");
  }
  bool any = false;
  for (const auto& [levels, pointer, licence] : risk_lists(p)) {
    if (levels->empty()) continue;
    any = true;
    if (levels->contains(RiskLevel::low) && !levels->contains(RiskLevel::high) && !levels->all) {
      findings.add("RSK-09", p, pointer, "low risk is selected, but high risk is not");
    }
    if (in.settings.lacks_licence(licence)) {
      findings.add("RSK-11", p, pointer,
                   "the settings' licences do not provide this risk, so the policy never applies");
    }
  }
  const auto& users = p.policy.conditions.users;
  if (!any || !users) return;
  for (const auto& e : excluded(p)) {
    const bool admin =
        e.kind == Excluded::Kind::role &&
        std::ranges::find(in.settings.admin_roles, RoleId{e.id}) != in.settings.admin_roles.end();
    if (admin) {
      findings.add("RSK-10", p, e.pointer,
                   "the role " + in.label(e.text) + " is excluded from a policy for risk");
    }
  }
  const bool groups_only = !users->include_all && !users->include.groups.empty() &&
                           users->include.roles.empty() && !users->include.all_roles &&
                           users->include.guests.empty();
  if (groups_only) {
    auto& finding = findings.add("RSK-10", p, "/conditions/users/includeGroups",
                                 "this policy for risk reaches members of groups only; "
                                 "administrators may not be in them");
    finding.assumption = "who is in the groups is not looked at";
  }
}

}  // namespace

void check_risk(const CheckInput& in, FindingList& findings) {
  expected(in, findings);
  for (const auto& p : in.policies) {
    if (!p.off()) one_by_one(in, p, findings);
  }
}

}  // namespace sallyport
