#include "signin/answer.h"

namespace sallyport {

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::granted: return "granted";
    case Outcome::interrupted: return "interrupted";
    case Outcome::blocked: return "blocked";
  }
  return "";
}

std::string_view name_of(PolicyResult result) {
  switch (result) {
    case PolicyResult::success: return "success";
    case PolicyResult::failure: return "failure";
    case PolicyResult::not_applied: return "notApplied";
    case PolicyResult::not_enabled: return "notEnabled";
    case PolicyResult::unknown: return "unknown";
    case PolicyResult::unknown_future_value: return "unknownFutureValue";
    case PolicyResult::report_only_success: return "reportOnlySuccess";
    case PolicyResult::report_only_failure: return "reportOnlyFailure";
    case PolicyResult::report_only_not_applied: return "reportOnlyNotApplied";
    case PolicyResult::report_only_interrupted: return "reportOnlyInterrupted";
    case PolicyResult::interrupted: return "interrupted";
  }
  return "";
}

std::string_view name_of(RequirementKind kind) {
  switch (kind) {
    case RequirementKind::block: return "block";
    case RequirementKind::gps_location: return "gpsLocation";
    case RequirementKind::mfa: return "mfa";
    case RequirementKind::authentication_strength: return "authenticationStrength";
    case RequirementKind::compliant_device: return "compliantDevice";
    case RequirementKind::domain_joined_device: return "domainJoinedDevice";
    case RequirementKind::approved_application: return "approvedApplication";
    case RequirementKind::compliant_application: return "compliantApplication";
    case RequirementKind::password_change: return "passwordChange";
    case RequirementKind::risk_remediation: return "riskRemediation";
    case RequirementKind::terms_of_use: return "termsOfUse";
    case RequirementKind::custom_control: return "customAuthenticationFactor";
    case RequirementKind::unknown_control: return "unknownControl";
    case RequirementKind::reauthentication: return "signInFrequency";
    case RequirementKind::token_protection: return "secureSignInSession";
  }
  return "";
}

std::string_view name_of(ConditionName condition) {
  switch (condition) {
    case ConditionName::users: return "users";
    case ConditionName::client_applications: return "clientApplications";
    case ConditionName::applications: return "applications";
    case ConditionName::platforms: return "platforms";
    case ConditionName::locations: return "locations";
    case ConditionName::client_app_types: return "clientAppTypes";
    case ConditionName::devices: return "devices";
    case ConditionName::sign_in_risk: return "signInRiskLevels";
    case ConditionName::user_risk: return "userRiskLevels";
    case ConditionName::insider_risk: return "insiderRiskLevels";
    case ConditionName::authentication_flows: return "authenticationFlows";
    case ConditionName::service_principal_risk: return "servicePrincipalRiskLevels";
    case ConditionName::agent_id_risk: return "agentIdRiskLevels";
  }
  return "";
}

std::string_view name_of(Match match) {
  switch (match) {
    case Match::no: return "no";
    case Match::yes: return "yes";
    case Match::unknown: return "unknown";
    case Match::needs_gps: return "needsGps";
  }
  return "";
}

int error_code_of(RequirementKind kind) {
  switch (kind) {
    case RequirementKind::block: return 53003;
    case RequirementKind::gps_location: return 50077;
    case RequirementKind::mfa: return 50076;
    case RequirementKind::authentication_strength: return 50076;
    case RequirementKind::compliant_device: return 53000;
    case RequirementKind::domain_joined_device: return 53001;
    case RequirementKind::approved_application: return 53002;
    case RequirementKind::compliant_application: return 53009;
    case RequirementKind::password_change: return 50135;
    case RequirementKind::risk_remediation: return 50135;
    case RequirementKind::terms_of_use: return 50158;
    case RequirementKind::custom_control: return 50158;
    case RequirementKind::unknown_control: return 53003;
    case RequirementKind::reauthentication: return 70043;
    case RequirementKind::token_protection: return 530084;
  }
  return 53003;
}

bool is_definite(const Answer& worst, const Answer& best) {
  return worst.outcome == best.outcome && worst.missing == best.missing &&
         worst.session == best.session;
}

}  // namespace sallyport
