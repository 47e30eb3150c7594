#include "api/dispatch.h"

#include "api/path.h"
#include "api/route.h"
#include "api/services.h"
#include "base/text.h"
#include "service/audit.h"

namespace sallyport::api {
namespace {

bool is_json(std::string_view type) {
  return equal_ignoring_case(trim(type.substr(0, type.find(';'))), "application/json");
}

// The one value of a header; nothing when there is none.
OrFailure<std::optional<std::string_view>> header_of(const Request& request,
                                                     std::string_view name) {
  HttpRequest http;
  http.headers = request.headers;
  const auto header = single_header(http, name);
  if (!header) return refuse(400, "BadRequest", header.error().message);
  return *header;
}

std::optional<Version> parse_etag(std::string_view text) {
  constexpr Version version_max = 1'000'000'000'000'000;
  text = trim(text);
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  Version version = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || version > version_max) return std::nullopt;
    version = version * 10 + (c - '0');
  }
  return version;
}

// The version the caller has seen; none when it does not say. An ETag that is none of ours never
// matches, and of a list the caller would have to know which one is meant.
OrFailure<std::optional<Version>> seen_version(const Request& request) {
  const auto header = header_of(request, "If-Match");
  if (!header) return tl::unexpected<Failure>(header.error());
  if (!*header || trim(**header) == "*") return std::optional<Version>();
  return std::optional<Version>(parse_etag(**header).value_or(Version{-1}));
}

OrFailure<void> authorise(const Caller& caller, const Operation& operation) {
  if (operation.any_caller || caller.may_any(operation.permissions)) return {};
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

// `deviceId='...'` becomes the id of the one document that has it.
OrFailure<void> resolve_key(Services& services, const Resource& resource,
                            std::vector<std::string>& keys) {
  const auto key = keys.empty() ? std::nullopt : named_key(keys.front());
  if (!key) return {};
  if (!equal_ignoring_case(key->name, resource.alternate_key)) {
    return refuse(400, "Request_BadRequest",
                  "`" + printable(key->name) + "` is no key of this" +
                      (resource.alternate_key.empty()
                           ? std::string()
                           : "; besides the id there is " + std::string(resource.alternate_key)));
  }
  ValueRange range;
  range.member = resource.alternate_key;
  range.from = to_lower(key->value);
  range.upto = range.from;
  const auto found = services.store.find(resource.kind, range, 2);
  if (!found) return tl::unexpected<Failure>(failure_of(found.error(), resource.error_style));
  if (found->size() == 1) {
    keys.front() = found->front().id;
    return {};
  }
  const auto what = "`" + std::string(resource.alternate_key) + "` `" + printable(key->value) + "`";
  if (found->empty()) {
    return refuse(404, "Request_ResourceNotFound", "nothing has the " + what);
  }
  return refuse(400, "Request_BadRequest", "several have the " + what + "; name one by its id");
}

// The body as JSON, if the operation takes one; what it does not take is not looked at.
OrFailure<json::Document> read_body(const Request& request, const Operation& operation) {
  if (operation.body == BodyRule::none || request.part_body != nullptr) return json::Document();
  if (request.body.empty()) {
    if (operation.body == BodyRule::optional) return json::Document();
    return refuse(400, "BadRequest", "1007: the body is empty");
  }
  const auto type = header_of(request, "Content-Type");
  if (!type) return tl::unexpected<Failure>(type.error());
  if (!is_json(type->value_or(std::string_view()))) {
    return refuse(415, "UnsupportedMediaType", "the content type must be `application/json`");
  }
  auto parsed = json::parse(request.body);
  if (!parsed) {
    return refuse(400, "BadRequest", "1007: the body cannot be read: " + describe(parsed.error()));
  }
  return std::move(*parsed);
}

// The request, as its row has it.
Replied carry_out(Services& services, const Caller& caller, const Request& request, Route& route) {
  const auto& operation = *route.operation;
  if (auto may = authorise(caller, operation); !may) return tl::unexpected<Failure>(may.error());
  if (request.in_batch && !operation.in_batch) {
    return refuse(400, "BadRequest", "this cannot be part of a batch");
  }
  if (auto known = resolve_key(services, *operation.resource, route.keys); !known) {
    return tl::unexpected<Failure>(known.error());
  }
  const auto seen = seen_version(request);
  if (!seen) return tl::unexpected<Failure>(seen.error());
  const auto document = read_body(request, operation);
  if (!document) return tl::unexpected<Failure>(document.error());
  const bool part = request.part_body != nullptr && operation.body != BodyRule::none;
  Call call{services, operation, caller};
  call.version = request.version;
  call.base = request.base;
  call.path = request.path;
  call.keys = route.keys;
  call.query = request.query;
  call.headers = request.headers;
  call.body = part ? *request.part_body : document->root();
  call.seen = *seen;
  call.now = request.now;
  return operation.answer(call);
}

// Who tried to change what, and was not let. What failed for reasons of ours is no such try.
void audit_refusal(Services& services, const Caller& caller, const Route& route,
                   const Failure& failure, Instant now) {
  const auto& operation = *route.operation;
  const bool refused = failure.status >= 400 && failure.status < 500 && failure.status != 429;
  if (operation.method == "GET" || !operation.changes || !refused) return;
  const auto* type = operation.resource->document;
  const auto verb = operation.method == "POST"     ? "Add"
                    : operation.method == "DELETE" ? "Delete"
                                                   : "Update";
  AuditedChange change;
  change.activity = operation.summary;
  change.category = type == nullptr ? "ApplicationManagement" : type->category;
  change.operation = verb;
  change.target_type = type == nullptr ? "Other" : type->target_type;
  if (!route.keys.empty()) change.target_id = route.keys.front();
  change.reason = failure.message;
  change.refused = true;
  const auto audit = make_audit(caller, now, change);
  std::ignore = services.store.write({}, {&audit, 1});  // it stays refused, on record or not
}

}  // namespace

Replied dispatch(Services& services, const Caller& caller, const Request& request) {
  auto segments = split_path(request.path);
  if (!segments) return tl::unexpected<Failure>(segments.error());
  take_other_path(*segments);
  const auto method = request.method == "HEAD" ? std::string_view("GET") : request.method;
  auto route = find_route(method, *segments);
  if (!route) return tl::unexpected<Failure>(route.error());
  auto replied = carry_out(services, caller, request, *route);
  if (!replied) audit_refusal(services, caller, *route, replied.error(), request.now);
  return replied;
}

}  // namespace sallyport::api
