// `sallyport comply`: what exported compliance policies make of a device, from its report.
#include <algorithm>

#include "base/text.h"
#include "commands.h"
#include "compliance/assignment.h"
#include "compliance/judge.h"
#include "documents.h"
#include "policy/source_text.h"

namespace sallyport::cli {
namespace {

using namespace compliance;

// Everything of a folder that verdicts go by.
struct ComplianceDocuments {
  std::vector<CompliancePolicy> policies;
  std::vector<AssignmentFilter> filters;
  TenantRules rules;
  bool faulty = false;  // some document is not as it should be, which was said
};

class DocumentReader {
 public:
  ComplianceDocuments read(const LoadResult& loaded) && {
    for (const auto& source : loaded.documents) {
      const auto document = json::parse(source.json);
      if (document) add(source, document->root());
    }
    return std::move(out_);
  }

 private:
  void add(const SourceDocument& source, const json::Value& document) {
    std::vector<Finding> findings;
    const auto type = to_lower(text_of(document, "@odata.type"));
    if (is_compliance_policy(document)) {
      auto reading = read_compliance_policy(document);
      findings = std::move(reading.findings);
      // Exports without ids: two of one name are two policies.
      const auto twins = std::ranges::count_if(out_.policies, [&](const CompliancePolicy& other) {
        return other.id_text == reading.policy.id_text;
      });
      if (twins != 0) {
        reading.policy.id =
            PolicyId::of(reading.policy.id_text + '#' + source.file + '#' + std::to_string(twins));
      }
      out_.policies.push_back(std::move(reading.policy));
    } else if (type.ends_with("assignmentfilter")) {
      auto reading = read_assignment_filter(document);
      findings = std::move(reading.findings);
      out_.filters.push_back(std::move(reading.filter));
    } else if (type.ends_with("mobilethreatdefenseconnector")) {
      out_.rules.connectors.push_back(read_threat_connector(document, Dialect::lenient, &findings));
    } else if (type.ends_with("devicemanagementsettings")) {
      out_.rules.settings = read_tenant_settings(document, Dialect::lenient, &findings);
    }
    say(source, findings);
  }

  void say(const SourceDocument& source, std::vector<Finding>& findings) {
    for (auto& finding : findings) {
      if (finding.severity != Severity::error) continue;
      out_.faulty = true;
      const auto at = json::locate(source.json, finding.offset);
      finding.file = source.file;
      finding.line = source.line + at.line - 1;
      finding.column = at.line == 1 ? source.column + at.column - 1 : at.column;
      remark(line_of(finding));
    }
  }

  ComplianceDocuments out_;
};

struct JudgedDevice {
  std::string name;
  Verdict verdict;
};

class ComplyRun {
 public:
  ComplyRun(const ComplyOptions& options, const ComplianceDocuments& documents, Instant now)
      : options_(options), documents_(documents), now_(now) {
    for (const auto& group : options.groups) groups_.push_back(GroupId::of(group));
    std::ranges::sort(groups_);
  }

  // A file of one report, or of one a line. False: some could not be read, which was said.
  bool add_file(const std::string& file) {
    const auto bytes = read_input(file);
    const auto text = bytes ? decode_text(*bytes) : bytes;
    if (!text) {
      remark(Error{text.error().kind, text.error().message, file});
      return false;
    }
    if (!looks_like_lines(*text).value_or(false)) return add_report(*text, file, 0);
    bool good = true;
    each_line(*text, [&](std::string_view line, std::size_t, std::uint32_t number) {
      good = add_report(line, file, number) && good;
    });
    return good;
  }

  const std::vector<JudgedDevice>& devices() const { return devices_; }

 private:
  bool add_report(std::string_view text, const std::string& file, std::uint32_t line) {
    const auto where = file + (line == 0 ? std::string() : ":" + std::to_string(line));
    std::vector<Finding> notes;
    const auto report = parse_report(text, &notes);
    if (!report) {
      const auto& error = report.error();
      remark(
          Error{error.kind, error.message, where + (error.where.empty() ? "" : " " + error.where)});
      return false;
    }
    for (const auto& note : notes) {
      remark("sallyport: " + where + " " + note.pointer + ": " + note.message);
    }
    Facts facts;
    facts.merge(*report, report->reported_at);
    Subject subject;
    subject.facts = &facts;
    subject.platform =
        options_.platform.empty()
            ? compliance::platform_of(facts.find(compliance::Fact::operating_system).text)
            : compliance::parse_platform(options_.platform).value_or(compliance::Platform::unknown);
    if (subject.platform == compliance::Platform::unknown) {
      remark(Error{ErrorKind::invalid_argument,
                   "the report's `operatingSystem` does not tell which policies are for this "
                   "device: say --platform",
                   where});
      return false;
    }
    const auto judgement = judge(subject, applied(), documents_.rules, {}, now_);
    const auto name = facts.find(compliance::Fact::device_name).text;
    devices_.push_back({name.empty() ? where : std::string(name), explain(judgement, subject)});
    return true;
  }

  std::vector<AppliedPolicy> applied() const {
    std::vector<AppliedPolicy> out;
    const FilterableDevice nothing_known;
    const AssignmentSubject subject{groups_, groups_, true, &nothing_known};
    const auto find_filter = [&](const Guid& id) {
      const auto found = std::ranges::find(documents_.filters, id, &AssignmentFilter::id);
      return found == documents_.filters.end() ? nullptr : &*found;
    };
    for (const auto& policy : documents_.policies) {
      if (groups_.empty() || !policy.assignments_known) {
        out.push_back({&policy, true, false});
        continue;
      }
      const auto outcome = evaluate_assignments(policy.assignments, subject, find_filter);
      if (outcome.applies) out.push_back({&policy, outcome.for_user, outcome.for_system});
    }
    return out;
  }

