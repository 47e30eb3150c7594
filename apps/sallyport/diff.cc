// `sallyport diff`: for whom two policy sets differ, as few rules; and `sallyport minimize`: what
// changes nothing.
#include "analysis/proof/diff.h"

#include <algorithm>

#include "analysis/proof/minimize.h"
#include "commands.h"
#include "labelled_text.h"
#include "words.h"

namespace sallyport::cli {
namespace {

bool holds(const PolicySet& set, PolicyId id) {
  return std::ranges::find(set.policies, id, &Policy::id) != set.policies.end();
}

// "`CA001`, changed; `CA009`, new"
std::string responsible(const PolicySet& before, const std::vector<std::size_t>& was,
                        const PolicySet& after, const std::vector<std::size_t>& is) {
  std::vector<std::string> words;
  for (const std::size_t i : is) {
    const bool old = holds(before, after.policies[i].id);
    words.push_back(policy_name(after, i) + (old ? ", changed" : ", new"));
  }
  for (const std::size_t i : was) {
    const bool stays = holds(after, before.policies[i].id);
    words.push_back(policy_name(before, i) + (stays ? ", changed" : ", gone"));
  }
  std::ranges::sort(words);
  words.erase(std::unique(words.begin(), words.end()), words.end());
  std::string out;
  for (const std::string& one : words) out += (out.empty() ? "" : "; ") + one;
  return out;
}

std::string in_words(Outcome outcome, const std::vector<Requirement>& missing,
                     const Tenant& tenant) {
  if (outcome == Outcome::granted) return "granted";
  std::string out = outcome == Outcome::blocked ? "blocked" : "asked for";
  std::string what;
  for (const Requirement& one : missing) {
    if (one.kind == RequirementKind::block) continue;
    what += (what.empty() ? "" : ", ") + words_of(one, tenant.policy_set, tenant.names);
  }
  if (what.empty()) return out;
  return outcome == Outcome::blocked ? out + " for want of " + what : out + ' ' + what;
}

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text;
}

Tone tone_of(Outcome outcome) {
  return outcome == Outcome::granted   ? Tone::good
         : outcome == Outcome::blocked ? Tone::bad
                                       : Tone::caution;
}

Table table_of(const proof::Diff& diff, const ProofInput& before, const ProofInput& after,
               bool with_people) {
  Table table;
  table.columns = {{"", "change", false, true, false, true},
                   {"WHO, WHAT, HOW", "signIns", true, false, false},
                   {"BEFORE", "before", true, false, false},
                   {"AFTER", "after", true, false, false},
                   {"BY", "policies", true, false, false}};
  if (with_people) table.columns.push_back({"PEOPLE", "people", true, false, false});
  for (const proof::DiffRule& rule : diff.rules) {
    const std::string by = responsible(before.tenant().policy_set, rule.policies_before,
                                       after.tenant().policy_set, rule.policies_after);
    table.rows.push_back(
        {{rule.opens() ? "opens" : "closes", rule.opens() ? Tone::bad : Tone::good},
         {capital(with_names(rule.sentence, after.tenant().names)), Tone::plain},
         {in_words(rule.before, rule.missing_before, before.tenant()), tone_of(rule.before)},
         {in_words(rule.after, rule.missing_after, after.tenant()), tone_of(rule.after)},
         {by, Tone::faint}});
    if (!with_people) continue;
    std::string people = std::to_string(rule.people);
    for (std::size_t i = 0; i < rule.examples.size(); ++i) {
      people += (i == 0 ? ": " : ", ") + rule.examples[i];
    }
    if (rule.people > rule.examples.size()) people += ", …";
    table.rows.back().push_back({people, Tone::plain});
  }
  return table;
}

// A rule a block: who, what and how in a sentence, and under it what becomes of them.
std::string text_of(const Table& table, const Presentation& presentation) {
  constexpr std::size_t label_width = 10;
  constexpr const char* labels[] = {"", "", "before", "after", "by", "people"};
  const std::size_t width =
      presentation.width > 40 ? static_cast<std::size_t>(presentation.width) : 100;
  std::string out;
  for (const auto& row : table.rows) {
    const std::string head = row[0].text + std::string(label_width - row[0].text.size(), ' ');
    bool first = true;
    for (const std::string& part : wrap(row[1].text, width - label_width)) {
      out += first ? toned(head, row[0].tone, presentation.colour) : std::string(label_width, ' ');
      out += toned(part, Tone::strong, presentation.colour) + '\n';
      first = false;
    }
    for (std::size_t i = 2; i < row.size(); ++i) {
      if (row[i].text.empty()) continue;
      const std::string label(labels[i]);
      first = true;
      for (const std::string& part : wrap(row[i].text, width - 2 * label_width)) {
        out +=
            std::string(label_width, ' ') +
            toned((first ? label : "") + std::string(label_width - (first ? label.size() : 0), ' '),
                  Tone::faint, presentation.colour) +
            toned(part, row[i].tone, presentation.colour) + '\n';
        first = false;
      }
    }
    out += '\n';
  }
  return out;
}

}  // namespace

