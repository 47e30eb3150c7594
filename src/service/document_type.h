// The kinds of documents an administrator may change, each with what must hold before a document of
// it is stored. change_document.h carries changes out by these.
//
// Threads: free; the types are constants.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/finding.h"
#include "base/json.h"
#include "base/result.h"
#include "base/schema.h"
#include "service/change_queue.h"

namespace sallyport {

enum class Dates : std::uint8_t {
  none,
  created,
  created_and_modified,       // modifiedDateTime, null at first
  created_and_last_modified,  // lastModifiedDateTime, from the beginning
};

// What a change is about: everything a caller may say, or who is in what.
enum class Edits : bool { members, memberships };

// A document on its way into the store.
struct Proposal {
  json::Value document;                 // as it would be; its id and dates are set
  const json::Value* before = nullptr;  // what is stored now; null: it is new
  Draft& draft;
  json::Arena& arena;  // for what the check makes
  Edits edits = Edits::members;
};

struct DocumentType {
  std::string_view kind;         // Graph's type, and the store's kind: `conditionalAccessPolicy`
  std::string_view noun;         // for people: `conditional access policy`
  std::string_view category;     // of the audit log
  std::string_view target_type;  // likewise
  // Where it waits to be restored; empty: a deleted one is gone.
  std::string_view deleted_kind;
  Dates dates = Dates::created_and_modified;
  // Members that the check asks for by name: said in another letter case they are the same, and a
  // change may say each once. Types that a schema spells need none.
  std::span<const schema::Member> members = {};
  // Members that a change never merges into: references to something else.
  std::span<const std::string_view> whole = {};
  // Members that only the service sets; what a caller says of them is passed over.
  std::span<const std::string_view> read_only = {};
  // The document in the form to store, or why it is refused: invalid_argument with the service's
  // message (spec, section 1.6).
  Result<json::Value> (*check)(const Proposal& proposal) = nullptr;
  // What else changes with it, in the same transaction; may be null. `after` null: it is removed.
  Result<void> (*follow)(const json::Value* before, const json::Value* after,
                         Draft& draft) = nullptr;
  // Why this must not be removed, if it must not; may be null.
  Result<void> (*check_removal)(const json::Value& document, Draft& draft) = nullptr;
};

// `sallyport.`: kinds that are the server's own business and no documents of the tenant.
inline constexpr std::string_view own_kind_prefix = "sallyport.";

extern const DocumentType conditional_access_policy_type;
extern const DocumentType named_location_type;
extern const DocumentType authentication_strength_type;
extern const DocumentType authentication_context_type;
extern const DocumentType user_type;
extern const DocumentType group_type;
extern const DocumentType directory_role_type;
extern const DocumentType service_principal_type;
extern const DocumentType device_type;
extern const DocumentType role_assignment_type;
extern const DocumentType managed_device_type;
extern const DocumentType device_compliance_policy_type;
extern const DocumentType settings_catalogue_policy_type;
extern const DocumentType assignment_filter_type;
extern const DocumentType notification_template_type;
extern const DocumentType threat_connector_type;
extern const DocumentType compliance_partner_type;
extern const DocumentType compliance_script_type;
extern const DocumentType device_management_type;

// The first error among findings as an Error with the service's number and the place.
Result<void> refuse_errors(std::span<const Finding> findings);

}  // namespace sallyport
