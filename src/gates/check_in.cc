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
  return refused(status_of(error.kind), "checkInRefused", told(error));
}

// A certificate that was shown and does not count.
HttpResponse certificate_refused(const Error& error) {
  if (error.kind != ErrorKind::denied) return failed(error);
  if (error.where == certificate_revoked) return refused(403, "deviceRefused", error.message);
  if (error.where == certificate_of_another) return refused(409, "deviceRefused", error.message);
  return refused(401, "certificateRefused", error.message);
}

HttpResponse too_often(int seconds) {
  auto response = refused(429, "checkInRefused", "this device checks in too often");
  response.add("Retry-After", std::to_string(seconds));
  return response;
}

HttpResponse answered(const Result<CheckInAnswer>& answer) {
  if (!answer) return failed(answer.error());
  auto response = json_response(200, to_json(*answer));
  response.add("Cache-Control", "no-store");
  return response;
}

}  // namespace

// Who checks in, or why they may not.
struct CheckInGate::Sender {
  Guid device;
  std::optional<HttpResponse> refusal;
};

CheckInGate::Sender CheckInGate::sender_of(const HttpRequest& request, Instant now) const {
  const auto holder = peers_.holder(request, now);
  if (!holder) return {{}, certificate_refused(holder.error())};
  if (!*holder) {
    return {{},
            refused(401, "certificateMissing",
                    "a check-in needs the certificate that the device was enrolled with")};
  }
  const auto device = parse_guid((*holder)->device);
  if (!device) return {{}, refused(403, "deviceRefused", "the certificate names no device")};
  return {*device, std::nullopt};
}

std::optional<HttpResponse> CheckInGate::refusal(const HttpRequest& request, Instant now) {
  auto sender = sender_of(request, now);
  if (sender.refusal) return std::move(sender.refusal);
  const int wait = limiter_.take(to_string(sender.device), now);
  if (wait > 0) return too_often(wait);
  return std::nullopt;
}

std::vector<HttpResponse> CheckInGate::answer(std::span<const HttpRequest* const> requests,
                                              Instant now) {
  std::vector<HttpResponse> responses(requests.size());
  std::vector<CheckIn> check_ins(requests.size());
  std::vector<Judging::Arrival> arrivals;
  std::vector<std::size_t> places;  // of each arrival, among the requests
  for (std::size_t i = 0; i < requests.size(); ++i) {
    // What became of the certificate since it was let in counts, too.
    auto sender = sender_of(*requests[i], now);
    if (sender.refusal) {
      responses[i] = std::move(*sender.refusal);
      continue;
    }
    auto check_in = parse_check_in(requests[i]->body);
    if (!check_in) {
      responses[i] = failed(check_in.error());
      continue;
    }
    if (const auto own = check_it_speaks_for_itself(check_in->report); !own) {
      responses[i] = failed(own.error());
      continue;
    }
    check_ins[i] = std::move(*check_in);
    arrivals.push_back({sender.device, &check_ins[i]});
    places.push_back(i);
  }
  const auto answers = judging_.check_in_all(arrivals, now);
  for (std::size_t i = 0; i < answers.size(); ++i) responses[places[i]] = answered(answers[i]);
  return responses;
}

}  // namespace sallyport
