// Proof that a device's key is in a TPM and cannot leave it: the TPM certifies the key
// (TPM2_Certify) with an attestation key, for whose certificate somebody we trust answers, as
// the company that made its machines ready (Trusted Platform Module Library 2.0, parts 1 and 2).
//
//   attest     TPMS_ATTEST: magic, type certify, extraData = SHA-256 of the certificate request,
//              attested name = nameAlg || hash of `key`
//   signature  TPMT_SIGNATURE over it
//   key        TPMT_PUBLIC: fixedTPM, fixedParent, sensitiveDataOrigin; the key of the request
//   certificate  of the attestation key: chains to the authorities, EKU 2.23.133.8.3
//
// Threads: any number may call. Cost: two signature checks.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "enrolment/certificate_request.h"

namespace sallyport {

struct KeyAttestation {
  std::string attest;
  std::string signature;
  std::string key;
  std::string certificate;  // DER
};

// From JSON with these four members, each base64. invalid_argument: it is something else.
[[nodiscard]] Result<KeyAttestation> read_key_attestation(std::string_view json);

// The authorities of attestation keys.
class TpmAuthorities {
 public:
  [[nodiscard]] static Result<TpmAuthorities> from_pem(std::string_view pem);
  TpmAuthorities(TpmAuthorities&&) noexcept;
  TpmAuthorities& operator=(TpmAuthorities&&) noexcept;
  ~TpmAuthorities();

  // invalid_argument: it proves nothing, and why. `request_der`: what the extra data is about.
  [[nodiscard]] Result<void> verify(const KeyAttestation& attestation,
                                    const CertificateRequest& request, std::string_view request_der,
                                    Instant now) const;

 private:
  struct State;
  explicit TpmAuthorities(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sallyport
