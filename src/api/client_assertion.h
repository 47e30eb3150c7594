// A signed assertion by which a client says who it is (RFC 7523): a JSON Web Token signed with the
// key of the certificate it registered. RS256, PS256 and ES256 are taken.
// Threads: free.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"

namespace sallyport::api {

struct Assertion {
  std::string client_id;  // `sub`
  std::string id;         // `jti`
  Instant expires{};
};

// What the assertion says, not yet believed: its subject tells whose key to verify it with.
[[nodiscard]] Result<std::string> subject_of_assertion(std::string_view token);

// `certificate`: PEM. `audience`: the URL of the token endpoint.
// Errors: denied, with what is wrong.
[[nodiscard]] Result<Assertion> verify_assertion(std::string_view token,
                                                 const std::string& certificate,
                                                 std::string_view audience, Instant now);

// Whether the PEM holds a certificate with a key that can sign assertions.
[[nodiscard]] Result<void> check_certificate(const std::string& certificate);

}  // namespace sallyport::api
