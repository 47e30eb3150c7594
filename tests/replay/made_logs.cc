#include "tests/replay/made_logs.h"

#include "base/json.h"

namespace sallyport::replay {

using testing_support::make_policy;
using testing_support::Random;
using testing_support::World;

Side side_of(const World& world, const PolicySet& set) {
  Side side;
  side.program = *compile(set, world.directory, world.inventory);
  side.inventory = world.inventory;
  side.has_users = true;
  for (const auto& policy : set.policies) {
    side.contents.push_back(to_string(policy.id) + '/' + policy.display_name);
  }
  return side;
}

PolicySet edited(const World& world, Random& random) {
  PolicySet set = world.policy_set;
  if (!set.policies.empty() && random.chance(60)) {
    set.policies.erase(set.policies.begin() +
                       static_cast<std::ptrdiff_t>(random.below(set.policies.size())));
  }
  if (!set.policies.empty() && random.chance(60)) {
    auto& policy = set.policies[random.below(set.policies.size())];
    const auto id = policy.id;
    policy = make_policy(world, random, 500);
    policy.id = id;
    policy.display_name = "edited";
  }
  if (!set.policies.empty() && random.chance(60)) {
    // For more people and places, and the same controls.
    auto& policy = set.policies[random.below(set.policies.size())];
    policy.conditions.locations.reset();
    if (random.chance(50)) policy.conditions.devices.reset();
    policy.display_name = "wider";
  }
  for (std::size_t i = random.below(3); i > 0; --i) {
    set.policies.push_back(make_policy(world, random, 600 + i));
    set.policies.back().display_name = "new" + std::to_string(i);
  }
  if (random.chance(50)) std::reverse(set.policies.begin(), set.policies.end());
  return set;
}

std::string graph_record(const World& world, Random& random) {
  static const std::vector<std::string> clients = {"Browser", "Mobile Apps and Desktop clients",
                                                   "IMAP4", "", "Exchange ActiveSync"};
  static const std::vector<std::string> systems = {"Windows 10", "Ios 17", "Android",
                                                   "MacOs",      "",       "ChromeOS"};
  static const std::vector<std::string> addresses = {
      "192.0.2.1", "198.51.100.200", "203.0.113.77", "2001:db8::5", "10.1.2.3", ""};
  static const std::vector<std::string> countries = {"FR", "US", "DE", ""};
  static const std::vector<std::string> risks = {"none", "low", "medium", "high", ""};
  static const std::vector<std::int64_t> codes = {0, 0, 0, 50074, 50076, 53003, 53000, 50126};
  std::string text;
  json::Writer w(text);
  w.begin_object();
  const auto day = std::chrono::sys_days(std::chrono::year{2026} / 3 / 1);
  const auto now = Instant(day) + std::chrono::seconds(random.below(1'000'000));
  w.member("createdDateTime", to_string(now));
  if (random.chance(90)) w.member("userId", to_string(random.pick(world.users)));
  if (random.chance(30)) w.member("userType", random.chance(50) ? "member" : "guest");
  if (random.chance(30)) {
    w.member("crossTenantAccessType", random.chance(50) ? "none" : "b2bCollaboration");
    w.member("homeTenantId", to_string(random.pick(world.tenants)));
  }
  w.member("appId", to_string(random.pick(world.applications)));
  if (random.chance(60)) w.member("resourceId", to_string(random.pick(world.applications)));
  w.member("clientAppUsed", random.pick(clients));
  w.member("ipAddress", random.pick(addresses));
  w.member("riskLevelDuringSignIn", random.pick(risks));
  if (random.chance(50)) w.member("originalTransferMethod", "none");
  w.key("location");
  w.begin_object();
  w.member("countryOrRegion", random.pick(countries));
  w.end_object();
  w.key("deviceDetail");
  w.begin_object();
  const bool registered = random.chance(60);
  w.member("deviceId", registered ? to_string(random.pick(world.devices)) : std::string());
  w.member("operatingSystem", random.pick(systems));
  if (random.chance(70)) w.member("isCompliant", random.chance(50));
  if (random.chance(40)) w.member("trustType", "Hybrid Azure AD joined");
  w.end_object();
  w.key("status");
  w.begin_object();
  w.member("errorCode", random.pick(codes));
  w.end_object();
  if (random.chance(60)) {
    w.key("authenticationDetails");
    w.begin_array();
    w.begin_object();
    w.member("authenticationMethod", random.chance(80) ? "Password" : "Previously satisfied");
    w.member("authenticationStepDateTime",
             to_string(now - std::chrono::seconds(random.below(100'000))));
    w.member("succeeded", true);
    w.end_object();
    w.end_array();
  }
  w.end_object();
  return text;
}

}  // namespace sallyport::replay
