// A TPM 2.0 (Trusted Platform Module Library 2.0, part 3), and what the agent wants of it: a key
// that never leaves it, signatures, and the evidence for that.
//
// Keys are kept outside as blobs that this TPM alone can load; nothing is stored in the TPM. Its
// errors say in words what is wrong with it. Threads: one. Cost: a TPM takes tens to hundreds of
// milliseconds for each of these.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport::agent {

struct TpmKeyBlob {
  std::string public_area;   // TPM2B_PUBLIC
  std::string private_area;  // TPM2B_PRIVATE: enciphered by the TPM
};

class Tpm {
 public:
  // `tcti`: how it is reached, as tpm2-tss takes it: `device:/dev/tpmrm0`,
  // `swtpm:host=127.0.0.1,port=2321`.
  // Errors: unavailable: it does not answer, or the libraries are not installed.
  [[nodiscard]] static Result<std::shared_ptr<Tpm>> open(const std::string& tcti);
  ~Tpm();
  Tpm(const Tpm&) = delete;
  Tpm& operator=(const Tpm&) = delete;

  // On P-256; both fixedTPM, fixedParent and sensitiveDataOrigin.
  [[nodiscard]] Result<TpmKeyBlob> make_signing_key();
  [[nodiscard]] Result<TpmKeyBlob> make_attestation_key();

  // A key for as long as this lives. REQUIRES: the Tpm lives longer.
  class Loaded {
   public:
    Loaded(Loaded&& other) noexcept : tpm_(other.tpm_), handle_(other.handle_) {
      other.tpm_ = nullptr;
    }
    Loaded& operator=(Loaded&&) = delete;
    ~Loaded();

   private:
    friend class Tpm;
    Loaded(Tpm& tpm, std::uint32_t handle) : tpm_(&tpm), handle_(handle) {}
    Tpm* tpm_;
    std::uint32_t handle_;
  };
  // Errors: denied: another TPM made it.
  [[nodiscard]] Result<Loaded> load(const TpmKeyBlob& key);

  struct Signature {
    std::string r;
    std::string s;
  };
  // ECDSA of a digest; of a longer one the first 256 bits count, as FIPS 186-4 has it.
  [[nodiscard]] Result<Signature> sign(const Loaded& key, std::string_view digest);

  struct Certified {
    std::string attest;     // TPMS_ATTEST
    std::string signature;  // TPMT_SIGNATURE
  };
  // TPM2_Certify: `qualifying`, at most 32 bytes, comes back as extraData.
  [[nodiscard]] Result<Certified> certify(const Loaded& key, const Loaded& attestation_key,
                                          std::string_view qualifying);
  // The maker's certificate of the RSA endorsement key, DER. Errors: not_found: it holds none.
  [[nodiscard]] Result<std::string> endorsement_certificate();
  // TPM2_ActivateCredential by that key; both as TPM2_MakeCredential gives them.
  // Errors: denied: they were made for another TPM or another key.
  [[nodiscard]] Result<std::string> activate(const Loaded& key, std::string_view credential,
                                             std::string_view secret);

 private:
  struct State;
  explicit Tpm(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sallyport::agent
