#include "words.h"

#include <vector>

#include "base/id.h"

namespace sallyport::cli {
namespace {

std::string named(std::string_view what, const Requirement& requirement, const Names& names) {
  return std::string(what) + ' ' + names.label(requirement.id);
}

std::string_view words_of_kind(RequirementKind kind) {
  switch (kind) {
    case RequirementKind::block: return "block";
    case RequirementKind::gps_location: return "location by GPS";
    case RequirementKind::mfa: return "multifactor authentication";
    case RequirementKind::authentication_strength: return "strength";
    case RequirementKind::compliant_device: return "compliant device";
    case RequirementKind::domain_joined_device: return "hybrid joined device";
    case RequirementKind::approved_application: return "approved client app";
    case RequirementKind::compliant_application: return "app protection policy";
    case RequirementKind::password_change: return "password change";
    case RequirementKind::risk_remediation: return "risk remediation";
    case RequirementKind::terms_of_use: return "terms of use";
    case RequirementKind::custom_control: return "custom control";
    case RequirementKind::unknown_control: return "a control this version does not know:";
    case RequirementKind::reauthentication: return "fresh authentication";
    case RequirementKind::token_protection: return "token bound to the device";
  }
  return "";
}

enum class Effect { off, none, passes, asks, blocks };

Effect effect_of(PolicyResult result) {
  switch (result) {
    case PolicyResult::success:
    case PolicyResult::report_only_success: return Effect::passes;
    case PolicyResult::interrupted:
    case PolicyResult::report_only_interrupted: return Effect::asks;
    case PolicyResult::failure:
    case PolicyResult::report_only_failure: return Effect::blocks;
    case PolicyResult::not_enabled: return Effect::off;
    case PolicyResult::not_applied:
    case PolicyResult::report_only_not_applied:
    case PolicyResult::unknown:
    case PolicyResult::unknown_future_value: return Effect::none;
  }
  return Effect::none;
}

bool is_report_only(PolicyResult result) {
  return result == PolicyResult::report_only_success ||
         result == PolicyResult::report_only_failure ||
         result == PolicyResult::report_only_not_applied ||
         result == PolicyResult::report_only_interrupted;
}

void add(std::string& list, std::string_view item) {
  if (!list.empty()) list += ", ";
  list += item;
}

std::string words_of(const SignInFrequency& frequency) {
  if (frequency.every_time) return "every time";
  const auto hours = frequency.every.count();
  if (hours % 24 == 0) return std::to_string(hours / 24) + (hours == 24 ? " day" : " days");
  return std::to_string(hours) + (hours == 1 ? " hour" : " hours");
}

}  // namespace

std::string words_of(const Requirement& requirement, const PolicySet& policies,
                     const Names& names) {
  std::string words(words_of_kind(requirement.kind));
  switch (requirement.kind) {
    case RequirementKind::authentication_strength: {
      const auto* strength = policies.describe_strength(StrengthId::of(requirement.id));
      if (strength != nullptr && !strength->display_name.empty()) {
        return words + ' ' + strength->display_name;
      }
      return named(words, requirement, names);
    }
    case RequirementKind::terms_of_use:
    case RequirementKind::custom_control: return named(words, requirement, names);
    case RequirementKind::unknown_control: return words + ' ' + requirement.id;
    default: return words;
  }
}

std::string words_of(ConditionName condition) {
  switch (condition) {
    case ConditionName::users: return "users";
    case ConditionName::client_applications: return "workload identities";
    case ConditionName::applications: return "resources";
    case ConditionName::platforms: return "platform";
    case ConditionName::locations: return "location";
    case ConditionName::client_app_types: return "client app";
    case ConditionName::devices: return "device";
    case ConditionName::sign_in_risk: return "sign-in risk";
    case ConditionName::user_risk: return "user risk";
    case ConditionName::insider_risk: return "insider risk";
    case ConditionName::authentication_flows: return "authentication flow";
    case ConditionName::service_principal_risk: return "workload risk";
    case ConditionName::agent_id_risk: return "agent risk";
  }
  return {};
}

std::string words_of(Match match) {
  switch (match) {
    case Match::no: return "not met";
    case Match::yes: return "met";
    case Match::unknown: return "unknown";
    case Match::needs_gps: return "asks for GPS";
  }
  return {};
}

std::string words_of(const MergedSession& session) {
  std::string list;
  if (session.frequency_primary_and_secondary) {
    add(list, "sign-in frequency " + words_of(*session.frequency_primary_and_secondary));
  }
  if (session.frequency_secondary) {
    add(list, "second factor " + words_of(*session.frequency_secondary));
  }
  if (session.persistent_browser) {
    add(list, *session.persistent_browser == PersistentBrowser::never
                  ? "browser session never kept"
                  : "browser session always kept");
  }
  if (session.application_enforced_restrictions) add(list, "restrictions by the application");
  if (session.cloud_app_security) {
    switch (*session.cloud_app_security) {
      case CloudAppSecurity::monitor_only: add(list, "session monitored"); break;
      case CloudAppSecurity::mcas_configured: add(list, "session under app control"); break;
      case CloudAppSecurity::block_downloads: add(list, "downloads blocked"); break;
    }
  }
  if (session.continuous_access_evaluation) {
    add(list, *session.continuous_access_evaluation == ContinuousAccess::strict
                  ? "continuous access evaluation strict"
                  : "continuous access evaluation off");
  }
  if (session.secure_sign_in_session) add(list, "token protection");
  if (session.disable_resilience_defaults) add(list, "resilience defaults off");
  for (const std::string& profile : session.global_secure_access_profiles) {
    add(list, "security profile " + profile);
  }
  return list;
}

Cell words_of(PolicyResult worst, PolicyResult best) {
  const Effect effect = effect_of(worst);
  const bool certain = effect == effect_of(best);
  const bool report_only = is_report_only(worst);
  const std::string_view may = report_only ? (certain ? "would " : "might ") : "may ";
  const bool plain = certain && !report_only;
  const auto verb = [&](std::string_view indicative, std::string_view infinitive) {
    return plain ? std::string(indicative) : std::string(may) + std::string(infinitive);
  };
  switch (effect) {
    case Effect::off: return {"is off", Tone::faint};
    case Effect::none: return {"does not apply", Tone::faint};
    case Effect::passes: return {verb("passes", certain ? "pass" : "apply"), Tone::good};
    case Effect::asks: return {verb("asks", "ask"), report_only ? Tone::plain : Tone::caution};
    case Effect::blocks: return {verb("blocks", "block"), report_only ? Tone::plain : Tone::bad};
  }
  return {};
}

Cell words_of(Outcome outcome, int error_code) {
  const std::string code = error_code == 0 ? "" : " (" + std::to_string(error_code) + ')';
  switch (outcome) {
    case Outcome::granted: return {"granted", Tone::good};
    case Outcome::interrupted: return {"asked for more" + code, Tone::caution};
    case Outcome::blocked: return {"blocked" + code, Tone::bad};
  }
  return {};
}

std::string with_names(std::string_view text, const Names& names) {
  constexpr std::size_t length = 36;
  std::string out;
  std::size_t i = 0;
  while (i < text.size()) {
    const std::string_view here = text.substr(i, length);
    const auto guid =
        here.size() == length && (i == 0 || text[i - 1] != '-') ? parse_guid(here) : std::nullopt;
    const std::string name = guid ? names.find(*guid) : std::string();
    if (name.empty()) {
      out += text[i++];
    } else {
      out += name;
      i += length;
    }
  }
  return out;
}

std::string policy_name(const PolicySet& set, std::size_t policy) {
  const Policy& p = set.policies[policy];
  return "`" + (p.display_name.empty() ? p.id_text : p.display_name) + "`";
}

std::string policy_names(const PolicySet& set, const std::vector<std::size_t>& policies) {
  std::string out;
  for (const std::size_t policy : policies) {
    out += (out.empty() ? "" : ", ") + policy_name(set, policy);
  }
  return out;
}

}  // namespace sallyport::cli
