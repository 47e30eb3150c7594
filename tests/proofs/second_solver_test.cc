// A second solver, with a reading of the policies of its own, agrees about every proof and every
// gap: of all built-in goals over the corpus, and of random questions about random policy sets that
// are too large to try every sign-in.
//
// SALLYPORT_SETS in the environment is how many random sets, SALLYPORT_SEED where to begin.
#include <gtest/gtest.h>

#include "analysis/proof/goals.h"
#include "analysis/proof/violations.h"
#include "tests/proofs/corpus.h"
#include "tests/proofs/second_solver.h"
#include "tests/proofs/small_universe.h"

// For ThreadSanitizer, which sees half of the locks of a library that was built without it.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "called_from_lib:libz3.so\n"; }

namespace sallyport::proof::testing {
namespace {

using testing_support::Random;

class SecondSolverTest : public ::testing::Test {
 protected:
  std::size_t gaps_ = 0, proofs_ = 0;

  // What the other solver shows is put to the engine, with a directory of the model's own.
  static void replay(const Case& c, const Expectation& e, Draft& shown,
                     const std::shared_ptr<const Directory>& directory) {
    const SignIn& s = shown.settle();
    const auto program = compile(c.tenant.policy_set, directory, c.tenant.inventory).value();
    EXPECT_FALSE(is_kept(e.need, s, program->explain(s).outcome)) << "its model is no gap";
  }

