#include "gates/snippet.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

TEST(snippet, every_proxy_asks_its_own_dialect_and_fails_closed) {
  for (const auto proxy : snippet_proxies()) {
    const auto text = snippet(proxy, {});
    ASSERT_TRUE(text.has_value()) << proxy << ": " << text.error().message;
    EXPECT_NE(text->find("/forward-auth/" + std::string(proxy)), std::string::npos) << *text;
    EXPECT_NE(text->find("app.example.org"), std::string::npos) << *text;
  }
  EXPECT_NE(snippet("envoy", {})->find("failure_mode_allow: false"), std::string::npos);
}

TEST(snippet, the_certificate_header_is_set_or_removed_and_never_left_to_the_client) {
  EXPECT_NE(snippet("nginx", {})->find("X-Client-Cert \"\""), std::string::npos);
  EXPECT_NE(snippet("caddy", {})->find("header_up -X-Client-Cert"), std::string::npos);
  EXPECT_NE(snippet("traefik", {})->find("X-Forwarded-Tls-Client-Cert: \"\""), std::string::npos);
  EXPECT_NE(snippet("envoy", {})->find("SANITIZE_SET"), std::string::npos);
}

TEST(snippet, the_server_may_be_a_socket_that_is_a_file) {
  SnippetOptions options;
  options.server = "unix:/run/sallyport.sock";
  EXPECT_NE(snippet("nginx", options)->find("server unix:/run/sallyport.sock;"), std::string::npos);
  EXPECT_NE(snippet("caddy", options)->find("forward_auth unix//run/sallyport.sock {"),
            std::string::npos);
  for (const auto proxy : {"traefik", "envoy"}) {
    const auto refused = snippet(proxy, options);
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("is given an address"), std::string::npos);
  }
  for (const auto server : {"unix:", "unix:run/s.sock", "unix:/run/a b", "unix:/run/s;evil",
                            "unix:/run/s}", "unix:/run/s:x"}) {
    options.server = server;
    EXPECT_FALSE(snippet("nginx", options).has_value()) << server;
  }
}

TEST(snippet, a_value_cannot_break_out_of_the_configuration) {
  SnippetOptions options;
  options.host = "a;b";
  EXPECT_FALSE(snippet("nginx", options).has_value());
  options = {};
  options.server = "http://127.0.0.1:8080; evil";
  EXPECT_FALSE(snippet("nginx", options).has_value());
  options = {};
  options.server = "ftp://x";
  EXPECT_FALSE(snippet("caddy", options).has_value());
  options = {};
  options.user = "$remote_user; x";
  EXPECT_FALSE(snippet("nginx", options).has_value());
  options = {};
  options.certificate = "a\"b";
  options.certificate_key = "k";
  EXPECT_FALSE(snippet("nginx", options).has_value());
  EXPECT_FALSE(snippet("apache", {}).has_value());
}

TEST(snippet, device_certificates_need_tls) {
  SnippetOptions options;
  options.device_ca = "/etc/ssl/device.pem";
  EXPECT_FALSE(snippet("nginx", options).has_value());
  options.certificate = "/etc/ssl/a.pem";
  options.certificate_key = "/etc/ssl/a.key";
  EXPECT_NE(snippet("nginx", options)->find("X-Client-Cert $ssl_client_escaped_cert"),
            std::string::npos);
}

}  // namespace
}  // namespace sallyport
