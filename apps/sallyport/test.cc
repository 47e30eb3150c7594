// `sallyport test`: expectations put to a policy set, each proved for every sign-in it is about or
// refuted by the smallest.
#include "analysis/proof/trial.h"
#include "commands.h"
#include "expectation_input.h"
#include "junit.h"
#include "labelled_text.h"
#include "trials.h"
#include "words.h"

namespace sallyport::cli {
namespace {

using proof::Trial;
using proof::TrialResult;

std::string_view name_of(TrialResult result) {
  switch (result) {
    case TrialResult::holds: return "holds";
    case TrialResult::fails: return "fails";
    case TrialResult::concerns_nobody: return "concerns nobody";
    case TrialResult::gave_up: return "gave up";
  }
  return "";
}

std::string happened(const Trial& trial) { return words_of(trial.outcome, trial.error_code).text; }

// Label and text, for people and for the body of a JUnit failure.
std::vector<std::pair<std::string, std::string>> lines_of(const Tried& tested,
                                                          const Tenant& tenant) {
  const auto& expectation = tested.expectation;
  const Trial& trial = tested.trial;
  std::vector<std::pair<std::string, std::string>> out;
  switch (trial.result) {
    case TrialResult::holds: return out;
    case TrialResult::concerns_nobody:
      return {{"warning",
               "no sign-in is as it describes, so it can never fail: see whom and what "
               "it names"}};
    case TrialResult::gave_up:
      return {{"warning", "the question is too large for the budget; nothing is known"}};
    case TrialResult::fails: break;
  }
  const auto add = [&](const char* label, const std::string& text) {
    if (!text.empty()) out.emplace_back(label, with_names(text, tenant.names));
  };
  add("expected", std::string(proof::name_of(expectation->need)));
  add("happened", happened(trial) + ": " + trial.sentence);
  add("shown by", joined(trial.details, "; "));
  add(trial.outcome == Outcome::blocked ? "refused by" : "asked by",
      policy_names(tenant.policy_set, trial.stopped_by));
  const char* label = "missed by";
  for (const auto& miss : trial.missed_by) {
    add(label, policy_name(tenant.policy_set, miss.policy) + ": " + joined(miss.because, "; "));
    label = "";
  }
  add("why", expectation->why);
  add("remedy", expectation->fix);
  return out;
}

void tell(LabelledText& out, const Tried& tested, const Tenant& tenant) {
  const bool holds = tested.trial.result == TrialResult::holds;
  const std::string word = holds                                       ? "ok"
                           : tested.trial.result == TrialResult::fails ? "FAILS"
                                                                       : "WARNING";
  out.raw(word + std::string(9 - word.size(), ' '), holds ? Tone::good : Tone::bad);
  out.raw(tested.expectation->name + '\n', holds ? Tone::plain : Tone::strong);
  for (const auto& [label, text] : lines_of(tested, tenant)) out.line(label, text);
  if (!holds) out.raw("\n");
}

Table table_of(const std::vector<Tried>& all, const Tenant& tenant) {
  Table table;
  table.columns = {
      {"FILE", "file", true, true, false}, {"LINE", "line", false, false, false, false, true},
      {"ID", "id", true, false, true},     {"NAME", "name", true},
      {"SEVERITY", "severity", false},     {"RESULT", "result", false},
      {"EXPECTED", "expected", false},     {"HAPPENED", "happened", false},
      {"SIGN-IN", "signIn", true},         {"SHOWN BY", "shownBy", true},
      {"STOPPED BY", "stoppedBy", true},   {"MISSED BY", "missedBy", true}};
  for (const Tried& tested : all) {
    const proof::Expectation& e = *tested.expectation;
    const Trial& trial = tested.trial;
    const bool failed = trial.result == TrialResult::fails;
    std::vector<std::string> misses;
    for (const auto& miss : trial.missed_by) {
      misses.push_back(policy_name(tenant.policy_set, miss.policy) + ": " +
                       joined(miss.because, "; "));
    }
    const auto cell = [&](std::string text) { return Cell{with_names(text, tenant.names)}; };
    table.rows.push_back({{e.file},
                          {std::to_string(e.line)},
                          {e.id},
                          {e.name},
                          {std::string(sallyport::name_of(e.severity))},
                          {std::string(name_of(trial.result))},
                          {std::string(proof::name_of(e.need))},
                          {failed ? happened(trial) : ""},
                          cell(trial.sentence),
                          cell(joined(trial.details, "; ")),
                          cell(policy_names(tenant.policy_set, trial.stopped_by)),
                          cell(joined(misses, " | "))});
  }
  return table;
}

std::string junit_of(const std::vector<Tried>& all, const Tenant& tenant) {
  std::vector<JunitCase> cases;
  for (const Tried& tested : all) {
    const proof::Expectation& e = *tested.expectation;
    JunitCase one;
    one.classname = "sallyport.test." + e.id;
    one.name = e.name;
    one.file = e.file;
    one.line = e.line;
    const auto lines = lines_of(tested, tenant);
    for (const auto& [label, text] : lines) one.body += label + ": " + text + '\n';
    one.type = sallyport::name_of(e.severity);
    one.message = lines.empty() ? "" : lines[lines.size() > 1 ? 1 : 0].second;
    switch (tested.trial.result) {
      case TrialResult::holds: break;
      case TrialResult::fails:
      case TrialResult::concerns_nobody: one.result = JunitCase::Result::failed; break;
      case TrialResult::gave_up: one.result = JunitCase::Result::error; break;
    }
    cases.push_back(std::move(one));
  }
  return render_junit("sallyport test", cases);
}

std::string summary(const std::vector<Tried>& all) {
  std::size_t by_result[4] = {};
  for (const Tried& tested : all) ++by_result[static_cast<std::size_t>(tested.trial.result)];
  std::string out = count_of(all.size(), "expectation: ", "expectations: ");
  out += count_of(by_result[0], "holds", "hold") + " for every sign-in";
  const auto add = [&](TrialResult result, std::string_view one, std::string_view many) {
    const std::size_t count = by_result[static_cast<std::size_t>(result)];
    if (count != 0) out += ", " + count_of(count, one, many);
  };
  add(TrialResult::fails, "fails", "fail");
  add(TrialResult::concerns_nobody, "concerns nobody", "concern nobody");
  add(TrialResult::gave_up, "was too large", "were too large");
  return out + '\n';
}

}  // namespace

Exit test(const TestOptions& options) {
  if (options.generate) return generate_tests(options);
  if (options.expect.empty()) {
    return could_not_run({ErrorKind::invalid_argument,
                          "say what is expected: --expect FILE, or --generate writes such a file",
                          "test"});
  }
  auto input = ProofInput::read(options.input);
  if (!input) return could_not_run(input.error());
  const Tenant& tenant = input->tenant();
  const auto expectations = read_expectation_files(options.expect, tenant);
  if (!expectations) return Exit::could_not_run;
  const bool junit = options.output.format == "junit";
  OutputOptions output_options = options.output;
  if (junit) output_options.format = "table";
  auto output = Output::open(output_options);
  if (!output) return could_not_run(output.error());
  const auto trials = try_all("proving", *expectations, tenant, Keepers::leave);
  if (!trials) return could_not_run(trials.error());
  if (junit) {
    output->write(junit_of(trials->all, tenant));
  } else if (output->presentation().format == Format::table) {
    LabelledText text(output->presentation());
    for (const std::string& note : input->notes(trials->notes)) text.raw("Note: " + note + '\n');
    for (const Tried& tested : trials->all) tell(text, tested, tenant);
    output->write(text.take() + summary(trials->all));
  } else {
    output->write(render(table_of(trials->all, tenant), output->presentation()));
    if (output->presentation().format == Format::markdown)
      output->write('\n' + summary(trials->all));
  }
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  Exit exit = input->exit();
  for (const Tried& tested : trials->all) {
    if (tested.trial.result != TrialResult::holds) exit = worse(exit, Exit::findings);
    if (tested.trial.result == TrialResult::gave_up) exit = Exit::could_not_run;
  }
  return exit;
}

}  // namespace sallyport::cli
