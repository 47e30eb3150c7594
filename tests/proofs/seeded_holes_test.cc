// One edit of a closed set may open a hole. Those that are told were not there before and are real,
// and the edited policy is named; where none is told, no sign-in that it used to stop gets in. The
// comparison with the set before names the edited policy and no other, and tests that were
// generated from the set before fail.
//
// SALLYPORT_EDITS in the environment is how many edits to try, SALLYPORT_TESTED how many of them in
// each folder of the corpus to put to the generated tests.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "analysis/proof/diff.h"
#include "analysis/proof/gaps.h"
#include "analysis/proof/generate.h"
#include "analysis/proof/goals.h"
#include "analysis/proof/prover.h"
#include "analysis/proof/trial.h"
#include "tests/proofs/corpus.h"
#include "tests/proofs/small_universe.h"

namespace sallyport::proof::testing {
namespace {

using testing_support::Random;

struct Holding {
  Tenant tenant;
  std::vector<Expectation> goals;  // that hold
};

// The goals that hold when every policy is enforced.
Holding holding(const std::string& folder) {
  Holding out;
  out.tenant = read_folder(folder).tenant;
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
  bool (*apply)(PolicySet& set, Policy& policy, Random& random);  // false: nothing to edit here
  bool narrows = true;    // it still would stop the sign-in, if it applied: it can be named
  bool promised = false;  // generated tests notice it
};

// A location to leave out, in this set alone.
bool exclude_location(PolicySet& set, Policy& p, NamedLocation location) {
  location.id = LocationId::of("seeded location");
  location.display_name = "seeded location";
  if (!p.conditions.locations) p.conditions.locations.emplace().include.all = true;
  p.conditions.locations->exclude.locations.push_back(location.id);
  set.named_locations.push_back(std::move(location));
  return true;
}
bool exclude_country(PolicySet& set, Policy& p, Random& random) {
  NamedLocation location;
  location.kind = LocationKind::country;
  location.countries_and_regions = {*parse_country(random.chance(50) ? "BR" : "FR")};
  location.include_unknown_countries_and_regions = random.chance(30);
  return exclude_location(set, p, std::move(location));
}
bool exclude_addresses(PolicySet& set, Policy& p, Random& random) {
  NamedLocation location;
  location.ip_ranges = {*parse_cidr(random.chance(50) ? "100.64.0.0/10" : "2001:db8::/32")};
  return exclude_location(set, p, std::move(location));
}
bool narrow_countries(PolicySet& set, Policy& p, Random& random) {
  if (!exclude_country(set, p, random)) return false;
  LocationCondition& locations = *p.conditions.locations;
  locations.exclude.locations.pop_back();
  locations.include = {};
  locations.include.locations = {LocationId::of("seeded location")};
  return true;
}
bool filter_devices(PolicySet&, Policy& p, Random& random) {
  static const std::vector<const char*> rules{
      R"(device.extensionAttribute1 -eq "SAW")", R"(device.model -startsWith "Surface")",
      R"(device.trustType -eq "AzureAD" -and device.isCompliant -ne True)",
      R"(device.physicalIds -contains "[OrderId]:12")", R"(device.displayName -endsWith "-adm")"};
  const std::string text = random.pick(rules);
  auto rule = FilterRule::parse(text, FilterSubject::device, FilterDialect::lenient);
  if (!rule) return false;
  const FilterMode mode = random.chance(70) ? FilterMode::exclude : FilterMode::include;
  p.conditions.devices.emplace().filter = Filter{mode, *rule, text};
  return true;
}
bool narrow_flows(PolicySet&, Policy& p, Random&) {
  p.conditions.authentication_flows = {TransferMethod::authentication_transfer};
  return true;
}
bool narrow_user_risk(PolicySet&, Policy& p, Random&) {
  p.conditions.user_risk_levels = {RiskLevel::medium};
  return true;
}
bool exclude_group(PolicySet&, Policy& p, Random&) {
  if (!p.conditions.users) return false;
  p.conditions.users->exclude.groups.push_back(GroupId::of("seeded group"));
  return true;
}
bool exclude_user(PolicySet&, Policy& p, Random&) {
  if (!p.conditions.users) return false;
  p.conditions.users->exclude.users.push_back(UserId::of("seeded user"));
  return true;
}
bool exclude_guests(PolicySet&, Policy& p, Random&) {
  if (!p.conditions.users) return false;
  GuestsOrExternalUsers guests;
  guests.types = all_guest_types;
  guests.all_tenants = true;
  p.conditions.users->exclude.guests.push_back(guests);
  return true;
}
bool exclude_application(PolicySet&, Policy& p, Random&) {
  if (!p.conditions.applications || !p.conditions.applications->include_all) return false;
  p.conditions.applications->exclude.applications.push_back(
      ApplicationId::of("797f4846-ba00-4fd7-ba43-dac1f8f63013"));
  return true;
}
bool narrow_platforms(PolicySet&, Policy& p, Random& random) {
  if (!p.conditions.platforms) p.conditions.platforms.emplace().include.all = true;
  p.conditions.platforms->exclude.insert(random.chance(50) ? Platform::linux : Platform::windows);
  return true;
}
bool narrow_clients(PolicySet&, Policy& p, Random&) {
  p.conditions.client_app_types = {ClientApp::mobile_apps_and_desktop_clients};
  return true;
}
bool narrow_risk(PolicySet&, Policy& p, Random& random) {
  p.conditions.sign_in_risk_levels = {random.chance(50) ? RiskLevel::high : RiskLevel::low};
  return true;
}
bool narrow_locations(PolicySet&, Policy& p, Random&) {
  if (p.conditions.locations) {
    p.conditions.locations->exclude.all_trusted = true;
  } else {
    p.conditions.locations.emplace().include.all = true;
    p.conditions.locations->exclude.all_trusted = true;
  }
  return true;
}
bool narrow_devices(PolicySet&, Policy& p, Random&) {
  p.conditions.devices.emplace().exclude_compliant = true;
  return true;
}
bool disable(PolicySet&, Policy& p, Random&) {
  p.state = PolicyState::disabled;
  return true;
}
bool report_only(PolicySet&, Policy& p, Random&) {
  p.state = PolicyState::report_only;
  return true;
}
bool drop_controls(PolicySet&, Policy& p, Random&) {
  if (!p.grant_controls) return false;
  p.grant_controls.reset();
  return true;
}
bool offer_a_choice(PolicySet&, Policy& p, Random&) {
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
                                {"exclude a country", exclude_country},
                                {"narrow countries", narrow_countries},
                                {"exclude addresses", exclude_addresses},
                                {"filter devices", filter_devices},
                                {"narrow flows", narrow_flows},
                                {"narrow user risk", narrow_user_risk},
                                {"disable", disable, false, true},
                                {"report-only", report_only, false, true},
                                {"drop the controls", drop_controls, false, true},
                                {"offer a choice", offer_a_choice, false}};

// To block again what the edit no longer blocks would be more than what the goal is about, so no
// such edit is offered, and others are named (edits.h).
bool blocks_more_than_meant(const Case& c, const Expectation& goal, std::size_t at) {
  const Universe& u = *c.universe;
  const EncodedPolicy& before = c.other_encoding->policies()[at];
  const EncodedPolicy& now = c.encoding->policies()[at];
  if (!u.reality().is_inside(before.unmet)) return false;
  Bdd whoever = Bdd::all();
  for (DimensionIndex i = 0; i < u.dimensions().size(); ++i) {
    const Question question = u.dimensions()[i].question;
    if (is_about_people(question) || question == Question::target) whoever &= u.variables_of(i);
  }
  const Bdd meant = region_of(goal, *c.encoding).without(whoever);
  const Bdd lost = (before.stops() - now.stops()) & u.reality();
  return !lost.is_inside(meant) ||
         u.reality().is_inside(meant | u.is(*u.find(Question::identity), 1));
}

std::vector<std::string> folders() {
  std::vector<std::string> out = corpus_folders();
  // Where little is closed there is little to open.
  std::erase_if(out, [](const std::string& folder) {
    return folder.find("graph-docs") != std::string::npos ||
           folder.find("Azure-Samples") != std::string::npos;
  });
  return out;
}

class SeededHoles : public ::testing::Test {
 protected:
  std::size_t tried_ = 0, opened_ = 0, named_ = 0, others_named_ = 0, changed_ = 0, noticed_ = 0,
              missed_ = 0;
  std::map<std::string, std::size_t> opened_by_;

