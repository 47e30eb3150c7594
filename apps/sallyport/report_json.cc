#include "report_json.h"

#include "base/json.h"
#include "base/json_members.h"
#include "words.h"

namespace sallyport::cli {
namespace {

using json::Writer;

std::string_view name_of(Satisfaction satisfaction) {
  switch (satisfaction) {
    case Satisfaction::satisfied: return "satisfied";
    case Satisfaction::needs_user: return "needsUser";
    case Satisfaction::failed: return "failed";
  }
  return "";
}

void write_requirement(Writer& w, const Requirement& requirement, const Tenant& tenant) {
  w.member("requirement", sallyport::name_of(requirement.kind));
  if (!requirement.id.empty()) w.member("id", requirement.id);
  w.member("description", words_of(requirement, tenant.policy_set, tenant.names));
}

void write_frequency(Writer& w, std::string_view key, const SignInFrequency& frequency) {
  w.key(key);
  if (frequency.every_time) {
    w.value("everyTime");
  } else {
    w.value("PT" + std::to_string(frequency.every.count()) + 'H');
  }
}

void write_session(Writer& w, const MergedSession& session) {
  w.begin_object();
  if (session.application_enforced_restrictions) w.member("applicationEnforcedRestrictions", true);
  if (session.cloud_app_security) {
    constexpr std::string_view words[] = {"monitorOnly", "mcasConfigured", "blockDownloads"};
    w.member("cloudAppSecurity", words[static_cast<std::size_t>(*session.cloud_app_security)]);
  }
  if (session.disable_resilience_defaults) w.member("disableResilienceDefaults", true);
  if (session.persistent_browser) {
    w.member("persistentBrowser",
             *session.persistent_browser == PersistentBrowser::never ? "never" : "always");
  }
  if (session.secure_sign_in_session) w.member("secureSignInSession", true);
  if (session.frequency_primary_and_secondary) {
    write_frequency(w, "signInFrequency", *session.frequency_primary_and_secondary);
  }
  if (session.frequency_secondary) {
    write_frequency(w, "signInFrequencySecondary", *session.frequency_secondary);
  }
  if (session.continuous_access_evaluation) {
    w.member("continuousAccessEvaluation",
             *session.continuous_access_evaluation == ContinuousAccess::strict ? "strictLocation"
                                                                               : "disabled");
  }
  if (!session.global_secure_access_profiles.empty()) {
    w.key("globalSecureAccessProfiles");
    w.begin_array();
    for (const std::string& profile : session.global_secure_access_profiles) w.value(profile);
    w.end_array();
  }
  w.end_object();
}

void write_answer(Writer& w, const Answer& answer, const Tenant& tenant) {
  w.member("outcome", sallyport::name_of(answer.outcome));
  w.member("errorCode", std::int64_t{answer.error_code});
  w.key("missing");
  w.begin_array();
  for (const Requirement& requirement : answer.missing) {
    w.begin_object();
    write_requirement(w, requirement, tenant);
    w.end_object();
  }
  w.end_array();
  w.key("sessionControls");
  write_session(w, answer.session);
}

void write_policy(Writer& w, const Policy& policy, const PolicyAnswer& worst,
                  const PolicyAnswer& best, const std::vector<std::string>& depends_on,
                  const Tenant& tenant) {
  w.begin_object();
  w.member("id", policy.id_text);
  w.member("displayName", policy.display_name);
  w.member("state", sallyport::name_of(policy.state));
  w.member("result", sallyport::name_of(worst.result));
  if (worst.result != best.result) w.member("resultAtBest", sallyport::name_of(best.result));
  w.member("applies", sallyport::name_of(worst.applies));
  if (!depends_on.empty()) write_texts(w, "dependsOn", depends_on);
  w.key("conditions");
  w.begin_array();
  for (const ConditionAnswer& condition : worst.conditions) {
    w.begin_object();
    w.member("condition", sallyport::name_of(condition.condition));
    w.member("met", sallyport::name_of(condition.match));
    w.member("decidedBy", with_names(condition.decided_by, tenant.names));
    w.end_object();
  }
  w.end_array();
  if (!worst.requirements.empty()) {
    w.member("operator", worst.operation == GrantOperator::any_of ? "OR" : "AND");
  }
  w.key("requirements");
  w.begin_array();
  for (const RequirementAnswer& requirement : worst.requirements) {
    w.begin_object();
    write_requirement(w, requirement.requirement, tenant);
    w.member("satisfaction", name_of(requirement.satisfaction));
    if (requirement.unknown) w.member("unknown", true);
    w.end_object();
  }
  w.end_array();
  w.end_object();
}

bool applies(const PolicyAnswer& answer) {
  return answer.result != PolicyResult::not_applied &&
         answer.result != PolicyResult::report_only_not_applied &&
         answer.result != PolicyResult::not_enabled;
}

}  // namespace

std::string report_json(const Report& report, const Tenant& tenant, const ReportOptions& options) {
  std::string out;
  Writer w(out);
  w.begin_object();
  if (!report.where.empty()) w.member("source", report.where);
  w.member("signIn", report.title);
  w.member("definite", report.definite);
  write_texts(w, "dependsOn", report.depends_on);
  if (!options.shortfall.empty()) w.member("incomplete", options.shortfall);
  write_answer(w, report.worst, tenant);
  if (!report.definite) {
    w.key("atBest");
    w.begin_object();
    write_answer(w, report.best, tenant);
    w.end_object();
  }
  if (!report.remedy.empty()) write_texts(w, "remedy", report.remedy);
  w.key("policies");
  w.begin_array();
  for (std::size_t i = 0; i < report.worst.policies.size(); ++i) {
    if (options.applied_only && !applies(report.worst.policies[i])) continue;
    write_policy(w, tenant.policy_set.policies[i], report.worst.policies[i],
                 report.best.policies[i], report.policy_depends_on[i], tenant);
  }
  w.end_array();
  w.end_object();
  return out;
}

}  // namespace sallyport::cli