  const ComplyOptions& options_;
  const ComplianceDocuments& documents_;
  const Instant now_;
  std::vector<GroupId> groups_;
  std::vector<JudgedDevice> devices_;
};

Cell words_of(ComplianceStatus status) {
  switch (status) {
    case ComplianceStatus::compliant:
    case ComplianceStatus::remediated: return {"met", Tone::good};
    case ComplianceStatus::not_applicable:
    case ComplianceStatus::not_assigned: return {"not applicable", Tone::faint};
    case ComplianceStatus::unknown: return {"not known", Tone::caution};
    case ComplianceStatus::error: return {"error", Tone::caution};
    case ComplianceStatus::non_compliant:
    case ComplianceStatus::conflict: return {"not met", Tone::bad};
  }
  return {};
}

std::string words_of(const Verdict& verdict) {
  constexpr const char* not_known = "not compliant: not everything asked for is known";
  switch (verdict.state) {
    case ComplianceState::compliant: return "compliant";
    case ComplianceState::in_grace_period:
      if (!verdict.is_compliant) return not_known;
      return "not compliant, and let in until " + to_string(*verdict.grace_until);
    case ComplianceState::unknown: return not_known;
    case ComplianceState::error: return "not compliant: it could not be found out";
    case ComplianceState::noncompliant:
    case ComplianceState::conflict:
    case ComplianceState::config_manager: break;
  }
  return "not compliant";
}

std::string reported(const SettingVerdict& setting) {
  if (setting.error_description.empty()) return setting.reported;
  return setting.reported + ": " + setting.error_description;
}

// For people, that a device is active and its user exists is no news.
Table table_of(const std::vector<JudgedDevice>& devices, bool for_people) {
  Table table;
  table.columns = {{"DEVICE", "device", true, true, false, true},
                   {"POLICY", "policy", true, true},
                   {"SETTING", "setting", true},
                   {"", "state", false},
                   {"REQUIRED", "required", true},
                   {"REPORTED", "reported", true},
                   {"WHAT TO DO", "remedy", true}};
  for (const auto& device : devices) {
    for (const auto& policy : device.verdict.policies) {
      const bool built_in = policy.type == name_of(PolicyType::built_in);
      for (const auto& setting : policy.settings) {
        const bool met = setting.status == ComplianceStatus::compliant;
        if (for_people && built_in && met) continue;
        table.rows.push_back({{device.name, Tone::strong},
                              {policy.display_name, Tone::plain},
                              {setting.name, Tone::plain},
                              words_of(setting.status),
                              {setting.required, Tone::plain},
                              {reported(setting), Tone::plain},
                              {setting.remedy, Tone::good}});
      }
    }
  }
  return table;
}

std::string as_json(const std::vector<JudgedDevice>& devices, bool lines) {
  std::string text;
  json::Writer writer(text);
  if (!lines) writer.begin_array();
  for (const auto& device : devices) {
    std::string line;
    json::Writer one(line);
    auto& into = lines ? one : writer;
    into.begin_object();
    into.member("device", device.name);
    into.key("verdict");
    write_verdict(device.verdict, into);
    into.end_object();
    if (lines) text += line + '\n';
  }
  if (lines) return text;
  writer.end_array();
  const auto document = json::parse(text);
  return document ? json::write_pretty(document->root()) : text;
}

std::string render(const std::vector<JudgedDevice>& devices, const Presentation& presentation) {
  if (presentation.format == Format::json) return as_json(devices, false);
  if (presentation.format == Format::jsonl) return as_json(devices, true);
  const bool for_people = presentation.format != Format::csv;
  std::string text = sallyport::cli::render(table_of(devices, for_people), presentation);
  if (!for_people) return text;
  text += '\n';
  for (const auto& device : devices) {
    const auto tone = device.verdict.is_compliant ? Tone::good : Tone::bad;
    text +=
        toned(printable(device.name) + ": " + words_of(device.verdict), tone, presentation.colour) +
        '\n';
  }
  return text;
}

}  // namespace

Exit comply(const ComplyOptions& options) {
  if (!options.platform.empty() && !compliance::parse_platform(options.platform)) {
    return could_not_run({ErrorKind::invalid_argument,
                          "`" + printable(options.platform) + "` is no platform", "--platform"});
  }
  const auto now = now_of(options.now);
  if (!now) return could_not_run(now.error());
  const auto loaded = load_documents(options.paths);
  if (!loaded) return could_not_run(loaded.error());
  auto documents = DocumentReader().read(*loaded);
  if (documents.policies.empty()) {
    return could_not_run(
        {ErrorKind::invalid_argument, "no compliance policy is in there", options.paths.front()});
  }
  if (options.error_rule == "2022") {
    documents.rules.settings.error_rule = ErrorRule::none_after_seven_days;
  }
  auto output = Output::open(options.output);
  if (!output) return could_not_run(output.error());
  ComplyRun run(options, documents, *now);
  bool good = true;
  for (const auto& file : options.devices) good = run.add_file(file) && good;
  if (run.devices().empty()) return Exit::could_not_run;
  output->write(render(run.devices(), output->presentation()));
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  if (!good) return Exit::could_not_run;
  const bool all = std::ranges::all_of(
      run.devices(), [](const JudgedDevice& device) { return device.verdict.is_compliant; });
  return all && !documents.faulty && loaded->unreadable_files == 0 ? Exit::nothing_found
                                                                   : Exit::findings;
}

}  // namespace sallyport::cli
