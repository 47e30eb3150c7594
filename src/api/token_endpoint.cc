#include "api/token_endpoint.h"

#include "api/client_assertion.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"

namespace sallyport::api {
namespace {

constexpr std::string_view assertion_type =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

HttpResponse refused(int status, std::string_view error, std::string_view description,
                     Instant now) {
  std::string body;
  json::Writer w(body);
  w.begin_object();
  w.member("error", error);
  w.member("error_description", description);
  w.member("timestamp", to_string(std::chrono::time_point_cast<std::chrono::seconds>(now)));
  w.end_object();
  auto response = json_response(status, std::move(body));
  response.add("Cache-Control", "no-store");
  return response;
}

// A field of the form; an error when it is there twice: two readers could see different ones.
Result<std::string> field(const HttpRequest& request, std::string_view name) {
  std::size_t count = 0;
  auto rest = request.body;
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    if (pair.substr(0, pair.find('=')) == name) ++count;
  }
  if (count > 1) {
    return fail(ErrorKind::invalid_argument, "`" + std::string(name) + "` is given twice");
  }
  return query_parameter(request.body, name);
}

// `Authorization: Basic base64(id:secret)`, both percent-encoded (RFC 6749, section 2.3.1).
std::pair<std::string, std::string> basic_credentials(const HttpRequest& request) {
  constexpr std::string_view scheme = "Basic ";
  const auto value = request.header("Authorization");
  if (value.size() <= scheme.size() ||
      !equal_ignoring_case(value.substr(0, scheme.size()), scheme)) {
    return {};
  }
  std::string text;
  unsigned bits = 0;
  int held = 0;
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (const char c : trim(value.substr(scheme.size()))) {
    const auto digit = digits.find(c);
    if (digit == digits.npos) break;
    bits = (bits << 6U | static_cast<unsigned>(digit)) & 0xffffffU;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    text += static_cast<char>(bits >> held & 0xffU);
  }
  const auto colon = text.find(':');
  if (colon == text.npos) return {};
  return {percent_decode(std::string_view(text).substr(0, colon)).value_or(""),
          percent_decode(std::string_view(text).substr(colon + 1)).value_or("")};
}

Error invalid_client() {
  return {ErrorKind::denied,
          "the client is not known, or its secret or assertion is not the right one",
          {}};
}

std::string tenant_of(const HttpRequest& request) {
  const auto end = request.path.find('/', 1);
  return std::string(request.path.substr(1, end == request.path.npos ? end : end - 1));
}

}  // namespace

Result<Credential> TokenEndpoint::authenticate(const HttpRequest& request,
                                               const std::string& audience, Instant now) {
  auto id = field(request, "client_id");
  auto secret = field(request, "client_secret");
  auto assertion = field(request, "client_assertion");
  auto type = field(request, "client_assertion_type");
  for (auto* one : {&id, &secret, &assertion, &type}) {
    if (!*one) return tl::unexpected<Error>(one->error());
  }
  if (secret->empty() && assertion->empty()) {
    auto [basic_id, basic_secret] = basic_credentials(request);
    if (id->empty()) *id = basic_id;
    if (*id == basic_id) *secret = basic_secret;
  }
  if (!assertion->empty()) {
    if (*type != assertion_type || !secret->empty()) {
      return fail(ErrorKind::invalid_argument,
                  "a client_assertion needs its client_assertion_type, and no secret beside it");
    }
    const auto subject = subject_of_assertion(*assertion);
    if (!subject) return tl::unexpected<Error>(subject.error());
    if (!id->empty() && !equal_ignoring_case(*id, *subject))
      return tl::unexpected(invalid_client());
    auto client = tokens_.find_client(*subject, now);
    if (!client || client->certificate.empty()) return tl::unexpected(invalid_client());
    const auto verified = verify_assertion(*assertion, client->certificate, audience, now);
    if (!verified) return tl::unexpected<Error>(verified.error());
    if (auto used = tokens_.use_assertion(*client, verified->id, verified->expires); !used) {
      return tl::unexpected<Error>(used.error());
    }
    return client;
  }
  auto client = tokens_.find_client(*id, now);
  // The same work whether or not there is such a client.
  const auto hash = sha256_hex(*secret);
  const auto expected = client ? client->secret_hash : std::string(hash.size(), '0');
  if (secret->empty() || !equal_in_constant_time(hash, expected) || !client) {
    return tl::unexpected(invalid_client());
  }
  return client;
}

HttpResponse TokenEndpoint::token(const HttpRequest& request, const std::string& base,
                                  Instant now) {
  const auto type = request.header("Content-Type");
  if (!equal_ignoring_case(trim(type.substr(0, type.find(';'))),
                           "application/x-www-form-urlencoded")) {
    return refused(415, "invalid_request",
                   "the content type must be application/x-www-form-urlencoded", now);
  }
  const auto grant = field(request, "grant_type");
  if (!grant) return refused(400, "invalid_request", grant.error().message, now);
  if (*grant != "client_credentials") {
    return refused(400, "unsupported_grant_type", "grant_type must be client_credentials", now);
  }
  const auto client = authenticate(request, base + std::string(request.path), now);
  if (!client) {
    const auto& error = client.error();
    if (error.kind == ErrorKind::invalid_argument) {
      return refused(400, "invalid_request", error.message, now);
    }
    if (error.kind != ErrorKind::denied) {
      return refused(503, "temporarily_unavailable", error.message, now);
    }
    return refused(401, "invalid_client", error.message, now);
  }
  const auto token = tokens_.issue(*client, now);
  if (!token) return refused(503, "temporarily_unavailable", token.error().message, now);
  constexpr auto seconds = std::chrono::seconds(access_token_life).count();
  std::string body;
  json::Writer w(body);
  w.begin_object();
  w.member("token_type", "Bearer");
  w.member("expires_in", std::int64_t{seconds});
  w.member("ext_expires_in", std::int64_t{seconds});
  w.member("access_token", *token);
  w.end_object();
  auto response = json_response(200, std::move(body));
  response.add("Cache-Control", "no-store");
  return response;
}

HttpResponse TokenEndpoint::discovery(const HttpRequest& request, const std::string& base,
                                      const std::string& tenant_id) {
  const auto root = base + "/" + tenant_of(request);
  std::string body;
  json::Writer w(body);
  w.begin_object();
  w.member("issuer", base + "/" + tenant_id + "/v2.0");
  w.member("token_endpoint", root + "/oauth2/v2.0/token");
  // The standard wants these; nobody signs in interactively here, and tokens are opaque.
  w.member("authorization_endpoint", root + "/oauth2/v2.0/authorize");
  w.member("jwks_uri", root + "/discovery/v2.0/keys");
  const auto list = [&](std::string_view name, std::initializer_list<std::string_view> words) {
    w.key(name);
    w.begin_array();
    for (const auto word : words) w.value(word);
    w.end_array();
  };
  list("grant_types_supported", {"client_credentials"});
  list("token_endpoint_auth_methods_supported",
       {"client_secret_post", "client_secret_basic", "private_key_jwt"});
  list("token_endpoint_auth_signing_alg_values_supported", {"RS256", "PS256", "ES256"});
  list("response_types_supported", {"token"});
  list("subject_types_supported", {"public"});
  list("id_token_signing_alg_values_supported", {"RS256"});
  w.end_object();
  return json_response(200, std::move(body));
}

}  // namespace sallyport::api
