// One meeting with the server: a report goes out, a verdict and what the server wants done come
// back (POST /agent/v1/check-in).
//
// The report is on the disk before it is sent and stays until it is acknowledged; so do the results
// of actions. Reports go oldest first. When the server knows a later sequence than ours (this state
// was restored from a backup), ours goes on from there. A report that the server cannot read is put
// aside as `refused.json`, so that it does not hold up those behind it.
//
// Threads: one, which holds the folder's lock.
#pragma once

#include <optional>
#include <string>

#include "agent/enrolment.h"
#include "agent/reports.h"
#include "agent/root.h"
#include "agent/state_folder.h"
#include "base/instant.h"
#include "base/result.h"

namespace sallyport::agent {

struct Met {
  bool again = false;    // it wants a new report at once
  bool retired = false;  // and this device is not enrolled any more
};

// Why there was no answer that counts, and when to try again if the server said so.
struct Unmet {
  Error error;
  std::optional<std::chrono::seconds> retry_after;
  bool hopeless = false;  // the server will never take this report
};

class CheckIn {
 public:
  CheckIn(const StateFolder& folder, const Root& root) : folder_(folder), root_(root) {}

  // Collects and spools a report. Results of discovery scripts older than `scripts_since` are made
  // anew. Errors: it cannot be kept, a full disk.
  [[nodiscard]] Result<void> report(Instant now, Instant scripts_since);
  // Sends what waits. The certificate is renewed on the way when it is time.
  [[nodiscard]] tl::expected<Met, Unmet> send(Enrolment& enrolment, Instant now);

 private:
  tl::expected<Met, Unmet> send_one(HttpClient& client, const Enrolment& enrolment,
                                    std::uint64_t sequence, Contact& contact, Instant now);
  Result<void> put_aside(std::uint64_t sequence);
  Result<Met> take_answer(std::string_view body, std::uint64_t sequence, Contact& contact,
                          Instant now);

  const StateFolder& folder_;
  const Root& root_;
};

// Does what the server asks for: syncDevice, remoteLock. `retire` is for the caller.
ActionResult perform(const std::string& id, const std::string& action);

}  // namespace sallyport::agent
