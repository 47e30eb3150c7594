// The store's documents into a folder, one file each: `<kind>/<name>--<first digits of id>.json`,
// in canonical form. The same documents give the same files, and importing them changes nothing.
//
// A file that already holds what it should is not touched; a file is replaced in one step. Files in
// the folder that no document belongs to stay and are named in the report.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace sallyport {

struct ExportReport {
  std::size_t written = 0;
  std::size_t unchanged = 0;
  std::vector<std::string> left_over;  // *.json files of no document, in order
};

[[nodiscard]] Result<ExportReport> export_documents(Store& store, const std::string& folder);

// What takes part in decisions, as JSON lines (without their ends), all as it is at one moment.
// An error of the visitor ends it and is given back.
[[nodiscard]] Result<void> export_lines(Store& store,
                                        const std::function<Result<void>(std::string_view)>& visit);

}  // namespace sallyport
