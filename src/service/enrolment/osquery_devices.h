// Which device an osquery host becomes, and what is done with its reports: it is admitted as any
// device is, by an enrolment token or by a secret that all hosts share, and its report is judged
// as a check-in. A token that was used is good for the same host again, as osqueryd enrols with
// the same file whenever it has lost its key; to keep a host out, remove or disable its device.
// Who enrols as a host that is enrolled has to be of its owner (Enrolment::admit).
// Threads: any number may call.
#pragma once

#include <string>
#include <vector>

#include "enrolment/osquery/osquery.h"
#include "service/compliance/judging.h"
#include "service/enrolment/enrol.h"

namespace sallyport {

class OsqueryDevices final : public osquery::Devices {
 public:
  // `secret_hashes`: SHA-256 of secrets that hosts share, hexadecimal.
  // REQUIRES: both outlive this.
  OsqueryDevices(Enrolment& enrolment, Judging& judging, std::vector<std::string> secret_hashes)
      : enrolment_(enrolment), judging_(judging), secret_hashes_(std::move(secret_hashes)) {}

  Result<osquery::Enrolled> admit(const osquery::EnrollRequest& request,
                                  const osquery::Enrolled& before, Instant now) override;
  Result<void> report(const std::string& device_id, const compliance::Report& report,
                      Instant now) override;

 private:
  bool is_shared_secret(std::string_view secret) const;

  Enrolment& enrolment_;
  Judging& judging_;
  const std::vector<std::string> secret_hashes_;
};

}  // namespace sallyport
