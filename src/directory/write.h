// Named locations and authentication strengths as Graph JSON, in Graph's member order.
//
// These write what the typed view holds; dates and members we do not know live in the stored
// document (policy/write.h makes its canonical form).
#pragma once

#include <string_view>

#include "base/json.h"
#include "directory/authentication_strength.h"
#include "directory/named_location.h"

namespace sallyport {

// One object. REQUIRES: the writer stands where a value may be.
void write_named_location(const NamedLocation& location, json::Writer& writer);
void write_authentication_strength(const AuthenticationStrength& strength, json::Writer& writer);

}  // namespace sallyport
