#include "enrolment/tpm_crypto.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "base/digest.h"

namespace sallyport::tpm {
namespace {

using openssl::Owned;

const unsigned char* bytes_in(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_in(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

const EVP_MD* digest_of(std::uint16_t algorithm) {
  switch (algorithm) {
    case sha256: return EVP_sha256();
    case sha384: return EVP_sha384();
    case sha512: return EVP_sha512();
    default: return nullptr;
  }
}

Owned<BIGNUM> number_of(std::string_view bytes) {
  return Owned<BIGNUM>(BN_bin2bn(bytes_in(bytes), static_cast<int>(bytes.size()), nullptr));
}

struct Curve {
  const char* name;
  std::size_t size;  // of a coordinate
};
// TPM_ECC_NIST_P256 and so on.
Curve curve_of(std::uint16_t curve) {
  switch (curve) {
    case 3: return {"P-256", 32};
    case 4: return {"P-384", 48};
    case 5: return {"P-521", 66};
    default: return {nullptr, 0};
  }
}

struct FreeParameters {
  void operator()(OSSL_PARAM_BLD* p) const { OSSL_PARAM_BLD_free(p); }
  void operator()(OSSL_PARAM* p) const { OSSL_PARAM_free(p); }
};
using Builder = std::unique_ptr<OSSL_PARAM_BLD, FreeParameters>;

Owned<EVP_PKEY> made_of(const Builder& parts, const char* kind) {
  const std::unique_ptr<OSSL_PARAM, FreeParameters> parameters(
      OSSL_PARAM_BLD_to_param(parts.get()));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (context && parameters && EVP_PKEY_fromdata_init(context.get()) == 1) {
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get());
  }
  ERR_clear_error();
  return Owned<EVP_PKEY>(key);
}

std::string padded(std::string_view number, std::size_t size) {
  return std::string(size - number.size(), '\0') + std::string(number);
}

// As OpenSSL takes it: of ECDSA the two numbers in DER.
std::string signature_bytes(const Signature& signature) {
  if (signature.algorithm != ecdsa) return std::string(signature.rsa);
  ECDSA_SIG* numbers = ECDSA_SIG_new();
  auto r = number_of(signature.r);
  auto s = number_of(signature.s);
  std::string der;
  if (ECDSA_SIG_set0(numbers, r.get(), s.get()) == 1) {
    (void)r.release();
    (void)s.release();
    der = openssl::der_by(i2d_ECDSA_SIG, numbers);
  }
  ECDSA_SIG_free(numbers);
  return der;
}

std::string big_endian(std::uint32_t value, int bytes) {
  std::string out;
  while (bytes-- > 0) out += static_cast<char>(value >> (8U * static_cast<unsigned>(bytes)) & 255U);
  return out;
}
std::string sized(std::string_view bytes) {  // TPM2B_...
  return big_endian(static_cast<std::uint32_t>(bytes.size()), 2) + std::string(bytes);
}

// KDFa (part 1, section 11.4.10.2) by SHA-256, of which one block is enough here.
std::string derived(std::string_view seed, std::string_view label, std::string_view context,
                    std::uint32_t bits) {
  const auto block = hmac_sha256(seed, big_endian(1, 4) + std::string(label) + '\0' +
                                           std::string(context) + big_endian(bits, 4));
  return block.substr(0, bits / 8);
}

// AES-128 in CFB, from zeros on: the key is used once.
std::string enciphered(std::string_view key, std::string_view plain) {
  struct Free {
    void operator()(EVP_CIPHER_CTX* p) const { EVP_CIPHER_CTX_free(p); }
  };
  const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
  const unsigned char zeros[16] = {};
  std::string out(plain.size(), '\0');
  int size = 0;
  const bool done =
      context &&
      EVP_EncryptInit_ex(context.get(), EVP_aes_128_cfb128(), nullptr, bytes_in(key), zeros) == 1 &&
      EVP_EncryptUpdate(context.get(), bytes_in(out), &size, bytes_in(plain),
                        static_cast<int>(plain.size())) == 1;
  return done ? out : std::string();
}

// RSA-OAEP by SHA-256 with the label IDENTITY, its zero at the end included; empty: it failed.
std::string sealed_to(EVP_PKEY* key, std::string_view seed) {
  constexpr std::string_view label("IDENTITY\0", 9);
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(key, nullptr));
  auto* own_label = static_cast<char*>(OPENSSL_memdup(label.data(), label.size()));
  bool good = context && EVP_PKEY_encrypt_init(context.get()) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256()) == 1;
  const bool taken = good && EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), own_label,
                                                              static_cast<int>(label.size())) == 1;
  if (!taken) OPENSSL_free(own_label);
  std::string out(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
  std::size_t size = out.size();
  good = taken &&
         EVP_PKEY_encrypt(context.get(), bytes_in(out), &size, bytes_in(seed), seed.size()) == 1;
  out.resize(good ? size : 0);
  return out;
}

}  // namespace

