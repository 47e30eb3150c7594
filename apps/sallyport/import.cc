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

// People see what was done; that a thousand documents stayed the same is a number.
Table table_of(const ImportReport& report, bool everything) {
  Table table;
  table.columns = {{"", "action", false, false, false},
                   {"KIND", "kind", false, false, false},
                   {"NAME", "displayName", true, false, false},
                   {"ID", "id", false, false, true},
                   {"FILE", "file", true, false, false},
                   {"LINE", "line", false, false, true, false, true},
                   {"REASON", "reason", true, false, false}};
  for (const ImportedDocument& document : report.documents) {
    if (!everything && document.action == ImportAction::unchanged) continue;
    table.rows.push_back(
        {action_cell(document.action),
         {document.kind, Tone::plain},
         {document.display_name.empty() ? document.id : document.display_name, Tone::plain},
         {document.id, Tone::plain},
         {document.file, Tone::faint},
         {std::to_string(document.line), Tone::plain},
         {document.reason, Tone::plain}});
  }
  return table;
}

std::string summary(const ImportReport& report) {
  std::string text;
  for (const auto action : {ImportAction::added, ImportAction::changed, ImportAction::unchanged,
                            ImportAction::refused}) {
    if (!text.empty()) text += ", ";
    text += std::to_string(report.count(action)) + ' ' + std::string(name_of(action));
  }
  return text + '\n';
}

}  // namespace

Exit import_documents(const ImportFlags& flags) {
  auto output = Output::open(flags.output);
  if (!output) return could_not_run(output.error());
  auto store = open_data_folder(flags.data, Opening::made_when_missing);
  if (!store) return could_not_run(store.error());
  ImportOptions options;
  options.dry_run = flags.dry_run;
  const auto report = sallyport::import_documents(**store, flags.paths, options);
  if (!report) return could_not_run(report.error());
  for (const Finding& finding : report->findings) remark(line_of(finding));

  const Format format = output->presentation().format;
  const bool for_people = format == Format::table || format == Format::markdown;
  const Table table = table_of(*report, !for_people);
  // A long list of what is new tells people nothing; the count does.
  constexpr std::size_t rows_max = 40;
  if (!for_people || (!table.rows.empty() && table.rows.size() <= rows_max)) {
    output->write(render(table, output->presentation()) + (for_people ? "\n" : ""));
  }
  if (for_people) output->write(summary(*report));
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  if (report->files == 0 || report->unreadable_files >= report->files) {
    remark("sallyport: nothing could be read");
    return Exit::could_not_run;
  }
  const bool complete = report->unreadable_files == 0 && report->count(ImportAction::refused) == 0;
  return complete ? Exit::nothing_found : Exit::findings;
}

}  // namespace sallyport::cli
