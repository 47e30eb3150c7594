#include "enrolment/osquery/protocol.h"

#include <charconv>

#include "base/byte_source.h"
#include "base/text.h"

namespace sallyport::osquery {
namespace {

using json::Value;

constexpr std::size_t lines_max = 4096;
constexpr std::size_t text_max = 256;  // of names a host gives itself
constexpr std::int64_t schedule_seconds = 900;
constexpr int depth_max = 16;

std::string_view text(const Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value == nullptr || !value->is_string() ? std::string_view() : value->text();
}

// Numbers come as numbers, or as texts.
std::optional<std::int64_t> integer(const Value* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) return value->integer();
  if (!value->is_string()) return std::nullopt;
  const auto digits = value->text();
  std::int64_t n = 0;
  const auto* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, n);
  if (digits.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return n;
}

Result<json::Document> read_object(std::string_view body) {
  json::ReadOptions options;
  options.depth_max = depth_max;
  options.size_max = body_max;
  auto document = json::parse(body, options);
  if (!document) return document;
  if (!document->root().is_object()) {
    return fail(ErrorKind::invalid_argument, "the body must be a JSON object");
  }
  return document;
}

Answered snapshot_of(const Value& line) {
  Answered one;
  one.query = find_query(text(line, "name"));
  const auto* snapshot = line.find("snapshot");
  if (snapshot == nullptr || !snapshot->is_array()) one.query = nullptr;
  if (one.query == nullptr) return one;
  one.rows = *snapshot;
  one.dated = true;
  one.unix_time = integer(line.find("unixTime")).value_or(0);
  one.epoch = integer(line.find("epoch")).value_or(0);
  one.counter = integer(line.find("counter")).value_or(0);
  return one;
}

// `each` is called with every query of the platform.
template <class Each>
void of_platform(std::uint8_t platform, Each each) {
  for (const auto& query : queries()) {
    if ((query.platforms & platform) != 0) each(query);
  }
}

}  // namespace

Result<std::string> unpacked(std::string_view body, std::string_view content_encoding) {
  const auto too_large = [] {
    return fail(ErrorKind::too_large,
                "the body is larger than " + std::to_string(body_max) + " bytes");
  };
  if (body.size() > body_max) return too_large();
  if (content_encoding.empty() || equal_ignoring_case(content_encoding, "identity")) {
    return std::string(body);
  }
  if (!equal_ignoring_case(content_encoding, "gzip")) {
    return fail(ErrorKind::invalid_argument, "the body must be plain or packed by gzip");
  }
  auto source = ByteSource::of(body);
  if (!source) return tl::unexpected<Error>(source.error());
  std::string out;
  std::string buffer(64 * 1024, '\0');
  for (;;) {
    const auto size = (*source)->read(buffer);
    if (!size) return tl::unexpected<Error>(size.error());
    if (*size == 0) return out;
    out.append(buffer, 0, *size);
    if (out.size() > body_max) return too_large();
  }
}

Result<EnrollRequest> read_enroll(std::string_view body) {
  const auto document = read_object(body);
  if (!document) return tl::unexpected<Error>(document.error());
  const auto& root = document->root();
  EnrollRequest request;
  request.secret = text(root, "enroll_secret");
  request.host_identifier = printable(text(root, "host_identifier"), text_max);
  const auto* platform = root.find("platform_type");
  request.platform = platform == nullptr ? std::uint8_t{0} : platform_of(platform->text());
  if (const auto* details = root.find("host_details")) {
    if (const auto* system = details->find("system_info")) {
      const auto name = text(*system, "computer_name");
      request.name = printable(name.empty() ? text(*system, "hostname") : name, text_max);
    }
  }
  return request;
}

Result<NodeRequest> read_node_request(std::string_view body) {
  auto document = read_object(body);
  if (!document) return tl::unexpected<Error>(document.error());
  NodeRequest request;
  request.body = std::move(*document);
  request.node_key = text(request.body.root(), "node_key");
  return request;
}

std::vector<Answered> answers_of_write(const Value& body) {
  std::vector<Answered> answers;
  const auto* statuses = body.find("statuses");
  if (statuses == nullptr) return answers;
  const auto* rows = body.find("queries");
  for (const auto& status : statuses->members()) {
    Answered one;
    one.query = find_query(status.name);
    if (one.query == nullptr) continue;
    const auto* found = rows == nullptr ? nullptr : rows->find(status.name);
    const bool good = integer(&status.value) == 0;
    if (good && found != nullptr && found->is_array()) one.rows = *found;
    answers.push_back(one);
  }
  return answers;
}

std::vector<Answered> answers_of_log(const Value& body) {
  std::vector<Answered> answers;
  const auto* data = body.find("data");
  if (data == nullptr || text(body, "log_type") != "result") return answers;
  for (const auto& line : data->items()) {
    if (answers.size() == lines_max) break;
    if (auto one = snapshot_of(line); one.query != nullptr) answers.push_back(one);
  }
  return answers;
}

std::string enrolled_answer(std::string_view node_key) {
  std::string json;
  json::Writer out(json);
  out.begin_object();
  out.member("node_key", node_key);
  out.member("node_invalid", false);
  out.end_object();
  return json;
}

std::string refused_answer(std::string_view why) {
  std::string json;
  json::Writer out(json);
  out.begin_object();
  out.member("node_invalid", true);
  out.member("error", why);
  out.end_object();
  return json;
}

std::string invalid_answer() { return R"({"node_invalid":true})"; }
std::string empty_answer() { return "{}"; }

std::string config_answer(std::uint8_t platform) {
  std::string json;
  json::Writer out(json);
  out.begin_object();
  out.key("schedule");
  out.begin_object();
  of_platform(platform, [&](const Query& query) {
    out.key(query.name);
    out.begin_object();
    out.member("query", query.sql);
    out.member("interval", schedule_seconds);
    out.member("snapshot", true);
    out.end_object();
  });
  out.end_object();
  out.member("node_invalid", false);
  out.end_object();
  return json;
}

std::string queries_answer(std::uint8_t platform, bool ask) {
  std::string json;
  json::Writer out(json);
  out.begin_object();
  out.key("queries");
  out.begin_object();
  if (ask) {
    of_platform(platform, [&](const Query& query) { out.member(query.name, query.sql); });
  }
  out.end_object();
  out.member("node_invalid", false);
  out.end_object();
  return json;
}

}  // namespace sallyport::osquery
