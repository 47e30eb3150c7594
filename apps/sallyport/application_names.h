// Applications by the names people give them.
//
// A name that nothing has is an error: an application that no policy knows would pass them all.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "policy/tenant.h"

namespace sallyport::cli {

// The application id for an id, a well-known name, or what the tenant's service principals and
// policies call it.
[[nodiscard]] Result<std::string> application_id(const std::string& text, const Tenant& tenant);

// The body with its application names turned to ids.
[[nodiscard]] Result<json::Value> with_application_ids(const json::Value& body,
                                                       const Tenant& tenant, json::Arena& arena);

}  // namespace sallyport::cli
