// Bearer tokens for the administrative interface, and clients that get tokens with credentials of
// their own.
//
// A token is 256 random bits, told once and kept as its SHA-256 alone: whoever reads the store
// cannot use what is there. It expires, and can be revoked at any time: from then on it is refused
// by every server. A client is a registered program with a secret, or a
// certificate whose key signs its assertions; each token it gets lives an hour and dies with the
// client.
//
// These are documents of kinds of their own in the store, so a running server sees at once what the
// command line does. When a token was last used is kept to the minute.
// Threads: any number may call.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "service/caller.h"
#include "store/store.h"

namespace sallyport {

inline constexpr std::chrono::hours access_token_life{1};
// When it was last used; id: the token's or client's.
inline constexpr std::string_view token_use_kind = "sallyport.tokenUse";

struct NewToken {
  std::string name;
  std::vector<std::string> permissions;  // expanded
  std::string user_id;                   // of the user it speaks for; may be empty
  std::optional<Instant> expires;
  std::vector<std::string> partners = {};  // as whom it may report; ids as in the store
};

struct NewClient {
  std::string name;
  std::vector<std::string> permissions;
  std::string certificate;  // PEM; empty: it gets a secret
  std::optional<Instant> expires;
  std::vector<std::string> partners = {};
};

struct Issued {
  std::string id;
  std::string secret;  // empty for a client with a certificate
};

enum class CredentialKind : std::uint8_t { token, client };

struct Credential {
  CredentialKind kind = CredentialKind::token;
  std::string id;
  std::string name;
  std::string user_id;
  std::vector<std::string> permissions;
  std::vector<std::string> partners;
  std::string certificate;
  std::string secret_hash;  // of a client
  std::string client_id;    // of a token that a client got
  std::optional<Instant> created;
  std::optional<Instant> expires;
  std::optional<Instant> last_used;
  bool is_expired(Instant now) const { return expires && *expires <= now; }
};

[[nodiscard]] Result<Issued> create_token(Store& store, const NewToken& wanted, Instant now);
[[nodiscard]] Result<Issued> create_client(Store& store, const NewClient& wanted, Instant now);
// Tokens that clients got are not listed.
[[nodiscard]] Result<std::vector<Credential>> list_credentials(Store& store);
// By id, expired or not; nothing when it was revoked. Not the tokens that clients got.
[[nodiscard]] Result<std::optional<Credential>> find_credential(Store& store, std::string_view id);
// By id. A client's tokens go with it.
[[nodiscard]] Result<void> revoke_credential(Store& store, std::string_view id, Instant now);

// The tokens as a server uses them.
class Tokens {
 public:
  explicit Tokens(Store& store) : store_(store) {}

  // Errors: denied, for a token that is unknown, revoked or expired: which of them is not told.
  [[nodiscard]] Result<Caller> authenticate(std::string_view token, Instant now);

  [[nodiscard]] Result<Credential> find_client(std::string_view id, Instant now);
  // An access token for a client that has proved who it is.
  [[nodiscard]] Result<std::string> issue(const Credential& client, Instant now);

  // Takes an assertion of a client, once: it stays used when the server starts anew. `id`: its jti.
  // Errors: denied, it was used before; unavailable.
  [[nodiscard]] Result<void> use_assertion(const Credential& client, std::string_view id,
                                           Instant expires);

  // Writes down what was used since the last time, and forgets access tokens that have expired.
  // Assertions are forgotten later (used_assertions.h).
  [[nodiscard]] Result<void> tidy_up(Instant now);

 private:
  struct Remembered {
    Caller caller;
    std::uint64_t mark = 0;  // the store's, before it was asked
    Instant expires{};       // of the token and its client, whichever is first
  };
  [[nodiscard]] Result<Remembered> look_up(const std::string& hash, Instant now);

  Store& store_;
  std::mutex mutex_;                                        // guards the two below
  std::map<std::string, Instant> used_;                     // by id, not yet written
  std::unordered_map<std::string, Remembered> remembered_;  // by hash
};

}  // namespace sallyport
