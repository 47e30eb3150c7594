// Proof that a device's key is in a TPM and cannot leave it: the TPM certifies the key
// (TPM2_Certify) with an attestation key, for which somebody we trust answers (Trusted Platform
// Module Library 2.0, parts 1 and 2).
//
//   attest     TPMS_ATTEST: magic, type certify, extraData = SHA-256 of the certificate request,
//              attested name = nameAlg || hash of `key`
//   signature  TPMT_SIGNATURE over it, by the attestation key
//   key        TPMT_PUBLIC: fixedTPM, fixedParent, sensitiveDataOrigin; the key of the request
//
// Who answers for the attestation key is one of two. The maker of the TPM, who signed the
// certificate of its endorsement key: our challenge (TPM2_MakeCredential) can be read by the TPM
// with that key alone, and only while the attestation key is in it.
//
//   attestationKey          TPMT_PUBLIC: restricted, sign, and bound to its TPM as `key` is
//   endorsementCertificate  X.509, EKU 2.23.133.8.1
//   activation              what the TPM read in the challenge
//
// Or the company that made its machines ready, who signed a certificate for the attestation key:
//
//   certificate  X.509, EKU 2.23.133.8.3
//
// Threads: any number may call. Cost: two signature checks; a challenge, one and an encryption.
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
  std::string certificate;  // DER; empty: the three below are there
  std::string attestation_key;
  std::string endorsement_certificate;  // DER
  std::string activation;
};

// From JSON with these members, each base64. invalid_argument: it is something else.
[[nodiscard]] Result<KeyAttestation> read_key_attestation(std::string_view json);

struct TpmChallenge {
  std::string credential;  // TPM2B_ID_OBJECT
  std::string secret;      // TPM2B_ENCRYPTED_SECRET
};

// The authorities of endorsement and attestation keys.
class TpmAuthorities {
 public:
  [[nodiscard]] static Result<TpmAuthorities> from_pem(std::string_view pem);
  TpmAuthorities(TpmAuthorities&&) noexcept;
  TpmAuthorities& operator=(TpmAuthorities&&) noexcept;
  ~TpmAuthorities();

  // What it holds is good for five minutes, and for this process: nothing is kept about it.
  // invalid_argument: the certificate is not trusted, or the key no attestation key.
  [[nodiscard]] Result<TpmChallenge> challenge(std::string_view endorsement_certificate,
                                               std::string_view attestation_key, Instant now) const;
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
