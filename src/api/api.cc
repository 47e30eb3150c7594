#include "api/api.h"

#include <algorithm>

#include "api/dispatch.h"
#include "api/openapi.h"
#include "api/response.h"
#include "base/digest.h"
#include "base/id.h"
#include "base/text.h"
#include "service/shared_secret.h"

namespace sallyport::api {
namespace {

constexpr std::size_t client_request_id_max = 64;
constexpr std::chrono::seconds tidy_interval{60};

// What a client calls its request is given back, if it can do no harm.
std::string client_request_id(const HttpRequest& request, const std::string& own) {
  const auto given = request.header("client-request-id");
  const bool good = !given.empty() && given.size() <= client_request_id_max &&
                    std::ranges::all_of(given, [](unsigned char c) {
                      return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
                    });
  return good ? std::string(given) : own;
}

// Without the store's secret, tokens of pages are good until this process ends.
std::string paging_key(Store& store) {
  auto key = shared_secret(store, "paging");
  if (!key) key = random_text(32);
  return key ? std::move(*key) : to_string(random_guid());
}

Instant clock_now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// As configured, or one that stays the same for the store.
std::string tenant_id_of(const std::string& configured, Store& store) {
  if (!configured.empty()) return configured;
  return to_string(guid_of_text(shared_secret(store, "tenant").value_or("sallyport")));
}

}  // namespace

Api::Api(Options options, Store& store, LiveTenant& tenant, WebhookClient& webhooks,
         Judging& judging)
    : options_(std::move(options)),
      services_(store, tenant, webhooks, judging, options_.limit, paging_key(store),
                tenant_id_of(options_.tenant_id, store),
                {options_.analysis_program, [] { return clock_now(); }}),
      token_endpoint_(services_.tokens) {}

Api::~Api() = default;

OrFailure<Caller> Api::authenticate(const HttpRequest& request, Instant now) {
  const auto header = single_header(request, "Authorization");
  if (!header) return refuse(400, "BadRequest", header.error().message);
  constexpr std::string_view scheme = "Bearer ";
  const auto value = header->value_or(std::string_view());
  if (value.size() <= scheme.size() ||
      !equal_ignoring_case(value.substr(0, scheme.size()), scheme)) {
    return refuse(401, "InvalidAuthenticationToken",
                  "the request needs a bearer token: Authorization: Bearer ...");
  }
  auto caller = services_.tokens.authenticate(trim(value.substr(scheme.size())), now);
  if (caller) return std::move(*caller);
  if (caller.error().kind != ErrorKind::denied) {
    return tl::unexpected<Failure>(failure_of(caller.error(), ErrorStyle::directory));
  }
  return refuse(401, "InvalidAuthenticationToken", caller.error().message);
}

std::string Api::base_url(const HttpRequest& http) const {
  if (!options_.public_url.empty()) return options_.public_url;
  return (http.tls ? "https://" : "http://") + std::string(http.header("Host"));
}

Replied Api::answer(const HttpRequest& http, const std::string& correlation_id, Instant now) {
  auto caller = authenticate(http, now);
  if (!caller) return tl::unexpected<Failure>(caller.error());
  caller->correlation_id = correlation_id;
  caller->ip_address = to_string(http.peer);
  const int wait = services_.limiter.take(caller->id, now);
  if (wait > 0) return tl::unexpected<Failure>(too_many(wait));
  const auto slash = http.path.find('/', 1);
  Request request;
  request.method = http.method;
  request.version = http.path.substr(1, slash == http.path.npos ? slash : slash - 1);
  request.path = slash == http.path.npos ? std::string_view() : http.path.substr(slash);
  const auto base = base_url(http) + '/' + std::string(request.version);
  request.base = base;
  request.query = http.query;
  request.headers = http.headers;
  request.body = http.body;
  request.now = now;
  return dispatch(services_, *caller, request);
}

namespace {

HttpResponse finished(const Replied& replied, const std::string& id, const std::string& client_id,
                      Instant now) {
  auto response = response_of(replied, {id, client_id, now});
  response.add("request-id", id);
  response.add("client-request-id", client_id);
  response.add("OData-Version", "4.0");
  response.add("Cache-Control", "no-store");
  return response;
}

}  // namespace

HttpResponse Api::handle(const HttpRequest& http, Instant now) {
  const auto id = to_string(random_guid());
  const auto client_id = client_request_id(http, id);
  return finished(answer(http, client_id, now), id, client_id, now);
}

HttpResponse Api::refusal(int status, std::string_view message, Instant now) {
  const auto id = to_string(random_guid());
  const std::string code = status == 413   ? "RequestEntityTooLarge"
                           : status == 503 ? "ServiceUnavailable"
                                           : "BadRequest";
  return finished(refuse(status, code, std::string(message)), id, id, now);
}

HttpResponse Api::token(const HttpRequest& request, Instant now) {
  return token_endpoint_.token(request, base_url(request), now);
}

HttpResponse Api::discovery(const HttpRequest& request) const {
  return TokenEndpoint::discovery(request, base_url(request), services_.tenant_id);
}

HttpResponse Api::openapi(const HttpRequest& request) const {
  return json_response(200, openapi_document(base_url(request)));
}

HttpResponse Api::openapi_page(const HttpRequest&) {
  HttpResponse response;
  response.add("Content-Type", "text/html; charset=utf-8");
  response.add("Content-Security-Policy",
               "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
  response.body = sallyport::api::openapi_page();
  return response;
}

Result<void> Api::tick(Instant now) {
  if (now >= tidied_at_ && now - tidied_at_ < tidy_interval) return {};
  tidied_at_ = now;
  return services_.tokens.tidy_up(now);
}

}  // namespace sallyport::api
