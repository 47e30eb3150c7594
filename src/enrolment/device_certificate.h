// A device certificate that was issued, as the store keeps it: kind `sallyport.deviceCertificate`,
// id: its serial number in hexadecimal. What became of a certificate is known by this record alone,
// so one without a record counts for nothing. Threads: free.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "store/store.h"

namespace sallyport {

inline constexpr std::string_view device_certificate_kind = "sallyport.deviceCertificate";

enum class CertificateState : std::uint8_t { active, revoked };
enum class EnrolledBy : std::uint8_t { est, scep };
enum class KeyProtection : std::uint8_t { software, tpm };  // tpm: proven, not said

// CRLReason (RFC 5280, section 5.3.1), those that mean something for a device.
enum class RevocationReason : std::uint8_t {
  unspecified = 0,
  key_compromise = 1,
  affiliation_changed = 3,
  superseded = 4,
  cessation_of_operation = 5,
  privilege_withdrawn = 9,
};

std::string_view name_of(CertificateState state);
std::string_view name_of(EnrolledBy protocol);
std::string_view name_of(KeyProtection protection);
std::string_view name_of(RevocationReason reason);  // `keyCompromise`, as OpenSSL writes them
[[nodiscard]] Result<RevocationReason> parse_revocation_reason(std::string_view word);

struct DeviceCertificate {
  std::string serial;      // 32 hexadecimal digits
  std::string issuer;      // RFC 2253
  std::string device_id;   // the directory device's deviceId
  std::string thumbprint;  // SHA-256 of the certificate, hexadecimal
  std::string key_hash;    // SHA-256 of its SubjectPublicKeyInfo, hexadecimal
  Instant not_before{};
  Instant not_after{};
  CertificateState state = CertificateState::active;
  Instant revoked{};  // these two of a revoked one
  RevocationReason reason = RevocationReason::unspecified;
  EnrolledBy enrolled_by = EnrolledBy::est;
  KeyProtection key_protection = KeyProtection::software;
  std::string evidence;    // base64: what proved it, to be looked at again; may be empty
  std::string token_id;    // of the enrolment token; empty: it renews another
  std::string user_id;     // may be empty
  std::string renews;      // the serial of the certificate it follows
  std::string renewed_by;  // likewise, of the one that follows it
  // Serials of the device's certificates that were good when this one was issued. They end when the
  // device has used this one, and not before, for it may never have got it. Empty from then on.
  std::vector<std::string> supersedes;
  std::string der;  // the certificate itself

  bool is_valid(Instant now) const {
    return state == CertificateState::active && not_before <= now && now <= not_after;
  }
};

void revoke(DeviceCertificate& certificate, RevocationReason reason, Instant now);

std::string write_device_certificate(const DeviceCertificate& certificate);
[[nodiscard]] Result<DeviceCertificate> read_device_certificate(std::string_view serial,
                                                                std::string_view json);
// By serial. not_found: none was issued with it.
[[nodiscard]] Result<DeviceCertificate> find_device_certificate(Store& store,
                                                                std::string_view serial);

}  // namespace sallyport
