// The rules a policy must follow (spec, section 1.5: V1 to V24, and the limits of 1.7), and the
// service's way of saying that it does not.
//
// Strict: what the REST API refuses, with the numbers and tokens of spec 1.6. Lenient: the same
// rules over an imported document, for lint; members' spelling is then not looked at.
// Threads: free.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "policy/policy_set.h"
#include "policy/read.h"

namespace sallyport {

struct Violation {
  std::string_view rule;   // `V9`; `schema` for what does not fit the document's shape
  int number = 0;          // 1007: the shape, 1032: the rules
  std::string_view token;  // `InvalidPasswordResetControl`; empty with 1007
  std::string message;
  std::string pointer;
  bool is_error = true;  // false: legal, but advised against
};

// `known` holds what the policy may refer to: locations, strengths, contexts. In the order of the
// rules; empty when all is well.
std::vector<Violation> validate(const json::Value& document, const PolicySet& known,
                                Dialect dialect);

// Policies of every state count (spec, section 1.7).
inline constexpr std::size_t policies_max = 240;
inline constexpr std::size_t applications_per_policy_max = 250;
// What to say when a tenant would have `count` policies; nothing when it may.
std::optional<Violation> check_policy_count(std::size_t count);

// "1032: InvalidUsers: ...", the message of a Graph error.
std::string graph_message(const Violation& violation);

struct GraphErrorIds {
  std::string_view date;  // 2026-01-31T12:00:00
  std::string_view request_id;
  std::string_view client_request_id;
};

// {"error": {"code": ..., "message": ..., "innerError": {"date", "request-id",
// "client-request-id"}}}
std::string graph_error_body(std::string_view code, std::string_view message,
                             const GraphErrorIds& ids);

}  // namespace sallyport
