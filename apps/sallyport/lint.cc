// `sallyport lint`: everything to say about a set of documents by looking at them.
#include "analysis/lint.h"

#include <algorithm>

#include "analysis/checks/catalogue.h"
#include "base/text.h"
#include "check_settings.h"
#include "commands.h"
#include "documents.h"
#include "findings_acceptance.h"
#include "findings_report.h"

namespace sallyport::cli {
namespace {

using Words = std::vector<std::string>;

// What the options say, made ready; nothing: they are wrong, which was said.
struct LintRun {
  CheckRun checks;
  std::vector<Acceptance> acceptances;
  std::set<std::string> baseline;
  Severity least = Severity::info;
  std::optional<Severity> fail_on;
};

bool say(const std::vector<Error>& problems) {
  for (const Error& problem : problems) remark(problem);
  return !problems.empty();
}

// `COV-01`, its section `COV`, or the code of a rule or remark: `V7`, `L-json`.
bool names(const std::string& word, std::string_view id) {
  return word == id || (id.starts_with(word) && id.size() > word.size() && id[word.size()] == '-');
}

bool is_known(const std::string& word) {
  if (word.size() > 1 && (word[0] == 'V' || word.starts_with("L-") || word.starts_with("C-") ||
                          word == "A-never-applies")) {
    return true;
  }
  return std::ranges::any_of(check_catalogue(), [&](const Check& c) { return names(word, c.id); });
}

bool matches(const Words& words, const CheckFinding& finding) {
  return std::ranges::any_of(words, [&](const std::string& word) {
    return names(word, finding.id) || (!finding.rule.empty() && names(word, finding.rule));
  });
}

std::optional<LintRun> prepare(const LintOptions& options) {
  LintRun run;
  for (const auto* words : {&options.only, &options.skip}) {
    for (const std::string& word : *words) {
      if (is_known(word)) continue;
      remark({ErrorKind::invalid_argument,
              "`" + printable(word) + "` is no check: sallyport lint --list shows them",
              words == &options.only ? "--only" : "--skip"});
      return std::nullopt;
    }
  }
  run.least = parse_severity(options.min_severity).value_or(Severity::info);
  run.fail_on = parse_severity(options.fail_on);  // `never` is none
  const auto now = now_of(options.now);
  if (!now) {
    remark(now.error());
    return std::nullopt;
  }
  run.checks.now = *now;
  if (!options.settings.empty()) {
    auto reading = read_check_settings(options.settings);
    if (say(reading.problems)) return std::nullopt;
    run.checks.settings = std::move(reading.settings);
  }
  if (!options.accept.empty()) {
    auto reading = read_acceptances(options.accept);
    if (say(reading.problems)) return std::nullopt;
    run.acceptances = std::move(reading.acceptances);
  }
  if (!options.baseline.empty()) {
    auto keys = read_baseline(options.baseline);
    if (!keys) {
      remark(keys.error());
      return std::nullopt;
    }
    run.baseline = std::move(*keys);
  }
  return run;
}

std::string count_of(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + ' ' + std::string(count == 1 ? one : many);
}

FindingsReport report_of(const LintOptions& options, const LintRun& run, const LoadResult& loaded) {
  FindingsReport report;
  report.command = "lint";
  report.fail_on = run.fail_on;
  report.summary = count_of(loaded.files, "file", "files") + ", " +
                   count_of(loaded.tenant.policy_set.policies.size(), "policy", "policies");
  const auto wanted = [&](const CheckFinding& finding) {
    return (options.only.empty() || matches(options.only, finding)) &&
           !matches(options.skip, finding);
  };
  for (auto& finding : lint(loaded, run.checks)) {
    if (finding.severity > run.least || !wanted(finding)) continue;
    // A file's name may be any bytes; what programs read is UTF-8.
    if (!is_utf8(finding.file)) finding.file = printable(finding.file, finding.file.size() * 4);
    report.findings.push_back({std::move(finding), Standing::open, {}});
  }
  for (const Check& check : check_catalogue()) {
    CheckFinding named;
    named.id = check.id;
    if (check.decided == Decided::by_shape && wanted(named)) report.checked.emplace_back(check.id);
  }
  for (const auto& unused : apply_acceptances(run.acceptances, run.checks.now, report.findings)) {
    remark("sallyport: " + unused);
  }
  apply_baseline(run.baseline, report.findings);
  return report;
}

std::string_view words_of(Decided decided) {
  switch (decided) {
    case Decided::by_shape: return "lint";
    case Decided::by_effect: return "proofs";
    case Decided::by_missing_input: return "nobody yet";
  }
  return "";
}

Tone tone_of(Severity severity) {
  if (severity <= Severity::high) return Tone::bad;
  return severity == Severity::medium ? Tone::caution : Tone::plain;
}

Exit list_checks(const OutputOptions& options) {
  auto output = Output::open(options);
  if (!output) return could_not_run(output.error());
  Table table;
  table.columns = {{"CHECK", "check"},
                   {"SEVERITY", "severity"},
                   {"BY", "decidedBy"},
                   {"NAME", "name", true},
                   {"HOLDS WHEN ALL IS WELL", "rule", true},
                   {"", "why", false, false, true},
                   {"", "fix", false, false, true},
                   {"", "needs", false, false, true}};
  for (const Check& check : check_catalogue()) {
    std::vector<Cell> cells;
    for (const std::string_view text :
         {check.id, sallyport::name_of(check.severity), words_of(check.decided), check.name,
          check.rule, check.why, check.fix, check.needs}) {
      cells.push_back({std::string(text), Tone::plain});
    }
    cells[1].tone = tone_of(check.severity);
    table.rows.push_back(std::move(cells));
  }
  output->write(render(table, output->presentation()));
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  return Exit::nothing_found;
}

}  // namespace

Exit lint(const LintOptions& options) {
  if (options.list) return list_checks(options.output);
  if (options.paths.empty()) {
    return could_not_run(
        {ErrorKind::invalid_argument, "say which folder or files: sallyport lint FOLDER", "lint"});
  }
  auto run = prepare(options);
  if (!run) return Exit::could_not_run;
  // Formats of findings alone are no tables.
  const auto format = parse_findings_format(options.output.format).value_or(FindingsFormat::table);
  auto output_options = options.output;
  if (!parse_format(output_options.format)) output_options.format = "json";
  auto output = Output::open(output_options);
  if (!output) return could_not_run(output.error());

  // What cannot be read at all is a finding here, not the end.
  const LoadResult loaded = load_for_lint(options.paths, run->checks.groups);
  std::optional<LoadResult> baseline_set;
  if (!options.baseline_set.empty()) {
    auto stored = load_documents({options.baseline_set});
    if (!stored) return could_not_run(stored.error());
    run->checks.baseline_set = &baseline_set.emplace(std::move(*stored));
  }
  const auto report = report_of(options, *run, loaded);
  output->write(render(report, format, output->presentation()));
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  if (loaded.files == 0 ||
      (loaded.unreadable_files != 0 && loaded.unreadable_files >= loaded.files)) {
    remark("sallyport: nothing could be read");
    return Exit::could_not_run;
  }
  const bool incomplete = loaded.unreadable_files != 0;
  return fails(report) || incomplete ? Exit::findings : Exit::nothing_found;
}

}  // namespace sallyport::cli