  // How a sign-in of the case is decided, with the edit and without.
  static std::pair<Outcome, Outcome> decide(const Case& c, const Point& point) {
    Draft draft;
    c.universe->draft(point, draft);
    const SignIn& s = draft.settle();
    return {c.program->explain(s).outcome, c.other_program->explain(s).outcome};
  }
  static bool kept(const Case& c, const Expectation& goal, const Point& point, Outcome outcome) {
    Draft draft;
    c.universe->draft(point, draft);
    return is_kept(goal.need, draft.settle(), outcome);
  }

  void check_gap(const Case& c, const Expectation& goal, const Gap& gap, std::size_t at,
                 const SeededEdit& edit) {
    const auto [now, before] = decide(c, gap.witness);
    EXPECT_FALSE(kept(c, goal, gap.witness, now)) << gap.sentence;
    EXPECT_TRUE(kept(c, goal, gap.witness, before))
        << "a hole that was there before the edit: " << gap.sentence;
    ++opened_;
    ++opened_by_[edit.name];
    // What was taken away is what would have stopped it.
    if (edit.narrows) {
      const bool is_named = std::ranges::any_of(
          gap.near_misses, [&](const NearMiss& miss) { return miss.policy == at; });
      ++(is_named ? named_ : others_named_);
      EXPECT_TRUE(is_named || blocks_more_than_meant(c, goal, at))
          << "the edited policy is not named: " << gap.sentence;
    }
    if (c.tenant.policy_set.policies[at].state == PolicyState::report_only) {
      EXPECT_EQ(gap.would_close_if_enforced, std::vector{at}) << gap.sentence;
      ++named_;
    }
  }

