// The endpoints an unmodified osqueryd talks to: it enrols with a secret, is told what to ask
// itself, and what it answers becomes a report.
//
// A node key is 256 random bits, given once and kept as its SHA-256. One key speaks for a host:
// when somebody enrols as a host that is enrolled, the older key is worth nothing from then on.
// Whoever still uses it after a minute is a second machine (a copied disk, or a liar), and for a
// day neither is believed. What a host calls itself is no secret, so whose it is decides who may
// enrol as it (Devices::admit). A key that is worth nothing is answered node_invalid, upon which
// osqueryd enrols anew, and is told nothing else.
//
// A report is handed over before what is kept of the host is written, and both before the answer: a
// host that is not answered sends again, and nothing is lost. Threads: any number may call.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/rate_limit.h"
#include "base/result.h"
#include "compliance/report.h"
#include "enrolment/osquery/node.h"
#include "store/store.h"

namespace sallyport::osquery {

inline constexpr std::string_view node_kind = "sallyport.osqueryNode";  // by SHA-256 of its key
inline constexpr std::string_view host_kind = "sallyport.osqueryHost";  // by SHA-256 of its name

// What a host is enrolled as, and for whom.
struct Enrolled {
  std::string device_id;
  std::string owner;  // a user's id; empty: the company
};

// The `where` of a denial that the host is told, because its secret is good.
inline constexpr std::string_view told_to_host = "host";

// Who hosts become devices for, and who wants their reports.
class Devices {
 public:
  virtual ~Devices() = default;
  // What a host is from now on. `before`: what it was, or empty.
  // Errors: denied, the secret is not good (for this host); unavailable.
  [[nodiscard]] virtual Result<Enrolled> admit(const EnrollRequest& request, const Enrolled& before,
                                               Instant now) = 0;
  // Errors: denied, the device has left and is to enrol anew; unavailable.
  [[nodiscard]] virtual Result<void> report(const std::string& device_id,
                                            const compliance::Report& report, Instant now) = 0;
};

struct Reply {
  int status = 200;
  std::string body;
  std::string problem = {};  // for the administrator: why a host with a good secret was refused
  int retry_after = 0;       // seconds, of a 429
};

struct Options {
  std::chrono::seconds report_interval{900};  // between distributed queries of a host
  RateLimit reports{1, 120};                  // of each device
};

class Osquery {
 public:
  // REQUIRES: both outlive this.
  Osquery(Store& store, Devices& devices, Options options = {})
      : store_(store), devices_(devices), options_(options), limiter_(options.reports) {}

  Reply enroll(std::string_view body, Instant now);
  Reply config(std::string_view body, Instant now);
  Reply log(std::string_view body, Instant now);
  Reply distributed_read(std::string_view body, Instant now);
  Reply distributed_write(std::string_view body, Instant now);

 private:
  struct Known {
    NodeRequest request;
    std::string id;
    Version version = 0;
    Node node;
  };
  Result<Known> recognise(std::string_view body, Instant now);
  Result<void> note_duplicate(const Node& node, Instant now);
  Result<std::string> enroll_host(const EnrollRequest& request, Instant now);
  Reply take_answers(std::string_view body, Instant now,
                     std::vector<Answered> (*answers_of)(const json::Value&));

  Store& store_;
  Devices& devices_;
  const Options options_;
  RateLimiter limiter_;
};

// The device that a host with this identifier was enrolled as; empty: there is none.
[[nodiscard]] Result<std::string> device_of_host(Store& store, std::string_view host_identifier);

// The keys of a device are worth nothing from now on; how many it had.
[[nodiscard]] Result<std::size_t> revoke_node_keys(Store& store, std::string_view device_id);

}  // namespace sallyport::osquery
