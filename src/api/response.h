// What a handler replied, as HTTP: status, headers, body or the error envelope.
#pragma once

#include <string_view>

#include "api/operation.h"

namespace sallyport::api {

struct RequestIds {
  std::string_view request_id;
  std::string_view client_request_id;
  Instant now{};
};

HttpResponse response_of(const Replied& replied, const RequestIds& ids);
Failure too_many(int retry_after, std::string_view who = "this token");  // the 429

}  // namespace sallyport::api
