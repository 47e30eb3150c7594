#include "agent/enrolment.h"

#include "agent/asking.h"
#include "agent/key_proof.h"
#include "agent/reports.h"
#include "base/base64.h"
#include "base/json.h"
#include "base/text.h"

namespace sallyport::agent {
namespace {

using json::Value;

constexpr std::string_view enrolment_file = "enrolment.json";
constexpr std::string_view pending_key_file = "pending-key.pem";
constexpr mode_t secret = 0600;
constexpr auto patience = std::chrono::seconds(30);
constexpr std::size_t answer_max = std::size_t{24} << 20U;  // sixteen scripts of a megabyte

std::string member(const Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value == nullptr ? std::string() : std::string(value->text());
}

Result<void> store(const StateFolder& folder, const Enrolment& enrolment) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("server", enrolment.server);
  out.member("deviceId", enrolment.certificate.device_id);
  out.member("authorities", enrolment.authorities);
  out.member("key", enrolment.key.pem);
  if (!enrolment.key.tpm.empty()) out.member("tpm", enrolment.key.tpm);
  out.member("certificate", enrolment.certificate.pem);
  out.member("chain", enrolment.certificate.chain);
  out.end_object();
  return folder.write(enrolment_file, text, secret);
}

// The key of an enrolment that was not finished, if it is where this one wants it; otherwise new.
Result<StoredKey> pending_key(const StateFolder& folder, const EnrolmentRequest& request,
                              std::string& key_words) {
  auto kept = folder.read(pending_key_file);
  if (!kept) return tl::unexpected<Error>(kept.error());
  if (*kept && is_tpm_key(**kept) == !request.tpm.empty()) {
    return StoredKey{std::move(**kept), request.tpm};
  }
  if (*kept && !request.tpm.empty() && !request.tpm_required)
    return StoredKey{std::move(**kept), {}};
  auto key = make_key(request.tpm);
  if (!key && !request.tpm_required && !request.tpm.empty()) {
    key_words = "Its key is in a file: " + describe(key.error());
    key = make_key({});
  }
  if (!key) return key;
  if (auto written = folder.write(pending_key_file, key->pem, secret); !written) {
    return tl::unexpected<Error>(written.error());
  }
  return key;
}

// What a refusal of EST means to whoever waits for a certificate.
tl::unexpected<Error> refusal(const OutgoingAnswer& answer) {
  const auto words = words_of(answer);
  const auto why = words.empty() ? std::string() : ": " + words;
  switch (answer.status) {
    case 202: {
      const auto after = answer.header("Retry-After");
      return fail(ErrorKind::unavailable,
                  "the server holds the request back; run the command again" +
                      (after.empty() ? std::string() : " in " + printable(after) + " seconds"));
    }
    case 401: return fail(ErrorKind::denied, "the server does not take this enrolment token" + why);
    case 403: return fail(ErrorKind::denied, "the server refuses to enrol this device" + why);
    case 404: return fail(ErrorKind::not_found, "there is no enrolment at this server");
    default:
      return fail(answer.status >= 500 ? ErrorKind::unavailable : ErrorKind::internal,
                  "the server answered " + std::to_string(answer.status) + why);
  }
}

using Headers = std::vector<std::pair<std::string, std::string>>;

// One exchange of EST; the certificate for `key`.
Result<Certificate> ask(HttpClient& client, const std::string& server, std::string_view operation,
                        const DeviceKey& key, const std::string& request_der, Headers headers) {
  auto url = url_of(server, "/.well-known/est/" + std::string(operation));
  if (!url) return tl::unexpected<Error>(url.error());
  OutgoingRequest request;
  request.url = std::move(*url);
  request.headers = std::move(headers);
  request.headers.insert(request.headers.end(), {{"Content-Type", "application/pkcs10"},
                                                 {"Content-Transfer-Encoding", "base64"},
                                                 {"Sallyport-Operating-System", "Linux"}});
  request.body = encode_base64(request_der);
  request.patience = patience;
  const auto answer = client.send(request);
  if (!answer) {
    return fail(answer.error().kind, "the server cannot be asked: " + answer.error().message,
                server);
  }
  if (answer->status != 200) return refusal(*answer);
  return read_certificates(answer->body, key.get());
}

// A client whose key may be in a TPM, and which says so when that fails.
class KeyedClient final : public HttpClient {
 public:
  KeyedClient(std::unique_ptr<HttpClient> client, DeviceKey key)
      : key_(std::move(key)), client_(std::move(client)) {}
  Result<OutgoingAnswer> send(const OutgoingRequest& request) override {
    auto answer = client_->send(request);
    auto problem = key_.in_tpm() == nullptr ? std::string() : key_.in_tpm()->take_problem();
    if (answer || problem.empty()) return answer;
    return fail(ErrorKind::unavailable, std::move(problem));
  }

