#include "web/url.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

TEST(HttpUrl, is_read_as_clients_write_it) {
  const auto url = parse_http_url("https://Hooks.example.org:8443/a/b?c=d");
  ASSERT_TRUE(url.has_value());
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "Hooks.example.org");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/a/b?c=d");
  EXPECT_EQ(parse_http_url("https://a")->target, "/");
  EXPECT_EQ(parse_http_url("https://a?b")->target, "/?b");
  EXPECT_EQ(parse_http_url("http://[::1]/")->host, "::1");
  EXPECT_EQ(parse_http_url("http://a/")->port, 80);
}

TEST(HttpUrl, what_could_be_understood_in_two_ways_is_refused) {
  for (const std::string url :
       {"", "a", "ftp://a/", "https://", "https:///x", "https://user@a/", "https://a:b@c/",
        "https://a/#b", "https://a\\b/", "https://a:0/", "https://a:99999/", "https://a:/",
        "https://a:8443x/", "https://[::1/", "https://[x]/", "https://a b/", "https://a/\r\nX: y",
        "https://\xc3\xa4/", "https://a_b/"}) {
    EXPECT_FALSE(parse_http_url(url).has_value()) << url;
  }
  EXPECT_FALSE(parse_http_url("https://a/" + std::string(3000, 'x')).has_value());
}

}  // namespace
}  // namespace sallyport
