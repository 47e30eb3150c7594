#include "agent_server.h"

#include <openssl/pkcs7.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "base/base64.h"
#include "base/digest.h"
#include "base/json.h"

namespace sallyport {
namespace {

constexpr std::string_view basic = "Basic ";
constexpr std::string_view user = "sallyport-agent:";

std::string answer_of(PKCS7* message) {
  unsigned char* der = nullptr;
  const int size = i2d_PKCS7(message, &der);
  const std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return encode_base64(bytes);
}

std::string key_hash_of(X509_REQ* request) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(request), &der);
  const auto hash =
      sha256_hex({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return hash;
}

}  // namespace

AgentServer::AgentServer() {
  const auto site = site_authority_.issue_with_key("localhost", "DNS:localhost");
  std::ofstream(folder_.file("ca.pem")) << site_authority_.pem();
  std::ofstream(folder_.file("site.pem")) << site.certificate;
  std::ofstream(folder_.file("site.key")) << site.key;
  std::ofstream(folder_.file("devices.pem")) << devices_.pem();
  HttpOptions options;
  options.port = 0;
  options.tls = true;
  options.tls_options = {folder_.file("site.pem"), folder_.file("site.key"),
                         folder_.file("devices.pem")};
  auto started = HttpServer::start(options, *this, counters_);
  if (!started) throw std::runtime_error(describe(started.error()));
  server_ = std::move(*started);
}

void AgentServer::order(const std::function<void(Orders&)>& change) {
  const std::lock_guard guard(mutex_);
  change(orders_);
}

AgentServer::Seen AgentServer::seen() const {
  const std::lock_guard guard(mutex_);
  return seen_;
}

HttpResponse AgentServer::handle(const HttpRequest& request) {
  const std::lock_guard guard(mutex_);
  if (request.path == "/.well-known/est/simpleenroll") return enrol(request, false);
  if (request.path == "/.well-known/est/simplereenroll") return enrol(request, true);
  if (request.path == "/agent/v1/check-in") return check_in(request);
  return error_response(404, "notFound", "no such path");
}

HttpResponse AgentServer::certificate_for(std::string_view base64, std::string* key_hash) {
  const auto der = decode_base64(base64);
  const auto* at = reinterpret_cast<const unsigned char*>(der->data());
  X509_REQ* request = d2i_X509_REQ(nullptr, &at, static_cast<long>(der->size()));
  if (request == nullptr || X509_REQ_verify(request, X509_REQ_get0_pubkey(request)) != 1 ||
      X509_REQ_get_attr_count(request) != 0) {
    return error_response(400, "badRequest", "no request, or one that asks for extensions");
  }
  char name[256] = "";
  X509_NAME_get_text_by_NID(X509_REQ_get_subject_name(request), NID_commonName, name, sizeof name);
  seen_.request_subject = name;
  *key_hash = key_hash_of(request);
  X509* leaf =
      devices_.issue_for(X509_REQ_get0_pubkey(request), name, std::string("URI:urn:uuid:") + device,
                         orders_.certificate_seconds);
  PKCS7* message = PKCS7_new();
  PKCS7_set_type(message, NID_pkcs7_signed);
  PKCS7_content_new(message, NID_pkcs7_data);
  PKCS7_add_certificate(message, const_cast<X509*>(devices_.certificate()));
  PKCS7_add_certificate(message, leaf);
  HttpResponse response;
  response.add("Content-Type", "application/pkcs7-mime; smime-type=certs-only");
  response.body = answer_of(message);
  PKCS7_free(message);
  X509_free(leaf);
  X509_REQ_free(request);
  return response;
}

HttpResponse AgentServer::enrol(const HttpRequest& request, bool again) {
  std::string key_hash;
  auto response = certificate_for(request.body, &key_hash);
  if (again) {
    if (request.client_certificate.empty()) return error_response(401, "unauthorized", "who?");
    ++seen_.renewals;
    return response;
  }
  const auto authorization = request.header("Authorization");
  const auto words = authorization.starts_with(basic)
                         ? decode_base64(authorization.substr(basic.size())).value_or("")
                         : std::string();
  if (!words.starts_with(user) || !words.substr(user.size()).starts_with("good-")) {
    return error_response(401, "unauthorized", "no token");
  }
  auto& used_by = seen_.token_keys[words.substr(user.size())];
  if (!used_by.empty() && used_by != key_hash) {
    return error_response(401, "unauthorized", "the token was used for another key");
  }
  used_by = key_hash;
  ++seen_.enrolments;
  return response;
}

HttpResponse AgentServer::check_in(const HttpRequest& request) {
  if (request.client_certificate.empty()) return error_response(401, "unauthorized", "who?");
  if (!orders_.statuses.empty()) {
    const int status = orders_.statuses.front();
    orders_.statuses.pop_front();
    auto response = error_response(status, "ordered", "as ordered");
    if (!orders_.retry_after.empty()) response.add("Retry-After", orders_.retry_after);
    return response;
  }
  const auto body = json::parse(request.body);
  if (!body) return error_response(400, "badRequest", "no JSON");
  const auto sequence = body->root().find("report")->find("sequence")->integer().value_or(-1);
  seen_.sequences.push_back(sequence);
  if (sequence > orders_.sequence) seen_.bodies.emplace_back(request.body);
  orders_.sequence = std::max(orders_.sequence, sequence);
  std::string actions = "[]";
  if (!orders_.actions.empty()) {
    actions = orders_.actions.front();
    orders_.actions.pop_front();
  }
  return json_response(200, R"({"acceptedSequence":)" + std::to_string(orders_.sequence) +
                                R"(,"verdict":)" + orders_.verdict + R"(,"actions":)" + actions +
                                R"(,"discoveryScripts":)" + orders_.scripts +
                                R"(,"nextCheckInSeconds":3600})");
}

}  // namespace sallyport
