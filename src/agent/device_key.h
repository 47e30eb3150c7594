// The device's private key. It is kept as PEM that root alone may read: the key itself, or, where
// there is a TPM, a text that this TPM alone can use. Threads: one.
#pragma once

#include <memory>
#include <string>

#include "agent/tpm/openssl_key.h"
#include "base/result.h"

namespace sallyport::agent {

struct StoredKey {
  std::string pem;
  std::string tpm;  // how its TPM is reached (tpm/tpm.h); empty: the key is in the text
};

// A new key on P-256. Errors: the TPM cannot be used, and why.
[[nodiscard]] Result<StoredKey> make_key(const std::string& tpm);
bool is_tpm_key(const std::string& pem);

// A key ready for use; one in a TPM keeps the TPM open.
class DeviceKey {
 public:
  // Errors: the key cannot be read, or its TPM not be used.
  [[nodiscard]] static Result<DeviceKey> open(const StoredKey& stored);
  evp_pkey_st* get() const { return key_.get(); }
  const std::shared_ptr<evp_pkey_st>& shared() const { return key_; }
  TpmKey* in_tpm() const { return tpm_.get(); }  // null: it is in software

 private:
  std::shared_ptr<TpmKey> tpm_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace sallyport::agent
