// A tenant's documents, loaded from files or from memory: what every decision starts from.
//
// load() takes exports as they are: files, folders, UTF-8 or UTF-16, one object, {"value": [...]},
// an array, or JSON lines. Problems are findings with file, line, column and pointer; one bad file
// or line never stops the others, and unreadable_files says that something is missing.
// The directory's documents may be millions: their text is handed to `each` and then let go. JSON
// lines are read line by line (UTF-16 ones as a whole), also from standard input.
// Threads: a TenantBuilder belongs to one thread; a Tenant may be read by any number.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/finding.h"
#include "base/json.h"
#include "device/inventory.h"
#include "directory/directory.h"
#include "directory/statements.h"
#include "policy/names.h"
#include "policy/policy_set.h"

namespace sallyport {

enum class DocumentKind : std::uint8_t {
  conditional_access_policy,
  policy_template,
  named_location,
  authentication_strength_policy,
  authentication_context,
  settings,  // ours, not Graph's: docs/formats/settings.md
  user,
  group,
  directory_role,
  role_assignment,
  service_principal,
  device,
  other,  // kept, but nothing of it takes part in a decision
};
std::string_view name_of(DocumentKind kind);  // Graph's type: `conditionalAccessPolicy`
std::optional<DocumentKind> parse_document_kind(std::string_view name);

// By @odata.type, else by `context` (the @odata.context around it, may be empty), else by members.
DocumentKind kind_of(const json::Value& document, std::string_view context = {});

// Policies, templates, locations, strengths, contexts and settings: few, and kept whole.
bool is_configuration(DocumentKind kind);

struct SourceDocument {
  DocumentKind kind = DocumentKind::other;
  std::string id;  // as written; derived from the name when the document has none
  std::string display_name;
  std::string json;  // this one object, byte for byte as the file has it (in UTF-8)
  std::string file;
  std::uint32_t line = 0;  // of its first character in the file
  std::uint32_t column = 0;
};

struct Tenant {
  PolicySet policy_set;
  std::shared_ptr<const Directory> directory;  // never null
  std::shared_ptr<const Inventory> inventory;  // never null
  bool has_directory = false;  // some user or group document was seen: who is in what is known
  bool has_inventory = false;  // some device document was seen
  Names names;
};

// A document that is already in memory, for instance in the store.
struct StoredDocument {
  DocumentKind kind = DocumentKind::other;
  std::string_view json;
  std::string_view file;  // for findings; may be empty
};

// A user, group or device that was read, but not yet taken: values of its own, without its text.
// Of these there are millions, and reading is most of the work; any thread may do it.
struct EntryReading {
  // Nothing: the document says of no entry that it is meant; a finding tells why.
  std::variant<std::monostate, Directory::Editor::User, GroupStatement, Device> entry;
  std::string id;            // it counts under: as written, or made from the name
  std::uint32_t offset = 0;  // of the document in its text
  std::vector<Finding> findings;
};
bool is_entry(DocumentKind kind);
EntryReading read_entry(DocumentKind kind,
                        const json::Value& document);  // REQUIRES: is_entry(kind)

// A text in a file: the whole of it, or a line of many.
struct SourceText {
  std::string_view text;
  std::string_view file;   // for findings; may be empty
  std::size_t offset = 0;  // of its first byte in the file
  std::uint32_t line = 1;  // of its first character
};

// Takes documents one at a time.
class TenantBuilder {
 public:
  // ids: only whether a document was there before is remembered of users, groups, roles, service
  // principals and devices; the tenant has none of them.
  enum class Keep : std::uint8_t { everything, ids };
  explicit TenantBuilder(Keep keep = Keep::everything);
  ~TenantBuilder();
  TenantBuilder(TenantBuilder&&) noexcept;
  TenantBuilder& operator=(TenantBuilder&&) noexcept;

  // About how many users will come, where that is known ahead: see Directory::Editor.
  void expect_users(std::uint32_t count);

  // The id the document counts under. Nothing when it was not taken: its text is no JSON, or its id
  // was seen before with this kind; both are findings, and the first document of an id counts.
  std::optional<std::string> add(const StoredDocument& document);
  // As above, of a text already parsed, in which the document is all or a part.
  std::optional<std::string> add(DocumentKind kind, const json::Value& document,
                                 const SourceText& source);

  // As add(), but its findings have neither file nor line.
  std::optional<std::string> take(EntryReading&& reading);

  // REQUIRES: the last document added was a device's, and was taken.
  DeviceId last_device() const;

  std::vector<Finding> take_findings();
  // `keep` gets what groups and roles state, for later edits of the directory; may be null.
  Tenant build(Statements* keep = nullptr) &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What a role's or assignment's document is called in Statements.
std::string statement_key(DocumentKind kind, std::string_view id);

Tenant build_tenant(std::span<const StoredDocument> documents);

struct LoadOptions {
  // Every document as it is read, in order: for an import. False: read no further. May be empty.
  std::function<bool(SourceDocument&)> each;
  // ids: documents are only for `each`, neither the tenant nor the result keeps them, so that of
  // JSON lines there may be any number: memory grows by some 40 bytes for the id of each.
  TenantBuilder::Keep keep = TenantBuilder::Keep::everything;
};

struct LoadResult {
  Tenant tenant;
  std::vector<SourceDocument> documents;  // configuration only (is_configuration), and `other`
  std::vector<Finding> findings;          // in order of file and place
  std::size_t files = 0;                  // that were looked at, readable or not
  // Missing, cut short, or holding what is no JSON, if only a line: not zero is not success.
  std::size_t unreadable_files = 0;
  std::size_t taken = 0;  // documents, of all kinds
};

// Each path is a file, a folder (its *.json and *.jsonl, recursively, in order of bytes) or `-`.
LoadResult load(std::span<const std::string> paths, const LoadOptions& options = {});

}  // namespace sallyport
