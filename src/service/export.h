// The store's documents into a folder, one file each: `<kind>/<name>--<first digits of id>.json`,
// in canonical form. The same documents give the same files, and importing them changes nothing.
//
// A file that already holds what it should is not touched; a file is replaced in one step. Files in
// the folder that no document belongs to stay and are named in the report.
#pragma once

#include <cstddef>
#include <string>
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

}  // namespace sallyport
