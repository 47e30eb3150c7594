// `sallyport lint`: everything to say about a set of documents.
#include "analysis/lint.h"

#include "commands.h"
#include "documents.h"

namespace sallyport::cli {
namespace {

Cell severity_cell(Severity severity) {
  if (severity == Severity::warning) return {"warning", Tone::caution};
  if (severity == Severity::note) return {"note", Tone::faint};
  return {std::string(name_of(severity)), Tone::bad};
}

Table table_of(const std::vector<Finding>& findings) {
  Table table;
  table.columns = {{"FILE", "file", true, true, false},
                   {"LINE", "line", false, false, false, false, true},
                   {"COLUMN", "column", false, false, true, false, true},
                   {"", "severity", false, false, false},
                   {"CODE", "code", false, false, false},
                   {"MESSAGE", "message", true, false, false},
                   {"POINTER", "pointer", false, false, true}};
  for (const Finding& finding : findings) {
    const auto number = [](std::uint32_t n) { return n == 0 ? std::string() : std::to_string(n); };
    table.rows.push_back({{finding.file, Tone::strong},
                          {number(finding.line), Tone::plain},
                          {number(finding.column), Tone::plain},
                          severity_cell(finding.severity),
                          {finding.code, Tone::plain},
                          {finding.message, Tone::plain},
                          {finding.pointer, Tone::plain}});
  }
  return table;
}

std::string count_of(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + ' ' + std::string(count == 1 ? one : many);
}

std::string summary(const LoadResult& loaded, const std::vector<Finding>& findings) {
  std::size_t by_severity[static_cast<std::size_t>(Severity::info) + 1] = {};
  for (const Finding& finding : findings) {
    ++by_severity[static_cast<std::size_t>(finding.severity)];
  }
  return count_of(loaded.files, "file", "files") + ", " +
         count_of(loaded.tenant.policy_set.policies.size(), "policy", "policies") + ": " +
         count_of(by_severity[static_cast<std::size_t>(Severity::error)], "error", "errors") +
         ", " +
         count_of(by_severity[static_cast<std::size_t>(Severity::warning)], "warning", "warnings") +
         ", " + count_of(by_severity[static_cast<std::size_t>(Severity::note)], "note", "notes");
}

}  // namespace

// Notes alone are nothing to act on.
Exit lint(const LintOptions& options) {
  if (options.paths.empty()) {
    return could_not_run(
        {ErrorKind::invalid_argument, "say which folder or files: sallyport lint FOLDER", "lint"});
  }
  auto output = Output::open(options.output);
  if (!output) return could_not_run(output.error());
  // What cannot be read at all is a finding here, not the end.
  const LoadResult loaded = load(options.paths);
  const std::vector<Finding> findings = sallyport::lint(loaded);
  const bool for_people = output->presentation().format == Format::table ||
                          output->presentation().format == Format::markdown;
  if (!for_people || !findings.empty()) {
    output->write(render(table_of(findings), output->presentation()));
  }
  if (for_people) {
    output->write((findings.empty() ? "" : "\n") + summary(loaded, findings) + '\n');
  }
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  if (loaded.files == 0 ||
      (loaded.unreadable_files != 0 && loaded.unreadable_files >= loaded.files)) {
    remark("sallyport: nothing could be read");
    return Exit::could_not_run;
  }
  for (const Finding& finding : findings) {
    if (finding.severity != Severity::note) return Exit::findings;
  }
  return loaded.unreadable_files != 0 ? Exit::findings : Exit::nothing_found;
}

}  // namespace sallyport::cli
