#include "gates/tpm_challenge.h"

#include "base/base64.h"
#include "base/json.h"

namespace sallyport {
namespace {

// Empty: there is no such member, or it is no base64.
std::string bytes_of(const json::Value& root, std::string_view name) {
  const auto* value = root.find(name);
  return value == nullptr ? std::string() : decode_base64(value->text()).value_or("");
}

}  // namespace

HttpResponse tpm_challenge(const TpmAuthorities* tpm, const HttpRequest& request, Instant now) {
  if (tpm == nullptr) {
    return error_response(404, "notFound", "this server looks at no attestation of keys");
  }
  const auto document = json::parse(request.body);
  if (!document) return error_response(400, "badRequest", describe(document.error()));
  const auto certificate = bytes_of(document->root(), "endorsementCertificate");
  const auto key = bytes_of(document->root(), "attestationKey");
  if (certificate.empty() || key.empty()) {
    return error_response(
        400, "badRequest",
        "`endorsementCertificate` and `attestationKey` are needed, each in base64");
  }
  const auto challenge = tpm->challenge(certificate, key, now);
  if (!challenge) {
    return error_response(status_of(challenge.error().kind), "attestationRefused",
                          challenge.error().message);
  }
  std::string body;
  json::Writer out(body);
  out.begin_object();
  out.member("credential", encode_base64(challenge->credential));
  out.member("secret", encode_base64(challenge->secret));
  out.end_object();
  return json_response(200, std::move(body));
}

}  // namespace sallyport
