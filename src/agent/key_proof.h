// The evidence that a key is in a TPM, as the server takes it (enrolment/attestation.h): a new
// attestation key certifies it, and shows by the server's challenge that it is in the same TPM as
// the endorsement key, for which the TPM's maker answers. Threads: one.
#pragma once

#include <string>
#include <string_view>

#include "agent/tpm/openssl_key.h"
#include "base/result.h"
#include "web/http_client.h"

namespace sallyport::agent {

// For `Sallyport-Key-Attestation`, beside this certificate request. Errors: why there is none: the
// TPM has no certificate, the server does not trust its maker, or looks at no evidence.
[[nodiscard]] Result<std::string> prove_key(HttpClient& client, const std::string& server,
                                            const TpmKey& key, std::string_view request_der);

}  // namespace sallyport::agent
