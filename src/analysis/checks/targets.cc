// Target resources (spec, analysis checks, REF-09 to REF-12 and REF-14). REF-07 and 08 are rules.
#include <algorithm>
#include <array>

#include "analysis/checks/checks.h"
#include "analysis/checks/vocabulary.h"
#include "analysis/checks/well_known_apps.h"
#include "directory/well_known.h"

namespace sallyport {
namespace {

struct NamedApp {
  std::string_view id;
  std::string_view name;
};

constexpr std::array never_evaluated = {
    NamedApp{"26a4ae64-5862-427f-a9b0-044e62572a4f", "Microsoft Intune Checkin"},
    NamedApp{"04436913-cf0d-4d2a-9cc6-2ffe7f1d3d1c", "Windows Notification Service"},
    NamedApp{"0a5f63c0-b750-4f38-a71c-4fc0d58b89e2", "Microsoft Mobile Application Management"},
    NamedApp{"1f5530b3-261a-47a9-b357-ded261e17918", "Azure Multi-Factor Auth Connector"},
    NamedApp{"c2ada927-a9e2-4564-aae2-70775a2fa0af", "OCaaS Client Interaction Service"},
    NamedApp{"ff9ebd75-fe62-434a-a6ce-b3f0a8592eaf", "Authenticator App"},
};

constexpr std::array clients_only = {
    NamedApp{"04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Azure CLI"},
    NamedApp{"1950a258-227b-4e31-a9cf-717495945fc2", "Azure PowerShell"},
    NamedApp{"14d82eec-204b-4c2f-b7e8-296a70dab67e", "Graph command-line tools"},
    NamedApp{"1fec8e78-bce4-4aaf-ab1b-5451cc387264", "the Teams client"},
    NamedApp{"d3590ed6-52b3-4102-aeff-aad2292ab01c", "the Office client"},
    NamedApp{"27922004-5251-4030-b22d-91ecd9a37ea4", "Outlook Mobile"},
    NamedApp{"872cd9fa-d31f-45e0-9eab-6e460a02d1f1", "Visual Studio"},
    NamedApp{"aebc6443-996d-45c2-90f0-388ff96faa56", "Visual Studio Code"},
};

template <std::size_t Size>
const NamedApp* find_app(const std::array<NamedApp, Size>& list, std::string_view id) {
  const auto found = std::ranges::find_if(
      list, [&](const NamedApp& app) { return guid_of_text(app.id) == guid_of_text(id); });
  return found == list.end() ? nullptr : &*found;
}

void named_resources(const CheckedPolicy& p, FindingList& findings) {
  for (const std::string_view list : {"/conditions/applications/includeApplications",
                                      "/conditions/applications/excludeApplications"}) {
    const bool included = list.find("include") != std::string_view::npos;
    const auto texts = p.texts(list);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto pointer = std::string(list) + '/' + std::to_string(i);
      if (const auto* app = find_app(never_evaluated, texts[i])) {
        findings.add("REF-09", p, pointer,
                     std::string(app->name) + " is named, and the service never evaluates it");
      }
      if (const auto* app = find_app(clients_only, texts[i]); app != nullptr && included) {
        findings.add("REF-10", p, pointer,
                     "this is " + std::string(app->name) +
                         ", a client: policies target what it "
                         "opens");
      }
    }
  }
}

void suite(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  const auto& apps = p.policy.conditions.applications;
  if (!apps || apps->include_all || apps->include.office365) return;
  std::size_t members = 0;
  for (const auto& id : in.tenant.policy_set.office365) {
    const auto& included = apps->include.applications;
    if (std::ranges::find(included, id) != included.end()) ++members;
  }
  if (members >= 2 && members < in.tenant.policy_set.office365.size()) {
    findings.add("REF-11", p, "/conditions/applications/includeApplications",
                 std::to_string(members) + " members of Office 365 are named, the others are not");
  }
}

// REF-12: Teams opens Exchange and SharePoint first.
void dependencies(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  const auto& apps = p.policy.conditions.applications;
  if (!p.on() || !apps || apps->include_all || apps->include.office365 ||
      !includes_app(p, app::teams)) {
    return;
  }
  const bool blocked = blocks(p);
  const bool mfa = guarantees(in, p, Claim::mfa);
  const bool device = guarantees(in, p, Claim::managed_device);
  if (!blocked && !mfa && !device) return;
  std::vector<std::string> missing;
  for (const auto id : {app::exchange, app::sharepoint}) {
    const bool covered = std::ranges::any_of(in.policies, [&](const CheckedPolicy& other) {
      return other.on() && includes_app(other, id) && !excludes_app(other, id) &&
             (!blocked || blocks(other)) && (!mfa || guarantees(in, other, Claim::mfa)) &&
             (!device || guarantees(in, other, Claim::managed_device));
    });
    if (!covered) missing.emplace_back(id == app::exchange ? "Exchange" : "SharePoint");
  }
  if (missing.empty()) return;
  findings.add("REF-12", p, "/conditions/applications/includeApplications",
               "Teams is covered, but " + list_of(missing) + ", which it opens first, " +
                   (missing.size() == 1 ? "is" : "are") + " not");
}

}  // namespace

void check_targets(const CheckInput& in, FindingList& findings) {
  for (const auto& p : in.policies) {
    if (p.off()) continue;
    named_resources(p, findings);
    suite(in, p, findings);
    dependencies(in, p, findings);
    const auto& platforms = p.policy.conditions.platforms;
    const bool windows = !platforms || platforms->include.all || platforms->include.empty() ||
                         platforms->include.contains(Platform::windows);
    if (all_apps(p) && windows && !blocks(p) &&
        requires_control(p, GrantControl::compliant_device) && !excludes_app(p, app::store)) {
      findings.add("REF-14", p, "/conditions/applications",
                   "the Windows Store for Business is not excluded, so the subscription activation "
                   "of Windows fails");
    }
  }
}

}  // namespace sallyport
