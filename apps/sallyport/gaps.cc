// `sallyport gaps`: what gets in that should not, worst first, each with the smallest sign-in that
// shows it.
#include "analysis/proof/gaps.h"

#include <algorithm>

#include "analysis/proof/goals.h"
#include "commands.h"
#include "documents.h"
#include "expectation_input.h"
#include "words.h"

namespace sallyport::cli {
namespace {

using proof::Gap;
using proof::Verdict;

Tone tone_of(Severity severity) {
  if (severity <= Severity::high) return Tone::bad;
  return severity == Severity::medium ? Tone::caution : Tone::faint;
}

std::string upper(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += between;
    out += part;
  }
  return out;
}

std::string name_of(const Tenant& tenant, std::size_t policy) {
  const Policy& p = tenant.policy_set.policies[policy];
  return "`" + (p.display_name.empty() ? p.id_text : p.display_name) + "`";
}

class Text {
 public:
  explicit Text(const Presentation& presentation) : presentation_(presentation) {}

  void line(const std::string& label, const std::string& text, Tone tone = Tone::plain) {
    constexpr std::size_t indent = 4, label_width = 12;
    const std::size_t width =
        presentation_.width > 40 ? static_cast<std::size_t>(presentation_.width) : 100;
    bool first = true;
    for (const std::string& part : wrap(text, width - indent - label_width)) {
      const std::string head = first ? label : "";
      out_ += std::string(indent, ' ');
      out_ += toned(head + std::string(label_width - head.size(), ' '), Tone::faint,
                    presentation_.colour);
      out_ += toned(part, tone, presentation_.colour) + '\n';
      first = false;
    }
  }
  void raw(const std::string& text) { out_ += text; }
  const Presentation& presentation() const { return presentation_; }
  std::string take() { return std::move(out_); }

 private:
  Presentation presentation_;
  std::string out_;
};

void tell(Text& out, const Gap& gap, const Tenant& tenant) {
  std::string sentence = with_names(gap.sentence, tenant.names);
  if (!sentence.empty() && sentence[0] >= 'a' && sentence[0] <= 'z') {
    sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
  }
  out.raw("\n");
  out.line("", sentence, Tone::strong);
  out.line("shown by", with_names(joined(gap.details, "; "), tenant.names));
  if (gap.people > 0) {
    out.line("people", std::to_string(gap.people) + ": " + joined(gap.examples, ", ") +
                           (gap.people > gap.examples.size() ? ", …" : ""));
  }
  bool first = true;
  for (const auto& miss : gap.near_misses) {
    out.line(first ? "missed by" : "",
             name_of(tenant, miss.policy) + ": " +
                 with_names(joined(miss.because, "; "), tenant.names));
    first = false;
  }
  if (!gap.would_close_if_enforced.empty()) {
    std::vector<std::string> names;
    for (const std::size_t policy : gap.would_close_if_enforced) {
      names.push_back(name_of(tenant, policy));
    }
    out.line("closed by", "enforcing " + joined(names, " and ") + ", now report-only", Tone::good);
  } else if (!gap.edits.empty()) {
    const auto& edit = gap.edits.front();
    out.line(edit.closes ? "closed by" : "narrowed by", with_names(edit.words, tenant.names),
             Tone::good);
  }
}

// What the proof rests on, before anything else.
std::string assumptions(const ProofInput& input, const proof::Universe& universe) {
  std::string out;
  const auto& emergency = input.emergency();
  std::vector<std::string> names;
  for (const UserId id : emergency.users) names.push_back(input.tenant().names.label(to_string(id)));
  for (const GroupId id : emergency.groups) {
    const auto name = input.tenant().names.label(to_string(id));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  if (!names.empty()) {
    out += "Emergency accounts, left out below: " + joined(names, ", ");
    if (emergency.inferred) {
      out += " (excluded from " + std::to_string(emergency.excluded_from) + " of " +
             std::to_string(emergency.policies) +
             " policies for everybody; say --emergency NAME or none)";
    }
    out += '\n';
  }
  if (!universe.has_people()) {
    out += "Without a directory: people may be in any groups and roles that policies name.\n";
  }
  for (const std::string& note : universe.notes()) out += "Note: " + note + '\n';
  return out.empty() ? out : out + '\n';
}

void tell(Text& out, const Verdict& verdict, const Tenant& tenant) {
  const auto& e = *verdict.expectation;
  const bool colour = out.presentation().colour;
  out.raw(toned(upper(sallyport::name_of(e.severity)), tone_of(e.severity), colour) + "  " + e.id +
          "  " + toned(e.name, Tone::strong, colour) + '\n');
  if (verdict.gave_up) {
    out.line("", "gave up: the question is too large for the budget; nothing is known");
  }
  for (const Gap& gap : verdict.gaps) tell(out, gap, tenant);
  if (verdict.seen_before) out.line("", "not kept by sign-ins already shown above", Tone::faint);
  if (verdict.more) out.line("", "and further sign-ins of other kinds", Tone::faint);
  if (!verdict.gaps.empty()) {
    const bool edit = !verdict.gaps.front().edits.empty() ||
                      !verdict.gaps.front().would_close_if_enforced.empty();
    if (!edit) out.line("remedy", e.fix);
  }
  out.raw("\n");
}

}  // namespace

Exit gaps(const GapOptions& options) {
  auto input = ProofInput::read(options.input);
  if (!input) return could_not_run(input.error());
  auto output = Output::open(options.output);
  if (!output) return could_not_run(output.error());
  const Tenant& tenant = input->tenant();

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
  const PolicySet* sets[] = {&tenant.policy_set};
  const proof::Universe universe(solver, sets, tenant, interests);
  const proof::Encoding encoding(universe, tenant.policy_set);
  const auto program = compile(tenant.policy_set, universe.directory(), tenant.inventory);
  if (!program) return could_not_run(program.error());

  Text text(output->presentation());
  text.raw(assumptions(*input, universe));
  proof::GapFinder finder(encoding, **program, solver);
  std::size_t holes = 0, proved = 0;
  Progress progress("proving", goals.size());
  for (const auto& goal : goals) {
    const auto verdict = finder.check(goal);
    if (!verdict) return could_not_run(verdict.error());
    progress.step();
    if (verdict->holds()) {
      ++proved;
      continue;
    }
    ++holes;
    tell(text, *verdict, tenant);
  }
  output->write(text.take());
  output->write(std::to_string(proved) + " of " + std::to_string(goals.size()) +
                " expectations hold for every sign-in; " + std::to_string(holes) + " do not\n");
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  return holes == 0 ? Exit::nothing_found : Exit::findings;
}

}  // namespace sallyport::cli
