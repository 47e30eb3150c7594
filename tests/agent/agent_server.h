// A server for the agent to talk to: EST and check-in over TLS, with what it is to answer and what
// it was told. It takes a token once, but again for the same key, and reports in rising sequence.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gates/test_certificates.h"
#include "server/http.h"
#include "store/temporary_folder.h"

namespace sallyport {

class AgentServer final : public HttpHandler {
 public:
  static constexpr const char* device = "6b6f6e1d-3c4f-4a57-8a0e-0a4d0c2b9a11";

  AgentServer();

  std::string url() const { return "https://localhost:" + std::to_string(server_->port()); }
  std::string authority_file() const { return folder_.file("ca.pem"); }

  // What it is to do. Members of an answer are JSON; a status that is queued is given once.
  struct Orders {
    std::deque<int> statuses;
    std::deque<std::string> actions;  // one array an answer
    std::string scripts = "[]";
    std::string verdict = R"({"complianceState":"compliant","policies":[]})";
    long certificate_seconds = 86400;
    std::int64_t sequence = 0;  // the last it has
    std::string retry_after;
  };
  struct Seen {
    std::vector<std::string> bodies;      // of check-ins that were accepted
    std::vector<std::int64_t> sequences;  // of all that came
    int enrolments = 0;
    int renewals = 0;
    std::map<std::string, std::string> token_keys;  // who has used which
    std::string request_subject;
  };
  void order(const std::function<void(Orders&)>& change);
  Seen seen() const;

  std::size_t body_max(std::string_view) const override { return std::size_t{8} << 20U; }
  bool may_be_sent(HttpResponse&, std::chrono::steady_clock::time_point) override { return true; }
  HttpResponse handle(const HttpRequest& request) override;

 private:
  HttpResponse enrol(const HttpRequest& request, bool again);
  HttpResponse check_in(const HttpRequest& request);
  HttpResponse certificate_for(std::string_view base64, std::string* key_hash);

  TemporaryFolder folder_;
  TestAuthority site_authority_{"site authority"};
  TestAuthority devices_{"device authority"};
  HttpCounters counters_;
  mutable std::mutex mutex_;  // guards the two below, and devices_
  Orders orders_;
  Seen seen_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace sallyport
