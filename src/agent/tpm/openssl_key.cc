// A provider of our own would be the way that OpenSSL 3 has for this, in ten times the code; an
// EC_KEY_METHOD is the older one, which it still honours.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "agent/tpm/openssl_key.h"

#include <openssl/ec.h>

#include "enrolment/tpm_crypto.h"

namespace sallyport::agent {
namespace {

using openssl::Owned;

BIGNUM* number(const std::string& bytes) {
  return BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                   static_cast<int>(bytes.size()), nullptr);
}

int place_of_owner() {
  static const int place = EC_KEY_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return place;
}

}  // namespace

struct TpmKey::Signing {
  // Called by OpenSSL with what is to be signed.
  static ECDSA_SIG* sign(const unsigned char* digest, int size, const BIGNUM*, const BIGNUM*,
                         EC_KEY* key) {
    auto* self = static_cast<TpmKey*>(EC_KEY_get_ex_data(key, place_of_owner()));
    if (self == nullptr) return nullptr;
    const auto made = self->tpm_->sign(
        self->loaded_, {reinterpret_cast<const char*>(digest), static_cast<std::size_t>(size)});
    if (!made) {
      self->problem_ = made.error().message;
      ERR_raise(ERR_LIB_EC, ERR_R_OPERATION_FAIL);
      return nullptr;
    }
    auto* signature = ECDSA_SIG_new();
    ECDSA_SIG_set0(signature, number(made->r), number(made->s));
    return signature;
  }

  static const EC_KEY_METHOD* method() {
    static EC_KEY_METHOD* const own = [] {
      auto* method = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
      int (*in_der)(int, const unsigned char*, int, unsigned char*, unsigned int*, const BIGNUM*,
                    const BIGNUM*, EC_KEY*) = nullptr;
      int (*set_up)(EC_KEY*, BN_CTX*, BIGNUM**, BIGNUM**) = nullptr;
      EC_KEY_METHOD_get_sign(EC_KEY_OpenSSL(), &in_der, &set_up, nullptr);
      EC_KEY_METHOD_set_sign(method, in_der, set_up, sign);
      return method;
    }();
    return own;
  }
};

TpmKey::~TpmKey() { EVP_PKEY_free(key_); }

Result<std::shared_ptr<TpmKey>> TpmKey::load(std::shared_ptr<Tpm> tpm, const TpmKeyBlob& blob) {
  auto loaded = tpm->load(blob);
  if (!loaded) return tl::unexpected<Error>(loaded.error());
  std::shared_ptr<TpmKey> out(new TpmKey(std::move(tpm), blob, std::move(*loaded)));
  // TPM2B_PUBLIC: its size, then the area.
  const auto area = tpm::read_public(std::string_view(blob.public_area).substr(2));
  const auto point = area ? tpm::key_of(*area) : nullptr;
  auto* key = point ? EVP_PKEY_get1_EC_KEY(point.get()) : nullptr;
  if (key == nullptr) return openssl::failed("the TPM's key cannot be used");
  EC_KEY_set_method(key, Signing::method());
  EC_KEY_set_ex_data(key, place_of_owner(), out.get());
  out->key_ = EVP_PKEY_new();
  EVP_PKEY_assign_EC_KEY(out->key_, key);
  return out;
}

}  // namespace sallyport::agent
