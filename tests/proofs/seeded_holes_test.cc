// One edit of a closed set may open a hole. Those that are told were not there before and are real;
// where none is told, no sign-in that the edited policy used to stop gets in.
//
// SALLYPORT_EDITS in the environment is how many edits to try.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "analysis/proof/gaps.h"
#include "analysis/proof/goals.h"
#include "tests/proofs/small_universe.h"

namespace sallyport::proof::testing {
namespace {

using testing_support::Random;

const std::string source = SALLYPORT_SOURCE_DIR;

struct Holding {
  Tenant tenant;
  std::vector<Expectation> goals;  // that hold
};

// The goals that hold when every policy is enforced.
Holding holding(const std::string& folder) {
  const std::string paths[] = {folder};
  Holding out;
  out.tenant = load(paths).tenant;
  for (Policy& policy : out.tenant.policy_set.policies) policy.state = PolicyState::enabled;
  // Who is left out stays the same, whatever the edit is.
  auto goals = built_in_goals(infer_emergency(out.tenant.policy_set));
  Case c(out.tenant, goals);
  for (const Expectation& goal : goals) {
    GapFinder finder(*c.encoding, *c.program, c.solver);
    const auto verdict = finder.check(goal);
    if (verdict && verdict->holds() && !verdict->concerns_nobody) out.goals.push_back(goal);
  }
  return out;
}

struct SeededEdit {
  const char* name;
  bool (*apply)(Policy& policy, Random& random);  // false: nothing to edit here
  bool narrows = true;  // it still would stop the sign-in, if it applied: it can be named
};

bool exclude_group(Policy& p, Random&) {
  if (!p.conditions.users) return false;
  p.conditions.users->exclude.groups.push_back(GroupId::of("seeded group"));
  return true;
}
bool exclude_user(Policy& p, Random&) {
  if (!p.conditions.users) return false;
  p.conditions.users->exclude.users.push_back(UserId::of("seeded user"));
  return true;
}
bool exclude_guests(Policy& p, Random&) {
  if (!p.conditions.users) return false;
  GuestsOrExternalUsers guests;
  guests.types = all_guest_types;
  guests.all_tenants = true;
  p.conditions.users->exclude.guests.push_back(guests);
  return true;
}
bool exclude_application(Policy& p, Random&) {
  if (!p.conditions.applications || !p.conditions.applications->include_all) return false;
  p.conditions.applications->exclude.applications.push_back(
      ApplicationId::of("797f4846-ba00-4fd7-ba43-dac1f8f63013"));
  return true;
}
bool narrow_platforms(Policy& p, Random& random) {
  if (!p.conditions.platforms) p.conditions.platforms.emplace().include.all = true;
  p.conditions.platforms->exclude.insert(random.chance(50) ? Platform::linux : Platform::windows);
  return true;
}
bool narrow_clients(Policy& p, Random&) {
  p.conditions.client_app_types = {ClientApp::mobile_apps_and_desktop_clients};
  return true;
}
bool narrow_risk(Policy& p, Random& random) {
  p.conditions.sign_in_risk_levels = {random.chance(50) ? RiskLevel::high : RiskLevel::low};
  return true;
}
bool narrow_locations(Policy& p, Random&) {
  if (p.conditions.locations) {
    p.conditions.locations->exclude.all_trusted = true;
  } else {
    p.conditions.locations.emplace().include.all = true;
    p.conditions.locations->exclude.all_trusted = true;
  }
  return true;
}
bool narrow_devices(Policy& p, Random&) {
  p.conditions.devices.emplace().exclude_compliant = true;
  return true;
}
bool disable(Policy& p, Random&) {
  p.state = PolicyState::disabled;
  return true;
}
bool report_only(Policy& p, Random&) {
  p.state = PolicyState::report_only;
  return true;
}
bool drop_controls(Policy& p, Random&) {
  if (!p.grant_controls) return false;
  p.grant_controls.reset();
  return true;
}
bool offer_a_choice(Policy& p, Random&) {
  if (!p.grant_controls || p.grant_controls->built_in_controls.contains(GrantControl::block)) {
    return false;
  }
  p.grant_controls->operation = GrantOperator::any_of;
  p.grant_controls->built_in_controls.insert(GrantControl::compliant_device);
  return true;
}

constexpr SeededEdit edits[] = {{"exclude a group", exclude_group},
                                {"exclude a user", exclude_user},
                                {"exclude guests", exclude_guests},
                                {"exclude an application", exclude_application},
                                {"narrow platforms", narrow_platforms},
                                {"narrow clients", narrow_clients},
                                {"narrow risk", narrow_risk},
                                {"narrow locations", narrow_locations},
                                {"narrow devices", narrow_devices},
                                {"disable", disable, false},
                                {"report-only", report_only, false},
                                {"drop the controls", drop_controls, false},
                                {"offer a choice", offer_a_choice, false}};

TEST(SeededHoles, are_told_and_nothing_else) {
  std::vector<std::string> folders{source + "/examples/tenant"};
  const std::string corpus = source + "/../shared/corpus";
  if (std::filesystem::is_directory(corpus)) {
    for (const char* name :
         {"/Cloudshield-io-Conditional-Access-Framework", "/j0eyv-ConditionalAccessBaseline",
          "/DataGuys-ConditionalAccessAnalyzer", "/AlexFilipin-ConditionalAccess"}) {
      folders.push_back(corpus + name);
    }
  } else {
    std::printf("../shared/corpus is not here: only the example is edited\n");
  }
  const std::size_t per_folder = number_from_environment("SALLYPORT_EDITS", 300) / folders.size();
  std::size_t tried = 0, opened = 0, could_be_named = 0, named = 0;
  std::map<std::string, std::size_t> opened_by;
  for (const std::string& folder : folders) {
    const Holding closed = holding(folder);
    if (closed.goals.empty()) continue;
    Random random(11);
    for (std::size_t n = 0; n < per_folder; ++n) {
      const SeededEdit& edit = edits[n % std::size(edits)];
      Tenant tenant = closed.tenant;
      const std::size_t at = random.below(tenant.policy_set.policies.size());
      if (!edit.apply(tenant.policy_set.policies[at], random)) continue;
      SCOPED_TRACE(folder + ": " + edit.name + ", policy " + std::to_string(at) + ", edit " +
                   std::to_string(n));
      ++tried;
      Case c(tenant, closed.goals, closed.tenant.policy_set);
      const Universe& u = *c.universe;
      const auto kept = [&](const Program& program, const Expectation& goal, const Point& point) {
        Draft draft;
        u.draft(point, draft);
        const SignIn& s = draft.settle();
        return is_kept(goal.need, s, program.explain(s).outcome);
      };
      GapFinder finder(*c.encoding, *c.program, c.solver);
      for (const Expectation& goal : closed.goals) {
        const auto verdict = finder.check(goal);
        ASSERT_TRUE(verdict.has_value()) << describe(verdict.error());
        ASSERT_FALSE(verdict->gave_up);
        for (const Gap& gap : verdict->gaps) {
          EXPECT_FALSE(kept(*c.program, goal, gap.witness)) << gap.sentence;
          EXPECT_TRUE(kept(*c.other_program, goal, gap.witness))
              << "a hole that was there before the edit: " << gap.sentence;
          // What was taken away is what would have stopped it.
          const bool near = std::ranges::any_of(
              gap.near_misses, [&](const NearMiss& miss) { return miss.policy == at; });
          ++opened;
          if (edit.narrows) {
            ++could_be_named;
            named += near ? 1U : 0U;
          }
          ++opened_by[edit.name];
        }
        if (!verdict->holds()) continue;
        // Where the policy stopped somebody before is where a hole would be.
        const Bdd there = region_of(goal, *c.encoding) & c.other_encoding->policies()[at].stops();
        constexpr int looked_at = 100;
        for (int i = 0; i < looked_at && !there.is_empty(); ++i) {
          const Point point = random_member(u, there, random);
          EXPECT_TRUE(kept(*c.program, goal, point)) << "not told: " << show(u, point);
        }
      }
    }
  }
  for (const auto& [name, count] : opened_by) {
    ::testing::Test::RecordProperty("opened_by " + name, static_cast<int>(count));
  }
  ::testing::Test::RecordProperty("tried", static_cast<int>(tried));
  ::testing::Test::RecordProperty("opened", static_cast<int>(opened));
  ::testing::Test::RecordProperty("could be named", static_cast<int>(could_be_named));
  ::testing::Test::RecordProperty("named", static_cast<int>(named));
  EXPECT_GT(opened, 0U);
  // Only the nearest are named, and there may be nearer ones than the edited policy.
  EXPECT_GE(named, could_be_named / 2);
}

}  // namespace
}  // namespace sallyport::proof::testing
