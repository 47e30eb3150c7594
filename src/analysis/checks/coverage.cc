// Tenant-wide coverage (spec, analysis checks, section 2): is there a policy that alone does it?
#include <algorithm>

#include "analysis/checks/checks.h"
#include "analysis/checks/emergency.h"
#include "analysis/checks/vocabulary.h"
#include "analysis/checks/well_known_apps.h"

namespace sallyport {
namespace {

constexpr std::string_view no_guarantee_of_mfa = "it does not always ask for MFA";
constexpr std::string_view no_block = "it does not block";

Lacks everywhere(const CheckInput& in, const CheckedPolicy& p, Claim claim,
                 std::string_view otherwise) {
  return Lacks().far_if(blocks(p)).unless_everywhere(p).unless_plain(p).must(
      guarantees(in, p, claim), otherwise);
}

Lacks blocks_clients(const CheckedPolicy& p, std::initializer_list<ClientApp> clients) {
  const auto& types = p.policy.conditions.client_app_types;
  Lacks lacks;
  lacks.unless_everywhere(p).unless(any_platform(p), "it is only for some platforms");
  lacks.unless(any_place(p), "it is only for some places").must(blocks(p), no_block);
  lacks.unless(
      no_risk(p) && no_device_condition(p) && p.policy.conditions.authentication_flows.empty(),
      "it has further conditions");
  for (const auto client : clients) {
    lacks.must(types.contains(client) || any_client(p), client == ClientApp::other
                                                            ? "it leaves out other legacy clients"
                                                            : "it leaves out Exchange ActiveSync");
  }
  return lacks;
}

// COV-05, 06 and 06b. A policy for all clients that asks for MFA stops them, too, as they cannot
// do it: then it is stopped by effect, and nobody may have meant it.
void legacy_clients(const CheckInput& in, FindingList& findings) {
  const auto both = [](const CheckedPolicy& p) {
    return blocks_clients(p, {ClientApp::exchange_active_sync, ClientApp::other});
  };
  const auto sync = [](const CheckedPolicy& p) {
    return blocks_clients(p, {ClientApp::exchange_active_sync});
  };
  const auto others = [](const CheckedPolicy& p) { return blocks_clients(p, {ClientApp::other}); };
  const auto by_effect = that_do(in, PolicyState::enabled, [&](const CheckedPolicy& p) {
    return everywhere(in, p, Claim::mfa, no_guarantee_of_mfa)
        .unless(any_client(p), "it is only for some client types");
  });
  const auto by_design_only = [&](CheckFinding* finding) {
    if (finding == nullptr || by_effect.empty()) return;
    finding->severity = Severity::low;
    finding->evidence.assign(1, "stopped by effect, not by design: they cannot do what " +
                                    quoted(by_effect.front()->policy.display_name) + " asks");
  };
  const auto that = [&](PolicyState state, const LacksOf& half) {
    return that_do(in, state, half);
  };
  const bool sync_blocked = !that(PolicyState::enabled, sync).empty();
  const bool others_blocked = !that(PolicyState::enabled, others).empty();
  if (!sync_blocked || !others_blocked) {
    auto* finding =
        expect_some(in, findings, "COV-05",
                    "no enforced policy blocks legacy clients for all users and resources", both);
    // One policy each may do, in report-only, too.
    if (finding != nullptr && finding->would_pass_if_enforced.empty()) {
      auto halves = that(PolicyState::report_only, sync);
      const auto rest = that(PolicyState::report_only, others);
      const bool would = (sync_blocked || !halves.empty()) && (others_blocked || !rest.empty());
      halves.insert(halves.end(), rest.begin(), rest.end());
      if (would) would_pass(in, *finding, halves);
    }
    by_design_only(finding);
  }
  by_design_only(expect_some(
      in, findings, "COV-06",
      "no enforced policy blocks Exchange ActiveSync for all users and resources", sync));
  by_design_only(expect_some(
      in, findings, "COV-06b",
      "no enforced policy blocks other legacy clients for all users and resources", others));
}

// COV-01: who is left out although the policy is for everybody.
void exclusions_of_mfa(const CheckInput& in, FindingList& findings) {
  const auto covering = that_do(in, PolicyState::enabled, [&](const CheckedPolicy& p) {
    return everywhere(in, p, Claim::mfa, no_guarantee_of_mfa);
  });
  const auto emergency = emergency_ids(in);
  const auto known = [&](const Excluded& e) {
    const auto in_list = [&](const std::vector<Guid>& list) {
      return std::ranges::find(list, e.id) != list.end();
    };
    return emergency.contains(e.id) || in_list(in.settings.sync_accounts) ||
           in_list(in.settings.approved_exclusions) || e.id == guid_of_text(role::directory_sync);
  };
  std::vector<std::string> fewest;
  const CheckedPolicy* best = nullptr;
  for (const auto* policy : covering) {
    std::vector<std::string> left_out;
    for (const auto& e : excluded(*policy)) {
      if (!known(e)) left_out.push_back(in.label(e.text));
    }
    if (excluded_guests(*policy) != 0) left_out.emplace_back("guests");
    for (const auto text : policy->texts("/conditions/applications/excludeApplications")) {
      left_out.push_back("the resource " + in.label(text));
    }
    if (best == nullptr || left_out.size() < fewest.size()) {
      best = policy;
      fewest = std::move(left_out);
    }
  }
  if (best == nullptr || fewest.empty()) return;
  auto& finding = findings.add("COV-01", *best, "/conditions/users",
                               "MFA is asked of everybody but " + list_of(fewest));
  if (in.settings.exclusions == Exclusions::allowed) finding.severity = Severity::low;
  finding.fix = "Check that each of them is meant, or name them in `approved_exclusions`.";
  if (emergency.ids.empty()) {
    finding.assumption = "the settings name no emergency account, so each exclusion counts";
  }
}

void everybody(const CheckInput& in, FindingList& findings) {
  expect_some(
      in, findings, "COV-01",
      "no enforced policy asks all users for MFA at all resources, whatever the client, "
      "platform, place or risk",
      [&](const CheckedPolicy& p) { return everywhere(in, p, Claim::mfa, no_guarantee_of_mfa); });
  exclusions_of_mfa(in, findings);
  auto* resistant = expect_some(
      in, findings, "COV-04", "no enforced policy asks all users for phishing-resistant MFA",
      [&](const CheckedPolicy& p) {
        return everywhere(in, p, Claim::phishing_resistant,
                          "its alternatives are not all phishing-resistant");
      });
  if (resistant != nullptr && !in.settings.phishing_resistant_for_everyone) {
    resistant->severity = Severity::info;
  }
  expect_some(in, findings, "COV-07",
              "no enforced policy asks all users for MFA at Azure management",
              [&](const CheckedPolicy& p) {
                const bool covered = includes_app(p, app::azure_management) &&
                                     !excludes_app(p, app::azure_management);
                return Lacks()
                    .unless(all_users(p), "it is not for all users")
                    .must(covered, "it does not cover Azure management")
                    .unless_plain(p)
                    .must(guarantees(in, p, Claim::mfa), no_guarantee_of_mfa);
              });
  expect_some(in, findings, "COV-15",
              "no enforced policy asks all users for a managed device at all resources",
              [&](const CheckedPolicy& p) {
                return everywhere(in, p, Claim::managed_device,
                                  "it does not always ask for a managed device");
              });
  expect_some(in, findings, "COV-17",
              "no enforced policy asks all users for MFA or a managed device at all resources",
              [&](const CheckedPolicy& p) {
                return everywhere(in, p, Claim::mfa_or_device,
                                  "it can be satisfied without MFA or managed device");
              });
}

void registration(const CheckInput& in, FindingList& findings) {
  const auto registers = [](const CheckedPolicy& p, UserAction action) {
    return Lacks()
        .unless(all_users(p), "it is not for all users")
        .must(has_action(p, action), "it is not for this user action")
        .unless(modern_client(p), "it is only for some client types");
  };
  const auto guarded = [&](const CheckedPolicy& p) {
    const auto& places = p.policy.conditions.locations;
    const bool trusted_only = blocks(p) && places && places->include.all &&
                              (places->exclude.all_trusted || !places->exclude.locations.empty());
    const bool guards = trusted_only || (!blocks(p) && guarantees(in, p, Claim::mfa_or_device));
    return registers(p, UserAction::register_security_info)
        .must(guards && !grants(p, GrantControl::password_change),
              "it asks neither for MFA nor a managed device, and is open everywhere");
  };
  expect_some(in, findings, "COV-11",
              "no enforced policy guards the registration of security information", guarded);
  expect_some(in, findings, "COV-12",
              "no enforced policy asks for a managed device to register security information",
              [&](const CheckedPolicy& p) {
                return registers(p, UserAction::register_security_info)
                    .must(guarantees(in, p, Claim::managed_device) && !blocks(p),
                          "it does not always ask for a managed device");
              });
  expect_some(in, findings, "COV-13",
              "no enforced policy asks all users for MFA when they register or join a device",
              [&](const CheckedPolicy& p) {
                return Lacks()
                    .unless(all_users(p), "it is not for all users")
                    .must(has_action(p, UserAction::register_device),
                          "it is not for this user action")
                    .must(guarantees(in, p, Claim::mfa), no_guarantee_of_mfa);
              });
}

void blocks_of_flows(const CheckInput& in, FindingList& findings) {
  const auto flow = [](TransferMethod method) {
    return [method](const CheckedPolicy& p) {
      return Lacks()
          .unless_everywhere(p)
          .must(p.policy.conditions.authentication_flows.contains(method),
                "it is not for this flow")
          .must(blocks(p), no_block);
    };
  };
  expect_some(in, findings, "COV-19", "no enforced policy blocks the device code flow",
              flow(TransferMethod::device_code_flow));
  expect_some(in, findings, "COV-20", "no enforced policy blocks authentication transfer",
              flow(TransferMethod::authentication_transfer));
}

void blocks_of_platforms(const CheckInput& in, FindingList& findings) {
  expect_some(in, findings, "COV-18", "no enforced policy blocks unknown platforms",
              [](const CheckedPolicy& p) {
                return Lacks()
                    .unless_everywhere(p)
                    .must(excludes_known_platforms(p),
                          "it is not for all platforms but the known ones")
                    .must(blocks(p), no_block);
              });
}

void blocks_of_places(const CheckInput& in, FindingList& findings) {
  const auto restricts = [&](const CheckedPolicy& p, bool trusted_only) {
    const auto& places = p.policy.conditions.locations;
    bool restricted = false;
    if (places) {
      const auto is_country = [&](LocationId id) {
        const auto* place = in.find_location(id);
        return place == nullptr || place->kind == LocationKind::country || place->is_trusted;
      };
      const bool but_trusted = places->include.all && places->exclude.all_trusted;
      restricted = but_trusted;
      if (!trusted_only) {
        restricted =
            restricted ||
            (places->include.all && std::ranges::any_of(places->exclude.locations, is_country)) ||
            std::ranges::any_of(places->include.locations, [&](LocationId id) {
              const auto* place = in.find_location(id);
              return place != nullptr && place->kind == LocationKind::country;
            });
      }
    }
    return Lacks()
        .unless_everywhere(p)
        .must(blocks(p), no_block)
        .must(restricted, trusted_only ? "it does not exclude the trusted places"
                                       : "it restricts neither countries nor places");
  };
  expect_some(in, findings, "COV-29", "no enforced policy restricts countries or places",
              [&](const CheckedPolicy& p) { return restricts(p, false); });
  expect_some(in, findings, "COV-30", "no enforced policy blocks all places but the trusted ones",
              [&](const CheckedPolicy& p) { return restricts(p, true); });
}

void existence(const CheckInput& in, FindingList& findings) {
  expect_some(in, findings, "COV-14",
              "no enforced policy asks for a compliant or hybrid joined device",
              [](const CheckedPolicy& p) {
                return Lacks()
                    .must(grants(p, GrantControl::compliant_device) ||
                              grants(p, GrantControl::domain_joined_device),
                          "it does not ask for one")
                    .unless(!blocks(p), "it blocks")
                    .unless(!no_users(p), "it is for nobody");
              });
  expect_some(in, findings, "COV-21", "no enforced policy is for all resources",
              [](const CheckedPolicy& p) {
                return Lacks()
                    .unless(all_apps(p), "it is not for all resources")
                    .unless(!no_users(p), "it is for nobody");
              });
  expect_some(in, findings, "COV-21b", "no enforced policy is for all users and all resources",
              [](const CheckedPolicy& p) { return Lacks().unless_everywhere(p); });
  expect_some(in, findings, "COV-22",
              "no enforced policy asks all users on iOS and Android for protected applications",
              [&](const CheckedPolicy& p) {
                const auto& platforms = p.policy.conditions.platforms;
                const bool phones =
                    any_platform(p) ||
                    ((platforms->include.all || (platforms->include.contains(Platform::ios) &&
                                                 platforms->include.contains(Platform::android))) &&
                     !platforms->exclude.contains(Platform::ios) &&
                     !platforms->exclude.contains(Platform::android));
                return Lacks()
                    .unless(all_users(p), "it is not for all users")
                    .unless(phones, "it is not for both iOS and Android")
                    .must(guarantees(in, p, Claim::app_protection) && !blocks(p),
                          "it does not always ask for a protected application");
              });
  expect_some(
      in, findings, "COV-32", "no enforced policy names Azure DevOps", [](const CheckedPolicy& p) {
        const auto& apps = p.policy.conditions.applications;
        const bool named =
            apps && std::ranges::find(apps->include.applications, ApplicationId::of(app::devops)) !=
                        apps->include.applications.end();
        return Lacks().must(named, "it does not name it");
      });
  if (!in.settings.private_access) return;
  expect_some(in, findings, "COV-33", "no enforced policy refers to the compliant network",
              [&](const CheckedPolicy& p) {
                const auto& places = p.policy.conditions.locations;
                const auto network = [&](LocationId id) {
                  const auto* place = in.find_location(id);
                  return id == LocationId::of("3d46dbda-8382-466a-856d-eb00cbc6b910") ||
                         (place != nullptr && place->kind == LocationKind::compliant_network);
                };
                const bool refers =
                    places && (std::ranges::any_of(places->include.locations, network) ||
                               std::ranges::any_of(places->exclude.locations, network));
                return Lacks().must(refers, "it does not refer to it");
              });
}

}  // namespace

void check_coverage(const CheckInput& in, FindingList& findings) {
  everybody(in, findings);
  legacy_clients(in, findings);
  registration(in, findings);
  blocks_of_platforms(in, findings);
  blocks_of_flows(in, findings);
  blocks_of_places(in, findings);
  existence(in, findings);
}

}  // namespace sallyport
