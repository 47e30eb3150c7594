#include "tests/api/api_client.h"

#include <charconv>
#include <stdexcept>

#include "base/text.h"
#include "service/permissions.h"
#include "store/sqlite/sqlite_store.h"

namespace sallyport::test {

std::string_view Answered::header(std::string_view name) const {
  for (const auto& one : headers) {
    if (equal_ignoring_case(one.name, name)) return one.value;
  }
  return {};
}

const json::Value* find_pointer(const json::Value& root, std::string_view pointer) {
  const auto* at = &root;
  while (!pointer.empty() && at != nullptr) {
    pointer.remove_prefix(1);
    const auto slash = pointer.find('/');
    const auto name = pointer.substr(0, slash);
    pointer = slash == pointer.npos ? std::string_view() : pointer.substr(slash);
    if (at->is_array()) {
      std::size_t index = 0;
      std::from_chars(name.data(), name.data() + name.size(), index);
      at = index < at->items().size() ? &at->items()[index] : nullptr;
    } else {
      at = at->find(name);
    }
  }
  return at;
}

std::string Answered::text(std::string_view pointer) const {
  const auto* found = find_pointer(json.root(), pointer);
  return found == nullptr ? std::string() : std::string(found->text());
}

ApiClient::ApiClient(const RateLimit& limit) : limit_(limit) {
  now = *parse_instant("2026-03-01T12:00:00Z");
  auto opened = open_sqlite_store(folder_.file("store.db"));
  if (!opened) throw std::runtime_error(describe(opened.error()));
  own_store_ = std::move(*opened);
  store_ = own_store_.get();
  start();
  admin_ = token({"administrator"});
}

ApiClient::ApiClient(ApiClient& first)
    : now(first.now), limit_(first.limit_), store_(first.store_), admin_(first.admin_) {
  start();
}

void ApiClient::start() {
  tenant_ = std::make_unique<LiveTenant>(*store_);
  if (const auto loaded = tenant_->refresh(); !loaded) {
    throw std::runtime_error(describe(loaded.error()));
  }
  api::Options options;
  options.public_url = "https://ca.example.org";
  options.limit = limit_;
  judging_ = std::make_unique<Judging>(*store_, *tenant_);
  api_ = std::make_unique<api::Api>(options, *store_, *tenant_, receiver_, *judging_);
}

ApiClient::~ApiClient() = default;

std::string ApiClient::token(const std::vector<std::string>& permissions,
                             const std::vector<std::string>& partners) {
  const auto expanded = expand_permissions(permissions);
  if (!expanded) throw std::runtime_error(describe(expanded.error()));
  const auto issued = create_token(*store_, {"test", *expanded, {}, std::nullopt, partners}, now);
  if (!issued) throw std::runtime_error(describe(issued.error()));
  return issued->secret;
}

Answered ApiClient::send_as(std::string_view bearer, std::string_view method,
                            std::string_view target, std::string_view body,
                            const std::vector<ResponseHeader>& headers) {
  const auto authorization = "Bearer " + std::string(bearer);
  std::vector<Header> views;
  if (!bearer.empty()) views.push_back({"Authorization", authorization});
  bool typed = false;
  for (const auto& header : headers) {
    typed = typed || equal_ignoring_case(header.name, "Content-Type");
    views.push_back({header.name, header.value});
  }
  if (!typed && !body.empty()) views.push_back({"Content-Type", "application/json"});
  HttpRequest request;
  request.method = method;
  request.target = target;
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  request.query = question == target.npos ? std::string_view() : target.substr(question + 1);
  request.headers = views;
  request.body = body;
  request.peer = *parse_ip_address("127.0.0.1");
  request.tls = true;
  auto response = api_->handle(request, now);
  Answered answered;
  answered.status = response.status;
  answered.headers = std::move(response.headers);
  answered.body = std::move(response.body);
  if (auto parsed = json::parse(answered.body)) answered.json = std::move(*parsed);
  return answered;
}

}  // namespace sallyport::test
