#include "agent/device_key.h"

#include "agent/tpm/key_text.h"
#include "enrolment/openssl.h"

namespace sallyport::agent {
namespace {

using openssl::Owned;

Result<StoredKey> make_software_key() {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const auto bio = openssl::writer();
  if (!key ||
      PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return openssl::failed("no key could be made");
  }
  return StoredKey{openssl::written(bio.get()), {}};
}

// What to do about a key that is lost with its TPM.
Error with_remedy(Error error) {
  if (error.kind == ErrorKind::denied) {
    error.message += "; run `sallyport-agent leave`, and enrol again";
  }
  return error;
}

}  // namespace

Result<StoredKey> make_key(const std::string& tpm) {
  if (tpm.empty()) return make_software_key();
  const auto opened = Tpm::open(tpm);
  if (!opened) return tl::unexpected<Error>(opened.error());
  const auto key = (*opened)->make_signing_key();
  if (!key) return tl::unexpected<Error>(key.error());
  return StoredKey{write_tpm_key(*key), tpm};
}

bool is_tpm_key(const std::string& pem) { return read_tpm_key(pem).has_value(); }

Result<DeviceKey> DeviceKey::open(const StoredKey& stored) {
  DeviceKey out;
  if (stored.tpm.empty()) {
    out.key_.reset(
        PEM_read_bio_PrivateKey(openssl::reader_of(stored.pem).get(), nullptr, nullptr, nullptr),
        EVP_PKEY_free);
    if (!out.key_) return openssl::failed("the key cannot be used");
    return out;
  }
  const auto blob = read_tpm_key(stored.pem);
  if (!blob) return fail(ErrorKind::internal, "the key is damaged");
  auto tpm = Tpm::open(stored.tpm);
  if (!tpm) return tl::unexpected<Error>(tpm.error());
  auto key = TpmKey::load(std::move(*tpm), *blob);
  if (!key) return tl::unexpected<Error>(with_remedy(key.error()));
  out.tpm_ = std::move(*key);
  // Whoever holds the key holds the TPM that signs by it.
  out.key_ = std::shared_ptr<EVP_PKEY>(out.tpm_, out.tpm_->get());
  return out;
}

}  // namespace sallyport::agent
