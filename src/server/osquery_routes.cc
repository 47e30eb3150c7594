#include "server/osquery_routes.h"

#include "base/text.h"
#include "server/log.h"

namespace sallyport {
namespace {

using Endpoint = osquery::Reply (osquery::Osquery::*)(std::string_view body, Instant now);

struct Row {
  std::string_view path;
  Endpoint endpoint;
};
constexpr Row rows[] = {
    {"/api/osquery/enroll", &osquery::Osquery::enroll},
    {"/api/osquery/config", &osquery::Osquery::config},
    {"/api/osquery/log", &osquery::Osquery::log},
    {"/api/osquery/distributed/read", &osquery::Osquery::distributed_read},
    {"/api/osquery/distributed/write", &osquery::Osquery::distributed_write},
};

}  // namespace

void OsqueryRoom::add_routes(Router& router, Workers& workers, IsConfidential is_confidential,
                             Instant (*clock)()) {
  for (const auto& row : rows) {
    const Workers::Handler handler = [this, is_confidential, clock,
                                      endpoint = row.endpoint](const HttpRequest& request) {
      if (!is_confidential(request)) {
        return error_response(403, "forbidden", "osquery needs HTTPS: it sends secrets");
      }
      const auto body = osquery::unpacked(request.body, trim(request.header("Content-Encoding")));
      if (!body) {
        return error_response(status_of(body.error().kind), "badRequest", body.error().message);
      }
      auto reply = (osquery_.*endpoint)(*body, clock());
      if (!reply.problem.empty()) {
        log(LogLevel::warning, "an osquery host may not enrol",
            {{"reason", reply.problem}, {"address", to_string(request.peer)}});
      }
      auto response = json_response(reply.status, std::move(reply.body));
      if (reply.retry_after > 0) response.add("Retry-After", std::to_string(reply.retry_after));
      return response;
    };
    router.add({"POST", std::string(row.path),
                [&workers, handler](const HttpRequest& request) {
                  return workers.answer(request, handler);
                },
                osquery::body_max});
  }
}

}  // namespace sallyport
