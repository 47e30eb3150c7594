#include "report.h"

#include <algorithm>

#include "base/json.h"
#include "report_json.h"
#include "words.h"

namespace sallyport::cli {
namespace {

bool may_apply(const PolicyAnswer& answer) {
  switch (answer.result) {
    case PolicyResult::not_applied:
    case PolicyResult::not_enabled:
    case PolicyResult::report_only_not_applied: return false;
    default: return true;
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string missing_words(const Answer& answer, const Tenant& tenant) {
  std::vector<std::string> words;
  for (const Requirement& requirement : answer.missing) {
    // That it blocks is already said.
    if (requirement.kind == RequirementKind::block) continue;
    words.push_back(words_of(requirement, tenant.policy_set, tenant.names));
  }
  return joined(words);
}

// The policies that gave an answer its outcome.
std::vector<std::string> deciding_policies(const Answer& answer, const Tenant& tenant) {
  const auto wanted =
      answer.outcome == Outcome::blocked ? PolicyResult::failure : PolicyResult::interrupted;
  std::vector<std::string> names;
  if (answer.outcome == Outcome::granted) return names;
  for (std::size_t i = 0; i < answer.policies.size(); ++i) {
    if (answer.policies[i].result == wanted) {
      names.push_back(tenant.policy_set.policies[i].display_name);
    }
  }
  return names;
}

std::string verdict_line(const Answer& answer, const Tenant& tenant, bool with_names, bool colour) {
  constexpr std::size_t names_max = 3;
  const Cell outcome = words_of(answer.outcome, answer.error_code);
  std::string line = toned(outcome.text, outcome.tone, colour);
  const std::string missing = missing_words(answer, tenant);
  if (!missing.empty()) line += ": " + missing;
  auto names = deciding_policies(answer, tenant);
  if (with_names && !names.empty()) {
    const std::size_t more = names.size() > names_max ? names.size() - names_max : 0;
    names.resize(names.size() - more);
    line += "; by " + joined(names);
    if (more != 0) line += " and " + std::to_string(more) + " more";
  }
  return line;
}

// The lines over the tables: the sign-in, the verdict, and what it hangs on.
std::vector<std::string> headline(const Report& report, const Tenant& tenant, bool colour) {
  std::vector<std::string> lines;
  if (!report.title.empty()) lines.push_back(report.title);
  if (report.definite) {
    lines.push_back(verdict_line(report.worst, tenant, true, colour));
  } else if (report.worst.outcome == report.best.outcome &&
             report.worst.error_code == report.best.error_code) {
    lines.push_back(verdict_line(report.best, tenant, true, colour));
    lines.push_back("what else is required depends on " + joined(report.depends_on));
  } else {
    lines.push_back(toned("depends on", Tone::caution, colour) + ' ' + joined(report.depends_on));
    lines.push_back("  at worst  " + verdict_line(report.worst, tenant, false, colour));
    lines.push_back("  at best   " + verdict_line(report.best, tenant, false, colour));
  }
  if (const std::string session = words_of(report.worst.session); !session.empty()) {
    lines.push_back("session: " + session);
  }
  return lines;
}

Cell match_cell(Match match) {
  switch (match) {
    case Match::no: return {words_of(match), Tone::faint};
    case Match::yes: return {words_of(match), Tone::plain};
    case Match::unknown:
    case Match::needs_gps: return {words_of(match), Tone::caution};
  }
  return {};
}

struct Why {
  Cell state;
  std::string text;
};

Why why_of(const RequirementAnswer& requirement, bool one_is_enough) {
  Why why;
  if (requirement.unknown) {
    why.state = {"unknown", Tone::caution};
    why.text = "not told";
  } else if (requirement.satisfaction == Satisfaction::satisfied) {
    why.state = {"given", Tone::good};
  } else if (requirement.satisfaction == Satisfaction::needs_user) {
    why.state = {"missing", Tone::caution};
    why.text = "the user can give it now";
  } else if (requirement.requirement.kind == RequirementKind::block) {
    why.state = {"required", Tone::bad};
  } else {
    why.state = {"missing", Tone::bad};
    why.text = "cannot be given in this sign-in";
  }
  if (one_is_enough) why.text += why.text.empty() ? "one is enough" : "; one is enough";
  return why;
}

Table policy_table() {
  Table table;
  table.columns = {{"POLICY", "policy", true, true, false, true},
                   {"RESULT", "result", false, true, false, true},
                   {"CHECK", "check", true, false, false},
                   {"", "state", false, false, false},
                   {"WHY", "why", true, false, false}};
  return table;
}

void add_conditions(Table& table, const Policy& policy, const PolicyAnswer& answer,
                    const Cell& result, const Tenant& tenant) {
  const Tone tone = may_apply(answer) ? Tone::strong : Tone::faint;
  for (const ConditionAnswer& condition : answer.conditions) {
    table.rows.push_back({{policy.display_name, tone},
                          result,
                          {words_of(condition.condition), Tone::plain},
                          match_cell(condition.match),
                          {with_names(condition.decided_by, tenant.names), Tone::plain}});
  }
}

void add_requirements(Table& table, const Policy& policy, const PolicyAnswer& answer,
                      const Cell& result, const Tenant& tenant) {
  const bool one_is_enough =
      answer.operation == GrantOperator::any_of && answer.requirements.size() > 1;
  for (const RequirementAnswer& requirement : answer.requirements) {
    const bool block = requirement.requirement.kind == RequirementKind::block;
    const Why why = why_of(requirement, one_is_enough);
    table.rows.push_back(
        {{policy.display_name, Tone::strong},
         result,
         {block ? "block access"
                : "needs " + words_of(requirement.requirement, tenant.policy_set, tenant.names),
          Tone::plain},
         why.state,
         {why.text, Tone::plain}});
  }
}

// A policy without anything to show still has its row.
void add_policy(Table& table, const Report& report, const Tenant& tenant, std::size_t i) {
  const Policy& policy = tenant.policy_set.policies[i];
  const PolicyAnswer& answer = report.worst.policies[i];
  const Cell result = words_of(answer.result, report.best.policies[i].result);
  const std::size_t before = table.rows.size();
  add_conditions(table, policy, answer, result, tenant);
  if (may_apply(answer)) add_requirements(table, policy, answer, result, tenant);
  if (table.rows.size() == before) {
    table.rows.push_back({{policy.display_name, Tone::strong}, result, {}, {}, {}});
  }
}

std::string because(const Policy& policy, const PolicyAnswer& answer, const Names& names) {
  if (policy.state == PolicyState::disabled) return "it is off";
  for (const ConditionAnswer& condition : answer.conditions) {
    if (condition.match != Match::no) continue;
    // The reason often names the condition itself.
    const std::string words = words_of(condition.condition);
    const std::string reason = with_names(condition.decided_by, names);
    return reason.find(words) == std::string::npos ? words + ": " + reason : reason;
  }
  const bool nothing = (!policy.grant_controls || policy.grant_controls->empty()) &&
                       (!policy.session_controls || policy.session_controls->empty());
  return nothing ? "it requires nothing" : "no resource or no user is configured";
}

Table not_applied_table(const Report& report, const Tenant& tenant) {
  Table table;
  table.columns = {{"POLICY", "policy", true, false, false},
                   {"BECAUSE", "why", true, false, false}};
  for (std::size_t i = 0; i < report.worst.policies.size(); ++i) {
    const PolicyAnswer& answer = report.worst.policies[i];
    if (may_apply(answer)) continue;
    const Policy& policy = tenant.policy_set.policies[i];
    table.rows.push_back(
        {{policy.display_name, Tone::plain}, {because(policy, answer, tenant.names), Tone::faint}});
  }
  return table;
}

Table applied_table(const Report& report, const Tenant& tenant) {
  Table table = policy_table();
  // Those that decide first, then by how much they do.
  const auto rank = [&](std::size_t i) {
    switch (report.worst.policies[i].result) {
      case PolicyResult::failure: return 0;
      case PolicyResult::interrupted: return 1;
      case PolicyResult::success: return 2;
      default: return 3;
    }
  };
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < report.worst.policies.size(); ++i) {
    if (may_apply(report.worst.policies[i])) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  for (const std::size_t i : order) add_policy(table, report, tenant, i);
  return table;
}

Table every_condition_table(const Report& report, const Tenant& tenant) {
  Table table = policy_table();
  for (std::size_t i = 0; i < report.worst.policies.size(); ++i) {
    if (!may_apply(report.worst.policies[i])) add_policy(table, report, tenant, i);
  }
  return table;
}

void append_section(std::string& out, std::string_view heading, const Table& table,
                    const Presentation& presentation) {
  if (table.rows.empty()) return;
  if (presentation.format == Format::markdown) {
    if (out.size() < 2 || out.compare(out.size() - 2, 2, "\n\n") != 0) out += '\n';
    out += "## " + std::string(heading) + "\n\n";
  } else {
    out += '\n' + toned(heading, Tone::strong, presentation.colour) + '\n';
  }
  out += render(table, presentation);
}

// A line that goes on under its own beginning, four columns in.
void append_line(std::string& out, const std::string& line, const Presentation& presentation) {
  constexpr std::size_t hanging = 4;
  const auto width = static_cast<std::size_t>(presentation.width);
  if (presentation.format == Format::markdown || width <= 2 * hanging) {
    out += line + (presentation.format == Format::markdown ? "\n\n" : "\n");
    return;
  }
  std::string_view rest = line;
  std::string margin;
  while (true) {
    const auto parts = wrap(rest, width - margin.size());
    out += margin + parts.front() + '\n';
    if (parts.size() == 1) return;
    rest.remove_prefix(parts.front().size());
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    margin.assign(hanging, ' ');
  }
}

std::string render_text(const Report& report, const Tenant& tenant,
                        const Presentation& presentation, const ReportOptions& options) {
  std::string out;
  const auto add_line = [&](const std::string& line) { append_line(out, line, presentation); };
  for (const std::string& line : headline(report, tenant, presentation.colour)) add_line(line);
  if (!options.shortfall.empty()) {
    add_line(toned(options.shortfall, Tone::caution, presentation.colour));
  }
  if (!report.remedy.empty()) {
    add_line("cheapest change that would let it through:");
    for (const std::string& step : report.remedy) add_line("  - " + step);
  }
  append_section(out, "Policies that apply, or may", applied_table(report, tenant), presentation);
  if (options.applied_only) return out;
  append_section(out, "Policies that do not apply",
                 options.every_condition ? every_condition_table(report, tenant)
                                         : not_applied_table(report, tenant),
                 presentation);
  return out;
}

// Everything in one table, a row for each condition and requirement.
Table flat_table(const Report& report, const Tenant& tenant, const ReportOptions& options) {
  Table table = policy_table();
  table.columns.insert(table.columns.begin(), Column{"ID", "id", false, false, false});
  table.columns[4].title = table.columns[4].key;
  for (std::size_t i = 0; i < report.worst.policies.size(); ++i) {
    if (options.applied_only && !may_apply(report.worst.policies[i])) continue;
    Table rows = policy_table();
    add_policy(rows, report, tenant, i);
    for (auto& row : rows.rows) {
      row.insert(row.begin(), Cell{tenant.policy_set.policies[i].id_text, Tone::plain});
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

}  // namespace

bool certainly_granted(const Report& report) {
  return report.definite && report.worst.outcome == Outcome::granted;
}

std::string render(const Report& report, const Tenant& tenant, const Presentation& presentation,
                   const ReportOptions& options) {
  switch (presentation.format) {
    case Format::table:
    case Format::markdown: return render_text(report, tenant, presentation, options);
    case Format::json: {
      const auto document = json::parse(report_json(report, tenant, options));
      return document ? json::write_pretty(document->root()) : std::string();
    }
    case Format::jsonl: return report_json(report, tenant, options) + '\n';
    case Format::csv: return render(flat_table(report, tenant, options), presentation);
  }
  return {};
}

Table summary_table() {
  Table table;
  table.columns = {{"WHERE", "where", false, false, true},
                   {"SIGN-IN", "signIn", true, false, false},
                   {"OUTCOME", "outcome", false, false, false},
                   {"MISSING OR DEPENDS ON", "because", true, false, false},
                   {"BY", "policies", true, false, false}};
  return table;
}

void add_to_summary(Table& summary, const Report& report, const Tenant& tenant) {
  const Cell outcome = report.definite ? words_of(report.worst.outcome, report.worst.error_code)
                                       : Cell{"depends", Tone::caution};
  const std::string because =
      report.definite ? missing_words(report.worst, tenant) : joined(report.depends_on);
  summary.rows.push_back({{report.where, Tone::plain},
                          {report.title, Tone::plain},
                          outcome,
                          {because, Tone::plain},
                          {joined(deciding_policies(report.worst, tenant)), Tone::plain}});
}

}  // namespace sallyport::cli
