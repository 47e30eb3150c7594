// Exported documents into the store, as they are: files, folders, any encoding (policy/tenant.h).
//
// All that can be read goes in at once, or nothing does. A document that means the same as the
// stored one, letter case of members, order and blanks aside, is left alone, so an import that is
// repeated changes nothing. A document without an id gets one made from its name, the same each
// time.
// Documents of the store that the import does not mention stay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/finding.h"
#include "base/result.h"
#include "store/store.h"

namespace sallyport {

enum class ImportAction : std::uint8_t { added, changed, unchanged, refused };
std::string_view name_of(ImportAction action);

struct ImportedDocument {
  ImportAction action = ImportAction::added;
  std::string kind;
  std::string id;
  std::string display_name;
  std::string file;
  std::uint32_t line = 0;
  std::string reason;  // why it was refused
};

struct ImportReport {
  std::vector<ImportedDocument> documents;  // in the order they were read
  std::vector<Finding> findings;            // what was not understood
  std::size_t files = 0;
  std::size_t unreadable_files = 0;  // not zero: something is missing, whatever the rest says
  std::size_t count(ImportAction action) const;
};

struct ImportOptions {
  bool dry_run = false;  // only report what would happen
};

[[nodiscard]] Result<ImportReport> import_documents(Store& store,
                                                    std::span<const std::string> paths,
                                                    const ImportOptions& options = {});

}  // namespace sallyport
