// The tables of the SQLite store and their version.
#pragma once

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace sallyport::sqlite {

// Creates the tables in an empty database, and adds those that an older layout lacks. Refuses one
// that a newer version of Sallyport wrote, and one that is not Sallyport's. Two processes may do
// this at once.
[[nodiscard]] Result<void> prepare_schema(Connection& connection);

inline constexpr std::int64_t schema_version = 2;

}  // namespace sallyport::sqlite
