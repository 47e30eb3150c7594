// osquery's TLS protocol as values: the bodies an unmodified osqueryd posts, and what it is
// answered. No state and no sockets.
//
// A host proves itself by the node key it was given. Of what it says everything is bounded and may
// be missing; what is of another type than it should be counts as missing. Every answer is a JSON
// object, and `node_invalid` in it is a boolean: osqueryd ends itself over anything else.
// Source: spec of identity, section 10. Threads: free.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "enrolment/osquery/queries.h"

namespace sallyport::osquery {

inline constexpr std::size_t body_max = std::size_t{8} << 20U;  // unpacked

// A body as it was sent: unpacked where `content_encoding` says gzip. Errors: too_large past
// body_max, whatever it would become; invalid_argument.
[[nodiscard]] Result<std::string> unpacked(std::string_view body,
                                           std::string_view content_encoding);

struct EnrollRequest {
  std::string secret;
  std::string host_identifier;
  std::uint8_t platform = 0;
  std::string name;  // computer_name, or hostname
};
// Errors: invalid_argument, it is no JSON object.
[[nodiscard]] Result<EnrollRequest> read_enroll(std::string_view body);

// A request of a host that is enrolled, its members to be looked at.
struct NodeRequest {
  json::Document body;
  std::string_view node_key;  // of `body`; empty: it has none
};
[[nodiscard]] Result<NodeRequest> read_node_request(std::string_view body);

// What one query gave.
struct Answered {
  const Query* query = nullptr;
  json::Value rows;    // an array; null: the host could not answer
  bool dated = false;  // it came with the three below
  std::int64_t unix_time = 0;
  std::int64_t epoch = 0;
  std::int64_t counter = 0;
};
// Of distributed/write: queries of ours that the host tells the status of.
std::vector<Answered> answers_of_write(const json::Value& body);
// Of log: snapshots of queries of ours, in order.
std::vector<Answered> answers_of_log(const json::Value& body);

std::string enrolled_answer(std::string_view node_key);
std::string invalid_answer();                      // {"node_invalid": true}
std::string refused_answer(std::string_view why);  // likewise, with words for osqueryd's log
std::string empty_answer();
// The schedule of a platform: every query as a snapshot.
std::string config_answer(std::uint8_t platform);
// All queries of a platform, or none.
std::string queries_answer(std::uint8_t platform, bool ask);

}  // namespace sallyport::osquery
