// `sallyport export`: a store's documents into a folder.
#include "service/export.h"

#include "commands.h"
#include "data_folder.h"

namespace sallyport::cli {

Exit export_documents(const ExportFlags& flags) {
  auto store = open_data_folder(flags.data, Opening::existing);
  if (!store) return could_not_run(store.error());
  const auto report = sallyport::export_documents(**store, flags.folder);
  if (!report) return could_not_run(report.error());
  auto output = Output::open({});
  if (!output) return could_not_run(output.error());
  output->write(std::to_string(report->written) + " written, " + std::to_string(report->unchanged) +
                " unchanged\n");
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  for (const std::string& file : report->left_over) {
    remark(file + ": belongs to no document of the store; it was left alone");
  }
  return report->left_over.empty() ? Exit::nothing_found : Exit::findings;
}

}  // namespace sallyport::cli
