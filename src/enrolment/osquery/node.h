// What is kept of one enrolled osquery host, and the report it amounts to.
//
// Hosts answer query by query, in two ways that come in any order; a report is the whole of what is
// known. So the last answer to each query is kept, with when it was given: a line that was sent
// again, or is older than what is had, changes nothing. An answer that was not renewed for a day
// counts no more. Threads: a value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "compliance/report.h"
#include "enrolment/osquery/protocol.h"

namespace sallyport::osquery {

struct Node {
  std::string device_id;
  std::string host;  // SHA-256 of the host identifier
  std::string name;
  std::uint8_t platform = 0;
  Instant enrolled{};
  Instant heard{};
  std::uint64_t sequence = 0;         // of its last report
  std::optional<Instant> reported;    // when that was
  std::optional<Instant> superseded;  // another enrolled as this host
  std::optional<Instant> duplicated;  // and both are there

  struct Kept {
    Instant received{};
    std::int64_t unix_time = 0;
    std::int64_t epoch = 0;
    std::int64_t counter = 0;
    std::vector<compliance::ReportedFact> facts;
  };
  std::map<std::string, Kept, std::less<>> kept;  // by name of query
};

// The facts of one row, as far as the query may tell them and each is what it should be.
std::vector<compliance::ReportedFact> facts_of(const Query& query, const json::Value& rows);

// The report after these answers; nothing when they say nothing new. Two machines that report as
// one are an error of every fact: neither may speak for the other.
std::optional<compliance::Report> take(Node& node, std::span<const Answered> answers, Instant now);

std::string to_json(const Node& node);
[[nodiscard]] Result<Node> read_node(std::string_view json);

}  // namespace sallyport::osquery