 private:
  DeviceKey key_;
  std::unique_ptr<HttpClient> client_;
};

Result<std::unique_ptr<HttpClient>> client_by(const Enrolment& enrolment, DeviceKey key) {
  HttpClientOptions options;
  options.authorities = enrolment.authorities;
  options.identity = enrolment.certificate.pem + enrolment.certificate.chain;
  options.key = key.shared();
  options.answer_max = answer_max;
  auto client = HttpClient::make(std::move(options));
  if (!client) return client;
  return std::unique_ptr<HttpClient>(
      std::make_unique<KeyedClient>(std::move(*client), std::move(key)));
}

// With the evidence for a key in a TPM, if there is any; `key_words` says what became of it.
Result<Certificate> ask_first(const EnrolmentRequest& request, const DeviceKey& key,
                              std::string& key_words) {
  HttpClientOptions options;
  options.authorities = request.authorities;
  const auto client = HttpClient::make(std::move(options));
  if (!client) return tl::unexpected<Error>(client.error());
  const auto csr = certificate_request(key.get(), request.device_name);
  if (!csr) return tl::unexpected<Error>(csr.error());
  Headers headers = {
      {"Authorization", "Basic " + encode_base64("sallyport-agent:" + request.token)}};
  if (const auto* in_tpm = key.in_tpm()) {
    const auto proof = prove_key(**client, request.server, *in_tpm, *csr);
    if (proof) headers.emplace_back("Sallyport-Key-Attestation", *proof);
    key_words = proof ? "Its key is in the TPM, as the server has checked"
                      : "Its key is in the TPM, but the server records it as software: " +
                            proof.error().message;
  }
  return ask(**client, request.server, "simpleenroll", key, *csr, std::move(headers));
}

}  // namespace

Result<std::unique_ptr<HttpClient>> Enrolment::client() const {
  auto opened = DeviceKey::open(key);
  if (!opened) return tl::unexpected<Error>(opened.error());
  return client_by(*this, std::move(*opened));
}

bool Enrolment::wants_renewal(Instant now) const {
  return now >= certificate.not_after - (certificate.not_after - certificate.not_before) / 7;
}

Result<std::optional<Enrolment>> read_enrolment(const StateFolder& folder) {
  const auto text = folder.read(enrolment_file);
  if (!text) return tl::unexpected<Error>(text.error());
  if (!*text) return std::nullopt;
  const auto damaged = [&](const std::string& why) {
    return fail(ErrorKind::internal,
                "is damaged: " + why +
                    "; run `sallyport-agent leave`, and "
                    "enrol again",
                folder.path() + "/" + std::string(enrolment_file));
  };
  const auto document = json::parse(**text);
  if (!document) return damaged(document.error().message);
  auto certificate = read_certificate_pem(member(document->root(), "certificate"));
  if (!certificate) return damaged(certificate.error().message);
  certificate->chain = member(document->root(), "chain");
  return Enrolment{member(document->root(), "server"),
                   member(document->root(), "authorities"),
                   {member(document->root(), "key"), member(document->root(), "tpm")},
                   std::move(*certificate)};
}

Result<Enrolled> enrol(const StateFolder& folder, const EnrolmentRequest& request) {
  if (auto url = url_of(request.server, ""); !url) return tl::unexpected<Error>(url.error());
  auto known = read_enrolment(folder);
  if (!known) return tl::unexpected<Error>(known.error());
  if (*known && (*known)->server == request.server) {
    (void)folder.remove(pending_key_file);
    return Enrolled{std::move(**known), {}};
  }
  if (*known) {
    return fail(ErrorKind::conflict, "this device is enrolled with " + (*known)->server +
                                         "; run `sallyport-agent leave` first");
  }
  // What an earlier enrolment left is about another device.
  if (auto clean = clear_reports(folder); !clean) return tl::unexpected<Error>(clean.error());
  std::string key_words;
  auto key = pending_key(folder, request, key_words);
  if (!key) return tl::unexpected<Error>(key.error());
  const auto opened = DeviceKey::open(*key);
  if (!opened) return tl::unexpected<Error>(opened.error());
  auto certificate = ask_first(request, *opened, key_words);
  if (!certificate) return tl::unexpected<Error>(certificate.error());
  Enrolment made{request.server, request.authorities, std::move(*key), std::move(*certificate)};
  if (auto stored = store(folder, made); !stored) return tl::unexpected<Error>(stored.error());
  (void)folder.remove(pending_key_file);
  return Enrolled{std::move(made), std::move(key_words)};
}

Result<Enrolment> renew(const StateFolder& folder, const Enrolment& enrolment) {
  const auto key = DeviceKey::open(enrolment.key);
  if (!key) return tl::unexpected<Error>(key.error());
  const auto client = client_by(enrolment, *key);
  if (!client) return tl::unexpected<Error>(client.error());
  const auto csr = certificate_request(key->get(), enrolment.certificate.common_name);
  if (!csr) return tl::unexpected<Error>(csr.error());
  auto certificate = ask(**client, enrolment.server, "simplereenroll", *key, *csr, {});
  if (!certificate) return tl::unexpected<Error>(certificate.error());
  if (certificate->device_id != enrolment.certificate.device_id) {
    return fail(ErrorKind::denied, "the new certificate is for another device");
  }
  auto renewed = enrolment;
  renewed.certificate = std::move(*certificate);
  if (auto stored = store(folder, renewed); !stored) return tl::unexpected<Error>(stored.error());
  return renewed;
}

Result<void> forget(const StateFolder& folder) {
  for (const auto name : {enrolment_file, pending_key_file}) {
    if (auto removed = folder.remove(name); !removed) return removed;
  }
  return clear_reports(folder);
}

}  // namespace sallyport::agent
