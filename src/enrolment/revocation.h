// What the authority says of its certificates afterwards: the list of those that were revoked
// (RFC 5280, section 5) and answers about single ones (OCSP, RFC 6960), both signed with its key.
//
// Threads: free. Cost: a signature; the list besides grows with what was revoked and is not over.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "enrolment/authority.h"
#include "enrolment/certificate_index.h"

namespace sallyport {

// DER. `number`: rises with every list.
[[nodiscard]] Result<std::string> make_revocation_list(const IssuingAuthority& authority,
                                                       std::span<const RevokedCertificate> revoked,
                                                       std::int64_t number, Instant now,
                                                       std::chrono::seconds life);

inline constexpr std::size_t ocsp_request_size_max = 8 * 1024;

// What is known of a serial number; nothing: it was never given out.
using LookUpStanding = std::function<std::optional<CertificateStanding>(std::string_view serial)>;

// DER of the answer to a DER request; to what is no request, OCSP's own `malformedRequest`. An
// unknown serial, or one of another authority, is answered `unknown`. A nonce comes back.
[[nodiscard]] Result<std::string> answer_ocsp(const IssuingAuthority& authority,
                                              std::string_view request,
                                              const LookUpStanding& look_up, Instant now,
                                              std::chrono::seconds life);

}  // namespace sallyport
