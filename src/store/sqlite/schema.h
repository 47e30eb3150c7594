// The tables of the SQLite store and their version.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace sallyport::sqlite {

// Creates the tables in an empty database, and adds those that an older layout lacks. Refuses one
// that a newer version of Sallyport wrote, and one that is not Sallyport's. Two processes may do
// this at once.
[[nodiscard]] Result<void> prepare_schema(Connection& connection);

// What the index over a member of a kind is called: `documents_<kind>_<member>`.
std::string index_name(std::string_view kind, std::string_view member);
// Which members of which kinds have an index.
struct MemberIndex {
  std::string_view kind;
  std::span<const std::string_view> members;
};
std::span<const MemberIndex> member_indexes();
// What is indexed of a document: its member as text in small letters. Damaged documents have none.
std::string indexed_value(std::string_view member);

inline constexpr std::int64_t schema_version = 4;

}  // namespace sallyport::sqlite
