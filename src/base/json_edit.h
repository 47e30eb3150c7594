// Documents made from documents: a member set or left out, a patch merged in.
//
// Nothing is copied but the lists of members that change, so results point into what they were made
// from and into the arena. Threads: free.
#pragma once

#include <span>
#include <string_view>

#include "base/json.h"

namespace sallyport::json {

// The object with this member: in its place when it has one of that name, else as the last.
Value with(const Value& object, std::string_view name, const Value& value, Arena& arena);
Value without(const Value& object, std::string_view name, Arena& arena);

// What a PATCH means (spec, section 9.1): members of the patch replace those of the target, objects
// are merged, and lists and everything else are replaced as a whole; null stays as null.
// An object is replaced, too, when the two say that they are of different `@odata.type`, and when
// the member is one of `whole`: a reference to something else.
Value merged(const Value& target, const Value& patch, std::span<const std::string_view> whole,
             Arena& arena);

}  // namespace sallyport::json
