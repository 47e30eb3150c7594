#include "api/response.h"

#include "base/text.h"
#include "policy/validate.h"

namespace sallyport::api {
namespace {

constexpr std::string_view content_type =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;"
    "charset=utf-8";

// Messages may quote what came in.
std::string valid_utf8(std::string text) {
  if (is_utf8(text)) return text;
  for (auto& c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return text;
}

void add_failure(const Failure& failure, const RequestIds& ids, HttpResponse& response) {
  response.status = failure.status;
  if (failure.status == 401) response.add("WWW-Authenticate", "Bearer");
  if (!failure.allow.empty()) response.add("Allow", failure.allow);
  if (failure.retry_after > 0) response.add("Retry-After", std::to_string(failure.retry_after));
  const auto date = to_string(std::chrono::time_point_cast<std::chrono::seconds>(ids.now));
  response.body = graph_error_body(
      failure.code, valid_utf8(failure.message),
      {std::string_view(date).substr(0, 19), ids.request_id, ids.client_request_id});
}

}  // namespace

HttpResponse response_of(const Replied& replied, const RequestIds& ids) {
  HttpResponse response;
  std::string_view type = content_type;
  if (replied) {
    response.status = replied->status;
    if (!replied->etag.empty()) response.add("ETag", replied->etag);
    if (!replied->location.empty()) response.add("Location", replied->location);
    if (!replied->content_type.empty()) type = replied->content_type;
    response.body = replied->body;
  } else {
    add_failure(replied.error(), ids, response);
  }
  if (!response.body.empty()) response.add("Content-Type", type);
  return response;
}

Failure too_many(int retry_after, std::string_view who) {
  return {429,
          "TooManyRequests",
          std::string(who) + " has asked too much; ask again after the time that Retry-After tells",
          {},
          retry_after};
}

}  // namespace sallyport::api
