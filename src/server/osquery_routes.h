// osquery, wired: the paths of its TLS plugins (enrolment/osquery/osquery.h) are
// /api/osquery/enroll, config, log, distributed/read and distributed/write. Hosts send secrets, so
// what does not come by HTTPS, to us or to a proxy we trust, is refused. What waits for the disk is
// answered by workers.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "server/router.h"
#include "server/workers.h"
#include "service/enrolment/osquery_devices.h"

namespace sallyport {

class OsqueryRoom {
 public:
  using IsConfidential = std::function<bool(const HttpRequest& request)>;

  // REQUIRES: all outlive this.
  OsqueryRoom(Store& store, Enrolment& enrolment, Judging& judging,
              std::vector<std::string> secret_hashes, osquery::Options options = {})
      : devices_(enrolment, judging, std::move(secret_hashes)),
        osquery_(store, devices_, options) {}

  // REQUIRES: this and the workers outlive the router's use.
  void add_routes(Router& router, Workers& workers, IsConfidential is_confidential,
                  Instant (*clock)());

 private:
  OsqueryDevices devices_;
  osquery::Osquery osquery_;
};

}  // namespace sallyport
