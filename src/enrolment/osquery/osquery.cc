#include "enrolment/osquery/osquery.h"

#include "base/digest.h"
#include "base/json_members.h"
#include "base/text.h"
#include "store/each_of_kind.h"

namespace sallyport::osquery {
namespace {

constexpr std::size_t node_key_bytes = 32;
constexpr auto overlap =
    std::chrono::minutes(1);  // what is on its way with a key that was replaced
constexpr int tries = 5;

// {"error": words}: osqueryd takes the request for failed, says so in its log and tries again.
Reply refusal(int status, std::string_view words) {
  Reply reply{status, {}};
  json::Writer out(reply.body);
  out.begin_object();
  out.member("error", words);
  out.end_object();
  return reply;
}

// `denied` is said of node keys and secrets.
Reply reply_to(const Error& error) {
  switch (error.kind) {
    case ErrorKind::denied: return {200, invalid_answer()};
    case ErrorKind::invalid_argument: return refusal(400, error.message);
    case ErrorKind::too_large: return refusal(413, error.message);
    default: return refusal(503, "the server cannot take this now; send it again");
  }
}

struct Host {
  Enrolled enrolled;
  std::string node;  // id of its node
};

std::string to_json(const Host& host) {
  std::string json;
  json::Writer out(json);
  out.begin_object();
  out.member("device", host.enrolled.device_id);
  if (!host.enrolled.owner.empty()) out.member("owner", host.enrolled.owner);
  out.member("node", host.node);
  out.end_object();
  return json;
}

Result<Host> read_host(std::string_view json) {
  const auto document = json::parse(json);
  if (!document) return tl::unexpected<Error>(document.error());
  const auto& root = document->root();
  return Host{
      {std::string(json::text_of(root, "device")), std::string(json::text_of(root, "owner"))},
      std::string(json::text_of(root, "node"))};
}

tl::unexpected<Error> stranger() { return fail(ErrorKind::denied, "this node key is not known"); }

}  // namespace

Reply Osquery::enroll(std::string_view body, Instant now) {
  const auto request = read_enroll(body);
  if (!request) return reply_to(request.error());
  if (request->host_identifier.empty() || request->platform == 0) {
    return refusal(400,
                   "a host_identifier and a platform_type of Linux, macOS or Windows are "
                   "needed");
  }
  for (int i = 0; i < tries; ++i) {
    const auto key = enroll_host(*request, now);
    if (key) return {200, enrolled_answer(*key)};
    const auto& error = key.error();
    if (error.kind == ErrorKind::denied && error.where == told_to_host) {
      return {200, refused_answer(error.message), error.message};
    }
    if (error.kind != ErrorKind::conflict) return reply_to(error);
  }
  return refusal(503, "many hosts enrol as this one; try again");
}

Result<std::string> Osquery::enroll_host(const EnrollRequest& request, Instant now) {
  auto key = random_text(node_key_bytes);
  if (!key) return key;
  Node node;
  node.host = sha256_hex(to_lower(request.host_identifier));
  node.name = request.name;
  node.platform = request.platform;
  node.enrolled = node.heard = now;
  const auto id = sha256_hex(*key);
  std::vector<Write> writes;

  Host before;
  Version version = 0;
  const auto known = store_.get(host_kind, node.host);
  if (!known && known.error().kind != ErrorKind::not_found) {
    return tl::unexpected<Error>(known.error());
  }
  if (known) {
    const auto host = read_host(known->json);
    if (!host) return tl::unexpected<Error>(host.error());
    before = *host;
    version = known->version;
  }
  auto enrolled = devices_.admit(request, before.enrolled, now);
  if (!enrolled) return tl::unexpected<Error>(std::move(enrolled.error()));
  node.device_id = enrolled->device_id;
  if (const auto old = store_.get(node_kind, before.node); known && old) {
    auto replaced = read_node(old->json);
    if (!replaced) return tl::unexpected<Error>(replaced.error());
    replaced->superseded = now;
    // A report of the new one is not to be taken for an old one.
    node.sequence = replaced->sequence;
    node.duplicated = replaced->duplicated;
    replaced->kept.clear();
    writes.push_back(
        {std::string(node_kind), before.node, osquery::to_json(*replaced), old->version});
  }
  writes.push_back({std::string(node_kind), id, osquery::to_json(node), Version{0}});
  writes.push_back(
      {std::string(host_kind), node.host, to_json(Host{std::move(*enrolled), id}), version});
  if (const auto written = store_.write(writes); !written) {
    return tl::unexpected<Error>(written.error());
  }
  return key;
}

Result<Osquery::Known> Osquery::recognise(std::string_view body, Instant now) {
  auto request = read_node_request(body);
  if (!request) return tl::unexpected<Error>(request.error());
  if (request->node_key.empty()) return stranger();
  Known known;
  known.id = sha256_hex(request->node_key);
  known.request = std::move(*request);
  const auto document = store_.get(node_kind, known.id);
  if (!document) {
    if (document.error().kind == ErrorKind::not_found) return stranger();
    return tl::unexpected<Error>(document.error());
  }
  auto node = read_node(document->json);
  if (!node) return tl::unexpected<Error>(node.error());
  if (node->superseded) {
    if (now - *node->superseded > overlap) {
      if (auto noted = note_duplicate(*node, now); !noted) {
        return tl::unexpected<Error>(noted.error());
      }
    }
    return stranger();
  }
  known.version = document->version;
  known.node = std::move(*node);
  return known;
}

Result<void> Osquery::note_duplicate(const Node& node, Instant now) {
  const auto host = store_.get(host_kind, node.host);
  if (!host) return {};  // it was revoked
  const auto named = read_host(host->json);
  if (!named) return tl::unexpected<Error>(named.error());
  const auto document = store_.get(node_kind, named->node);
  if (!document) return {};
  auto other = read_node(document->json);
  if (!other) return tl::unexpected<Error>(other.error());
  if (other->duplicated && now - *other->duplicated < overlap) return {};
  other->duplicated = now;
  const auto put = store_.put(node_kind, named->node, osquery::to_json(*other), document->version);
  // Somebody was quicker: the next visit says it again.
  if (!put && put.error().kind != ErrorKind::conflict) return tl::unexpected<Error>(put.error());
  return {};
}

Reply Osquery::config(std::string_view body, Instant now) {
  const auto known = recognise(body, now);
  return known ? Reply{200, config_answer(known->node.platform)} : reply_to(known.error());
}

Reply Osquery::distributed_read(std::string_view body, Instant now) {
  const auto known = recognise(body, now);
  if (!known) return reply_to(known.error());
  const auto& node = known->node;
  const bool due = !node.reported || now - *node.reported >= options_.report_interval;
  return {200, queries_answer(node.platform, due)};
}

Reply Osquery::log(std::string_view body, Instant now) {
  return take_answers(body, now, answers_of_log);
}

Reply Osquery::distributed_write(std::string_view body, Instant now) {
  return take_answers(body, now, answers_of_write);
}

Reply Osquery::take_answers(std::string_view body, Instant now,
                            std::vector<Answered> (*answers_of)(const json::Value&)) {
  for (int i = 0; i < tries; ++i) {
    auto known = recognise(body, now);
    if (!known) return reply_to(known.error());
    auto& node = known->node;
    const int wait = i == 0 ? limiter_.take(node.device_id, now) : 0;
    if (wait > 0) {
      auto reply = refusal(429, "this device reports too often");
      reply.retry_after = wait;
      return reply;
    }
    const auto report = take(node, answers_of(known->request.body.root()), now);
    if (!report) return {200, empty_answer()};
    node.heard = now;
    if (const auto told = devices_.report(node.device_id, *report, now); !told) {
      return reply_to(told.error());
    }
    const auto put = store_.put(node_kind, known->id, osquery::to_json(node), known->version);
    if (put) return {200, empty_answer()};
    if (put.error().kind != ErrorKind::conflict) return reply_to(put.error());
  }
  return refusal(503, "the server cannot take this now; send it again");
}

Result<std::string> device_of_host(Store& store, std::string_view host_identifier) {
  const auto known = store.get(host_kind, sha256_hex(to_lower(host_identifier)));
  if (!known && known.error().kind == ErrorKind::not_found) return std::string();
  if (!known) return tl::unexpected<Error>(known.error());
  auto host = read_host(known->json);
  if (!host) return tl::unexpected<Error>(host.error());
  return std::move(host->enrolled.device_id);
}

Result<std::size_t> revoke_node_keys(Store& store, std::string_view device_id) {
  std::size_t revoked = 0;
  const auto revoke = [&](const VersionedDocument& document) -> Result<void> {
    const auto host = read_host(document.json);
    if (!host || !equal_ignoring_case(host->enrolled.device_id, device_id)) return {};
    const Write writes[] = {{std::string(node_kind), host->node, std::nullopt, std::nullopt},
                            {document.kind, document.id, std::nullopt, document.version}};
    if (const auto written = store.write(writes); !written) {
      return tl::unexpected<Error>(written.error());
    }
    ++revoked;
    return {};
  };
  if (const auto all = each_of_kind(store, host_kind, revoke); !all) {
    return tl::unexpected<Error>(all.error());
  }
  return revoked;
}

}  // namespace sallyport::osquery
