// `sallyport import`: exported documents into a store.
#include "service/import.h"

#include "commands.h"
#include "data_folder.h"

namespace sallyport::cli {
namespace {

Cell action_cell(ImportAction action) {
  const std::string word(name_of(action));
  switch (action) {
    case ImportAction::added: return {word, Tone::good};
    case ImportAction::changed: return {word, Tone::caution};
    case ImportAction::unchanged: return {word, Tone::faint};
    case ImportAction::refused: return {word, Tone::bad};
  }
  return {word, Tone::plain};
}

// The table of what was done, which may be of millions of documents. People see what changed: that
// a thousand documents stayed the same is a number, and so is a long list of new ones. JSON lines
// are written as they come; `json` and `csv` gather them all.
class Rows {
 public:
  explicit Rows(Output& output) : output_(output) {
    table_.columns = {{"", "action", false, false, false},
                      {"KIND", "kind", false, false, false},
                      {"NAME", "displayName", true, false, false},
                      {"ID", "id", false, false, true},
                      {"FILE", "file", true, false, false},
                      {"LINE", "line", false, false, true, false, true},
                      {"REASON", "reason", true}};
    table_.columns.back().rare = true;
  }

  void add(const ImportedDocument& document) {
    if (for_people() && (document.action == ImportAction::unchanged || too_many_)) return;
    table_.rows.push_back(
        {action_cell(document.action),
         {document.kind, Tone::plain},
         {document.display_name.empty() ? document.id : document.display_name, Tone::plain},
         {document.id, Tone::plain},
         {document.file, Tone::faint},
         {std::to_string(document.line), Tone::plain},
         {document.reason, Tone::plain}});
    if (for_people() && table_.rows.size() > rows_for_people_max) {
      too_many_ = true;
      table_.rows.clear();
    } else if (format() == Format::jsonl && table_.rows.size() == 1000) {
      write();
      table_.rows.clear();
    }
  }

  void finish() {
    if (for_people() && table_.rows.empty()) return;
    write();
    if (for_people()) output_.write("\n");
  }

  bool for_people() const { return format() == Format::table || format() == Format::markdown; }

 private:
  static constexpr std::size_t rows_for_people_max = 40;
  Format format() const { return output_.presentation().format; }
  void write() { output_.write(render(table_, output_.presentation())); }

  Output& output_;
  Table table_;
  bool too_many_ = false;
};

std::string summary(const ImportReport& report) {
  std::string text;
  for (const auto action : {ImportAction::added, ImportAction::changed, ImportAction::unchanged,
                            ImportAction::refused}) {
    if (!text.empty()) text += ", ";
    text += std::to_string(report.count(action)) + ' ' + std::string(name_of(action));
  }
  return text + '\n';
}

Result<ImportReport> run_with_progress(Store& store, const std::vector<std::string>& paths,
                                       ImportOptions options) {
  Progress progress("importing documents");
  options.on_read = [&] { progress.step(); };
  return sallyport::import_documents(store, paths, options);
}

}  // namespace

Exit import_documents(const ImportFlags& flags) {
  auto output = Output::open(flags.output);
  if (!output) return could_not_run(output.error());
  auto store = open_data_folder(flags.data, Opening::made_when_missing);
  if (!store) return could_not_run(store.error());
  ImportOptions options;
  options.dry_run = flags.dry_run;
  options.override_lockout = flags.override_lockout;
  Rows rows(*output);
  options.each = [&](const ImportedDocument& document) { rows.add(document); };
  const auto report = run_with_progress(**store, flags.paths, options);
  if (!report) return could_not_run(report.error());
  for (const Finding& finding : report->findings) {
    // A line of JSON lines may be long: the pointer says which member it is about.
    remark(line_of(finding) + (finding.pointer.empty() ? "" : " at " + finding.pointer));
  }
  rows.finish();
  if (rows.for_people()) output->write(summary(*report));
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  if (report->files == 0 || (report->unreadable_files >= report->files && report->total() == 0)) {
    remark("sallyport: nothing could be read");
    return Exit::could_not_run;
  }
  const bool complete = report->unreadable_files == 0 && report->count(ImportAction::refused) == 0;
  return complete ? Exit::nothing_found : Exit::findings;
}

}  // namespace sallyport::cli