  void compare(const Tenant& tenant, const std::vector<Expectation>& asked) {
    const Case c(tenant, asked);
    SecondSolver second(c.tenant, asked);
    for (const Expectation& e : asked) {
      if (is_about_refusals(e.need) && e.need != Need::granted) continue;
      SCOPED_TRACE(e.id + ' ' + std::string(name_of(e.need)));
      const bool gap = Violations(e.need, *c.encoding, region_of(e, *c.encoding)).any();
      ASSERT_FALSE(c.solver.gave_up());
      Draft shown;
      std::shared_ptr<const Directory> directory;
      const Found found = second.ask(e, shown, directory);
      ASSERT_NE(found, Found::gave_up);
      if (found == Found::something) replay(c, e, shown, directory);
      EXPECT_EQ(gap, found == Found::something);
      ++(gap ? gaps_ : proofs_);
    }
  }
};

TEST_F(SecondSolverTest, agrees_about_every_goal_over_the_corpus) {
  for (const std::string& folder : corpus_folders()) {
    SCOPED_TRACE(folder);
    Tenant tenant = read_folder(folder).tenant;
    const auto goals = built_in_goals(infer_emergency(tenant.policy_set));
    compare(tenant, goals);
    for (Policy& policy : tenant.policy_set.policies) policy.state = PolicyState::enabled;
    compare(tenant, built_in_goals(infer_emergency(tenant.policy_set)));
    if (HasFatalFailure()) return;
  }
  RecordProperty("gaps", static_cast<int>(gaps_));
  RecordProperty("proofs", static_cast<int>(proofs_));
  EXPECT_GT(gaps_, 0U);
  EXPECT_GT(proofs_, 0U);
}

TEST_F(SecondSolverTest, agrees_about_random_questions) {
  const std::size_t sets = number_from_environment("SALLYPORT_SETS", 30);
  const std::size_t first = number_from_environment("SALLYPORT_SEED", 1);
  for (std::size_t seed = first; seed < first + sets && !HasFailure(); ++seed) {
    SCOPED_TRACE("SALLYPORT_SEED=" + std::to_string(seed));
    Random random(seed);
    const std::size_t policies = 1 + seed % 9;
    const auto world = testing_support::make_world(seed, {policies, policies, 6, 4, 2, 2});
    std::vector<Expectation> asked;
    for (int i = 0; i < 6; ++i) asked.push_back(make_expectation(world, random));
    compare(tenant_of(world, seed % 2 == 0), asked);
  }
  RecordProperty("gaps", static_cast<int>(gaps_));
  RecordProperty("proofs", static_cast<int>(proofs_));
  EXPECT_GT(gaps_, proofs_ / 10);
  EXPECT_GT(proofs_, gaps_ / 10);
}

Tenant tenant_with(std::shared_ptr<const Directory> directory) {
  Tenant tenant;
  tenant.policy_set = empty_policy_set();
  tenant.directory = std::move(directory);
  tenant.inventory = std::make_shared<const Inventory>();
  return tenant;
}

Policy& add_block(Tenant& tenant) {
  Policy& policy = tenant.policy_set.policies.emplace_back();
  policy.conditions.applications.emplace().include_all = true;
  policy.grant_controls.emplace().built_in_controls = {GrantControl::block};
  return policy;
}

Expectation blocked(const std::string& who) {
  Expectation e;
  e.id = e.name = who;
  e.need = Need::blocked;
  e.who = {who};
  e.what = {"any application"};
  return e;
}

// Nobody of the directory gets in, but whoever needs no object in it does.
TEST_F(SecondSolverTest, agrees_that_strangers_come_without_an_object) {
  Directory::Editor editor;
  editor.put_user({.id = UserId::of("ada"), .name = "ada@example.org"});
  Tenant tenant = tenant_with(std::move(editor).build());
  Policy& policy = add_block(tenant);
  policy.conditions.users.emplace().include_all = true;
  GuestsOrExternalUsers others;
  others.types = flag_of(UserType::other_external_user);
  policy.conditions.users->exclude.guests = {others};
  compare(tenant, {blocked("everyone"), blocked("members")});
  EXPECT_EQ(gaps_, 1U);
  EXPECT_EQ(proofs_, 1U);
}

TEST_F(SecondSolverTest, agrees_that_groups_nest) {
  const auto inner = GroupId::of("inner"), outer = GroupId::of("outer");
  Directory::Editor editor;
  editor.put_group(inner, "Inner");
  editor.put_group(outer, "Outer");
  editor.add_nested_group(outer, inner);
  Tenant tenant = tenant_with(std::move(editor).build());
  add_block(tenant).conditions.users.emplace().include.groups = {outer};
  compare(tenant, {blocked("group:" + to_string(inner)), blocked("everyone")});
  EXPECT_EQ(gaps_, 1U);
  EXPECT_EQ(proofs_, 1U);
}

// Everybody is blocked but on the devices of a filter: it is open exactly when there are such.
TEST_F(SecondSolverTest, agrees_about_which_devices_there_are) {
  struct Rule {
    const char* text;
    bool possible;
  };
  constexpr Rule rules[] = {
      {R"(device.extensionAttribute1 -eq "SAW")", true},
      {R"(device.extensionAttribute1 -startsWith "S" -and device.isCompliant -ne True)", true},
      {R"(device.extensionAttribute15 -in ["a", "b"] -and device.extensionAttribute15 -eq "c")",
       false},
      {R"(device.model -startsWith "Sur" -and device.model -endsWith "face")", true},
      {R"(device.model -eq "Surface" -and device.model -notContains "rfa")", false},
      {R"(device.model -eq null -and device.manufacturer -ne null)", true},
      {R"(device.model -eq null -and device.model -contains "x")", false},
      {R"(-not (device.trustType -eq "AzureAD" -or device.trustType -eq "ServerAD" or )"
       R"(device.trustType -eq "Workplace" -or device.trustType -eq null))",
       false},
      {R"(device.isCompliant -ne True -and device.isCompliant -ne False)", true},
      {R"(device.displayName -startsWith "SAW-" -and device.displayName -notContains "AW-")",
       false},
      {R"(device.physicalIds -contains "[OrderId]:12" -and device.physicalIds -contains "x")",
       true},
      {R"(device.deviceOwnership -ne "Company" -and device.deviceOwnership -ne "Personal")", true},
      {R"(device.operatingSystem -eq "Linux" -or device.operatingSystemVersion -eq "1")", true},
  };
  const Expectation nobody = blocked("everyone");
  for (const auto& [text, possible] : rules) {
    SCOPED_TRACE(text);
    auto rule = FilterRule::parse(text, FilterSubject::device, FilterDialect::lenient);
    ASSERT_TRUE(rule.has_value()) << describe(rule.error());
    Tenant tenant = tenant_with(std::make_shared<const Directory>());
    Policy& policy = add_block(tenant);
    policy.conditions.users.emplace().include_all = true;
    policy.conditions.devices.emplace().filter = Filter{FilterMode::exclude, *rule, text};
    const std::size_t before = gaps_;
    compare(tenant, {nobody});
    EXPECT_EQ(gaps_ - before, possible ? 1U : 0U);
  }
}

}  // namespace
}  // namespace sallyport::proof::testing
