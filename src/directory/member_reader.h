// Takes the members of one Graph object, one by one, and reports what is wrong with them.
//
//   MemberReader reader(document, dialect, findings);
//   location.display_name = reader.text("displayName");
//   reader.pass({"createdDateTime", "modifiedDateTime"});
//   reader.finish();  // reports what nobody asked for
//
// An explicit null is as good as absent. Annotations (a name with `@` or starting with `#`) are
// passed over, but can be asked for by their name.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/dialect.h"
#include "base/finding.h"
#include "base/json.h"

namespace sallyport {

class MemberReader {
 public:
  // `at` must outlive the reader. Something that is no object is an error, and has no members.
  MemberReader(const json::Value& object, Dialect dialect, std::vector<Finding>& findings,
               const json::Pointer& at);
  MemberReader(const MemberReader&) = delete;
  MemberReader& operator=(const MemberReader&) = delete;

  bool strict() const { return dialect_ == Dialect::strict; }
  const json::Value& object() const { return object_; }
  const json::Pointer& at() const { return at_; }

  // Null when the member is absent, null, or (with the kind) of another kind, which is an error.
  const json::Value* find(std::string_view name);
  const json::Value* find(std::string_view name, json::Kind kind);
  bool has(std::string_view name) { return find(name) != nullptr; }
  std::string_view text(std::string_view name);  // empty when there is none
  std::optional<bool> boolean(std::string_view name);
  std::span<const json::Value> list(std::string_view name);

  void pass(std::initializer_list<std::string_view> names);
  // Reports the members nobody asked for: an error in the strict dialect, else a warning.
  void finish();

  // A finding about this object, a member of it, or an item of a member's list.
  void report(Severity severity, std::string_view code, std::string message);
  void report(Severity severity, std::string_view code, std::string message,
              std::string_view member);
  void report(Severity severity, std::string_view code, std::string message,
              std::string_view member, std::size_t item, const json::Value& value);
  // The severity of what the service refuses and an import can live with.
  Severity refused() const { return strict() ? Severity::error : Severity::warning; }

 private:
  const json::Member* member(std::string_view name) const;
  void add(Severity severity, std::string_view code, std::string message,
           const json::Pointer& pointer, std::uint32_t offset);
  const json::Value& object_;
  Dialect dialect_;
  std::vector<Finding>& findings_;
  const json::Pointer& at_;
  std::vector<std::string_view> asked_;
};

// `accountEnabled`: where it is not told, as in exports that leave it out, the account counts as
// enabled; where it cannot be read, as disabled.
bool read_enabled(MemberReader& reader);

// `#microsoft.graph.ipNamedLocation` is `ipNamedLocation`, with or without its mark.
std::string_view short_type(std::string_view odata_type);

// The codes of findings (spec, section 1.6).
inline constexpr std::string_view shape_code = "1007";
inline constexpr std::string_view content_code = "1032";

}  // namespace sallyport
