#include "agent/enrolment.h"

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
  out.member("key", enrolment.key);
  out.member("certificate", enrolment.certificate.pem);
  out.member("chain", enrolment.certificate.chain);
  out.end_object();
  return folder.write(enrolment_file, text, secret);
}

Result<std::string> pending_key(const StateFolder& folder) {
  auto kept = folder.read(pending_key_file);
  if (!kept) return tl::unexpected<Error>(kept.error());
  if (*kept) return std::move(**kept);
  auto key = make_key();
  if (!key) return key;
  if (auto written = folder.write(pending_key_file, *key, secret); !written) {
    return tl::unexpected<Error>(written.error());
  }
  return key;
}

}  // namespace

std::string words_of(const OutgoingAnswer& answer) {
  const auto document = json::parse(answer.body);
  const auto* error = document ? document->root().find("error") : nullptr;
  const auto words = error == nullptr ? std::string() : member(*error, "message");
  return printable(words.empty() ? trim(answer.body) : words, 300);
}

namespace {

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

Result<HttpUrl> url_of(const std::string& server, std::string_view path) {
  auto url = parse_http_url(server);
  if (!url) {
    return fail(ErrorKind::invalid_argument, "`" + printable(server) + "`: " + url.error().message,
                "--server");
  }
  if (!url->tls) {
    return fail(ErrorKind::invalid_argument, "the server must be reached by https://", "--server");
  }
  if (url->target.ends_with('/')) url->target.pop_back();
  url->target += path;
  return url;
}

// One exchange of EST; the certificate for `key`.
Result<Certificate> ask(HttpClient& client, const std::string& server, std::string_view operation,
                        const std::string& authorization, const std::string& key,
                        const std::string& device_name) {
  auto url = url_of(server, "/.well-known/est/" + std::string(operation));
  if (!url) return tl::unexpected<Error>(url.error());
  const auto csr = certificate_request(key, device_name);
  if (!csr) return tl::unexpected<Error>(csr.error());
  OutgoingRequest request;
  request.url = std::move(*url);
  request.headers = {{"Content-Type", "application/pkcs10"},
                     {"Content-Transfer-Encoding", "base64"},
                     {"Sallyport-Operating-System", "Linux"}};
  if (!authorization.empty()) request.headers.emplace_back("Authorization", authorization);
  request.body = encode_base64(*csr);
  request.patience = patience;
  const auto answer = client.send(request);
  if (!answer) {
    return fail(answer.error().kind, "the server cannot be asked: " + answer.error().message,
                server);
  }
  if (answer->status != 200) return refusal(*answer);
  return read_certificates(answer->body, key);
}

}  // namespace

Result<std::unique_ptr<HttpClient>> Enrolment::client() const {
  HttpClientOptions options;
  options.authorities = authorities;
  options.identity = key + certificate.pem + certificate.chain;
  options.answer_max = answer_max;
  return HttpClient::make(std::move(options));
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
  return Enrolment{member(document->root(), "server"), member(document->root(), "authorities"),
                   member(document->root(), "key"), std::move(*certificate)};
}

Result<Enrolment> enrol(const StateFolder& folder, const EnrolmentRequest& request) {
  if (auto url = url_of(request.server, ""); !url) return tl::unexpected<Error>(url.error());
  auto known = read_enrolment(folder);
  if (!known) return tl::unexpected<Error>(known.error());
  if (*known && (*known)->server == request.server) {
    (void)folder.remove(pending_key_file);
    return std::move(**known);
  }
  if (*known) {
    return fail(ErrorKind::conflict, "this device is enrolled with " + (*known)->server +
                                         "; run `sallyport-agent leave` first");
  }
  // What an earlier enrolment left is about another device.
  if (auto clean = clear_reports(folder); !clean) return tl::unexpected<Error>(clean.error());
  auto key = pending_key(folder);
  if (!key) return tl::unexpected<Error>(key.error());
  HttpClientOptions options;
  options.authorities = request.authorities;
  auto client = HttpClient::make(std::move(options));
  if (!client) return tl::unexpected<Error>(client.error());
  auto certificate =
      ask(**client, request.server, "simpleenroll",
          "Basic " + encode_base64("sallyport-agent:" + request.token), *key, request.device_name);
  if (!certificate) return tl::unexpected<Error>(certificate.error());
  Enrolment made{request.server, request.authorities, std::move(*key), std::move(*certificate)};
  if (auto stored = store(folder, made); !stored) return tl::unexpected<Error>(stored.error());
  (void)folder.remove(pending_key_file);
  return made;
}

Result<Enrolment> renew(const StateFolder& folder, const Enrolment& enrolment) {
  auto client = enrolment.client();
  if (!client) return tl::unexpected<Error>(client.error());
  auto certificate = ask(**client, enrolment.server, "simplereenroll", {}, enrolment.key,
                         enrolment.certificate.common_name);
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
