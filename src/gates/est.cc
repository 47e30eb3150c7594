#include "gates/est.h"

#include "base/base64.h"
#include "base/text.h"
#include "enrolment/certificate_bundle.h"
#include "enrolment/est_body.h"

namespace sallyport {
namespace {

HttpResponse refused(int status, std::string_view message) {
  auto response = error_response(status, "enrolmentRefused", message);
  if (status == 503) response.add("Retry-After", "10");
  return response;
}

// `denied` is said of who asks, which is 401 here.
HttpResponse refused(const Error& error) {
  switch (error.kind) {
    case ErrorKind::denied: {
      auto response = refused(401, error.message);
      response.add("WWW-Authenticate", "Basic realm=\"enrolment token\", charset=\"UTF-8\"");
      return response;
    }
    case ErrorKind::conflict: return refused(403, error.message);
    case ErrorKind::internal: return refused(500, "the certificate could not be made");
    default: return refused(status_of(error.kind), error.message);
  }
}

HttpResponse bundle(const Result<std::string>& pkcs7) {
  if (!pkcs7) return refused(pkcs7.error());
  HttpResponse response;
  response.add("Content-Type", "application/pkcs7-mime; smime-type=certs-only");
  response.add("Content-Transfer-Encoding", "base64");
  response.body = encode_base64_lines(*pkcs7);
  return response;
}

// The password of HTTP Basic (RFC 7617); the user name is the client's own affair.
Result<std::string> basic_password(const HttpRequest& request) {
  const auto missing = [] {
    return fail(ErrorKind::denied,
                "an enrolment token is needed, as the password of HTTP Basic authentication");
  };
  const auto header = trim(request.header("Authorization"));
  constexpr std::string_view scheme = "Basic ";
  if (!equal_ignoring_case(header.substr(0, scheme.size()), scheme)) return missing();
  const auto decoded = decode_base64(header.substr(scheme.size()));
  if (!decoded) return missing();
  const auto colon = decoded->find(':');
  if (colon == std::string::npos || colon + 1 == decoded->size()) return missing();
  return decoded->substr(colon + 1);
}

}  // namespace

Result<Enrollee> Est::read_enrollee(const HttpRequest& request, Instant now) const {
  const auto type = request.header("Content-Type");
  const auto media = trim(type.substr(0, type.find(';')));
  if (!media.empty() && !equal_ignoring_case(media, "application/pkcs10")) {
    return fail(ErrorKind::invalid_argument,
                "the content type is `" + printable(media) + "`; it must be `application/pkcs10`");
  }
  const auto der = decode_est_request(request.body);
  if (!der) return tl::unexpected<Error>(der.error());
  auto read = read_certificate_request(*der);
  if (!read) return tl::unexpected<Error>(std::move(read.error()));
  Enrollee enrollee;
  enrollee.request = std::move(*read);
  enrollee.protocol = EnrolledBy::est;
  enrollee.device_name = trim(request.header("Sallyport-Device-Name"));
  enrollee.operating_system = trim(request.header("Sallyport-Operating-System"));
  enrollee.ip_address = to_string(request.peer);
  const auto proof = request.header("Sallyport-Key-Attestation");
  if (tpm_ == nullptr || proof.empty()) return enrollee;
  const auto attestation = read_key_attestation(proof);
  if (!attestation) return tl::unexpected<Error>(attestation.error());
  if (auto proven = tpm_->verify(*attestation, enrollee.request, *der, now); !proven) {
    return tl::unexpected<Error>(std::move(proven.error()));
  }
  enrollee.key_protection = KeyProtection::tpm;
  enrollee.evidence = encode_base64(proof);
  return enrollee;
}

HttpResponse Est::certificates() const {
  return bundle(certs_only_of_pem(enrolment_.authority().chain_pem()));
}

HttpResponse Est::enroll(const HttpRequest& request, Instant now) const {
  const auto token = basic_password(request);
  if (!token) return refused(token.error());
  const auto enrollee = read_enrollee(request, now);
  if (!enrollee) return refused(enrollee.error());
  const auto issued = enrolment_.enrol(*enrollee, *token, now);
  if (!issued) return refused(issued.error());
  return bundle(certs_only({issued->der}));
}

HttpResponse Est::renew(const HttpRequest& request, Instant now) const {
  const auto holder = peers_.holder(request, now);
  if (!holder) return refused(holder.error());
  if (!*holder || (*holder)->serial.empty()) {
    return refused(401,
                   "the certificate that is to be renewed must be shown as client certificate");
  }
  const auto enrollee = read_enrollee(request, now);
  if (!enrollee) return refused(enrollee.error());
  const auto issued = enrolment_.renew(*enrollee, (*holder)->serial, now);
  if (!issued) return refused(issued.error());
  return bundle(certs_only({issued->der}));
}

HttpResponse Est::handle(const HttpRequest& request, Instant now) const {
  if (!peers_.is_confidential(request)) {
    return refused(403, "enrolment needs HTTPS: what is sent here could be read on its way");
  }
  auto operation = request.path.substr(std::min(est_prefix.size(), request.path.size()));
  const auto label = operation.find('/');
  if (label != operation.npos) operation = operation.substr(label + 1);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const auto only = [&](bool allowed, std::string_view method, auto answer) {
    if (allowed) return answer();
    auto response = error_response(405, "methodNotAllowed",
                                   "`" + std::string(operation) + "` takes " + std::string(method));
    response.add("Allow", method);
    return response;
  };
  const bool posts = request.method == "POST";
  if (operation == "cacerts") return only(reads, "GET", [&] { return certificates(); });
  if (operation == "simpleenroll") return only(posts, "POST", [&] { return enroll(request, now); });
  if (operation == "simplereenroll")
    return only(posts, "POST", [&] { return renew(request, now); });
  if (operation == "csrattrs") {
    return only(reads, "GET", [] {
      HttpResponse response;
      response.status = 204;
      return response;
    });
  }
  if (operation == "serverkeygen" || operation == "fullcmc") {
    return refused(501, "`" + std::string(operation) +
                            "` is not offered: a device makes its own key, and keeps it");
  }
  return error_response(404, "notFound", "EST has no operation `" + printable(operation) + "`");
}

}  // namespace sallyport
