// Enrolment tokens: who holds one may make one device known, once, until it expires.
//
// A token is 192 random bits, told once and kept as its SHA-256 alone (kind
// `sallyport.enrolmentToken`, id: the hash). It is for a user, or for nobody; the device is theirs
// or the company's; it may be bound to a device the directory knows already. Using it is written in
// one transaction with the certificate it gave. It is kept for a while after its end, so that who
// shows it then is told what became of it (forget_enrolment_tokens).
// Threads: any number may call.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"
#include "store/store.h"

namespace sallyport {

inline constexpr std::string_view enrolment_token_kind = "sallyport.enrolmentToken";

enum class Ownership : std::uint8_t { personal, corporate };

struct NewEnrolmentToken {
  std::string name;       // for people; may be empty
  std::string user;       // object id or userPrincipalName; empty: nobody's device
  std::string device_id;  // of a device that is known; empty: a new one is made
  Ownership ownership = Ownership::personal;
  Instant expires{};
};

struct EnrolmentToken {
  std::string id;  // for people and the audit log; not the secret's hash
  std::string name;
  std::string user_id;
  std::string device_id;
  Ownership ownership = Ownership::personal;
  Instant created{};
  Instant expires{};
  std::optional<Instant> used;
  std::string serial;          // of the certificate it gave
  std::string key_hash;        // of the key that certificate is for
  std::string transaction_id;  // SCEP's, of the request
};

struct IssuedEnrolmentToken {
  std::string id;
  std::string secret;
};

// not_found: there is no such user or device.
[[nodiscard]] Result<IssuedEnrolmentToken> create_enrolment_token(Store& store,
                                                                  const NewEnrolmentToken& wanted,
                                                                  Instant now);
// Oldest first.
[[nodiscard]] Result<std::vector<EnrolmentToken>> list_enrolment_tokens(Store& store);
// By id. The certificate it gave stays good. not_found: there is none.
[[nodiscard]] Result<void> revoke_enrolment_token(Store& store, std::string_view id, Instant now);

inline constexpr std::chrono::days enrolment_tokens_kept{30};
// Removes up to `count_max` that were used, or expired, before an instant; how many it was. A token
// that an osquery host became known by is what lets the same host in again: it stays as long as its
// device does.
[[nodiscard]] Result<std::size_t> forget_enrolment_tokens(Store& store, Instant before,
                                                          std::size_t count_max);

[[nodiscard]] Result<EnrolmentToken> read_enrolment_token(const VersionedDocument& document);
std::string write_enrolment_token(const EnrolmentToken& token);
// The document id of a token that somebody shows; empty for what cannot be one.
std::string enrolment_token_key(std::string_view secret);

}  // namespace sallyport
