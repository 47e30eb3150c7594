// The canonical form of a document, and what the service makes of a policy it stores.
//
// Canonical: Graph's member order and spelling, enumeration words as Graph writes them, flags as
// one text in flag order; members we do not know after the known ones, in their order; annotations
// beside the member they are about. Nothing is lost, the meaning stays the same, and the canonical
// form of a canonical document is itself. Ids and texts are left as they are.
// Source: spec, sections 1.1 to 1.4. Threads: free.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "directory/authentication_strength.h"

namespace sallyport {

// A policy, template, named location or strength, or a list of those ({"value": [...]}, an array);
// any other document comes back as it is. The result points into `document` and `arena`.
json::Value canonical(const json::Value& document, json::Arena& arena);

// A whole file, in any encoding that decode_text reads: what `sallyport fmt` prints. Two spaces a
// level, LF, UTF-8 without byte order mark. JSON lines stay lines, each compact.
[[nodiscard]] Result<std::string> format_text(std::string_view bytes);

// The document as the service would store and return it (spec, section 1.3): missing collections
// become [], missing complex members null, `AND` over one requirement `OR`, session controls
// without effect null, a strength given by id is expanded from `strengths` or the built-in ones. Id
// and dates are the caller's to set.
json::Value normalise_stored(const json::Value& policy,
                             std::span<const AuthenticationStrength> strengths, json::Arena& arena);

}  // namespace sallyport
