#include "simulated_host.h"

#include <zlib.h>

#include "base/result.h"

namespace sallyport {
namespace {

std::string quoted(const std::string& text) {
  std::string out;
  json::append_quoted(out, text);
  return out;
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

SimulatedHost::SimulatedHost(Options options) : options_(std::move(options)) {
  auto client = HttpClient::make(options_.http);
  if (client) client_ = std::move(*client);
}

bool SimulatedHost::post(const std::string& path, const std::string& body, bool packed,
                         json::Document& answer) {
  OutgoingRequest request;
  request.url = *parse_http_url(options_.url + path);
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  if (packed) request.headers.emplace_back("Content-Encoding", "gzip");
  if (!node_key.empty()) request.headers.emplace_back("Authorization", "NodeKey " + node_key);
  request.body = packed ? gzip(body) : body;
  request.patience = std::chrono::seconds(60);
  const auto got = client_->send(request);
  if (!got) {
    problem = path + ": " + describe(got.error());
    return false;
  }
  auto document = json::parse(got->body);
  if (got->status != 200 || !document || !document->root().is_object() ||
      document->root().find("error") != nullptr) {
    problem = path + ": " + std::to_string(got->status) + " " + got->body;
    return false;
  }
  const auto* invalid = document->root().find("node_invalid");
  if (invalid != nullptr && !invalid->is_boolean()) {
    problem = path + ": osqueryd would end itself over " + got->body;
    return false;
  }
  answer = std::move(*document);
  return true;
}

bool SimulatedHost::enroll() {
  node_key.clear();
  json::Document answer;
  const auto body = R"({"enroll_secret":)" + quoted(options_.secret) + R"(,"host_identifier":)" +
                    quoted(options_.identifier) + R"(,"platform_type":)" +
                    quoted(options_.platform_type) +
                    R"(,"host_details":{"os_version":{"platform":"ubuntu"},"osquery_info":{},)"
                    R"("platform_info":{},"system_info":{"computer_name":)" +
                    quoted(options_.name) + "}}}";
  if (!post("/api/osquery/enroll", body, false, answer)) return false;
  const auto* key = answer.root().find("node_key");
  if (key == nullptr || key->text().empty()) {
    problem = "no node_key";
    return false;
  }
  node_key = key->text();
  return true;
}

bool SimulatedHost::ask(const std::string& path, const std::string& members, json::Document& answer,
                        bool packed, bool again) {
  if (node_key.empty() && !enroll()) return false;
  const auto body = R"({"node_key":)" + quoted(node_key) + members + "}";
  if (!post(path, body, packed, answer)) return false;
  const auto* invalid = answer.root().find("node_invalid");
  if (invalid == nullptr || !invalid->truth()) return true;
  node_key.clear();
  if (again) {
    problem = "node_invalid";
    return false;
  }
  return ask(path, members, answer, packed, true);
}

bool SimulatedHost::fetch_config() {
  json::Document answer;
  if (!ask("/api/osquery/config", "", answer)) return false;
  const auto* schedule = answer.root().find("schedule");
  scheduled = schedule == nullptr ? 0 : static_cast<int>(schedule->members().size());
  return true;
}

bool SimulatedHost::answer_queries() {
  json::Document answer;
  if (!ask("/api/osquery/distributed/read", "", answer)) return false;
  const auto* queries = answer.root().find("queries");
  queries_asked = queries == nullptr ? 0 : static_cast<int>(queries->members().size());
  if (queries_asked == 0) return true;
  std::string rows;
  std::string statuses;
  for (const auto& query : queries->members()) {
    const auto table = tables.find(std::string(query.name));
    const bool there = table != tables.end();
    const auto name = (rows.empty() ? "" : ",") + quoted(std::string(query.name)) + ":";
    rows += name + "[" + (there ? table->second : "") + "]";
    statuses += name + (there ? "0" : "1");
  }
  return ask("/api/osquery/distributed/write",
             R"(,"queries":{)" + rows + R"(},"statuses":{)" + statuses + R"(},"messages":{})",
             answer);
}

bool SimulatedHost::log_snapshots(int unix_time, bool packed) {
  std::string lines;
  for (const auto& [name, row] : tables) {
    lines += (lines.empty() ? "" : ",") + std::string(R"({"name":)") + quoted(name) +
             R"(,"hostIdentifier":"h","action":"snapshot","epoch":0,"counter":0,"unixTime":)" +
             std::to_string(unix_time) + R"(,"decorations":{},"snapshot":[)" + row + "]}";
  }
  json::Document answer;
  return ask("/api/osquery/log", R"(,"log_type":"result","data":[)" + lines + "]", answer, packed);
}

}  // namespace sallyport
