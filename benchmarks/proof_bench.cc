// How long does it take to prove, or to show, what gets in?
//
// A generated set of 240 policies as administrators write them, and the corpus as one set where it
// is at hand; without a directory, so that people may be in any groups at once. And two sets of 60
// policies that differ in a few. With paths for arguments: the goals of these documents.
#include <filesystem>

#include "analysis/proof/diff.h"
#include "analysis/proof/gaps.h"
#include "analysis/proof/goals.h"
#include "analysis/proof/lockout.h"
#include "analysis/proof/violations.h"
#include "benchmarks/question.h"
#include "benchmarks/world.h"

namespace sallyport::benchmarks {
namespace {

using namespace proof;

constexpr double report_ms_max = 2'000;
constexpr double question_ms_max = 1;
constexpr double diff_ms_max = 1'000;
constexpr double gate_ms_max = 100;

struct Measured {
  double report_ms = 0;    // everything: universe, encoding, every goal
  double question_ms = 0;  // the median of the goals, asked again
  std::size_t gave_up = 0;
};

Measured measure(const Tenant& tenant) {
  const double begin = cpu_ns();
  const auto goals = built_in_goals(infer_emergency(tenant.policy_set));
  Interests interests;
  for (const auto& goal : goals) {
    if (!add_interests(goal, tenant, interests)) refuse("a goal names something unknown");
  }
  Solver solver;
  const PolicySet* sets[] = {&tenant.policy_set};
  const Universe universe(solver, sets, tenant, interests);
  const Encoding encoding(universe, tenant.policy_set);
  const auto program = compile(tenant.policy_set, universe.directory(), tenant.inventory);
  if (!program) refuse(describe(program.error()));
  const bool verbose = std::getenv("SALLYPORT_VERBOSE") != nullptr;
  if (verbose) {
    std::fprintf(stderr, "%zu policies, %zu dimensions, ready after %.0f ms\n",
                 tenant.policy_set.policies.size(), universe.dimensions().size(),
                 (cpu_ns() - begin) / 1e6);
  }
  Measured out;
  GapFinder finder(encoding, **program, solver);
  for (const auto& goal : goals) {
    const double asked = cpu_ns();
    const auto verdict = finder.check(goal);
    if (!verdict) refuse(describe(verdict.error()));
    if (verdict->gave_up) ++out.gave_up;
    if (verbose) {
      std::fprintf(stderr, "%8.1f ms  %s: %zu gaps%s%s\n", (cpu_ns() - asked) / 1e6,
                   goal.id.c_str(), verdict->gaps.size(), verdict->seen_before ? ", seen" : "",
                   verdict->gave_up ? ", gave up" : "");
    }
  }
  out.report_ms = (cpu_ns() - begin) / 1e6;
  std::vector<double> again;
  for (const auto& goal : goals) {
    const double asked = cpu_ns();
    keep(Violations(goal.need, encoding, region_of(goal, encoding)).any());
    again.push_back((cpu_ns() - asked) / 1e6);
  }
  out.question_ms = median(again);
  return out;
}

void measure(const std::string& name, const Tenant& tenant) {
  const Measured measured = measure(tenant);
  if (measured.gave_up > 0) {
    refuse(name + ": gave up " + std::to_string(measured.gave_up) + " times");
  }
  report((name + ": every goal").c_str(), measured.report_ms, "ms", report_ms_max, Better::less);
  report((name + ": a goal asked again, median").c_str(), measured.question_ms, "ms",
         question_ms_max, Better::less);
}

Tenant generated(std::uint32_t policies) {
  Size size;
  size.policies = policies;
  Tenant tenant;
  tenant.policy_set = make_policies(size);
  tenant.directory = std::make_shared<const Directory>();
  tenant.inventory = std::make_shared<const Inventory>();
  return tenant;
}

void measure_diff() {
  const Tenant before = generated(60);
  Tenant after = before;
  auto& policies = after.policy_set.policies;
  policies.erase(policies.begin() + 7);
  policies[10].state = PolicyState::enabled;
  policies[10].grant_controls.emplace().built_in_controls.insert(GrantControl::block);
  policies[20].state = PolicyState::report_only;
  policies[40].conditions.users->exclude.groups.push_back(group_id(5));
  const double begin = cpu_ns();
  Solver solver;
  const PolicySet* sets[] = {&before.policy_set, &after.policy_set};
  const Universe universe(solver, sets, after);
  const Encoding one(universe, before.policy_set);
  const Encoding other(universe, after.policy_set);
  const auto program = compile(before.policy_set, universe.directory(), before.inventory);
  const auto other_program = compile(after.policy_set, universe.directory(), after.inventory);
  const auto found = diff(one, other, **program, **other_program, solver);
  if (!found) refuse(found.error().message);
  if (found->gave_up) refuse("diff gave up");
  if (found->rules.empty()) refuse("no difference was found");
  report("diff of two sets of 60 policies", (cpu_ns() - begin) / 1e6, "ms", diff_ms_max,
         Better::less);
}

// What the gate asks of one edit: an account that every policy may concern, none excluding it, is
// the most work there can be.
void measure_gate(const std::string& name, const Tenant& tenant) {
  Account account;
  account.id = user_id(1);
  account.name = "emergency";
  account.groups = {group_id(1), group_id(2), group_id(3)};
  std::ranges::sort(account.groups);
  account.roles = {policy_administrators().front()};
  std::vector<double> runs;
  for (std::size_t i = 0; i < 9; ++i) {
    PolicySet edited = tenant.policy_set;
    Policy& policy = edited.policies[i * edited.policies.size() / 9];
    if (policy.conditions.users) policy.conditions.users->include_all = true;
    policy.state = PolicyState::enabled;
    const double begin = cpu_ns();
    const auto found = find_new_lockouts({tenant.policy_set, {account}}, {edited, {account}},
                                         tenant, BreakGlass{});
    runs.push_back((cpu_ns() - begin) / 1e6);
    if (!found) refuse(describe(found.error()));
  }
  report((name + ": lock-out of one edit, median").c_str(), median(runs), "ms", gate_ms_max,
         Better::less);
}

}  // namespace
}  // namespace sallyport::benchmarks

int main(int count, char** paths) {
  using namespace sallyport;
  using namespace sallyport::benchmarks;
  if (count > 1) {
    const std::vector<std::string> list(paths + 1, paths + count);
    measure(list.front(), load(list).tenant);
    return 0;
  }
  measure("gaps of 240 policies", generated(240));
  const std::string corpus[] = {"../shared/corpus"};  // ./bench runs in the project's folder
  if (std::filesystem::is_directory(corpus[0])) {
    Tenant tenant = load(corpus).tenant;
    for (auto& policy : tenant.policy_set.policies) policy.state = PolicyState::enabled;
    measure("gaps of the corpus as one set", tenant);
  }
  measure_diff();
  measure_gate("60 policies", generated(60));
  measure_gate("240 policies", generated(240));
  return 0;
}
