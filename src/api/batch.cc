// POST /$batch: up to twenty requests in one (odata/batch.h; spec, section 9.3). Each is
// authorised, limited and checked like a request of its own.
#include <algorithm>

#include "api/dispatch.h"
#include "api/resources.h"
#include "api/response.h"
#include "api/services.h"
#include "base/text.h"
#include "odata/batch.h"

namespace sallyport::api {
namespace {

Replied reply_to(const Call& call, const odata::BatchRequest& part,
                 std::span<const Header> headers) {
  if (const int wait = call.services.limiter.take(call.caller.id, call.now); wait > 0) {
    return tl::unexpected<Failure>(too_many(wait));
  }
  const std::string_view url = part.url;
  const auto question = url.find('?');
  Request request;
  request.method = part.method;
  request.version = call.version;
  request.base = call.base;
  request.path = url.substr(0, question);
  // Clients that are given whole URLs leave the version in.
  const auto version = "/" + std::string(call.version) + "/";
  if (request.path.starts_with(version)) request.path.remove_prefix(version.size() - 1);
  request.query = question == url.npos ? std::string_view() : url.substr(question + 1);
  request.headers = headers;
  request.part_body = part.body;
  request.in_batch = true;
  request.now = call.now;
  return dispatch(call.services, call.caller, request);
}

odata::BatchResponse answer(const Call& call, const odata::BatchRequest& part) {
  std::vector<Header> headers;
  for (const auto& [name, value] : part.headers) headers.push_back({name, value});
  const auto response =
      response_of(reply_to(call, part, headers),
                  {call.caller.correlation_id, call.caller.correlation_id, call.now});
  odata::BatchResponse out;
  out.status = response.status;
  for (const auto& header : response.headers) out.headers.emplace_back(header.name, header.value);
  if (response.body.empty() || json::parse(response.body)) {
    out.body = response.body;
  } else {
    json::append_quoted(out.body, response.body);  // a count
  }
  return out;
}

Replied batch(const Call& call) {
  const auto batch = odata::Batch::read(call.body);
  if (!batch) return refuse(400, "BadRequest", describe(batch.error()));
  for (const auto& part : batch->requests()) {
    // Who asks was settled for the batch as a whole.
    const bool own = std::ranges::any_of(part.headers, [](const auto& header) {
      return equal_ignoring_case(header.first, "Authorization");
    });
    if (!own) continue;
    return refuse(400, "BadRequest",
                  "request `" + printable(part.id) +
                      "` of the batch cannot have an Authorization header of its own");
  }
  Reply reply;
  reply.body = odata::write(*batch, odata::run(*batch, [&](const odata::BatchRequest& part) {
    return answer(call, part);
  }));
  return reply;
}

constexpr Resource batches{
    .path = "/$batch", .context = "batch", .type = "microsoft.graph.batch", .kind = {}};

const Operation rows[] = {
    {"POST",
     "/$batch",
     &batches,
     {},
     batch,
     BodyRule::required,
     200,
     "Up to 20 requests in one",
     Answers::object,
     true,
     false,
     false},
};

}  // namespace

std::span<const Operation> batch_operations() { return rows; }

}  // namespace sallyport::api
