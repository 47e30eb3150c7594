// POST /$batch: up to twenty requests in one (spec, section 9.3). They are carried out in their
// order, one that depends on others after those. Each is authorised, limited and checked like a
// request of its own, and one that fails takes only those with it that depend on it.
#include <algorithm>
#include <map>

#include "api/dispatch.h"
#include "api/resources.h"
#include "api/response.h"
#include "api/services.h"
#include "base/text.h"

namespace sallyport::api {
namespace {

constexpr std::size_t parts_max = 20;
constexpr std::size_t id_size_max = 128;

struct Part {
  std::string_view id;
  std::string_view method;
  std::string_view url;
  std::vector<Header> headers;
  const json::Value* body = nullptr;
  std::vector<std::string_view> depends_on;
};

tl::unexpected<Failure> bad(const std::string& message) {
  return refuse(400, "BadRequest", message);
}

std::string_view text_of(const json::Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr || !found->is_string() ? std::string_view() : found->text();
}

bool is_header_text(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

OrFailure<Part> read_part(const json::Value& value) {
  Part part;
  part.id = text_of(value, "id");
  part.method = text_of(value, "method");
  part.url = text_of(value, "url");
  if (part.id.empty() || part.id.size() > id_size_max || part.method.empty() || part.url.empty()) {
    return bad("each request of a batch needs `id`, `method` and `url`, texts");
  }
  const auto where = " of the request `" + printable(part.id) + "`";
  if (const auto* headers = value.find("headers"); headers != nullptr && !headers->is_null()) {
    for (const auto& member : headers->members()) {
      if (!member.value.is_string() || !is_header_text(member.value.text()) ||
          !is_header_text(member.name)) {
        return bad("a header" + where + " is no text");
      }
      // Who asks was settled for the batch as a whole.
      if (equal_ignoring_case(member.name, "Authorization")) {
        return bad("a request of a batch cannot have an Authorization header of its own");
      }
      part.headers.push_back({member.name, member.value.text()});
    }
  }
  if (const auto* body = value.find("body"); body != nullptr && !body->is_null()) {
    part.body = body;
  }
  if (const auto* ids = value.find("dependsOn"); ids != nullptr && !ids->is_null()) {
    for (const auto& id : ids->items()) part.depends_on.push_back(id.text());
  }
  return part;
}

OrFailure<std::vector<Part>> read_parts(const json::Value& body) {
  const auto* requests = body.find("requests");
  if (requests == nullptr || !requests->is_array() || requests->items().empty()) {
    return bad("a batch needs `requests`, a list that is not empty");
  }
  if (requests->items().size() > parts_max) {
    return bad("a batch has at most " + std::to_string(parts_max) + " requests, not " +
               std::to_string(requests->items().size()));
  }
  std::vector<Part> parts;
  for (const auto& item : requests->items()) {
    auto part = read_part(item);
    if (!part) return tl::unexpected<Failure>(part.error());
    const bool twice = std::ranges::any_of(parts, [&](const Part& o) { return o.id == part->id; });
    if (twice) return bad("two requests of the batch have the id `" + printable(part->id) + "`");
    parts.push_back(std::move(*part));
  }
  return parts;
}

// In an order in which each comes after those it depends on.
OrFailure<std::vector<std::size_t>> order_of(const std::vector<Part>& parts) {
  std::map<std::string_view, std::size_t> number;
  for (std::size_t i = 0; i < parts.size(); ++i) number[parts[i].id] = i;
  for (const auto& part : parts) {
    for (const auto id : part.depends_on) {
      if (number.contains(id)) continue;
      return bad("`dependsOn` of `" + printable(part.id) + "` names `" + printable(id) +
                 "`, which is no request of this batch");
    }
  }
  std::vector<bool> placed(parts.size());
  std::vector<std::size_t> order;
  while (order.size() < parts.size()) {
    const auto before = order.size();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const bool ready = std::ranges::all_of(
          parts[i].depends_on, [&](std::string_view id) { return placed[number.at(id)]; });
      if (placed[i] || !ready) continue;
      placed[i] = true;
      order.push_back(i);
    }
    if (order.size() == before)
      return bad("requests of the batch depend on each other in a circle");
  }
  return order;
}

Replied answer_part(const Call& call, const Part& part) {
  const int wait = call.services.limiter.take(call.caller.id, call.now);
  if (wait > 0) return tl::unexpected<Failure>(too_many(wait));
  if (part.url.front() != '/' || !is_header_text(part.url)) {
    return refuse(400, "BadRequest", "a url in a batch begins with `/`, behind the version");
  }
  const auto question = part.url.find('?');
  Request request;
  request.method = part.method;
  request.version = call.version;
  request.base = call.base;
  request.path = part.url.substr(0, question);
  // Clients that are given whole URLs leave the version in.
  const auto version = "/" + std::string(call.version) + "/";
  if (request.path.starts_with(version)) request.path.remove_prefix(version.size() - 1);
  request.query = question == part.url.npos ? std::string_view() : part.url.substr(question + 1);
  request.headers = part.headers;
  request.part_body = part.body;
  request.in_batch = true;
  request.now = call.now;
  return dispatch(call.services, call.caller, request);
}

void write_part(const Call& call, const Part& part, const Replied& replied, json::Writer& w) {
  const auto response =
      response_of(replied, {call.caller.correlation_id, call.caller.correlation_id, call.now});
  w.begin_object();
  w.member("id", part.id);
  w.member("status", std::int64_t{response.status});
  w.key("headers");
  w.begin_object();
  for (const auto& header : response.headers) w.member(header.name, header.value);
  w.end_object();
  if (!response.body.empty()) {
    w.key("body");
    if (const auto body = json::parse(response.body)) {
      w.value(body->root());
    } else {
      w.value(response.body);  // a count
    }
  }
  w.end_object();
}

Replied batch(const Call& call) {
  const auto parts = read_parts(call.body);
  if (!parts) return tl::unexpected<Failure>(parts.error());
  const auto order = order_of(*parts);
  if (!order) return tl::unexpected<Failure>(order.error());
  std::map<std::string_view, bool> succeeded;
  Reply reply;
  json::Writer w(reply.body);
  w.begin_object();
  w.key("responses");
  w.begin_array();
  for (const auto i : *order) {
    const auto& part = (*parts)[i];
    const bool may =
        std::ranges::all_of(part.depends_on, [&](std::string_view id) { return succeeded[id]; });
    const auto replied =
        may ? answer_part(call, part)
            : Replied(refuse(424, "FailedDependency", "a request it depends on has failed"));
    succeeded[part.id] = replied.has_value();
    write_part(call, part, replied, w);
  }
  w.end_array();
  w.end_object();
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
     false},
};

}  // namespace

std::span<const Operation> batch_operations() { return rows; }

}  // namespace sallyport::api
