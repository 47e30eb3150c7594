// Graph's evaluate call: which policies would apply to a sign-in that is described, and why the
// others would not (spec, section 8.1). The engine answers, as for every door.
// Threads: any number may call. Cost: an explanation, and the policies' documents.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"
#include "service/read_document.h"

namespace sallyport {

// The answer's text; `host` is what stands before `/$metadata`.
// Errors: invalid_argument, `where` the JSON pointer of what is wrong; unavailable.
[[nodiscard]] Result<std::string> evaluate(DocumentReader& reader, const json::Value& body,
                                           Instant now, std::string_view host);

}  // namespace sallyport
