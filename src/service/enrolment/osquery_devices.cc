#include "service/enrolment/osquery_devices.h"

#include "base/digest.h"
#include "base/id.h"
#include "base/text.h"

namespace sallyport {
namespace {

std::string_view system_of(std::uint8_t platform) {
  switch (platform) {
    case osquery::linux_host: return "Linux";
    case osquery::macos_host: return "macOS";
    default: return "Windows";
  }
}

}  // namespace

bool OsqueryDevices::is_shared_secret(std::string_view secret) const {
  const auto hash = sha256_hex(secret);
  bool found = false;
  for (const auto& one : secret_hashes_) {
    found = equal_in_constant_time(to_lower(one), hash) || found;
  }
  return found && !secret.empty();
}

Result<osquery::Enrolled> OsqueryDevices::admit(const osquery::EnrollRequest& request,
                                                const osquery::Enrolled& before, Instant now) {
  const bool shared = is_shared_secret(request.secret);
  const auto refused = [] {
    return fail(ErrorKind::denied, "the enroll secret is not good for this host");
  };
  if (!shared && enrolment_token_key(request.secret).empty()) return refused();
  Enrollee host;
  host.request.key_hash = "osquery:" + sha256_hex(to_lower(request.host_identifier));
  host.device_name = request.name;
  host.operating_system = system_of(request.platform);
  auto enrolled = enrolment_.admit(host, shared ? std::string_view() : request.secret, before, now);
  // Too many devices of one user, or another owner's host: somebody else has to do something.
  if (!enrolled && enrolled.error().kind == ErrorKind::conflict) {
    return fail(ErrorKind::denied, enrolled.error().message, std::string(osquery::told_to_host));
  }
  return enrolled;
}

Result<void> OsqueryDevices::report(const std::string& device_id, const compliance::Report& report,
                                    Instant now) {
  const auto device = parse_guid(device_id);
  if (!device) return fail(ErrorKind::internal, "this is no device id", device_id);
  CheckIn check_in;
  check_in.report = report;
  auto judged = judging_.check_in(*device, check_in, now);
  if (judged) {
    // By reporting it has done what it was asked to; what else it is asked, osquery cannot do.
    for (const auto& action : judged->actions) {
      if (action.name == "syncDevice") check_in.actions.push_back({action.id});
    }
    if (!check_in.actions.empty()) judged = judging_.check_in(*device, check_in, now);
  }
  if (judged) return {};
  // A device that has left is to enrol again before it is believed anything.
  const bool gone =
      judged.error().kind == ErrorKind::not_found || judged.error().kind == ErrorKind::denied;
  return gone ? fail(ErrorKind::denied, judged.error().message)
              : Result<void>(tl::unexpected<Error>(judged.error()));
}

}  // namespace sallyport
