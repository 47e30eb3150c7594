// The meaning of `$filter`, slowly and obviously: the text is read again for every document, by a
// reader that shares nothing with src/odata/. Linked into tests only, which compare.
#pragma once

#include <string_view>

#include "base/json.h"
#include "odata/schema.h"

namespace sallyport::reference {

// REQUIRES: Filter::compile takes the filter.
bool filter_matches(std::string_view filter, const odata::Schema& schema,
                    const json::Value& document);

}  // namespace sallyport::reference
