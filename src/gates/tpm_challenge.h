// POST /agent/v1/tpm-challenge: a device that wants to prove that its attestation key is in a TPM
// is asked what that TPM alone can read (enrolment/attestation.h; docs/enrolment.md).
//
//   {"endorsementCertificate": X.509, "attestationKey": TPMT_PUBLIC}
//   200  {"credential": TPM2B_ID_OBJECT, "secret": TPM2B_ENCRYPTED_SECRET}; all in base64
//   400  not understood, or nobody we trust answers for this TPM: why
//   404  no attestation is looked at here
//
// Anybody may ask: an answer is of use to that TPM only. Threads: any number may call.
#pragma once

#include "base/instant.h"
#include "enrolment/attestation.h"
#include "gates/message.h"

namespace sallyport {

inline constexpr std::size_t tpm_challenge_size_max = 16 * 1024;

// `tpm`: null: nobody is trusted.
HttpResponse tpm_challenge(const TpmAuthorities* tpm, const HttpRequest& request, Instant now);

}  // namespace sallyport
