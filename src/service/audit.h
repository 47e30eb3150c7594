// One entry of the audit log: who changed what, what it was and what it became, in the shape of
// Graph's directoryAudit.
//
// Every top-level member that differs is a modified property with its old and new value as JSON
// text. Members that hold secrets are named without their values. Threads: free.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/json.h"
#include "service/caller.h"
#include "store/store.h"

namespace sallyport {

struct AuditedChange {
  std::string_view activity;     // `Update conditional access policy`
  std::string_view category;     // `Policy`, `GroupManagement`
  std::string_view operation;    // `Add`, `Update`, `Delete`
  std::string_view target_type;  // `Policy`, `User`
  std::string_view target_id;
  std::string_view target_name;
  const json::Value* before = nullptr;  // null: there was none
  const json::Value* after = nullptr;   // null: there is none any more
  std::string_view reason = {};
  bool refused = false;  // it was asked for and not done
};

AuditRecord make_audit(const Caller& caller, Instant now, const AuditedChange& change);

}  // namespace sallyport
