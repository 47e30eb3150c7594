// Which kind of device management's documents a document is: managed devices, compliance policies
// and what these rest on. To reading a tenant they are `other`: they take no part in a decision
// themselves. Threads: free.
#pragma once

#include <string_view>

#include "base/json.h"

namespace sallyport {

// The store's kind, by @odata.type, else by members; empty: it is none of them.
std::string_view management_kind_of(const json::Value& document);

// Whether a kind of the store is one of them.
bool is_management_kind(std::string_view kind);

}  // namespace sallyport
