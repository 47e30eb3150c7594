// `sallyport attack`: known attacks against a policy set, each stopped by these policies or
// succeeding with this sign-in.
#include "analysis/proof/attacks.h"
#include "analysis/proof/prover.h"
#include "analysis/proof/trial.h"
#include "commands.h"
#include "expectation_input.h"
#include "labelled_text.h"
#include "words.h"

namespace sallyport::cli {
namespace {

using proof::Expectation;
using proof::Trial;
using proof::TrialResult;

struct Attacked {
  const Expectation* attack;
  Trial trial;
  std::vector<std::size_t> stopped_by;
};

std::string_view name_of(TrialResult result) {
  switch (result) {
    case TrialResult::holds: return "stopped";
    case TrialResult::fails: return "succeeds";
    case TrialResult::concerns_nobody: return "no target";
    case TrialResult::gave_up: return "gave up";
  }
  return "";
}

std::string policy_name(const Tenant& tenant, std::size_t policy) {
  const Policy& p = tenant.policy_set.policies[policy];
  return "`" + (p.display_name.empty() ? p.id_text : p.display_name) + "`";
}

std::string names(const Tenant& tenant, const std::vector<std::size_t>& policies) {
  std::vector<std::string> out;
  for (const std::size_t policy : policies) out.push_back(policy_name(tenant, policy));
  return joined(out, ", ");
}

std::vector<std::string> misses(const Trial& trial, const Tenant& tenant) {
  std::vector<std::string> out;
  for (const auto& miss : trial.missed_by) {
    out.push_back(with_names(policy_name(tenant, miss.policy) + ": " + joined(miss.because, "; "),
                             tenant.names));
  }
  return out;
}

void tell(LabelledText& out, const Attacked& one, const Tenant& tenant) {
  const bool succeeds = one.trial.result == TrialResult::fails;
  const std::string word = succeeds ? "SUCCEEDS" : std::string(name_of(one.trial.result));
  const Tone tone = one.trial.result == TrialResult::holds  ? Tone::good
                    : succeeds                              ? Tone::bad
                                                            : Tone::caution;
  out.raw(word + std::string(10 - word.size(), ' '), tone);
  out.raw(one.attack->name + '\n', succeeds ? Tone::strong : Tone::plain);
  switch (one.trial.result) {
    case TrialResult::holds: out.line("stopped by", names(tenant, one.stopped_by)); return;
    case TrialResult::concerns_nobody: out.line("", "there is nobody here to attack so"); return;
    case TrialResult::gave_up:
      out.line("", "the question is too large for the budget; nothing is known");
      return;
    case TrialResult::fails: break;
  }
  out.line("how", one.attack->why);
  out.line("sign-in", capitalised(with_names(one.trial.sentence, tenant.names)), Tone::strong);
  out.line("shown by", with_names(joined(one.trial.details, "; "), tenant.names));
  const char* label = "missed by";
  for (const std::string& miss : misses(one.trial, tenant)) {
    out.line(label, miss);
    label = "";
  }
  out.line("remedy", one.attack->fix, Tone::good);
  out.raw("\n");
}

Table table_of(const std::vector<Attacked>& all, const Tenant& tenant) {
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
  for (const Attacked& one : all) {
    table.rows.push_back({{one.attack->id},
                          {one.attack->name},
                          {std::string(sallyport::name_of(one.attack->severity))},
                          {std::string(name_of(one.trial.result))},
                          {names(tenant, one.stopped_by)},
                          {with_names(one.trial.sentence, tenant.names)},
                          {with_names(joined(one.trial.details, "; "), tenant.names)},
                          {joined(misses(one.trial, tenant), " | ")},
                          {one.attack->why},
                          {one.attack->fix}});
  }
  return table;
}

std::string summary(const std::vector<Attacked>& all) {
  std::size_t by_result[4] = {};
  for (const Attacked& one : all) ++by_result[static_cast<std::size_t>(one.trial.result)];
  std::string out = count_of(all.size(), "attack: ", "attacks: ") + std::to_string(by_result[0]) +
                    " stopped whoever tries, " + std::to_string(by_result[1]) +
                    (by_result[1] == 1 ? " succeeds" : " succeed");
  if (by_result[2] != 0) out += ", " + std::to_string(by_result[2]) + " without a target";
  if (by_result[3] != 0) out += ", " + std::to_string(by_result[3]) + " too large to tell";
  return out + '\n';
}

Result<std::vector<Attacked>> attack_with(const std::vector<Expectation>& attacks,
                                          const Tenant& tenant, std::vector<std::string>& notes) {
  proof::Interests interests;
  for (const Expectation& attack : attacks) {
    if (const auto added = proof::add_interests(attack, tenant, interests); !added) {
      return tl::unexpected(added.error());
    }
  }
  const auto prover = proof::Prover::of(tenant, interests);
  if (!prover) return tl::unexpected(prover.error());
  auto& p = **prover;
  notes = p.universe.notes();
  std::vector<Attacked> all;
  Progress progress("attacking", attacks.size());
  for (const Expectation& attack : attacks) {
    auto trial = proof::try_out(attack, p.encoding, *p.program, p.solver);
    if (!trial) return tl::unexpected(trial.error());
    Attacked one{&attack, std::move(*trial), {}};
    if (one.trial.result == TrialResult::holds) {
      one.stopped_by = proof::kept_by(attack, p.encoding);
      if (p.solver.gave_up()) one.stopped_by.clear();
    }
    all.push_back(std::move(one));
    progress.step();
  }
  return all;
}

}  // namespace

Exit attack(const AttackOptions& options) {
  auto input = ProofInput::read(options.input);
  if (!input) return could_not_run(input.error());
  const Tenant& tenant = input->tenant();
  auto attacks = proof::known_attacks(input->emergency());
  if (const auto kept = keep_only(options.only, attacks); !kept) return could_not_run(kept.error());
  auto output = Output::open(options.output);
  if (!output) return could_not_run(output.error());
  std::vector<std::string> notes;
  const auto all = attack_with(attacks, tenant, notes);
  if (!all) return could_not_run(all.error());
  if (output->presentation().format == Format::table) {
    LabelledText text(output->presentation());
    for (const std::string& note : notes) text.raw("Note: " + note + '\n');
    for (const Attacked& one : *all) tell(text, one, tenant);
    output->write(text.take() + '\n' + summary(*all));
  } else {
    output->write(render(table_of(*all, tenant), output->presentation()));
    if (output->presentation().format == Format::markdown) output->write('\n' + summary(*all));
  }
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  Exit exit = input->exit();
  for (const Attacked& one : *all) {
    if (one.trial.result == TrialResult::fails) exit = worse(exit, Exit::findings);
    if (one.trial.result == TrialResult::gave_up) exit = Exit::could_not_run;
  }
  return exit;
}

}  // namespace sallyport::cli
