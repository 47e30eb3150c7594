#include "agent/key_proof.h"

#include "agent/asking.h"
#include "base/base64.h"
#include "base/json.h"
#include "enrolment/openssl.h"

namespace sallyport::agent {
namespace {

constexpr auto patience = std::chrono::seconds(30);

// TPMT_PUBLIC: TPM2B_PUBLIC without its size.
std::string_view area_of(const TpmKeyBlob& key) {
  return std::string_view(key.public_area).substr(2);
}

std::string in_json(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  for (const auto& [name, bytes] : members) out.member(name, encode_base64(bytes));
  out.end_object();
  return text;
}

struct Challenge {
  std::string credential;
  std::string secret;
};

Result<Challenge> challenge_for(HttpClient& client, const std::string& server,
                                std::string_view endorsement, std::string_view attestation_key) {
  auto url = url_of(server, "/agent/v1/tpm-challenge");
  if (!url) return tl::unexpected<Error>(url.error());
  OutgoingRequest request;
  request.url = std::move(*url);
  request.headers = {{"Content-Type", "application/json"}};
  request.body =
      in_json({{"endorsementCertificate", endorsement}, {"attestationKey", attestation_key}});
  request.patience = patience;
  const auto answer = client.send(request);
  if (!answer) return tl::unexpected<Error>(answer.error());
  if (answer->status == 404) {
    return fail(ErrorKind::not_found, "the server looks at no attestation of keys");
  }
  if (answer->status != 200) return fail(ErrorKind::denied, words_of(*answer));
  const auto document = json::parse(answer->body);
  const auto bytes = [&](std::string_view name) {
    const auto* value = document ? document->root().find(name) : nullptr;
    return value == nullptr ? std::string() : decode_base64(value->text()).value_or("");
  };
  return Challenge{bytes("credential"), bytes("secret")};
}

}  // namespace

Result<std::string> prove_key(HttpClient& client, const std::string& server, const TpmKey& key,
                              std::string_view request_der) {
  auto& tpm = key.tpm();
  const auto endorsement = tpm.endorsement_certificate();
  if (!endorsement) return tl::unexpected<Error>(endorsement.error());
  const auto attestation_key = tpm.make_attestation_key();
  if (!attestation_key) return tl::unexpected<Error>(attestation_key.error());
  const auto loaded = tpm.load(*attestation_key);
  if (!loaded) return tl::unexpected<Error>(loaded.error());
  const auto challenge = challenge_for(client, server, *endorsement, area_of(*attestation_key));
  if (!challenge) return tl::unexpected<Error>(challenge.error());
  const auto activation = tpm.activate(*loaded, challenge->credential, challenge->secret);
  if (!activation) return tl::unexpected<Error>(activation.error());
  const auto certified = tpm.certify(key.loaded(), *loaded, openssl::sha256_of(request_der));
  if (!certified) return tl::unexpected<Error>(certified.error());
  return in_json({{"attest", certified->attest},
                  {"signature", certified->signature},
                  {"key", area_of(key.blob())},
                  {"attestationKey", area_of(*attestation_key)},
                  {"endorsementCertificate", *endorsement},
                  {"activation", *activation}});
}

}  // namespace sallyport::agent
