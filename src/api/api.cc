#include "api/api.h"

#include <algorithm>

#include "api/path.h"
#include "api/route.h"
#include "base/id.h"
#include "base/text.h"
#include "policy/validate.h"

namespace sallyport::api {
namespace {

constexpr std::string_view content_type =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;"
    "charset=utf-8";
constexpr std::size_t client_request_id_max = 64;
constexpr std::chrono::seconds tidy_interval{60};

bool is_json(std::string_view type) {
  return equal_ignoring_case(trim(type.substr(0, type.find(';'))), "application/json");
}

// What a client calls its request is given back, if it can do no harm.
std::string client_request_id(const HttpRequest& request, const std::string& own) {
  const auto given = request.header("client-request-id");
  const bool good = !given.empty() && given.size() <= client_request_id_max &&
                    std::ranges::all_of(given, [](unsigned char c) {
                      return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
                    });
  return good ? std::string(given) : own;
}

// Messages may quote what came in.
std::string valid_utf8(std::string text) {
  if (is_utf8(text)) return text;
  for (auto& c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return text;
}

std::optional<Version> parse_etag(std::string_view text) {
  text = trim(text);
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  Version version = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || version > 1'000'000'000'000'000) return std::nullopt;
    version = version * 10 + (c - '0');
  }
  return version;
}

// The version the caller has seen; none when it does not say. An ETag that is none of ours never
// matches.
OrFailure<std::optional<Version>> seen_version(const HttpRequest& request) {
  const auto header = single_header(request, "If-Match");
  if (!header) return refuse(400, "BadRequest", header.error().message);
  if (!*header || trim(**header) == "*") return std::optional<Version>();
  return std::optional<Version>(parse_etag(**header).value_or(Version{-1}));
}

}  // namespace

struct Api::Request {
  std::string id;
  std::string client_id;
  std::string base;
  Instant now{};
};

Api::Api(Options options, Store& store, LiveTenant& tenant)
    : options_(std::move(options)), services_{store, tenant} {}

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

Replied Api::answer(Request& request, const HttpRequest& http) {
  const auto slash = http.path.find('/', 1);
  const auto version = http.path.substr(1, slash == http.path.npos ? slash : slash - 1);
  const auto below = slash == http.path.npos ? std::string_view() : http.path.substr(slash);
  auto caller = authenticate(http, request.now);
  if (!caller) return tl::unexpected<Failure>(caller.error());
  caller->correlation_id = request.client_id;
  caller->ip_address = to_string(http.peer);
  const auto segments = split_path(below);
  if (!segments) return tl::unexpected<Failure>(segments.error());
  const auto method = http.method == "HEAD" ? std::string_view("GET") : http.method;
  const auto route = find_route(method, *segments);
  if (!route) return tl::unexpected<Failure>(route.error());
  const auto& operation = *route->operation;
  if (!caller->may_any(operation.permissions)) {
    std::string wanted;
    for (const auto one : operation.permissions) {
      wanted += (wanted.empty() ? "" : " or ") + std::string(one);
    }
    return tl::unexpected<Failure>(
        failure_of({ErrorKind::denied,
                    "this needs the permission " + wanted + "; the token does not have it",
                    {}},
                   operation.resource->error_style));
  }
  const auto seen = seen_version(http);
  if (!seen) return tl::unexpected<Failure>(seen.error());
  json::Document document;
  if (operation.body != BodyRule::none && !http.body.empty()) {
    if (!is_json(http.header("Content-Type"))) {
      return refuse(415, "UnsupportedMediaType", "the content type must be `application/json`");
    }
    auto parsed = json::parse(http.body);
    if (!parsed) {
      return refuse(400, "BadRequest",
                    "1007: the body cannot be read: " + describe(parsed.error()));
    }
    document = std::move(*parsed);
  } else if (operation.body == BodyRule::required) {
    return refuse(400, "BadRequest", "1007: the body is empty");
  }
  request.base += '/' + std::string(version);
  const Call call{services_,  operation,    *caller,         version, request.base, route->keys,
                  http.query, http.headers, document.root(), *seen,   request.now};
  return operation.answer(call);
}

HttpResponse Api::handle(const HttpRequest& http, Instant now) {
  Request request;
  request.now = now;
  request.id = to_string(random_guid());
  request.client_id = client_request_id(http, request.id);
  request.base = options_.public_url;
  if (request.base.empty()) {
    request.base = (http.tls ? "https://" : "http://") + std::string(http.header("Host"));
  }
  auto answered = answer(request, http);
  HttpResponse response;
  response.add("request-id", request.id);
  response.add("client-request-id", request.client_id);
  if (answered) {
    response.status = answered->status;
    if (!answered->etag.empty()) response.add("ETag", answered->etag);
    if (!answered->location.empty()) response.add("Location", answered->location);
    response.body = std::move(answered->body);
  } else {
    const auto& failure = answered.error();
    response.status = failure.status;
    if (failure.status == 401) response.add("WWW-Authenticate", "Bearer");
    if (!failure.allow.empty()) response.add("Allow", failure.allow);
    if (failure.retry_after > 0) response.add("Retry-After", std::to_string(failure.retry_after));
    const auto date = to_string(std::chrono::time_point_cast<std::chrono::seconds>(now));
    response.body =
        graph_error_body(failure.code, valid_utf8(failure.message),
                         {std::string_view(date).substr(0, 19), request.id, request.client_id});
  }
  if (!response.body.empty()) response.add("Content-Type", content_type);
  response.add("OData-Version", "4.0");
  response.add("Cache-Control", "no-store");
  return response;
}

Result<void> Api::tick(Instant now) {
  if (now - tidied_at_ < tidy_interval) return {};
  tidied_at_ = now;
  return services_.tokens.tidy_up(now);
}

}  // namespace sallyport::api
