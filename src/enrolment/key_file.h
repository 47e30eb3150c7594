// Private keys in files that only their owner may read.
//
// A key is made in a temporary file, brought to the disk, and then given its name unless that is
// taken meanwhile: two servers that start at once use the key of whoever was first, and a server
// that is killed leaves a whole key or none. Threads: any; processes too.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "enrolment/openssl.h"

namespace sallyport {

using MakeKey = std::function<openssl::Owned<EVP_PKEY>()>;

// not_found: there is no such file. invalid_argument: no PEM key, or others may read it.
[[nodiscard]] Result<openssl::Owned<EVP_PKEY>> read_key(const std::string& path);
[[nodiscard]] Result<openssl::Owned<EVP_PKEY>> read_or_make_key(const std::string& path,
                                                                const MakeKey& make);

}  // namespace sallyport
