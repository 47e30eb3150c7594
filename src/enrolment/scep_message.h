// Messages of SCEP (RFC 8894, section 3): a certificate request encrypted to the authority in a CMS
// envelope, signed by the key it is for; the answer encrypted to that key and signed by us.
//
//   pkiMessage  SignedData(attributes: messageType, transactionID, nonces, status)
//                 of EnvelopedData, AES, to one RSA key
//                   of PKCS#10, IssuerAndSubject, or IssuerAndSerial; or certificates
//
// Refused unless asked for: SHA-1 and DES, which older clients use (`Algorithms::legacy`); DES
// needs OpenSSL's legacy provider, which is then loaded for this alone.
//
// Threads: any number may call. Cost: two operations with the RSA key a message.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "enrolment/authority.h"

namespace sallyport {

inline constexpr std::size_t scep_message_size_max = 64 * 1024;

enum class ScepType : std::uint8_t {
  cert_rep = 3,
  renewal_req = 17,
  pkcs_req = 19,
  cert_poll = 20,
  get_cert = 21,
  get_crl = 22,
};

enum class ScepFailure : std::uint8_t {
  bad_alg = 0,
  bad_message_check = 1,
  bad_request = 2,
  bad_time = 3,
  bad_cert_id = 4,
};

// Whom an answer is for.
struct ScepTransaction {
  std::string id;
  std::string sender_nonce;
};

struct ScepRequest {
  ScepTransaction transaction;
  ScepType type = ScepType::pkcs_req;
  std::string signer;           // DER of the certificate that signed it, which anybody can make
  std::string signer_key_hash;  // SHA-256 of its SubjectPublicKeyInfo
  std::string content;          // decrypted
  std::optional<Instant> signing_time;
};

// Why a message cannot be acted upon.
struct ScepRefusal {
  ScepTransaction transaction;  // without an id there is nobody to answer
  ScepFailure failure = ScepFailure::bad_request;
  std::string message;
};

class ScepCodec {
 public:
  enum class Algorithms : bool { strong, legacy };
  // unavailable: OpenSSL's legacy provider is not installed. REQUIRES: `authority` was opened with
  // its key for SCEP, and outlives this.
  [[nodiscard]] static Result<ScepCodec> make(const IssuingAuthority& authority,
                                              Algorithms algorithms);
  ScepCodec(ScepCodec&&) noexcept;
  ScepCodec& operator=(ScepCodec&&) noexcept;
  ~ScepCodec();

  [[nodiscard]] tl::expected<ScepRequest, ScepRefusal> read(std::string_view der) const;
  // What is told a client that succeeds: a certs-only PKCS#7, encrypted to it.
  [[nodiscard]] Result<std::string> grant(const ScepRequest& request, std::string_view pkcs7) const;
  [[nodiscard]] Result<std::string> refuse(const ScepRefusal& refusal) const;

  // The authority's certificates as GetCACert gives them: ours for SCEP, then the chain.
  [[nodiscard]] Result<std::string> certificates() const;
  // What GetCACaps says.
  std::string_view capabilities() const;

 private:
  struct State;
  explicit ScepCodec(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The serial number, as 32 hexadecimal digits, in an IssuerAndSerial; empty for anything else.
std::string serial_in_issuer_and_serial(std::string_view der);

}  // namespace sallyport
