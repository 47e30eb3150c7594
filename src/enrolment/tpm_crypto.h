// A TPM's keys and signatures as OpenSSL takes them, and the riddle that one TPM alone can solve
// (Trusted Platform Module Library 2.0, parts 1 and 2). Only .cc files include this. Threads: free.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "enrolment/openssl.h"
#include "enrolment/tpm_structures.h"

namespace sallyport::tpm {

// Null: a curve but P-256, P-384 and P-521, or numbers that are no key.
openssl::Owned<EVP_PKEY> key_of(const Public& key);
// The name of an object: nameAlg || digest of its public area. Empty: not by SHA-2.
std::string name_of(std::string_view public_area);
bool is_signed(std::string_view bytes, const Signature& signature, EVP_PKEY* key);

struct Credential {
  std::string blob;    // TPM2B_ID_OBJECT
  std::string secret;  // TPM2B_ENCRYPTED_SECRET
};

// What TPM2_MakeCredential makes (part 1, section 24): the TPM that has this endorsement key, an
// RSA key by the TCG's default template L-1, reads `value` while it holds the object of this name.
// `value`: at most 32 bytes. Errors: another kind of key.
[[nodiscard]] Result<Credential> make_credential(EVP_PKEY* endorsement_key, std::string_view name,
                                                 std::string_view value);

}  // namespace sallyport::tpm
