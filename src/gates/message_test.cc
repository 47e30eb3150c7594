#include "gates/message.h"

#include <gtest/gtest.h>

#include "gates/test_request.h"
#include "gates/user_agent.h"

namespace sallyport {
namespace {

TEST(message, header_names_ignore_letter_case) {
  const TestRequest t{{"X-Name", "a"}};
  EXPECT_EQ(t.request.header("x-nAME"), "a");
  EXPECT_EQ(t.request.header("x-other"), "");
}

TEST(message, copies_of_a_single_header_must_agree) {
  const TestRequest same{{"Host", "a"}, {"host", "a"}};
  ASSERT_TRUE(single_header(same.request, "Host").has_value());
  EXPECT_EQ(**single_header(same.request, "Host"), "a");
  const TestRequest differ{{"Host", "a"}, {"host", "b"}};
  EXPECT_FALSE(single_header(differ.request, "Host").has_value());
  EXPECT_FALSE(single_header(differ.request, "Other")->has_value());
}

TEST(message, cookies_are_found_by_their_whole_name) {
  const TestRequest t{{"Cookie", "xa=1; a=2;b=3"}};
  EXPECT_EQ(cookie(t.request, "a"), "2");
  EXPECT_EQ(cookie(t.request, "b"), "3");
  EXPECT_EQ(cookie(t.request, "c"), "");
}

TEST(message, query_parameters_are_decoded) {
  EXPECT_EQ(query_parameter("a=1&b=x%2Fy+z", "b"), "x/y z");
  EXPECT_EQ(query_parameter("a=%zz", "a"), "");
}

TEST(message, a_header_value_cannot_add_a_header) {
  HttpResponse response;
  response.add("X", "a\r\nSet-Cookie: b");
  EXPECT_EQ(response.header("X"), "a  Set-Cookie: b");
}

TEST(message, percent_decoding_refuses_broken_escapes) {
  EXPECT_EQ(percent_decode("a%20b"), "a b");
  EXPECT_FALSE(percent_decode("%2").has_value());
  EXPECT_FALSE(percent_decode("%gg").has_value());
  EXPECT_EQ(percent_decode(percent_encode("https://a/?b=\xc3\xa4")), "https://a/?b=\xc3\xa4");
}

struct AgentCase {
  std::string_view agent;
  Platform platform;
};

TEST(user_agent, platforms) {
  for (const auto& c : {
           AgentCase{"Mozilla/5.0 (Windows NT 10.0; Win64; x64)", Platform::windows},
           AgentCase{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)", Platform::ios},
           AgentCase{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", Platform::mac_os},
           AgentCase{"Mozilla/5.0 (Linux; Android 14; Pixel 8)", Platform::android},
           AgentCase{"Mozilla/5.0 (X11; Linux x86_64; rv:115.0)", Platform::linux},
           AgentCase{"Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1)", Platform::windows_phone},
       })
    EXPECT_TRUE(platform_of_user_agent(c.agent).is(c.platform)) << c.agent;
  EXPECT_TRUE(platform_of_user_agent("Mozilla/5.0 (X11; CrOS x86_64)").is_absent());
  EXPECT_TRUE(platform_of_user_agent("Linux, and at the very end CrOS").is_absent());
  EXPECT_TRUE(platform_of_user_agent("Linux Android").is(Platform::android));
  EXPECT_TRUE(platform_of_user_agent("LinuxLinu").is(Platform::linux));
  EXPECT_TRUE(platform_of_user_agent("iPho Linu Windows N").is_absent());
  EXPECT_TRUE(platform_of_user_agent("curl/7.88").is_absent());
  EXPECT_TRUE(platform_of_user_agent("").is_absent());
}

TEST(Told, is_where_the_callers_mistake_is_and_not_where_our_files_are) {
  EXPECT_EQ(told({ErrorKind::invalid_argument, "no date", "/at"}), "/at: no date");
  for (const auto kind : {ErrorKind::unavailable, ErrorKind::internal}) {
    EXPECT_EQ(told({kind, "the database is locked", "/var/lib/store.db"}),
              "the database is locked");
  }
}

}  // namespace
}  // namespace sallyport
