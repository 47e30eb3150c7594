// A $skiptoken: the place a page ended at, signed.
//
//   token = base64url( version (1 byte) , HMAC-SHA256 (32 bytes) , JSON [[key ...], id] )
//
// The signature covers the version, what the token is bound to, and the place. A token does not
// hide what is in it: sort keys and an id of a document its holder has just read.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "odata/order.h"

namespace sallyport::odata {

// `key`: secret; `binding`: what the token is for, in any text.
std::string write_skip_token(const Place& place, std::string_view binding, std::string_view key);

// invalid_argument for a token of another version, that was changed, or was made for something
// else.
[[nodiscard]] Result<Place> read_skip_token(std::string_view token, std::string_view binding,
                                            std::string_view key);

}  // namespace sallyport::odata
