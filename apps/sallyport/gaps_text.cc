// The findings of `sallyport gaps`: as text for people, and as what programs read.
#include <algorithm>

#include "gaps_report.h"
#include "labelled_text.h"
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

NamedPolicy named(const Tenant& tenant, std::size_t policy) {
  const Policy& p = tenant.policy_set.policies[policy];
  return {p.id_text, p.display_name};
}

std::string shortened(std::vector<std::string> parts, std::size_t most, std::string_view between) {
  const std::size_t rest = parts.size() > most ? parts.size() - most : 0;
  parts.resize(parts.size() - rest);
  return joined(parts, between) +
         (rest == 0 ? "" : std::string(between) + "and " + std::to_string(rest) + " more");
}

// A label and what is said under it; the same lines are printed and given to programs.
struct Line {
  std::string_view label;
  std::string text;
  Tone tone = Tone::plain;
};

std::vector<Line> lines_of(const Gap& gap, const Tenant& tenant) {
  constexpr std::size_t likewise_told = 6;
  const auto words = [&](const std::string& text) { return with_names(text, tenant.names); };
  std::vector<Line> out{{"shown by", words(joined(gap.details, "; "))}};
  if (gap.people > 0) {
    out.push_back({"people", std::to_string(gap.people) + ": " + joined(gap.examples, ", ") +
                                 (gap.people > gap.examples.size() ? ", …" : "")});
  }
  if (!gap.likewise.empty()) {
    out.push_back({"likewise", words(shortened(gap.likewise, likewise_told, "; "))});
  }
  for (const auto& miss : gap.near_misses) {
    out.push_back({"missed by", policy_name(tenant.policy_set, miss.policy) + ": " +
                                    words(joined(miss.because, "; "))});
  }
  if (!gap.would_close_if_enforced.empty()) {
    std::vector<std::string> names;
    for (const std::size_t policy : gap.would_close_if_enforced) {
      names.push_back(policy_name(tenant.policy_set, policy));
    }
    out.push_back(
        {"closed by", "enforcing " + joined(names, " and ") + ", now report-only", Tone::good});
  } else if (!gap.edits.empty()) {
    const auto& edit = gap.edits.front();
    out.push_back({edit.closes ? "closed by" : "narrowed by", words(edit.words), Tone::good});
  }
  return out;
}

void tell(LabelledText& out, const Gap& gap, const ReportedFinding& reported,
          const Tenant& tenant) {
  out.raw("\n");
  out.paragraph(capitalised(with_names(gap.sentence, tenant.names)), Tone::strong);
  std::string_view before;
  for (const Line& line : lines_of(gap, tenant)) {
    out.line(line.label == before ? "" : std::string(line.label), line.text, line.tone);
    before = line.label;
  }
  if (reported.standing == Standing::known) out.line("known", "the baseline has it", Tone::faint);
  if (!reported.remark.empty()) out.line("accepted", reported.remark, Tone::faint);
}

}  // namespace