Exit diff(const DiffOptions& options) {
  ProofOptions old_options = options.input;
  old_options.paths = {options.before};
  ProofOptions new_options = options.input;
  new_options.paths = {options.after};
  for (const std::string& path : options.with) {
    old_options.paths.push_back(path);
    new_options.paths.push_back(path);
  }
  auto before = ProofInput::read(old_options);
  if (!before) return could_not_run(before.error());
  auto after = ProofInput::read(new_options);
  if (!after) return could_not_run(after.error());
  auto output = Output::open(options.output);
  if (!output) return could_not_run(output.error());

  // One directory for both: who is in which group is not what is compared.
  const Tenant& tenant = after->tenant();
  proof::Solver solver;
  const PolicySet* sets[] = {&before->tenant().policy_set, &tenant.policy_set};
  const proof::Universe universe(solver, sets, tenant);
  const proof::Encoding old_set(universe, *sets[0]);
  const proof::Encoding new_set(universe, *sets[1]);
  const auto old_program = compile(*sets[0], universe.directory(), tenant.inventory);
  const auto new_program = compile(*sets[1], universe.directory(), tenant.inventory);
  if (!old_program) return could_not_run(old_program.error());
  if (!new_program) return could_not_run(new_program.error());
  const auto found = proof::diff(old_set, new_set, **old_program, **new_program, solver);
  if (!found) return could_not_run(found.error());

  const bool for_people = output->presentation().format == Format::table ||
                          output->presentation().format == Format::markdown;
  if (found->gave_up) {
    remark("sallyport: gave up: the sets differ in too many ways for the budget; nothing is known");
    return Exit::could_not_run;
  }
  if (!for_people || !found->rules.empty()) {
    const Table table = table_of(*found, *before, *after, universe.has_people());
    output->write(output->presentation().format == Format::table
                      ? text_of(table, output->presentation())
                      : render(table, output->presentation()));
  }
  if (for_people) {
    std::string text = output->presentation().format == Format::table ? "" : "\n";
    for (const std::string& change : found->session_changes) {
      text += "session   " + with_names(change, tenant.names) + "\n\n";
    }
    if (found->more) text += "And further changes of other kinds.\n";
    if (found->not_all_looked_at) {
      text += "Not looked for: changes that take more than two memberships at once.\n";
    }
    if (found->people > 0) {
      text += std::to_string(found->people) + " people are concerned.\n";
    }
    const ProofInput& told = before->exit() == Exit::nothing_found ? *after : *before;
    for (const std::string& note : told.notes(universe.notes())) text += "Note: " + note + '\n';
    const bool complete =
        before->exit() == Exit::nothing_found && after->exit() == Exit::nothing_found;
    if (found->same()) {
      text = (complete ? "No sign-in comes to anything else: proved.\n"
                       : "No sign-in comes to anything else, of what could be read.\n") +
             text;
    }
    output->write(text);
  }
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  return found->same() ? worse(before->exit(), after->exit()) : Exit::findings;
}

Exit minimize(const MinimizeOptions& options) {
  auto input = ProofInput::read(options.input);
  if (!input) return could_not_run(input.error());
  auto output = Output::open(options.output);
  if (!output) return could_not_run(output.error());
  const Tenant& tenant = input->tenant();
  proof::Solver solver;
  const PolicySet* sets[] = {&tenant.policy_set};
  const proof::Universe universe(solver, sets, tenant);
  const proof::Encoding encoding(universe, tenant.policy_set);
  const proof::Minimized found = proof::minimize(encoding, solver);
  if (found.gave_up) {
    remark("sallyport: gave up: the set is too large for the budget; nothing is known");
    return Exit::could_not_run;
  }
  Table table;
  table.columns = {{"POLICY", "policy", true, true, false},
                   {"CHANGES NOTHING", "part", true, false, false},
                   {"BECAUSE", "because", true, false, false}};
  for (const proof::Redundant& one : found.policies) {
    const std::string because =
        one.never_applies
            ? "it applies to no sign-in"
            : "the same is done by " + policy_names(tenant.policy_set, one.covered_by);
    table.rows.push_back({{policy_name(tenant.policy_set, one.policy), Tone::strong},
                          {"all of it", Tone::plain},
                          {because, Tone::plain}});
  }
  for (const proof::RedundantPart& one : found.parts) {
    table.rows.push_back({{policy_name(tenant.policy_set, one.policy), Tone::strong},
                          {with_names(one.words, tenant.names), Tone::plain},
                          {"no outcome hangs on it, once what stands above is gone", Tone::faint}});
  }
  const bool for_people = output->presentation().format == Format::table ||
                          output->presentation().format == Format::markdown;
  if (!for_people || !table.rows.empty()) output->write(render(table, output->presentation()));
  if (for_people) {
    std::size_t enforced = 0;
    for (const auto& policy : encoding.policies()) enforced += policy.enforced() ? 1U : 0U;
    const std::size_t remaining = enforced - found.policies.size();
    const std::string proved =
        (remaining == 1 ? "the one that remains comes"
                        : "the " + std::to_string(remaining) + " that remain come") +
        std::string(" to the same for every sign-in: proved\n");
    output->write((table.rows.empty() ? "" : "\n") +
                  (enforced == 0
                       ? "no policy is enforced, so there is nothing to leave out\n"
                       : count_of(enforced, "enforced policy; ", "enforced policies; ") + proved));
    for (const std::string& note : input->notes(universe.notes())) {
      output->write("Note: " + note + '\n');
    }
  }
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  return table.rows.empty() ? input->exit() : Exit::findings;
}

}  // namespace sallyport::cli