Owned<EVP_PKEY> key_of(const Public& key) {
  const Builder parts(OSSL_PARAM_BLD_new());
  if (key.type == rsa) {
    const auto modulus = number_of(key.modulus);
    OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
    OSSL_PARAM_BLD_push_uint(parts.get(), OSSL_PKEY_PARAM_RSA_E, key.exponent);
    return made_of(parts, "RSA");
  }
  const auto curve = curve_of(key.curve);
  if (curve.size == 0 || key.x.size() > curve.size || key.y.size() > curve.size) return nullptr;
  const auto point = "\x04" + padded(key.x, curve.size) + padded(key.y, curve.size);
  OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.name, 0);
  OSSL_PARAM_BLD_push_octet_string(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return made_of(parts, "EC");
}

std::string name_of(std::string_view public_area) {
  const auto key = read_public(public_area);
  const auto* digest = key ? digest_of(key->name_algorithm) : nullptr;
  if (digest == nullptr) return {};
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_Digest(public_area.data(), public_area.size(), bytes_in(out), &size, digest, nullptr);
  return std::string(public_area.substr(2, 2)) + out.substr(0, size);
}

bool is_signed(std::string_view bytes, const Signature& signature, EVP_PKEY* key) {
  const auto* digest = digest_of(signature.hash);
  const int kind = signature.algorithm == ecdsa ? EVP_PKEY_EC : EVP_PKEY_RSA;
  if (digest == nullptr || key == nullptr || EVP_PKEY_get_base_id(key) != kind) return false;
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  bool good = EVP_DigestVerifyInit(context.get(), &options, digest, nullptr, key) == 1;
  if (good && signature.algorithm == rsapss) {
    good = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_AUTO) == 1;
  }
  const auto value = signature_bytes(signature);
  good = good && EVP_DigestVerify(context.get(), bytes_in(value), value.size(), bytes_in(bytes),
                                  bytes.size()) == 1;
  ERR_clear_error();
  return good;
}

Result<Credential> make_credential(EVP_PKEY* endorsement_key, std::string_view name,
                                   std::string_view value) {
  std::string seed(32, '\0');
  if (EVP_PKEY_get_base_id(endorsement_key) != EVP_PKEY_RSA) {
    return fail(ErrorKind::invalid_argument, "the endorsement key is no RSA key");
  }
  if (RAND_bytes(bytes_in(seed), static_cast<int>(seed.size())) != 1) {
    return openssl::failed("no random bytes");
  }
  const auto secret = sealed_to(endorsement_key, seed);
  const auto identity = enciphered(derived(seed, "STORAGE", name, 128), sized(value));
  if (secret.empty() || identity.empty()) return openssl::failed("no challenge could be made");
  const auto integrity =
      hmac_sha256(derived(seed, "INTEGRITY", {}, 256), identity + std::string(name));
  return Credential{sized(sized(integrity) + identity), sized(secret)};
}

}  // namespace sallyport::tpm