std::vector<std::string> assumptions(const ProofInput& input, const proof::Universe& universe) {
  std::vector<std::string> out;
  const auto& emergency = input.emergency();
  std::vector<std::string> names;
  for (const UserId id : emergency.users) {
    names.push_back(input.tenant().names.label(to_string(id)));
  }
  for (const GroupId id : emergency.groups) {
    const auto name = input.tenant().names.label(to_string(id));
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  if (!names.empty()) {
    std::string line = "Emergency accounts, left out below: " + joined(names, ", ");
    if (emergency.inferred) {
      line += " (excluded from " + std::to_string(emergency.excluded_from) + " of " +
              std::to_string(emergency.policies) +
              " policies for everybody; say --emergency NAME or none)";
    }
    out.push_back(std::move(line));
  }
  if (!universe.has_people()) {
    out.emplace_back(
        "Without a directory: people may be in any groups and roles that policies name.");
  }
  for (const std::string& note : input.notes(universe.notes())) out.push_back("Note: " + note);
  return out;
}

std::vector<CheckFinding> findings_of(const Verdict& verdict, const Tenant& tenant,
                                      const proof::Universe& universe) {
  const auto& e = *verdict.expectation;
  std::vector<CheckFinding> out;
  CheckFinding finding;
  finding.id = e.id;
  finding.title = e.name;
  finding.severity = e.severity;
  finding.fix = e.fix;
  if (!universe.has_people()) finding.assumption = "no directory data";
  if (verdict.gave_up) {
    finding.message = "gave up: the question is too large for the budget, and nothing is known";
    out.push_back(finding);
  }
  if (verdict.seen_before) {
    finding.message = "not kept by sign-ins that are findings already";
    out.push_back(finding);
  }
  for (const Gap& gap : verdict.gaps) {
    CheckFinding one = finding;
    one.message = with_names(gap.sentence, tenant.names);
    one.instance = gap.sentence;
    for (const auto& miss : gap.near_misses) one.policies.push_back(named(tenant, miss.policy));
    for (const Line& line : lines_of(gap, tenant)) {
      one.evidence.push_back(std::string(line.label) + ": " + line.text);
    }
    if (!gap.would_close_if_enforced.empty()) {
      for (const std::size_t policy : gap.would_close_if_enforced) {
        one.would_pass_if_enforced.push_back(named(tenant, policy).id);
      }
      if (one.severity < Severity::low) {
        one.severity = static_cast<Severity>(static_cast<int>(one.severity) + 1);
      }
    } else if (!gap.edits.empty()) {
      one.fix = capitalised(with_names(gap.edits.front().words, tenant.names)) + ".";
    }
    out.push_back(std::move(one));
  }
  return out;
}

std::string gaps_for_people(const GapsReport& report, const Presentation& presentation) {
  const Tenant& tenant = report.input->tenant();
  LabelledText out(presentation);
  for (const std::string& line : assumptions(*report.input, *report.universe)) out.raw(line + '\n');
  out.raw("\n");
  std::size_t at = 0, proved = 0;
  std::vector<std::string> of_nobody;
  bool all_looked_at = true;
  for (const Verdict& verdict : report.verdicts) {
    if (verdict.holds() && verdict.concerns_nobody) {
      of_nobody.push_back(verdict.expectation->id + ' ' + verdict.expectation->name);
      continue;
    }
    if (verdict.holds()) {
      ++proved;
      continue;
    }
    all_looked_at &= !verdict.not_all_looked_at;
    const auto& e = *verdict.expectation;
    out.raw(upper(sallyport::name_of(e.severity)), tone_of(e.severity));
    out.raw("  " + e.id + "  ");
    out.raw(e.name, Tone::strong);
    out.raw("\n");
    if (verdict.gave_up) {
      out.paragraph("gave up: the question is too large for the budget; nothing is known");
      ++at;
    }
    if (verdict.seen_before) {
      out.paragraph("not kept by sign-ins already shown above", Tone::faint);
      ++at;
    }
    for (const Gap& gap : verdict.gaps) tell(out, gap, report.findings.findings[at++], tenant);
    if (verdict.more) out.paragraph("and further sign-ins of other kinds", Tone::faint);
    const bool mended = std::ranges::any_of(verdict.gaps, [](const Gap& gap) {
      return !gap.edits.empty() || !gap.would_close_if_enforced.empty();
    });
    if (!mended && !verdict.gaps.empty()) out.line("remedy", e.fix);
    out.raw("\n");
  }
  const std::size_t broken = report.verdicts.size() - proved - of_nobody.size();
  out.raw(std::to_string(proved) + " of " +
          count_of(report.verdicts.size(), "expectation", "expectations") +
          (proved == 1 ? " is" : " are") + " proved; " + std::to_string(broken) +
          (broken == 1 ? " is" : " are") + " not kept\n");
  if (!of_nobody.empty()) {
    out.paragraph("Nothing is proved where nobody is concerned, by these documents: " +
                  joined(of_nobody, "; "));
  }
  if (!all_looked_at) {
    out.raw(
        "Beside the gaps shown, people in more of the named groups at once were not looked at.\n");
  }
  return out.take();
}

}  // namespace sallyport::cli
