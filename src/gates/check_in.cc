#include "gates/check_in.h"

namespace sallyport {
namespace {

HttpResponse refused(int status, std::string_view code, const std::string& message) {
  auto response = error_response(status, code, message);
  response.add("Cache-Control", "no-store");
  if (status == 503) response.add("Retry-After", "5");
  return response;
}

HttpResponse failed(const Error& error) {
  return refused(status_of(error.kind), "checkInRefused", describe(error));
}

// A certificate that was shown and does not count.
HttpResponse certificate_refused(const Error& error) {
  if (error.kind != ErrorKind::denied) return failed(error);
  if (error.where == certificate_revoked) return refused(403, "deviceRefused", error.message);
  if (error.where == certificate_of_another) return refused(409, "deviceRefused", error.message);
  return refused(401, "certificateRefused", error.message);
}

}  // namespace

HttpResponse CheckInGate::handle(const HttpRequest& request, Instant now) const {
  const auto holder = peers_.holder(request, now);
  if (!holder) return certificate_refused(holder.error());
  if (!*holder) {
    return refused(401, "certificateMissing",
                   "a check-in needs the certificate that the device was enrolled with");
  }
  const auto device = parse_guid((*holder)->device);
  if (!device) return refused(403, "deviceRefused", "the certificate names no device");
  const auto check_in = parse_check_in(request.body);
  if (!check_in) return failed(check_in.error());
  const auto answer = judging_.check_in(*device, *check_in, now);
  if (!answer) return failed(answer.error());
  auto response = json_response(200, to_json(*answer));
  response.add("Cache-Control", "no-store");
  return response;
}

}  // namespace sallyport
