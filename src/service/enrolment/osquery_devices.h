// Which device an osquery host becomes: one that its enrolment token is for, or a new one. With a
// secret that all hosts share, hosts are the company's and nobody's, and keep their device when
// they enrol again. A token that was used is good for the same host again, as osqueryd enrols with
// the same file whenever it has lost its key; to keep a host out, remove or disable its device.
// Threads: any number may call.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "enrolment/osquery/osquery.h"
#include "service/change_queue.h"
#include "service/enrolment/tokens.h"

namespace sallyport {

class OsqueryDevices final : public osquery::Devices {
 public:
  using TakeReport = std::function<Result<void>(const std::string& device_id,
                                                const compliance::Report& report, Instant now)>;
  struct Options {
    std::vector<std::string> secret_hashes;  // SHA-256 of secrets that hosts share, hexadecimal
    std::size_t devices_per_user_max = 20;
    TakeReport take_report;
  };
  // REQUIRES: both outlive this.
  OsqueryDevices(Store& store, LiveTenant& tenant, Options options)
      : store_(store), queue_(store, tenant), options_(std::move(options)) {}

  Result<std::string> admit(const osquery::EnrollRequest& request, const std::string& known,
                            Instant now) override;
  Result<void> report(const std::string& device_id, const compliance::Report& report,
                      Instant now) override;

 private:
  struct Order;
  bool is_shared_secret(std::string_view secret) const;
  Result<void> plan(const Order& order, Draft& draft, std::string& device);
  Result<void> plan_device(const Order& order, const EnrolmentToken& token, Draft& draft,
                           std::string& device);

  Store& store_;
  ChangeQueue queue_;
  const Options options_;
};

}  // namespace sallyport
