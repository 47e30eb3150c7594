#include "gates/scep.h"

#include "base/base64.h"
#include "base/text.h"
#include "enrolment/certificate_bundle.h"

namespace sallyport {
namespace {

constexpr std::chrono::hours clock_difference_max{24};

HttpResponse answer(std::string_view type, std::string body) {
  HttpResponse response;
  response.add("Content-Type", type);
  response.add("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

// An operating error is no answer of the protocol: the client asks again.
HttpResponse failed(const Error& error) {
  const bool later = error.kind == ErrorKind::unavailable;
  auto response = error_response(later ? 503 : 500, "notAvailable",
                                 later ? error.message : "the answer could not be made");
  if (later) response.add("Retry-After", "10");
  return response;
}

bool is_operating(const Error& error) {
  return error.kind == ErrorKind::unavailable || error.kind == ErrorKind::internal;
}

}  // namespace

HttpResponse Scep::handle(const HttpRequest& request, Instant now) {
  const auto operation = query_parameter(request.query, "operation");
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && operation == "GetCACaps") {
    return answer("text/plain", std::string(codec_.capabilities()));
  }
  if (reads && operation == "GetCACert") {
    auto certificates = codec_.certificates();
    if (!certificates) return failed(certificates.error());
    return answer("application/x-x509-ca-ra-cert", std::move(*certificates));
  }
  if (operation != "PKIOperation" || (!reads && request.method != "POST")) {
    return error_response(400, "badRequest",
                          "the operation `" + printable(operation) +
                              "` is none of GetCACaps, GetCACert and PKIOperation");
  }
  if (!reads) return operate(request.body, to_string(request.peer), now);
  const auto message = decode_base64(query_parameter(request.query, "message"));
  return operate(message.value_or(std::string()), to_string(request.peer), now);
}

HttpResponse Scep::operate(std::string_view message, const std::string& ip_address, Instant now) {
  std::optional<Error> problem;
  Result<std::string> told;
  const auto request = codec_.read(message);
  if (request) {
    const auto granted = act(*request, ip_address, now, problem);
    if (problem) return failed(*problem);
    told = granted ? codec_.grant(*request, *granted) : codec_.refuse(granted.error());
  } else if (request.error().transaction.id.empty()) {
    return error_response(400, "badRequest", request.error().message);
  } else {
    told = codec_.refuse(request.error());
  }
  if (!told) return failed(told.error());
  return answer("application/x-pki-message", std::move(*told));
}

Scep::Answer Scep::act(const ScepRequest& request, const std::string& ip_address, Instant now,
                       std::optional<Error>& problem) {
  const auto refuse = [&](ScepFailure failure, std::string message) {
    return tl::unexpected<ScepRefusal>({request.transaction, failure, std::move(message)});
  };
  if (request.signing_time && (*request.signing_time < now - clock_difference_max ||
                               *request.signing_time > now + clock_difference_max)) {
    return refuse(ScepFailure::bad_time, "the message says it was signed at " +
                                             to_string(*request.signing_time) +
                                             ", which is not now; set the clock");
  }
  Result<std::string> found;
  auto failure = ScepFailure::bad_request;
  switch (request.type) {
    case ScepType::pkcs_req:
    case ScepType::renewal_req: found = enrol(request, ip_address, now); break;
    default: found = find(request, now); failure = ScepFailure::bad_cert_id;
  }
  if (found) return std::move(*found);
  if (is_operating(found.error())) {
    problem = found.error();
  } else if (found.error().where == weak_algorithm) {
    failure = ScepFailure::bad_alg;
  } else if (found.error().kind == ErrorKind::not_found) {
    failure = ScepFailure::bad_cert_id;
  }
  return refuse(failure, found.error().message);
}

Result<std::string> Scep::enrol(const ScepRequest& request, const std::string& ip_address,
                                Instant now) {
  auto csr = read_certificate_request(request.content);
  if (!csr) return tl::unexpected<Error>(std::move(csr.error()));
  const auto token = csr->challenge_password;
  Enrollee enrollee;
  enrollee.request = std::move(*csr);
  enrollee.protocol = EnrolledBy::scep;
  enrollee.transaction_id = request.transaction.id;
  enrollee.ip_address = ip_address;
  Result<DeviceCertificate> issued;
  if (request.type == ScepType::pkcs_req) {
    if (enrollee.request.key_hash != request.signer_key_hash) {
      return fail(ErrorKind::invalid_argument,
                  "the message is not signed by the key that the request is for");
    }
    issued = enrolment_.enrol(enrollee, token, now);
  } else {
    const auto holder = devices_.holder_of(request.signer, now);
    if (!holder) return fail(ErrorKind::not_found, holder.error().message);
    issued = enrolment_.renew(enrollee, holder->serial, now);
  }
  if (!issued) return tl::unexpected<Error>(std::move(issued.error()));
  return certs_only({issued->der});
}

Result<std::string> Scep::find(const ScepRequest& request, Instant now) {
  if (request.type == ScepType::cert_poll) {
    const auto issued =
        enrolment_.find_transaction(request.transaction.id, request.signer_key_hash);
    if (!issued) return tl::unexpected<Error>(issued.error());
    return certs_only({issued->der});
  }
  if (const auto holder = devices_.holder_of(request.signer, now); !holder) {
    return tl::unexpected<Error>(holder.error());
  }
  const auto serial = serial_in_issuer_and_serial(request.content);
  if (request.type == ScepType::get_cert) {
    const auto found = enrolment_.find(serial);
    if (!found) return tl::unexpected<Error>(found.error());
    return certs_only({found->der});
  }
  const auto list = pki_.current_list(now);
  if (!list) return list;
  return list_only(*list);
}

}  // namespace sallyport
