#include "agent/tpm/templates.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace sallyport::agent {
namespace {

constexpr TPMA_OBJECT stays_inside =
    TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN;

TPM2B_PUBLIC on_p256(TPMA_OBJECT attributes) {
  TPM2B_PUBLIC out{};
  out.publicArea.type = TPM2_ALG_ECC;
  out.publicArea.nameAlg = TPM2_ALG_SHA256;
  out.publicArea.objectAttributes =
      attributes | stays_inside | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA;
  auto& details = out.publicArea.parameters.eccDetail;
  details.symmetric.algorithm = TPM2_ALG_NULL;
  details.scheme.scheme = TPM2_ALG_NULL;
  details.curveID = TPM2_ECC_NIST_P256;
  details.kdf.scheme = TPM2_ALG_NULL;
  return out;
}

void wrap_with_aes(TPMT_SYM_DEF_OBJECT& symmetric) {
  symmetric.algorithm = TPM2_ALG_AES;
  symmetric.keyBits.aes = 128;
  symmetric.mode.aes = TPM2_ALG_CFB;
}

}  // namespace

TPM2B_PUBLIC storage_key_template() {
  auto out = on_p256(TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT);
  wrap_with_aes(out.publicArea.parameters.eccDetail.symmetric);
  return out;
}

TPM2B_PUBLIC endorsement_key_template() {
  // The policy is TPM2_PolicySecret of the endorsement hierarchy.
  constexpr std::array<std::uint8_t, 32> policy = {0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8,
                                                   0x1a, 0x90, 0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24,
                                                   0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52, 0x0b, 0x64,
                                                   0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa};
  TPM2B_PUBLIC out{};
  auto& area = out.publicArea;
  area.type = TPM2_ALG_RSA;
  area.nameAlg = TPM2_ALG_SHA256;
  area.objectAttributes =
      stays_inside | TPMA_OBJECT_ADMINWITHPOLICY | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT;
  area.authPolicy.size = policy.size();
  std::ranges::copy(policy, area.authPolicy.buffer);
  wrap_with_aes(area.parameters.rsaDetail.symmetric);
  area.parameters.rsaDetail.scheme.scheme = TPM2_ALG_NULL;
  area.parameters.rsaDetail.keyBits = 2048;
  area.unique.rsa.size = 256;  // of zeros
  return out;
}

TPM2B_PUBLIC signing_key_template() { return on_p256(TPMA_OBJECT_SIGN_ENCRYPT); }

TPM2B_PUBLIC attestation_key_template() {
  auto out = on_p256(TPMA_OBJECT_SIGN_ENCRYPT | TPMA_OBJECT_RESTRICTED);
  auto& scheme = out.publicArea.parameters.eccDetail.scheme;
  scheme.scheme = TPM2_ALG_ECDSA;
  scheme.details.ecdsa.hashAlg = TPM2_ALG_SHA256;
  return out;
}

}  // namespace sallyport::agent
