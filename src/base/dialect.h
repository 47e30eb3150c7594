// How closely a document must follow Microsoft Graph.
//
// Lenient is for imports: member names in any letter case, annotations ignored, explicit nulls as
// absent; what is not understood is reported. Strict is for the REST API: exact member names, and a
// member or type that Graph does not have is an error.
#pragma once

#include <cstdint>

namespace sallyport {

enum class Dialect : std::uint8_t { strict, lenient };

}  // namespace sallyport
