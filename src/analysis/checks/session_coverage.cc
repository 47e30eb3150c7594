// Coverage by session controls (spec, analysis checks, section 2).
#include <algorithm>

#include "analysis/checks/checks.h"
#include "analysis/checks/probe_devices.h"
#include "analysis/checks/vocabulary.h"
#include "analysis/checks/well_known_apps.h"

namespace sallyport {
namespace {

const SessionControls& session_of(const CheckedPolicy& p) {
  static const SessionControls none;
  return p.policy.session_controls ? *p.policy.session_controls : none;
}

void frequencies(const CheckInput& in, FindingList& findings) {
  expect_some(
      in, findings, "COV-25", "no enforced policy limits sign-in frequency on unmanaged devices",
      [](const CheckedPolicy& p) {
        const auto& frequency = session_of(p).sign_in_frequency;
        return Lacks()
            .unless_everywhere(p)
            .must(frequency && !frequency->every_time, "it has no time-based sign-in frequency")
            .unless(selects_unmanaged_devices(p),
                    "its device filter does not select unmanaged devices");
      });
  const auto days = in.settings.sign_in_frequency_days;
  expect_some(in, findings, "COV-26",
              "no enforced policy makes all users sign in again within " + std::to_string(days) +
                  " days at all resources",
              [&](const CheckedPolicy& p) {
                const auto& frequency = session_of(p).sign_in_frequency;
                const bool often = frequency && (frequency->every_time ||
                                                 frequency->every <= std::chrono::hours(24 * days));
                return Lacks().unless_everywhere(p).must(often,
                                                         "it has no sign-in frequency that short");
              });
  expect_some(in, findings, "COV-28",
              "no enforced policy asks for MFA each time a device is enrolled",
              [&](const CheckedPolicy& p) {
                const auto& frequency = session_of(p).sign_in_frequency;
                const auto& apps = p.policy.conditions.applications;
                const bool enrolment =
                    apps && std::ranges::find(apps->include.applications,
                                              ApplicationId::of(app::intune_enrollment)) !=
                                apps->include.applications.end();
                return Lacks()
                    .must(enrolment, "it does not name Microsoft Intune Enrollment")
                    .must(guarantees(in, p, Claim::mfa), "it does not always ask for MFA")
                    .must(frequency && frequency->every_time, "it does not ask every time");
              });
}

}  // namespace

void check_session_coverage(const CheckInput& in, FindingList& findings) {
  expect_some(
      in, findings, "COV-23",
      "no enforced policy turns on app-enforced restrictions for Office 365",
      [](const CheckedPolicy& p) {
        const auto& apps = p.policy.conditions.applications;
        const bool office = apps && (apps->include.office365 || (includes_app(p, app::exchange) &&
                                                                 includes_app(p, app::sharepoint)));
        return Lacks()
            .must(office, "it is not for Office 365")
            .must(session_of(p).application_enforced_restrictions, "it does not turn them on");
      });
  expect_some(in, findings, "COV-24",
              "no enforced policy ends browser sessions with the browser, not even on unmanaged "
              "devices",
              [](const CheckedPolicy& p) {
                const bool devices = no_device_condition(p) || selects_unmanaged_devices(p);
                return Lacks()
                    .unless_everywhere(p)
                    .must(session_of(p).persistent_browser == PersistentBrowser::never,
                          "it lets browsers stay signed in")
                    .unless(devices, "its device filter does not select unmanaged devices");
              });
  expect_some(in, findings, "COV-31",
              "no enforced policy asks for token protection on Windows at Exchange and SharePoint",
              [](const CheckedPolicy& p) {
                const auto& platforms = p.policy.conditions.platforms;
                const auto& clients = p.policy.conditions.client_app_types;
                const WordSet<ClientApp> desktop{ClientApp::mobile_apps_and_desktop_clients};
                return Lacks()
                    .must(session_of(p).secure_sign_in_session, "it does not ask for it")
                    .unless(platforms && platforms->include.contains(Platform::windows),
                            "it is not for Windows")
                    .unless(clients == desktop, "it is not for desktop clients alone")
                    .unless(includes_app(p, app::exchange) && includes_app(p, app::sharepoint),
                            "it does not cover Exchange and SharePoint");
              });
  frequencies(in, findings);
}

}  // namespace sallyport
