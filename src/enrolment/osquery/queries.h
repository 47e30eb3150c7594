// What an osquery host is asked. The table is in queries.cc, for people to read and to change.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport::osquery {

enum Platform : std::uint8_t { linux_host = 1, macos_host = 2, windows_host = 4, any_host = 7 };

// From the number osquery enrols with: bits for POSIX 1, Windows 2, BSD 4, Linux 8, Darwin 16.
// 0: none of ours.
std::uint8_t platform_of(std::string_view platform_type);

// One query, one row, one column a fact: `AS osVersion` is the fact of that name
// (compliance/fact.h). A query may tell the facts that are named here and no others. What a host
// cannot answer, because it has no such table, stays unknown.
struct Query {
  std::string_view name;   // as hosts are told it
  std::uint8_t platforms;  // who is asked
  std::string_view facts;  // with blanks between
  std::string_view sql;
};

std::span<const Query> queries();
const Query* find_query(std::string_view name);

}  // namespace sallyport::osquery
