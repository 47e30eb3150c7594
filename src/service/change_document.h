// What administrators do to documents: create, change, remove, bring back. Each is checked by its
// type, audited, and in effect when the call returns.
//
// Two administrators never overwrite each other: who gives the version they have seen gets a
// conflict when it is no longer the newest; who gives none has the change merged into the newest.
//
// No change locks out the declared break-glass accounts, unless the context says why it may; the
// reason stands in the audit log.
//
// Errors: invalid_argument with the service's message; not_found; conflict; unavailable.
// Threads: any number may call.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/json.h"
#include "service/caller.h"
#include "service/change_queue.h"
#include "service/document_type.h"

namespace sallyport {

struct ChangeContext {
  ChangeQueue& queue;
  const Caller& caller;
  Instant now;
  // Why the change may lock out break-glass accounts; empty: it may not (lockout_gate.h).
  std::string override_lockout = {};
};

// `id`: for the few kinds whose ids the caller chooses; otherwise a new one is made.
[[nodiscard]] Result<VersionedDocument> create_document(const ChangeContext& context,
                                                        const DocumentType& type,
                                                        const json::Value& body,
                                                        std::string_view id = {});

// The same as a part of a larger plan: puts the document and its audit entry into the draft, and
// gives the text to be stored.
[[nodiscard]] Result<std::string> plan_creation(const ChangeContext& context,
                                                const DocumentType& type, const json::Value& body,
                                                const std::string& id, Draft& draft);

enum class WhenAbsent : bool { refuse, create };
[[nodiscard]] Result<VersionedDocument> update_document(
    const ChangeContext& context, const DocumentType& type, std::string_view id,
    const json::Value& patch, std::optional<Version> seen,
    WhenAbsent when_absent = WhenAbsent::refuse);

// For what is more than a patch: gives the document as it shall be, from what it is. May be called
// several times, and on another thread; what else it changes goes into the draft.
using Edit =
    std::function<Result<json::Value>(const json::Value& before, Draft& draft, json::Arena& arena)>;
[[nodiscard]] Result<VersionedDocument> edit_document(const ChangeContext& context,
                                                      const DocumentType& type, std::string_view id,
                                                      const Edit& edit, std::optional<Version> seen,
                                                      Edits edits = Edits::members);

[[nodiscard]] Result<void> remove_document(const ChangeContext& context, const DocumentType& type,
                                           std::string_view id, std::optional<Version> seen);

// Deleted documents can be brought back for this long.
inline constexpr std::chrono::days deleted_kept{30};

[[nodiscard]] Result<VersionedDocument> restore_document(const ChangeContext& context,
                                                         const DocumentType& type,
                                                         std::string_view id);
// For good.
[[nodiscard]] Result<void> remove_deleted_document(const ChangeContext& context,
                                                   const DocumentType& type, std::string_view id);
// Removes what was deleted before then, `count_max` at once; how many it was.
[[nodiscard]] Result<std::size_t> forget_deleted(Store& store, const DocumentType& type,
                                                 Instant before, std::size_t count_max);
// When it was deleted; such a document counts as gone from `deleted_kept` after that.
Instant deleted_at(const json::Value& document);

}  // namespace sallyport
