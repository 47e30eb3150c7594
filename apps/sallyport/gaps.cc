// `sallyport gaps`: what gets in that should not, worst first, each with the smallest sign-in that
// shows it.
#include "analysis/proof/gaps.h"

#include <algorithm>

#include "analysis/proof/goals.h"
#include "commands.h"
#include "documents.h"
#include "expectation_input.h"
#include "findings_acceptance.h"
#include "gaps_report.h"

namespace sallyport::cli {
namespace {

// Exceptions and what a former run found; an error said and 2 when they cannot be read.
Exit take_standings(const GapOptions& options, FindingsReport& report) {
  const auto now = now_of(options.now);
  if (!now) return could_not_run(now.error());
  if (!options.accept.empty()) {
    const auto reading = read_acceptances(options.accept);
    for (const Error& problem : reading.problems) remark(problem);
    if (!reading.problems.empty()) return Exit::could_not_run;
    for (const auto& unused : apply_acceptances(reading.acceptances, *now, report.findings)) {
      remark("sallyport: " + unused);
    }
  }
  if (!options.baseline.empty()) {
    const auto keys = read_baseline(options.baseline);
    if (!keys) return could_not_run(keys.error());
    apply_baseline(*keys, report.findings);
  }
  return Exit::nothing_found;
}

}  // namespace

Exit gaps(const GapOptions& options) {
  auto input = ProofInput::read(options.input);
  if (!input) return could_not_run(input.error());
  auto output_options = options.output;
  if (!parse_format(output_options.format)) output_options.format = "json";  // no table
  auto output = Output::open(output_options);
  if (!output) return could_not_run(output.error());
  const Tenant& tenant = input->tenant();
  input->tell_if_nobody_holds_a_role();
  const bool html = options.output.format == "html";

  auto goals = proof::built_in_goals(input->emergency());
  const auto own = read_expectation_files(options.goals, tenant);
  if (!own) return Exit::could_not_run;
  goals.insert(goals.end(), own->begin(), own->end());
  if (const auto kept = keep_only(options.only, goals); !kept) return could_not_run(kept.error());
  std::ranges::stable_sort(goals, {}, &proof::Expectation::severity);
  proof::Solver solver;
  proof::Interests interests;
  for (const auto& goal : goals) {
    if (const auto added = proof::add_interests(goal, tenant, interests); !added) {
      return could_not_run(added.error());
    }
  }
  if (html) proof::add_map_interests(tenant, input->emergency(), interests);
  const PolicySet* sets[] = {&tenant.policy_set};
  const proof::Universe universe(solver, sets, tenant, interests);
  const proof::Encoding encoding(universe, tenant.policy_set);
  const auto program = compile(tenant.policy_set, universe.directory(), tenant.inventory);
  if (!program) return could_not_run(program.error());

  GapsReport report;
  report.input = &*input;
  report.universe = &universe;
  report.findings.command = "gaps";
  report.findings.fail_on = parse_severity(options.fail_on);
  report.findings.summary = std::to_string(tenant.policy_set.policies.size()) + " policies, " +
                            std::to_string(goals.size()) + " expectations";
  proof::GapFinder finder(encoding, **program, solver);
  Progress progress("proving", goals.size());
  for (const auto& goal : goals) {
    auto verdict = finder.check(goal);
    if (!verdict) return could_not_run(verdict.error());
    progress.step();
    report.findings.checked.push_back(goal.id);
    for (auto& finding : findings_of(*verdict, tenant, universe)) {
      report.findings.findings.push_back({std::move(finding), Standing::open, {}});
    }
    report.verdicts.push_back(std::move(*verdict));
  }
  if (take_standings(options, report.findings) != Exit::nothing_found) return Exit::could_not_run;

  const auto format = parse_findings_format(options.output.format).value_or(FindingsFormat::table);
  if (html) {
    output->write(gaps_as_html(report, proof::access_map(encoding, input->emergency(), solver)));
  } else if (format == FindingsFormat::table) {
    output->write(gaps_for_people(report, output->presentation()));
  } else {
    output->write(render(report.findings, format, output->presentation()));
  }
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  return fails(report.findings) ? Exit::findings : input->exit();
}

}  // namespace sallyport::cli