  void check_gaps(Case& c, const std::vector<Expectation>& goals, std::size_t at,
                  const SeededEdit& edit, Random& random) {
    GapFinder finder(*c.encoding, *c.program, c.solver);
    for (const Expectation& goal : goals) {
      const auto verdict = finder.check(goal);
      ASSERT_TRUE(verdict.has_value()) << describe(verdict.error());
      ASSERT_FALSE(verdict->gave_up);
      for (const Gap& gap : verdict->gaps) check_gap(c, goal, gap, at, edit);
      if (!verdict->holds()) continue;
      // Where the policy stopped somebody before is where a hole would be.
      const Bdd there = region_of(goal, *c.encoding) & c.other_encoding->policies()[at].stops();
      constexpr int looked_at = 50;
      for (int i = 0; i < looked_at && !there.is_empty(); ++i) {
        const Point point = random_member(*c.universe, there, random);
        EXPECT_TRUE(kept(c, goal, point, decide(c, point).first))
            << "not told: " << show(*c.universe, point);
      }
    }
  }

  // From the set before to the edited one. Whether anything changes for anybody.
  bool check_diff(Case& c, std::size_t at, Random& random) {
    const auto found = diff(*c.other_encoding, *c.encoding, *c.other_program, *c.program, c.solver);
    EXPECT_TRUE(found.has_value());
    if (!found) return false;
    for (const DiffRule& rule : found->rules) {
      EXPECT_EQ(decide(c, rule.witness), std::pair(rule.after, rule.before)) << rule.sentence;
      // Two policies that do the same are one to the comparison: then either may be named. And
      // one that waives others' strength where security information is registered changes them.
      const bool changes_others = waives_for_registration(c.other.policies[at]) ||
                                  waives_for_registration(c.tenant.policy_set.policies[at]);
      const auto is_it = [&](const Encoding& encoding, std::size_t policy) {
        return policy == at || changes_others ||
               encoding.policies()[policy].stops() == encoding.policies()[at].stops();
      };
      for (const std::size_t policy : rule.policies_before) {
        EXPECT_TRUE(is_it(*c.other_encoding, policy)) << policy << ": " << rule.sentence;
      }
      for (const std::size_t policy : rule.policies_after) {
        EXPECT_TRUE(is_it(*c.encoding, policy)) << policy << ": " << rule.sentence;
      }
      EXPECT_FALSE(rule.policies_before.empty() && rule.policies_after.empty()) << rule.sentence;
    }
    if (!found->rules.empty()) return true;
    const Bdd there = c.universe->reality() & c.other_encoding->policies()[at].stops();
    for (int i = 0; i < 50 && !there.is_empty(); ++i) {
      const Point point = random_member(*c.universe, there, random);
      const auto [now, before] = decide(c, point);
      EXPECT_EQ(now, before) << "not told: " << show(*c.universe, point);
    }
    return false;
  }
};

std::vector<Expectation> generated_from(const Tenant& tenant) {
  const PolicySet variants = variants_of(tenant.policy_set, tenant.names);
  const auto prover = Prover::of(tenant, {}, &variants).value();
  return generate_tests(prover->encoding, *prover->program, prover->solver).value().tests;
}

bool notice(const std::vector<Expectation>& tests, const Tenant& edited) {
  Interests interests;
  for (const Expectation& test : tests) {
    EXPECT_TRUE(add_interests(test, edited, interests).has_value()) << test.name;
  }
  const auto prover = Prover::of(edited, interests).value();
  return std::ranges::any_of(tests, [&](const Expectation& test) {
    const auto trial = try_out(test, prover->encoding, *prover->program, prover->solver);
    EXPECT_TRUE(trial.has_value()) << test.name;
    return trial && trial->result == TrialResult::fails;
  });
}

TEST_F(SeededHoles, are_told_and_nothing_else) {
  const auto all = folders();
  const std::size_t per_folder =
      number_from_environment("SALLYPORT_EDITS", std::size(edits) * all.size()) / all.size();
  const std::size_t tested_of_corpus = number_from_environment("SALLYPORT_TESTED", 0);
  constexpr std::size_t tested_of_example = 10;
  for (const std::string& folder : all) {
    const bool example = folder.find("examples") != std::string::npos;
    const std::size_t tested = example ? tested_of_example : tested_of_corpus;
    const Holding closed = holding(folder);
    if (closed.goals.empty()) continue;
    const auto tests = tested == 0 ? std::vector<Expectation>() : generated_from(closed.tenant);
    Random random(11);
    std::size_t noticed_here = 0;
    for (std::size_t n = 0; n < per_folder; ++n) {
      const SeededEdit& edit = edits[n % std::size(edits)];
      Tenant tenant = closed.tenant;
      const std::size_t at = random.below(tenant.policy_set.policies.size());
      if (!edit.apply(tenant.policy_set, tenant.policy_set.policies[at], random)) continue;
      SCOPED_TRACE(folder + ": " + edit.name + ", policy `" +
                   tenant.policy_set.policies[at].display_name + "`, edit " + std::to_string(n));
      ++tried_;
      bool changes = false;
      {
        Case c(tenant, closed.goals, closed.tenant.policy_set);
        const std::size_t opened_before = opened_;
        check_gaps(c, closed.goals, at, edit, random);
        changes = check_diff(c, at, random);
        EXPECT_TRUE(changes || opened_ == opened_before) << "a gap, and no difference";
      }
      if (!changes) continue;
      ++changed_;
      if (noticed_here >= tested) continue;
      ++noticed_here;
      const bool noticed = notice(tests, tenant);
      ++(noticed ? noticed_ : missed_);
      EXPECT_TRUE(noticed || !edit.promised) << "no generated test fails";
    }
    if (HasFatalFailure()) return;
  }
  for (const auto& [name, count] : opened_by_) {
    RecordProperty("opened_by " + name, static_cast<int>(count));
  }
  RecordProperty("tried", static_cast<int>(tried_));
  RecordProperty("opened", static_cast<int>(opened_));
  RecordProperty("named", static_cast<int>(named_));
  RecordProperty("others named", static_cast<int>(others_named_));
  RecordProperty("changed", static_cast<int>(changed_));
  RecordProperty("noticed by generated tests", static_cast<int>(noticed_));
  RecordProperty("missed by generated tests", static_cast<int>(missed_));
  EXPECT_GT(opened_, 0U);
  EXPECT_GT(named_, others_named_);
  EXPECT_GE(noticed_, 5 * missed_);
}

}  // namespace
}  // namespace sallyport::proof::testing
