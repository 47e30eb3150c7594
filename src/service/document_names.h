// How a document is called in the store and in an exported folder.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace sallyport {

// GUIDs in lower case, other ids as they are: the store compares ids byte by byte.
std::string store_id(std::string_view id);

// Its displayName, deviceName, userPrincipalName, name or appId, the first it has; empty when it
// has none.
std::string_view display_name_of(const json::Value& document);

// `block-legacy-authentication--1f0a2b3c`: the name in lower case letters, digits and hyphens, then
// the first eight digits of the id, so that names stay apart and a renamed document is recognised.
std::string file_stem(std::string_view display_name, std::string_view id);

}  // namespace sallyport
