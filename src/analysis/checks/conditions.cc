// Conditions (spec, analysis checks, section 7). CND-12 and CND-14 are rules (rules.cc); device
// filters and locations have files of their own.
#include <algorithm>

#include "analysis/checks/checks.h"
#include "analysis/checks/vocabulary.h"
#include "analysis/checks/well_known_apps.h"

namespace sallyport {
namespace {

constexpr std::string_view client_types = "/conditions/clientAppTypes";

bool blocks_unknown_platforms(const CheckInput& in) {
  return std::ranges::any_of(in.policies, [](const CheckedPolicy& p) {
    return p.on() && all_users(p) && all_apps(p) && blocks(p) && excludes_known_platforms(p);
  });
}

void platforms(const CheckInput& in, const CheckedPolicy& p, bool unknown_blocked,
               FindingList& findings) {
  const auto& condition = p.policy.conditions.platforms;
  if (!condition || unknown_blocked || condition->include.all || condition->include.empty()) return;
  if (!blocks(p) && !guarantees(in, p, Claim::mfa_or_device)) return;
  auto& finding = findings.add("CND-01", p, "/conditions/platforms/includePlatforms",
                               "this policy is for some platforms only, and a client that claims "
                               "another one passes by");
  if (p.report_only()) finding.severity = milder(finding.severity);
}

void clients(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  const auto& types = p.policy.conditions.client_app_types;
  if (types.empty() || types.all || types.unknown || any_client(p)) return;
  const bool browser = types.contains(ClientApp::browser);
  const bool desktop = types.contains(ClientApp::mobile_apps_and_desktop_clients);
  const bool sync =
      types.contains(ClientApp::exchange_active_sync) || types.contains(ClientApp::eas_supported);
  const bool legacy = sync || types.contains(ClientApp::other);
  if (!browser && !desktop) {
    if (legacy && !blocks(p)) {
      findings.add("CND-03", p, client_types, "legacy clients are targeted, but not blocked");
    }
  } else if (!blocks(p) && guarantees(in, p, Claim::mfa) && (legacy || !browser || !desktop)) {
    findings.add("CND-02", p, client_types,
                 legacy ? "legacy clients are asked for MFA, which they cannot do"
                        : std::string("only ") +
                              (browser ? "browsers" : "desktop and mobile clients") +
                              " are asked for MFA");
  }
  if (!sync) return;
  const auto& apps = p.policy.conditions.applications;
  const bool exchange_only =
      apps && !apps->include.admin_portals &&
      std::ranges::all_of(apps->include.applications, [](const ApplicationId& id) {
        return id == ApplicationId::of(app::exchange);
      });
  if (apps && !apps->include_all && !exchange_only) {
    findings.add("CND-04", p, "/conditions/applications",
                 "Exchange ActiveSync reaches Exchange alone; other resources are never met");
  }
  if (!p.policy.conditions.sign_in_risk_levels.empty() ||
      !p.policy.conditions.authentication_flows.empty()) {
    findings.add("CND-04", p, client_types,
                 "Exchange ActiveSync has neither a sign-in risk nor an authentication flow");
  }
}

void legacy_members(const CheckedPolicy& p, FindingList& findings) {
  for (const std::string_view pointer :
       {"/conditions/deviceStates", "/conditions/devices/includeDevices",
        "/conditions/devices/excludeDevices", "/conditions/devices/includeDeviceStates",
        "/conditions/devices/excludeDeviceStates"}) {
    const auto* value = p.at(pointer);
    if (value == nullptr) continue;
    const bool set = value->is_array() ? !value->items().empty()
                                       : std::ranges::any_of(value->members(), [](const auto& m) {
                                           return !m.value.is_null() &&
                                                  !(m.value.is_array() && m.value.items().empty());
                                         });
    if (set) findings.add("CND-13", p, pointer, "device states are used; the filter replaces them");
  }
  if (const auto* times = p.at("/conditions/times"); times != nullptr) {
    const bool set = times->is_object() ? !times->members().empty() : !times->items().empty();
    if (set)
      findings.add("CND-15", p, "/conditions/times", "times are configured, and not honoured");
  }
}

bool is_compliant_network(const CheckInput& in, LocationId id) {
  const auto* place = in.find_location(id);
  return id == LocationId::of("3d46dbda-8382-466a-856d-eb00cbc6b910") ||
         (place != nullptr && place->kind == LocationKind::compliant_network);
}

void places(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  const auto& condition = p.policy.conditions.locations;
  if (!condition) return;
  const bool outside = std::ranges::any_of(
      condition->exclude.locations, [&](LocationId id) { return is_compliant_network(in, id); });
  if (blocks(p) && outside && includes_app(p, app::intune_enrollment) &&
      !excludes_app(p, app::intune_enrollment)) {
    findings.add("CND-16", p, "/conditions/applications/excludeApplications",
                 "outside the compliant network everything is blocked, enrolment included");
  }
  for (const bool including : {true, false}) {
    const auto& side = including ? condition->include : condition->exclude;
    if (!side.mfa_trusted_ips) continue;
    findings.add("CND-17", p,
                 including ? "/conditions/locations/includeLocations"
                           : "/conditions/locations/excludeLocations",
                 "the trusted addresses of the old MFA service are used");
  }
}

}  // namespace

void check_conditions(const CheckInput& in, FindingList& findings) {
  const bool unknown_blocked = blocks_unknown_platforms(in);
  for (const auto& p : in.policies) {
    if (p.off()) continue;
    platforms(in, p, unknown_blocked, findings);
    clients(in, p, findings);
    legacy_members(p, findings);
    places(in, p, findings);
    if (!p.policy.conditions.authentication_flows.empty() && !blocks(p)) {
      findings.add("CND-18", p, "/conditions/authenticationFlows",
                   "this policy for an authentication flow does not block");
    }
  }
}

}  // namespace sallyport
