// A key in a TPM as OpenSSL takes one, for certificate requests and TLS: what it signs, the TPM
// signs. The key is loaded and its TPM open for as long as this lives. Threads: one.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "agent/tpm/tpm.h"

struct evp_pkey_st;

namespace sallyport::agent {

class TpmKey {
 public:
  // Errors: as Tpm::load.
  [[nodiscard]] static Result<std::shared_ptr<TpmKey>> load(std::shared_ptr<Tpm> tpm,
                                                            const TpmKeyBlob& blob);
  ~TpmKey();
  TpmKey(const TpmKey&) = delete;
  TpmKey& operator=(const TpmKey&) = delete;

  evp_pkey_st* get() const { return key_; }
  const TpmKeyBlob& blob() const { return blob_; }
  const Tpm::Loaded& loaded() const { return loaded_; }
  Tpm& tpm() const { return *tpm_; }
  // Why the TPM did not sign, since this was asked last: OpenSSL has no room for it.
  std::string take_problem() { return std::exchange(problem_, {}); }

 private:
  struct Signing;
  TpmKey(std::shared_ptr<Tpm> tpm, TpmKeyBlob blob, Tpm::Loaded loaded)
      : tpm_(std::move(tpm)), blob_(std::move(blob)), loaded_(std::move(loaded)) {}
  std::shared_ptr<Tpm> tpm_;
  TpmKeyBlob blob_;
  Tpm::Loaded loaded_;
  evp_pkey_st* key_ = nullptr;
  std::string problem_;
};

}  // namespace sallyport::agent
