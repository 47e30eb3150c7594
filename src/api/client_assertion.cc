#include "api/client_assertion.h"

#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "base/base64.h"
#include "base/json.h"

namespace sallyport::api {
namespace {

constexpr std::size_t token_size_max = 16 * 1024;
constexpr std::chrono::minutes life_max{60};
constexpr std::chrono::minutes clock_difference{5};
constexpr std::size_t es256_half = 32;

template <auto release>
struct Release {
  template <class T>
  void operator()(T* pointer) const {
    release(pointer);
  }
};
using Bio = std::unique_ptr<BIO, Release<BIO_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>>;

tl::unexpected<Error> denied(std::string message) {
  return fail(ErrorKind::denied, std::move(message));
}

struct Parts {
  json::Document header;
  json::Document claims;
  std::string_view signed_text;
  std::string signature;
};

Result<Parts> split(std::string_view token) {
  if (token.size() > token_size_max) return denied("the assertion is too long");
  const auto first = token.find('.');
  const auto second = first == token.npos ? first : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) {
    return denied("the assertion is no JSON Web Token");
  }
  const auto header = decode_base64url(token.substr(0, first));
  const auto claims = decode_base64url(token.substr(first + 1, second - first - 1));
  auto signature = decode_base64url(token.substr(second + 1));
  if (!header || !claims || !signature) return denied("the assertion is no JSON Web Token");
  auto parsed_header = json::parse(*header);
  auto parsed_claims = json::parse(*claims);
  if (!parsed_header || !parsed_claims) return denied("the assertion is no JSON Web Token");
  return Parts{std::move(*parsed_header), std::move(*parsed_claims), token.substr(0, second),
               std::move(*signature)};
}

std::string_view text_of(const json::Document& document, std::string_view name) {
  const auto* found = document.root().find(name);
  return found == nullptr || !found->is_string() ? std::string_view() : found->text();
}

std::optional<Instant> time_of(const json::Document& document, std::string_view name) {
  const auto* found = document.root().find(name);
  const auto seconds = found == nullptr ? std::nullopt : found->integer();
  constexpr std::int64_t seconds_max = 100'000'000'000;
  if (!seconds || *seconds < 0 || *seconds > seconds_max) return std::nullopt;
  return Instant(std::chrono::seconds(*seconds));
}

bool names_audience(const json::Document& claims, std::string_view audience) {
  const auto* found = claims.root().find("aud");
  if (found == nullptr) return false;
  if (found->is_string()) return found->text() == audience;
  for (const auto& item : found->items()) {
    if (item.text() == audience) return true;
  }
  return false;
}

Key key_of(const std::string& certificate) {
  const Bio bio(BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size())));
  if (!bio) return nullptr;
  const Certificate parsed(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  return parsed ? Key(X509_get_pubkey(parsed.get())) : nullptr;
}

// The two numbers of an ES256 signature, in the form that OpenSSL takes.
std::string to_der(const std::string& raw) {
  if (raw.size() != 2 * es256_half) return {};
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
  const Signature signature(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(bytes, es256_half, nullptr);
  BIGNUM* s = BN_bin2bn(bytes + es256_half, es256_half, nullptr);
  if (!signature || r == nullptr || s == nullptr || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  unsigned char* out = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &out);
  std::string der;
  if (size > 0) der.assign(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  return der;
}

// The algorithm must be one of ours, and fit the key: the token does not choose how it is verified.
bool is_signed(const Parts& parts, EVP_PKEY* key) {
  const auto algorithm = text_of(parts.header, "alg");
  const bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
  const bool ec = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
  const bool pss = algorithm == "PS256";
  if (!(rsa && (pss || algorithm == "RS256")) && !(ec && algorithm == "ES256")) return false;
  const auto signature = ec ? to_der(parts.signature) : parts.signature;
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  if (!context || EVP_DigestVerifyInit(context.get(), &options, EVP_sha256(), nullptr, key) != 1) {
    return false;
  }
  if (pss && (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
              EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return false;
  }
  return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                          signature.size(),
                          reinterpret_cast<const unsigned char*>(parts.signed_text.data()),
                          parts.signed_text.size()) == 1;
}

}  // namespace

Result<std::string> subject_of_assertion(std::string_view token) {
  const auto parts = split(token);
  if (!parts) return tl::unexpected<Error>(parts.error());
  const auto subject = text_of(parts->claims, "sub");
  if (subject.empty() || subject != text_of(parts->claims, "iss")) {
    return denied("`iss` and `sub` of the assertion must both be the client's id");
  }
  return std::string(subject);
}

Result<Assertion> verify_assertion(std::string_view token, const std::string& certificate,
                                   std::string_view audience, Instant now) {
  const auto parts = split(token);
  if (!parts) return tl::unexpected<Error>(parts.error());
  auto subject = subject_of_assertion(token);
  if (!subject) return tl::unexpected<Error>(subject.error());
  const auto key = key_of(certificate);
  if (!key || !is_signed(*parts, key.get())) {
    return denied("the assertion is not signed with the key of the client's certificate");
  }
  if (!names_audience(parts->claims, audience)) {
    return denied("`aud` of the assertion is not " + std::string(audience));
  }
  const auto expires = time_of(parts->claims, "exp");
  if (!expires || *expires <= now || *expires > now + life_max + clock_difference) {
    return denied("`exp` of the assertion is over, missing, or more than an hour away");
  }
  const auto from = time_of(parts->claims, "nbf");
  if (from && *from > now + clock_difference) return denied("the assertion is not valid yet");
  const auto id = text_of(parts->claims, "jti");
  if (id.empty()) return denied("the assertion has no `jti`");
  return Assertion{std::move(*subject), std::string(id), *expires};
}

Result<void> check_certificate(const std::string& certificate) {
  const auto key = key_of(certificate);
  if (!key) return fail(ErrorKind::invalid_argument, "this is no certificate in PEM");
  const auto kind = EVP_PKEY_get_base_id(key.get());
  if (kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(key.get()) >= 2048) return {};
  if (kind == EVP_PKEY_EC && EVP_PKEY_get_bits(key.get()) == 256) return {};
  return fail(ErrorKind::invalid_argument,
              "the certificate's key must be RSA of at least 2048 bits, or EC P-256");
}

}  // namespace sallyport::api
