#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "gates/client_cert.h"
#include "gates/test_certificates.h"
#include "server/http.h"

namespace sallyport {
namespace {

namespace fs = std::filesystem;

// Says who asks.
class WhoHandler final : public HttpHandler {
 public:
  std::size_t body_max(std::string_view) const override { return 1000; }
  bool may_be_sent(HttpResponse&, std::chrono::steady_clock::time_point) override { return true; }
  HttpResponse handle(const HttpRequest& request) override {
    HttpResponse response;
    response.body = request.tls ? "tls, " : "plain, ";
    if (request.client_certificate.empty()) {
      response.body += "nobody";
    } else {
      const auto device = authority->device_of(
          request.client_certificate, std::chrono::time_point_cast<std::chrono::microseconds>(
                                          std::chrono::system_clock::now()));
      response.body += device ? *device : device.error().message;
    }
    return response;
  }
  const DeviceAuthority* authority = nullptr;
};

class TlsTest : public ::testing::Test {
 protected:
  fs::path folder_ = fs::temp_directory_path() / ("sallyport-tls-" + std::to_string(::getpid()));
  TestAuthority authority_{"authority"};
  Result<DeviceAuthority> devices_ = DeviceAuthority::from_pem(authority_.pem());
  WhoHandler handler_;
  HttpCounters counters_;
  HttpOptions options_;

  TlsTest() {
    fs::create_directories(folder_);
    const auto site = authority_.issue_with_key("localhost", "DNS:localhost");
    handler_.authority = &*devices_;
    options_.port = 0;
    options_.tls = true;
    options_.tls_options.certificate = file("site.pem", site.certificate);
    options_.tls_options.key = file("site.key", site.key);
    options_.tls_options.client_authority = file("ca.pem", authority_.pem());
  }
  ~TlsTest() override { fs::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name) << content;
    return (folder_ / name).string();
  }

  // The body of the answer; empty when no connection came about.
  std::string ask(std::uint16_t port, const TestAuthority::Leaf* leaf,
                  int version = TLS1_3_VERSION) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
        SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    SSL_CTX_set_max_proto_version(context.get(), version);
    if (leaf != nullptr) {
      SSL_CTX_use_certificate_file(context.get(), file("c.pem", leaf->certificate).c_str(),
                                   SSL_FILETYPE_PEM);
      SSL_CTX_use_PrivateKey_file(context.get(), file("c.key", leaf->key).c_str(),
                                  SSL_FILETYPE_PEM);
    }
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new_ssl_connect(context.get()),
                                                            &BIO_free_all);
    BIO_set_conn_hostname(bio.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
    if (BIO_do_connect(bio.get()) != 1) return "";
    BIO_puts(bio.get(), "GET /who HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    std::string out;
    char buffer[1024];
    int n = 0;
    while ((n = BIO_read(bio.get(), buffer, sizeof buffer)) > 0)
      out.append(buffer, static_cast<std::size_t>(n));
    const auto end = out.find("\r\n\r\n");
    return end == std::string::npos ? "" : out.substr(end + 4);
  }
};

TEST_F(TlsTest, a_client_certificate_is_optional_and_verified) {
  const auto server = HttpServer::start(options_, handler_, counters_);
  ASSERT_TRUE(server.has_value()) << describe(server.error());
  const auto port = (*server)->port();
  EXPECT_EQ(ask(port, nullptr), "tls, nobody");
  const auto laptop = authority_.issue_with_key("x", "URI:urn:sallyport:device:laptop-7");
  EXPECT_EQ(ask(port, &laptop), "tls, laptop-7");
  EXPECT_EQ(ask(port, &laptop, TLS1_2_VERSION), "tls, laptop-7");
  TestAuthority other("other");
  const auto stranger = other.issue_with_key("x", "URI:urn:sallyport:device:laptop-7");
  EXPECT_EQ(ask(port, &stranger), "");
}

TEST_F(TlsTest, a_device_with_a_wrong_certificate_is_answered_and_told_why) {
  options_.tls_options.client_authority.clear();
  options_.tls_options.device_authority = authority_.pem();
  const auto server = HttpServer::start(options_, handler_, counters_);
  ASSERT_TRUE(server.has_value()) << describe(server.error());
  const auto port = (*server)->port();
  EXPECT_EQ(ask(port, nullptr), "tls, nobody");
  const auto laptop = authority_.issue_with_key("x", "URI:urn:uuid:laptop-7");
  EXPECT_EQ(ask(port, &laptop), "tls, laptop-7");
  const auto expired = authority_.issue_with_key("x", "URI:urn:uuid:laptop-7", -60);
  EXPECT_NE(ask(port, &expired).find("certificate has expired"), std::string::npos);
  TestAuthority other("other");
  const auto stranger = other.issue_with_key("x", "URI:urn:uuid:laptop-7");
  EXPECT_NE(ask(port, &stranger).find("is refused"), std::string::npos);
}

TEST_F(TlsTest, versions_before_1_2_are_refused) {
  const auto server = HttpServer::start(options_, handler_, counters_);
  ASSERT_TRUE(server.has_value());
  EXPECT_EQ(ask((*server)->port(), nullptr, TLS1_1_VERSION), "");
  EXPECT_EQ(ask((*server)->port(), nullptr, TLS1_2_VERSION), "tls, nobody");
}

TEST_F(TlsTest, without_an_authority_certificates_are_not_asked_for) {
  options_.tls_options.client_authority.clear();
  const auto server = HttpServer::start(options_, handler_, counters_);
  ASSERT_TRUE(server.has_value());
  const auto laptop = authority_.issue_with_key("x", "URI:urn:sallyport:device:laptop-7");
  EXPECT_EQ(ask((*server)->port(), &laptop), "tls, nobody");
}

TEST_F(TlsTest, a_key_that_does_not_fit_is_an_error_that_names_the_file) {
  options_.tls_options.key = file("other.key", authority_.issue_with_key("y", "").key);
  const auto server = HttpServer::start(options_, handler_, counters_);
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().where, options_.tls_options.key);
}

}  // namespace
}  // namespace sallyport
