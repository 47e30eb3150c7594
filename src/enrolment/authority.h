// The device authority: signs the certificates by which devices are known, and what it has to say
// about them later.
//
// Its key is made on the first start and never leaves the file it is in, which only its owner may
// read. Its certificate is its own (a root), or the company's: `sallyport authority csr` asks, and
// `sallyport authority install` puts what came back in its place. Its key stays the
// same, so what was issued before stays good.
//
// SCEP encrypts to the authority, which takes RSA: for that there is a second key with a
// certificate of ours that can sign and decrypt nothing else.
//
// Threads: any number may use it. Cost: issue() is one signature.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"

namespace sallyport {

struct AuthorityPlace {
  std::string folder;  // for the certificates, and for the keys unless said otherwise
  std::string key;     // the file of the signing key; empty: in the folder
  bool scep = false;   // the second key is wanted, too
};

// Where the authority of a store is unless said otherwise: the folder `authority` beside its file.
std::string authority_folder_beside(const std::string& store_file);

struct CertificateOrder {
  std::string public_key;  // SubjectPublicKeyInfo, DER
  std::string device_id;   // lower-case GUID: common name and URI `urn:uuid:<id>`
  std::string serial;      // 32 hexadecimal digits, of random_serial()
  Instant not_before{};
  Instant not_after{};   // the authority's own end comes first
  std::string base_url;  // where CRL and OCSP are found; empty: it does not say
};

// 126 random bits: nobody guesses one, and none comes twice.
[[nodiscard]] Result<std::string> random_serial();

struct AuthorityState;

class IssuingAuthority {
 public:
  // Makes what is missing. invalid_argument: a key that others may read, a certificate that does
  // not belong to the key; unavailable: files that cannot be read or written.
  [[nodiscard]] static Result<IssuingAuthority> open(const AuthorityPlace& place, Instant now);
  IssuingAuthority(IssuingAuthority&&) noexcept;
  IssuingAuthority& operator=(IssuingAuthority&&) noexcept;
  ~IssuingAuthority();

  // DER of the certificate. REQUIRES: device id and serial are as described.
  [[nodiscard]] Result<std::string> issue(const CertificateOrder& order) const;

  const std::string& name() const;      // RFC 2253: the issuer of what it signs
  const std::string& key_hash() const;  // SHA-256 of its public key, hexadecimal
  const std::string& certificate_pem() const;
  const std::string& certificate_der() const;
  const std::string& chain_pem() const;  // its certificate, then those above it
  Instant not_after() const;
  // For what else it signs, in enrolment/ alone.
  const AuthorityState& state() const { return *state_; }

 private:
  explicit IssuingAuthority(std::unique_ptr<AuthorityState> state);
  std::unique_ptr<AuthorityState> state_;
};

// A request for the company's authority to sign, PEM. Makes the key when there is none.
[[nodiscard]] Result<std::string> authority_request(const AuthorityPlace& place);
// Whether devices have certificates already: then the authority keeps its name.
enum class GivenOut : bool { nothing, some };
// `pem`: the certificate that came back, and those above it. invalid_argument: it is for another
// key or name, may not sign, does not chain, or has expired. Running servers use it when restarted.
[[nodiscard]] Result<void> install_authority(const AuthorityPlace& place, std::string_view pem,
                                             GivenOut given_out, Instant now);

}  // namespace sallyport
