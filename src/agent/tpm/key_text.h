// A TPM's key as text: the PEM "TSS2 PRIVATE KEY" that OpenSSL's TPM 2 providers and engines read,
// too. It is no secret: its TPM alone can use it. Threads: free.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/tpm/tpm.h"

namespace sallyport::agent {

// Nothing: another kind of text.
std::optional<TpmKeyBlob> read_tpm_key(std::string_view pem);
std::string write_tpm_key(const TpmKeyBlob& key);

}  // namespace sallyport::agent
