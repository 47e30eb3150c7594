// One record of a sign-in log: the members a decision can make use of, as they are written.
//
//   {"createdDateTime": "2026-03-01T08:00:00Z", "userId": "...", "resourceId": "...",
//    "ipAddress": "192.0.2.1", "clientAppUsed": "Browser", "status": {"errorCode": 0}, ...}
//
// Graph's `signIn` in its v1.0 and beta form, and the server's own, which also holds the facts it
// decided on (`sallyport.facts`). Names of members in any letter case, as scripts write them. What
// is not there, or null, is empty: nothing is known of it.
// Threads: a LogReader belongs to one. Cost: about that of simdjson's own walk through the record.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "signin/fact.h"

namespace sallyport::replay {

// Views the record's text, or memory of the reader that the next record uses again.
struct Logged {
  std::string_view created;  // createdDateTime
  std::string_view user_id;
  std::string_view user_principal_name;
  std::string_view user_type;
  std::string_view cross_tenant_access_type;
  std::string_view home_tenant_id;
  std::string_view service_principal_id;
  std::string_view service_principal_name;
  std::string_view app_id;  // the client; the resource, where no resource is told
  std::string_view app_display_name;
  std::string_view resource_id;
  std::string_view resource_display_name;
  std::string_view ip_address;
  std::string_view country;  // location.countryOrRegion
  std::string_view client_app_used;
  std::string_view risk_level;  // riskLevelDuringSignIn
  std::string_view authentication_protocol;
  std::string_view original_transfer_method;
  std::string_view authentication_requirement;
  std::string_view conditional_access_status;
  std::string_view token_protection;  // tokenProtectionStatusDetails.signInSessionStatus
  Fact<bool> global_secure_access;    // isThroughGlobalSecureAccess

  std::optional<std::int64_t> error_code;  // status.errorCode
  std::string_view additional_details;     // status.additionalDetails

  std::optional<std::string_view> device_id;  // empty: no device made itself known
  std::string_view device_name;
  std::string_view operating_system;
  std::string_view trust_type;
  Fact<bool> is_compliant;
  Fact<bool> is_managed;

  struct Step {  // of authenticationDetails, when it succeeded
    std::string_view method;
    std::string_view requirement;
    std::string_view at;
  };
  std::vector<Step> steps;
  bool steps_told = false;
  std::vector<std::string_view> contexts;  // authenticationContextClassReferences
  // Of appliedConditionalAccessPolicies: whether one passed that requires Mfa and nothing else, and
  // the first that failed.
  bool mfa_policy_passed = false;
  std::string_view failed_policy;

  std::string_view outcome;  // sallyport.outcome: the code alone may mean two
  std::string_view facts;    // sallyport.facts, as JSON text; empty: there are none
};

class LogReader {
 public:
  LogReader();
  ~LogReader();
  // Errors: invalid_argument for what is no JSON object, or has a member of the wrong kind or
  // twice. REQUIRES: `record_padding` bytes that may be read follow the text.
  [[nodiscard]] Result<void> read(std::string_view text, Logged& into);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sallyport::replay
