// A decision of the past, from its id, in an administrator's words.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

namespace sallyport {

// Several lines. Errors: not_found for an id that is not in the log.
[[nodiscard]] Result<std::string> explain_decision(Store& store, std::string_view decision_id);

// The same of a record's JSON.
[[nodiscard]] Result<std::string> explain_record(std::string_view record_json);

}  // namespace sallyport
