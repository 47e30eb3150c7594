// What `lockout` proves of an account is what the engine does with it: brute force over the places,
// platforms and applications of random worlds, with the whole policy set and the whole directory.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "analysis/proof/draft.h"
#include "analysis/proof/lockout.h"
#include "policy/tenant.h"
#include "tests/differential/generator.h"

namespace sallyport::proof {
namespace {

using testing_support::World;

struct Brute {
  std::vector<IpAddress> addresses;
  std::vector<Fact<Country>> countries = {Fact<Country>::absent()};
};

Brute places_of(const PolicySet& set) {
  Brute out;
  out.addresses.push_back(*parse_ip_address("233.252.0.77"));
  for (const char* word : {"FR", "DE", "US"}) out.countries.push_back(*parse_country(word));
  for (const NamedLocation& location : set.named_locations) {
    for (const CidrRange& range : location.ip_ranges) out.addresses.push_back(range.first);
    for (const Country country : location.countries_and_regions) out.countries.push_back(country);
  }
  for (const CidrRange& range : set.mfa_trusted_ips) out.addresses.push_back(range.first);
  return out;
}

// The policies that stop some sign-in, of all that there can be but for what no list tells apart.
std::set<PolicyId> stopping(const World& world, const Program& program, const UserView& user) {
  std::set<PolicyId> out;
  const Brute brute = places_of(world.policy_set);
  const Fact<Platform> platforms[] = {Platform::windows, Platform::android, Platform::ios,
                                      Platform::mac_os,  Platform::linux,   Platform::windows_phone,
                                      Fact<Platform>::absent()};
  std::vector<ApplicationId> applications = {
      ApplicationId::of("797f4846-ba00-4fd7-ba43-dac1f8f63013"),
      ApplicationId::of("00000003-0000-0000-c000-000000000000")};
  applications.insert(applications.end(), world.policy_set.admin_portals.begin(),
                      world.policy_set.admin_portals.end());
  Draft draft;
  draft.user = user;
  draft.user_name = std::string(user.name);
  draft.groups.assign(user.groups.begin(), user.groups.end());
  draft.roles.assign(user.roles.begin(), user.roles.end());
  draft.methods = method::password | method::fido2;
  draft.sign_in.proofs.primary_authenticated_at = drafted_at;
  draft.sign_in.proofs.secondary_authenticated_at = drafted_at;
  draft.sign_in.client_app_type = ClientApp::browser;
  for (const auto& address : brute.addresses) {
    draft.sign_in.ip_address = address;
    for (const auto& country : brute.countries) {
      draft.sign_in.country = country;
      for (const auto& platform : platforms) {
        draft.sign_in.device_platform = platform;
        for (const bool network : {false, true}) {
          draft.sign_in.compliant_network = network;
          for (const ApplicationId application : applications) {
            draft.application = application;
            const Answer answer = program.explain(draft.settle());
            if (answer.outcome == Outcome::granted) continue;
            for (std::size_t i = 0; i < answer.policies.size(); ++i) {
              const PolicyResult result = answer.policies[i].result;
              if (result == PolicyResult::failure || result == PolicyResult::interrupted) {
                out.insert(world.policy_set.policies[i].id);
              }
            }
          }
        }
      }
    }
  }
  return out;
}

TEST(LockoutAgrees, exactly_the_policies_that_stop_an_account_are_told) {
  std::size_t locked_out = 0, refused = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    const World world = testing_support::make_world(seed);
    Tenant tenant;
    tenant.policy_set = world.policy_set;
    tenant.directory = world.directory;
    tenant.inventory = world.inventory;
    const auto program = compile(world.policy_set, world.directory, world.inventory);
    ASSERT_TRUE(program.has_value());
    for (std::size_t n = 0; n < 2; ++n) {
      const auto user = world.directory->find_user(world.users[n]);
      if (!user || user->type != UserType::member || !user->groups_known || !user->roles_known) {
        continue;
      }
      const Account account = account_of(*world.directory, *user);
      const auto found =
          find_lockouts(tenant.policy_set, tenant, BreakGlass{}, {&account, 1}, {});
      ASSERT_TRUE(found.has_value()) << describe(found.error());
      ASSERT_FALSE(found->gave_up);
      std::set<PolicyId> told;
      for (const Barrier& barrier : found->accounts.front().barriers) told.insert(barrier.policy);
      const auto brute = stopping(world, **program, *user);
      refused += brute.size();
      for (const PolicyId id : brute) EXPECT_TRUE(told.contains(id)) << to_string(id);
      locked_out += told.empty() ? 0U : 1U;

      // Each edit mends its policy: all of them together let the account in.
      PolicySet mended = tenant.policy_set;
      for (Policy& policy : mended.policies) {
        if (told.contains(policy.id) && policy.conditions.users) {
          policy.conditions.users->exclude.users.push_back(account.id);
        }
      }
      const auto again = find_lockouts(mended, tenant, BreakGlass{}, {&account, 1}, {});
      ASSERT_TRUE(again.has_value());
      EXPECT_TRUE(again->holds());
    }
  }
  EXPECT_GT(locked_out, 10U);
  EXPECT_GT(refused, 20U);
}

// ---- administrators ----

std::string blocking(const std::string& number, const std::string& users,
                     const std::string& country) {
  return R"({"@odata.type":"#microsoft.graph.conditionalAccessPolicy","id":")" + number +
         R"(0000000-0000-4000-8000-000000000000","displayName":"Block )" + number +
         R"(","state":"enabled","conditions":{"clientAppTypes":["all"],"users":{"includeUsers":[)" +
         users + R"(]},"applications":{"includeApplications":["All"]},"locations":{)" +
         R"("includeLocations":[")" + country +
         R"("]}},"grantControls":{"operator":"OR","builtInControls":["block"]}})";
}

