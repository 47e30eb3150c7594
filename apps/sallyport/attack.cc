// `sallyport attack`: known attacks against a policy set, each stopped by these policies or
// succeeding with this sign-in.
#include "analysis/proof/attacks.h"
#include "analysis/proof/trial.h"
#include "commands.h"
#include "expectation_input.h"
#include "labelled_text.h"
#include "trials.h"
#include "words.h"

namespace sallyport::cli {
namespace {

using proof::Trial;
using proof::TrialResult;

std::string_view name_of(TrialResult result) {
  switch (result) {
    case TrialResult::holds: return "stopped";
    case TrialResult::fails: return "succeeds";
    case TrialResult::concerns_nobody: return "no target";
    case TrialResult::gave_up: return "gave up";
  }
  return "";
}

std::vector<std::string> misses(const Trial& trial, const Tenant& tenant) {
  std::vector<std::string> out;
  for (const auto& miss : trial.missed_by) {
    out.push_back(
        with_names(policy_name(tenant.policy_set, miss.policy) + ": " + joined(miss.because, "; "),
                   tenant.names));
  }
  return out;
}

void tell(LabelledText& out, const Tried& one, const Tenant& tenant) {
  const bool succeeds = one.trial.result == TrialResult::fails;
  const std::string word = succeeds ? "SUCCEEDS" : std::string(name_of(one.trial.result));
  const Tone tone = one.trial.result == TrialResult::holds ? Tone::good
                    : succeeds                             ? Tone::bad
                                                           : Tone::caution;
  out.raw(word + std::string(10 - word.size(), ' '), tone);
  out.raw(one.expectation->name + '\n', succeeds ? Tone::strong : Tone::plain);
  switch (one.trial.result) {
    case TrialResult::holds:
      out.line("stopped by", policy_names(tenant.policy_set, one.kept_by));
      return;
    case TrialResult::concerns_nobody: out.line("", "there is nobody here to attack so"); return;
    case TrialResult::gave_up:
      out.line("", "the question is too large for the budget; nothing is known");
      return;
    case TrialResult::fails: break;
  }
  out.line("how", one.expectation->why);
  out.line("sign-in", capitalised(with_names(one.trial.sentence, tenant.names)), Tone::strong);
  out.line("shown by", with_names(joined(one.trial.details, "; "), tenant.names));
  const char* label = "missed by";
  for (const std::string& miss : misses(one.trial, tenant)) {
    out.line(label, miss);
    label = "";
  }
  out.line("remedy", one.expectation->fix, Tone::good);
  out.raw("\n");
}

Table table_of(const std::vector<Tried>& all, const Tenant& tenant) {
  Table table;
  table.columns = {{"ID", "id", true, false, true},
                   {"ATTACK", "attack", true},
                   {"SEVERITY", "severity"},
                   {"RESULT", "result"},
                   {"STOPPED BY", "stoppedBy", true},
                   {"SIGN-IN", "signIn", true},
                   {"SHOWN BY", "shownBy", true},
                   {"MISSED BY", "missedBy", true},
                   {"HOW", "how", true},
                   {"REMEDY", "remedy", true}};
  for (const Tried& one : all) {
    table.rows.push_back({{one.expectation->id},
                          {one.expectation->name},
                          {std::string(sallyport::name_of(one.expectation->severity))},
                          {std::string(name_of(one.trial.result))},
                          {policy_names(tenant.policy_set, one.kept_by)},
                          {with_names(one.trial.sentence, tenant.names)},
                          {with_names(joined(one.trial.details, "; "), tenant.names)},
                          {joined(misses(one.trial, tenant), " | ")},
                          {one.expectation->why},
                          {one.expectation->fix}});
  }
  return table;
}

std::string summary(const std::vector<Tried>& all) {
  std::size_t by_result[4] = {};
  for (const Tried& one : all) ++by_result[static_cast<std::size_t>(one.trial.result)];
  std::string out = count_of(all.size(), "attack: ", "attacks: ") + std::to_string(by_result[0]) +
                    " stopped whoever tries, " + std::to_string(by_result[1]) +
                    (by_result[1] == 1 ? " succeeds" : " succeed");
  if (by_result[2] != 0) out += ", " + std::to_string(by_result[2]) + " without a target";
  if (by_result[3] != 0) out += ", " + std::to_string(by_result[3]) + " too large to tell";
  return out + '\n';
}

}  // namespace

Exit attack(const AttackOptions& options) {
  auto input = ProofInput::read(options.input);
  if (!input) return could_not_run(input.error());
  const Tenant& tenant = input->tenant();
  input->tell_if_nobody_holds_a_role();
  auto attacks = proof::known_attacks(input->emergency());
  if (const auto kept = keep_only(options.only, attacks); !kept) return could_not_run(kept.error());
  auto output = Output::open(options.output);
  if (!output) return could_not_run(output.error());
  const auto trials = try_all("attacking", attacks, tenant, Keepers::find);
  if (!trials) return could_not_run(trials.error());
  if (output->presentation().format == Format::table) {
    LabelledText text(output->presentation());
    for (const std::string& note : input->notes(trials->notes)) text.raw("Note: " + note + '\n');
    for (const Tried& one : trials->all) tell(text, one, tenant);
    output->write(text.take() + '\n' + summary(trials->all));
  } else {
    output->write(render(table_of(trials->all, tenant), output->presentation()));
    if (output->presentation().format == Format::markdown)
      output->write('\n' + summary(trials->all));
  }
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  Exit exit = input->exit();
  for (const Tried& one : trials->all) {
    if (one.trial.result == TrialResult::fails) exit = worse(exit, Exit::findings);
    if (one.trial.result == TrialResult::gave_up) exit = Exit::could_not_run;
  }
  return exit;
}

}  // namespace sallyport::cli
