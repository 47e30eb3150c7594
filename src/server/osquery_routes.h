// The paths of osquery's TLS plugins (enrolment/osquery/osquery.h): /api/osquery/enroll, config,
// log, distributed/read and distributed/write. What waits for the disk is answered by the workers.
#pragma once

#include "enrolment/osquery/osquery.h"
#include "server/router.h"
#include "server/workers.h"

namespace sallyport {

// REQUIRES: both outlive the router's use.
void add_osquery_routes(Router& router, Workers& workers, osquery::Osquery& osquery,
                        Instant (*clock)());

}  // namespace sallyport
