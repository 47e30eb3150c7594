// What a door asks, and what it is told. No rule of access control lives in a door: it names who
// wants what and from where, and turns the verdict into its protocol.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "service/compliance/device_faults.h"
#include "service/sign_in_request.h"
#include "signin/answer.h"

namespace sallyport {

// What is told of a decision, besides its outcome and id; a repeat of it is told the same.
struct Reasons {
  std::string user;                   // in the user's words: what to do now; empty when granted
  std::string admin;                  // which policy and requirement
  std::vector<std::string> missing;   // requirement names, in the order to ask for
  std::vector<std::string> policies;  // ids of the policies that decided; empty when granted
  // Ids of report-only policies that would have denied. A decider may leave them to the sign-in
  // log.
  std::vector<std::string> report_only;
  std::optional<int> max_age;  // seconds: authentication must be younger (step-up)
};

// Strings are kept between decisions, so that a batch allocates nothing for a grant.
struct Verdict {
  Outcome outcome = Outcome::blocked;
  int error_code = 0;                      // AADSTS number; 0 when granted
  std::string decision_id;                 // what the person reads out to the help desk
  std::shared_ptr<const Reasons> reasons;  // null: there is nothing to tell
  // When a compliant device is missing. Not among the reasons, which are told again: the device may
  // have changed since.
  std::vector<DeviceFault> device_faults;
  std::string_view device_refused;  // why one that was shown does not count; views the request
  std::string user_name;            // who was let in, for identity headers; empty: unknown
  std::string display_name;
  std::string mail;
  std::vector<std::string> groups;
  // Not 0: the door puts it into its response, which is then not sent before the record of this
  // decision is on the disk (HttpResponse::ticket).
  std::uint64_t ticket = 0;

  void clear();                // back to blocked, keeping memory
  const Reasons& why() const;  // the reasons, or empty ones
};

// The decision service, as doors see it. Threads: any number may call.
class Decider {
 public:
  virtual ~Decider() = default;
  // A hint that this request is decided soon, for batches: what it looks up is fetched meanwhile.
  virtual void expect(const SignInRequest&) const {}
  // An error means no decision could be made; a door then lets nobody in. It never waits for the
  // disk: of several verdicts in one response the highest ticket counts.
  [[nodiscard]] virtual Result<void> decide(const SignInRequest& request, Verdict& verdict,
                                            bool in_batch) const = 0;
};

// The authentication context class a missing requirement stands for in a step-up challenge
// (RFC 9470, AuthZEN): `urn:sallyport:acr:mfa`, several separated by blanks.
std::string acr_values(std::span<const std::string> missing);

}  // namespace sallyport
