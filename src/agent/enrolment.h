// How this machine becomes a known device, and stays one: EST (RFC 7030).
//
// The enrolment is one file of the state folder, `enrolment.json`: server, key, certificate, chain.
// It is there or it is not, so a machine is enrolled or it is not. A key that was made and is not
// certified yet waits in `pending-key.pem`: whoever was killed after asking asks again for the same
// key. A key in a TPM is proven to be there when it is certified, where it can be; renewal keeps
// it. Threads: one, which holds the folder's lock.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/credentials.h"
#include "agent/device_key.h"
#include "agent/state_folder.h"
#include "base/instant.h"
#include "base/result.h"
#include "web/http_client.h"

namespace sallyport::agent {

struct Enrolment {
  std::string server;       // https://sallyport.example.org
  std::string authorities;  // PEM: who signs the server's certificate; empty: those of the system
  StoredKey key;
  Certificate certificate;

  // A client that shows the device's certificate. Errors: its key cannot be used now.
  [[nodiscard]] Result<std::unique_ptr<HttpClient>> client() const;
  bool wants_renewal(Instant now) const;  // a seventh of its life is left
};

// Nothing: this machine is not enrolled. Errors: it may not be read, or is damaged.
[[nodiscard]] Result<std::optional<Enrolment>> read_enrolment(const StateFolder& folder);

struct EnrolmentRequest {
  std::string server;
  std::string token;
  std::string authorities;  // PEM; may be empty
  std::string device_name;
  std::string tpm;            // that is to hold the key (tpm/tpm.h); empty: none
  bool tpm_required = false;  // rather than a key in software, no enrolment
};

struct Enrolled {
  Enrolment enrolment;
  std::string key_words;  // where its key is, and why not where it should be; may be empty
};

// Asks for a certificate and keeps it. What is enrolled with this server already stays as it is.
// Errors: what the server said, in words for whoever typed the command.
[[nodiscard]] Result<Enrolled> enrol(const StateFolder& folder, const EnrolmentRequest& request);

// A new certificate for the same key and device.
[[nodiscard]] Result<Enrolment> renew(const StateFolder& folder, const Enrolment& enrolment);

// The key first: from then on the machine is not enrolled, whatever else is left.
[[nodiscard]] Result<void> forget(const StateFolder& folder);

}  // namespace sallyport::agent
