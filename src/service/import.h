// Exported documents into the store, as they are: files, folders, any encoding (policy/tenant.h).
//
// A document that means the same as the stored one, letter case of members, order and blanks aside,
// is left alone, so an import that is repeated changes nothing. A document without an id gets one
// made from its name or text, the same each time.
// Documents of the store that the import does not mention stay.
//
// Up to `part_bytes` go in at once, or nothing does. Of more, the users, groups, devices and so on
// go in part by part as they are read; policies and other configuration wait for the last part, and
// go in all at once: no policy counts before what it speaks of. When a part fails, those before it
// stay, and the error says how many documents that were; to import again is then enough.
// Memory: one part, the configuration, the longest line of JSON lines or the largest other file,
// and some 80 bytes for the id of each document.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
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
  std::array<std::size_t, 4> counts{};  // of documents, by action
  std::vector<Finding> findings;        // what was not understood
  std::size_t files = 0;
  std::size_t unreadable_files = 0;  // not zero: something is missing, whatever the rest says
  std::size_t count(ImportAction action) const { return counts[static_cast<std::size_t>(action)]; }
  std::size_t total() const;
};

struct ImportOptions {
  bool dry_run = false;  // only report what would happen
  // Each document once what is said of it is so, in the order they were read, but for the
  // configuration of an import in parts, which comes with the last part. May be empty.
  std::function<void(const ImportedDocument&)> each;
  std::function<void()> on_read;  // after each document, for a progress bar; may be empty
  // Why the import may lock out break-glass accounts (service/lockout_gate.h), for the audit log;
  // empty: it may not, and the part that would is an error.
  std::string override_lockout;
  std::size_t part_bytes = std::size_t{8} << 20U;
};

[[nodiscard]] Result<ImportReport> import_documents(Store& store,
                                                    std::span<const std::string> paths,
                                                    const ImportOptions& options = {});

}  // namespace sallyport