TEST(LockoutOfAdministrators, one_who_gets_in_is_enough_but_there_must_be_one_everywhere) {
  const std::string a = "\"10000000-0000-4000-8000-00000000000a\"";
  const std::string b = "\"10000000-0000-4000-8000-00000000000b\"";
  const std::string fr = "50000000-0000-4000-8000-00000000000f";
  const std::string de = "50000000-0000-4000-8000-00000000000d";
  struct Case {
    std::string first;
    std::string second;
    std::vector<std::string> told;
  };
  const Case cases[] = {
      {blocking("1", a, fr), blocking("2", b, de), {}},
      {blocking("1", a, fr), blocking("2", a, de), {}},
      {blocking("1", a, fr), blocking("2", b, fr), {"Block 1", "Block 2"}},
      {blocking("1", "\"All\"", fr), blocking("2", b, de), {"Block 1"}},
  };
  for (const Case& one : cases) {
    std::vector<std::string> texts = {one.first, one.second};
    for (const auto& [id, country] : {std::pair{fr, "FR"}, std::pair{de, "DE"}}) {
      texts.push_back(R"({"@odata.type":"#microsoft.graph.countryNamedLocation","id":")" + id +
                      R"(","displayName":")" + country + R"(","countriesAndRegions":[")" +
                      country + "\"]}");
    }
    std::vector<StoredDocument> documents;
    for (const std::string& text : texts) {
      const auto parsed = json::parse(text);
      ASSERT_TRUE(parsed.has_value()) << text;
      documents.push_back({kind_of(parsed->root()), text, {}});
    }
    const Tenant tenant = build_tenant(documents);
    ASSERT_EQ(tenant.policy_set.policies.size(), 2U);
    std::vector<Account> administrators(2);
    for (std::size_t i = 0; i < 2; ++i) {
      administrators[i].id = UserId::of((i == 0 ? a : b).substr(1, 36));
      administrators[i].roles = {policy_administrators().front()};
    }
    const auto found =
        find_lockouts(tenant.policy_set, tenant, BreakGlass{}, {}, administrators);
    ASSERT_TRUE(found.has_value()) << describe(found.error());
    std::vector<std::string> told;
    for (const Barrier& barrier : found->administrators.barriers) {
      told.push_back(barrier.policy_name);
    }
    std::ranges::sort(told);
    EXPECT_EQ(told, one.told) << one.first << one.second;
  }
}

}  // namespace
}  // namespace sallyport::proof
