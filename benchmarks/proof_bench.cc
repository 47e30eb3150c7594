// How long does it take to prove, or to show, what gets in?
//
// A generated set of 240 policies as administrators write them, and the largest set of the corpus
// where it is at hand; without a directory, so that people may be in any groups at once.
#include <filesystem>
#include <map>

#include "analysis/proof/gaps.h"
#include "analysis/proof/goals.h"
#include "analysis/proof/violations.h"
#include "benchmarks/question.h"
#include "benchmarks/world.h"

namespace sallyport::benchmarks {
namespace {

using namespace proof;

constexpr double report_ms_max = 2'000;
constexpr double question_ms_max = 1;

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
  if (measured.gave_up > 0) refuse(name + ": gave up " + std::to_string(measured.gave_up) + " times");
  report((name + ": every goal").c_str(), measured.report_ms, "ms", report_ms_max, Better::less);
  report((name + ": a goal asked again, median").c_str(), measured.question_ms, "ms",
         question_ms_max, Better::less);
}

Tenant generated() {
  Size size;
  size.policies = 240;
  Tenant tenant;
  tenant.policy_set = make_policies(size);
  tenant.directory = std::make_shared<const Directory>();
  tenant.inventory = std::make_shared<const Inventory>();
  return tenant;
}

}  // namespace
}  // namespace sallyport::benchmarks

int main(int count, char** paths) {
  using namespace sallyport;
  using namespace sallyport::benchmarks;
  if (count > 1) {
    const std::vector<std::string> list(paths + 1, paths + count);
    auto loaded = load(list);
    if (std::getenv("SALLYPORT_ENFORCE") != nullptr) {
      for (auto& policy : loaded.tenant.policy_set.policies) policy.state = PolicyState::enabled;
    }
    measure(list.front(), loaded.tenant);
    return 0;
  }
  measure("gaps of 240 policies", generated());
  return 0;
}
