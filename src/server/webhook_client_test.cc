#include "server/webhook_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "gates/test_certificates.h"
#include "server/http.h"
#include "store/temporary_folder.h"

namespace sallyport {
namespace {

using std::chrono::milliseconds;

// Answers validations, and whatever else the path asks for.
class ReceivingHandler final : public HttpHandler {
 public:
  std::size_t body_max(std::string_view) const override { return 1000; }
  bool may_be_sent(HttpResponse&, std::chrono::steady_clock::time_point) override { return true; }
  HttpResponse handle(const HttpRequest& request) override {
    ++requests;
    HttpResponse response;
    if (request.path == "/redirect") {
      response.status = 302;
      response.add("Location", "/echo");
    } else if (request.path == "/long") {
      response.body = std::string(1'000'000, 'x');
    } else if (request.path == "/echo") {
      response.add("Content-Type", request.header("Content-Type"));
      response.body = std::string(request.method) + ' ' + std::string(request.query) + ' ' +
                      std::string(request.header("Host")) + ' ' + std::string(request.body);
    } else {
      response.add("Content-Type", "text/plain");
      response.body = query_parameter(request.query, "validationToken");
    }
    return response;
  }
  std::atomic<int> requests{0};
};

class WebhookClientTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  TestAuthority authority_{"authority"};
  ReceivingHandler handler_;
  HttpCounters counters_;
  std::unique_ptr<HttpServer> server_;
  WebhookOptions options_;

  WebhookClientTest() {
    options_.allowed_addresses = {*parse_cidr("127.0.0.0/8"), *parse_cidr("::1")};
    options_.authorities = file("ca.pem", authority_.pem());
  }
  std::string file(const std::string& name, const std::string& content) {
    std::ofstream(folder_.file(name)) << content;
    return folder_.file(name);
  }
  // A receiver with a certificate for this name; its port.
  std::string start(bool tls = true, const std::string& name = "localhost") {
    HttpOptions http;
    http.port = 0;
    http.tls = tls;
    const auto site = authority_.issue_with_key(name, "DNS:" + name);
    http.tls_options.certificate = file("site.pem", site.certificate);
    http.tls_options.key = file("site.key", site.key);
    auto started = HttpServer::start(http, handler_, counters_);
    EXPECT_TRUE(started.has_value());
    server_ = std::move(*started);
    return std::to_string(server_->port());
  }
  Result<WebhookAnswer> post(const std::string& url, milliseconds patience = milliseconds(5000)) {
    auto client = make_webhook_client(options_);
    EXPECT_TRUE(client.has_value());
    WebhookPost wanted;
    wanted.url = url;
    wanted.body = "{}";
    wanted.patience = patience;
    return (*client)->post(wanted);
  }
};

TEST_F(WebhookClientTest, what_is_posted_arrives_and_the_answer_comes_back) {
  const auto port = start();
  const auto answer = post("https://localhost:" + port + "/echo?a=b");
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->content_type, "application/json");
  EXPECT_EQ(answer->body, "POST a=b localhost:" + port + " {}");
}

TEST_F(WebhookClientTest, a_receiver_proves_that_it_wants_to_be_told) {
  const auto port = start();
  auto client = make_webhook_client(options_);
  EXPECT_TRUE(validate_receiver(**client, "https://localhost:" + port + "/hook").has_value());
  EXPECT_TRUE(validate_receiver(**client, "https://localhost:" + port + "/hook?a=b").has_value());
  EXPECT_FALSE(validate_receiver(**client, "https://localhost:" + port + "/echo").has_value());
  EXPECT_FALSE(validate_receiver(**client, "https://localhost:" + port + "/redirect").has_value());
}

TEST_F(WebhookClientTest, a_certificate_of_another_name_or_authority_is_refused) {
  const auto port = start(true, "other.example.org");
  const auto other_name = post("https://localhost:" + port + "/echo");
  ASSERT_FALSE(other_name.has_value());
  EXPECT_NE(other_name.error().message.find("certificate"), std::string::npos);
  EXPECT_FALSE(post("https://127.0.0.1:" + port + "/echo").has_value());
  options_.authorities = file("other.pem", TestAuthority("another").pem());
  EXPECT_FALSE(post("https://localhost:" + port + "/echo").has_value());
  EXPECT_EQ(handler_.requests, 0);
}

TEST_F(WebhookClientTest, nothing_is_sent_inside_the_network_unless_it_was_named) {
  const auto port = start();
  options_.allowed_addresses.clear();
  for (const std::string host :
       {"localhost", "127.0.0.1", "127.1.2.3", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254",
        "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "0.0.0.0", "[fe80::1]", "[fd00::1]",
        "[64:ff9b::a00:1]", "[2002:a00:1::]", "224.0.0.1"}) {
    const auto answer = post("https://" + host + ":" + port + "/echo", milliseconds(500));
    ASSERT_FALSE(answer.has_value()) << host;
    EXPECT_EQ(answer.error().kind, ErrorKind::denied) << host << answer.error().message;
  }
  options_.allowed_addresses = {*parse_cidr("10.0.0.0/8")};
  EXPECT_EQ(post("https://localhost:" + port + "/echo").error().kind, ErrorKind::denied);
  EXPECT_EQ(handler_.requests, 0);
}

TEST_F(WebhookClientTest, plain_http_is_taken_where_it_was_allowed_and_to_this_machine_alone) {
  const auto port = start(false);
  const auto url = "http://127.0.0.1:" + port + "/echo";
  EXPECT_EQ(post(url).error().kind, ErrorKind::invalid_argument);
  options_.http_to_loopback = true;
  EXPECT_EQ(post(url)->status, 200);
  options_.allowed_addresses = {*parse_cidr("0.0.0.0/0")};
  EXPECT_EQ(post("http://192.0.2.1:80/").error().kind, ErrorKind::denied);
}

TEST_F(WebhookClientTest, redirects_are_not_followed_and_long_answers_not_read) {
  const auto port = start();
  EXPECT_EQ(post("https://localhost:" + port + "/redirect")->status, 302);
  EXPECT_EQ(handler_.requests, 1);
  const auto too_long = post("https://localhost:" + port + "/long");
  ASSERT_FALSE(too_long.has_value());
  EXPECT_EQ(too_long.error().message, "its answer is too long");
}

TEST_F(WebhookClientTest, who_says_nothing_is_given_up) {
  const int silent = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(silent, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(silent, 5), 0);
  socklen_t size = sizeof address;
  ::getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size);
  const auto port = std::to_string(ntohs(address.sin_port));
  const auto answer = post("https://localhost:" + port + "/", milliseconds(200));
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().message, "it did not answer in time");
  ::close(silent);
  const auto nobody = post("https://localhost:" + port + "/");
  ASSERT_FALSE(nobody.has_value());
  EXPECT_NE(nobody.error().message.find("no connection"), std::string::npos);
}

}  // namespace
}  // namespace sallyport
