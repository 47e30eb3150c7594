#include "enrolment/strength.h"

#include <openssl/evp.h>
#include <openssl/objects.h>

#include <algorithm>
#include <array>

namespace sallyport {
namespace {

constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;  // beyond it a signature costs an attacker nothing and us much

std::string name_of(int nid) {
  const char* name = OBJ_nid2ln(nid);
  return name == nullptr || nid == NID_undef ? "an unknown algorithm" : name;
}

template <std::size_t size>
bool is_one_of(int nid, const std::array<int, size>& nids) {
  return std::ranges::find(nids, nid) != nids.end();
}

}  // namespace

std::string weakness_of_key(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: {
      const int bits = EVP_PKEY_get_bits(key);
      if (bits >= rsa_bits_min && bits <= rsa_bits_max) return {};
      return "an RSA key of " + std::to_string(bits) + " bits; 2048 to 8192 are taken";
    }
    case EVP_PKEY_EC: {
      char name[64] = "";
      std::size_t size = 0;
      EVP_PKEY_get_group_name(key, name, sizeof name, &size);
      const int curve = OBJ_sn2nid(name);
      static constexpr std::array good = {NID_X9_62_prime256v1, NID_secp384r1, NID_secp521r1};
      if (is_one_of(curve, good)) return {};
      return "a key on another curve than P-256, P-384 and P-521";
    }
    case EVP_PKEY_ED25519: return {};
    default: return "a key that is neither RSA, EC nor Ed25519";
  }
}

std::string weakness_of_signature(int signature_nid) {
  int digest = NID_undef;
  int key = NID_undef;
  if (OBJ_find_sigid_algs(signature_nid, &digest, &key) != 1) return name_of(signature_nid);
  // Ed25519 and RSA-PSS tell no digest here; the one has its own, of the other OpenSSL's level
  // refuses the weak ones.
  if (digest == NID_undef) return {};
  return weakness_of_digest(digest);
}

std::string weakness_of_digest(int digest_nid) {
  static constexpr std::array good = {NID_sha256,   NID_sha384,   NID_sha512,
                                      NID_sha3_256, NID_sha3_384, NID_sha3_512};
  return is_one_of(digest_nid, good) ? std::string() : name_of(digest_nid);
}

std::string weakness_of_cipher(int cipher_nid) {
  static constexpr std::array good = {NID_aes_128_cbc, NID_aes_192_cbc, NID_aes_256_cbc,
                                      NID_aes_128_gcm, NID_aes_192_gcm, NID_aes_256_gcm};
  return is_one_of(cipher_nid, good) ? std::string() : name_of(cipher_nid);
}

}  // namespace sallyport
