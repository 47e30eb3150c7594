// Ids, instants, addresses and text: the small values everything is made of.
#include <gtest/gtest.h>

#include "base/as_utf8.h"
#include "base/base64.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/ip_address.h"
#include "base/text.h"

namespace sallyport {
namespace {

TEST(Id, a_guid_is_read_in_any_case_and_written_in_lower) {
  const auto guid = parse_guid("62E90394-69f5-4237-9190-012177145E10");
  ASSERT_TRUE(guid.has_value());
  EXPECT_EQ(to_string(*guid), "62e90394-69f5-4237-9190-012177145e10");
  EXPECT_FALSE(parse_guid("62e90394-69f5-4237-9190-012177145e1").has_value());
  EXPECT_FALSE(parse_guid("62e90394-69f5-4237-9190_012177145e10").has_value());
  EXPECT_FALSE(parse_guid("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx").has_value());
}

TEST(Id, another_text_is_an_id_of_its_own) {
  EXPECT_EQ(UserId::of("alice@example.org"), UserId::of("alice@example.org"));
  EXPECT_NE(UserId::of("alice@example.org"), UserId::of("bob@example.org"));
  EXPECT_EQ(to_string(UserId::of("alice")).at(14), '8');
}

TEST(Instant, reads_what_graph_writes) {
  const auto instant = parse_instant("2021-12-01T08:00:00.1234567Z");
  ASSERT_TRUE(instant.has_value());
  EXPECT_EQ(to_string(*instant), "2021-12-01T08:00:00.123456Z");
  EXPECT_EQ(to_string(*parse_instant("2026-11-23T10:00:00+02:00")), "2026-11-23T08:00:00Z");
  EXPECT_EQ(to_string(*parse_instant("9999-12-31T23:59:59Z")), "9999-12-31T23:59:59Z");
  EXPECT_EQ(to_string(*parse_instant("0007-01-02T03:04:05.000060Z")),
            "0007-01-02T03:04:05.000060Z");
  for (const auto text : {"", "2021", "2021-13-01T00:00:00Z", "2021-12-01T08:00:00",
                          "2021-12-01T08:00:00Zx", "2021-02-30"}) {
    EXPECT_FALSE(parse_instant(text).has_value()) << text;
  }
}

TEST(IpAddress, both_spellings_of_an_ipv4_address_are_equal) {
  EXPECT_EQ(parse_ip_address("::ffff:192.0.2.7"), parse_ip_address("192.0.2.7"));
  EXPECT_EQ(to_string(*parse_ip_address("::ffff:192.0.2.7")), "192.0.2.7");
  EXPECT_EQ(to_string(*parse_ip_address("2001:DB8::1")), "2001:db8::1");
  for (const auto text : {"", "1.2.3", "1.2.3.256", "1.2.3.4:80", "[::1]", "fe80::1%eth0"}) {
    EXPECT_FALSE(parse_ip_address(text).has_value()) << text;
  }
}

TEST(IpAddress, a_range_masks_host_bits_and_holds_its_ends) {
  const auto range = parse_cidr("203.0.113.7/24");
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(to_string(*range), "203.0.113.0/24");
  EXPECT_TRUE(range->contains(*parse_ip_address("203.0.113.0")));
  EXPECT_TRUE(range->contains(*parse_ip_address("::ffff:203.0.113.255")));
  EXPECT_FALSE(range->contains(*parse_ip_address("203.0.114.0")));
  EXPECT_TRUE(parse_cidr("0.0.0.0/0")->contains(*parse_ip_address("255.255.255.255")));
  EXPECT_FALSE(parse_cidr("0.0.0.0/0")->contains(*parse_ip_address("2001:db8::1")));
  EXPECT_TRUE(parse_cidr("::/0")->contains(*parse_ip_address("1.2.3.4")));
  EXPECT_TRUE(parse_cidr("2001:db8::/33")->contains(*parse_ip_address("2001:db8:7fff::")));
  EXPECT_FALSE(parse_cidr("2001:db8::/33")->contains(*parse_ip_address("2001:db8:8000::")));
  EXPECT_EQ(to_string(*parse_cidr("::ffff:1.2.3.0/120")), "1.2.3.0/24");
  EXPECT_EQ(parse_cidr("::ffff:1.2.3.0/120"), parse_cidr("1.2.3.0/24"));
  for (const auto text : {"1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1", "::/129", "1.2.3.4/2x"}) {
    EXPECT_FALSE(parse_cidr(text).has_value()) << text;
  }
}

TEST(Text, files_arrive_in_three_encodings) {
  using namespace std::string_view_literals;
  EXPECT_EQ(*decode_text("\xef\xbb\xbf{}"), "{}");
  EXPECT_EQ(*decode_text("\xff\xfe{\0}\0"sv), "{}");
  EXPECT_EQ(*decode_text("\xfe\xff\0{\0}"sv), "{}");
  EXPECT_EQ(*decode_text("\xff\xfe\x3d\xd8\x00\xde"sv), "\xf0\x9f\x98\x80");
  EXPECT_FALSE(decode_text("\xff\xfe{"sv).has_value());
  EXPECT_FALSE(decode_text("\xff\xfe\x3d\xd8"sv).has_value());
  EXPECT_FALSE(decode_text("\xff\xfe\x00\xde"sv).has_value());
}

// Messages become JSON and are kept, in the audit log too: half a letter would make it unreadable.
TEST(Text, bytes_of_no_letter_are_replaced_and_all_others_stay) {
  const std::string letters = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
  EXPECT_EQ(as_utf8(letters), letters);
  EXPECT_EQ(as_utf8(""), "");
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(as_utf8("us\xff\xc3"), "us" + bad + bad);
  EXPECT_EQ(as_utf8("\x80\xc3\xa9\xe2\x82"), bad + "\xc3\xa9" + bad + bad);
  for (std::size_t from = 0; from < letters.size(); ++from) {
    EXPECT_TRUE(is_utf8(as_utf8(letters.substr(from)))) << from;
  }
}

TEST(Text, what_is_shown_is_utf8_wherever_it_is_cut_and_whatever_it_was) {
  const std::string text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    EXPECT_TRUE(is_utf8(printable(text, length))) << length;
  }
  EXPECT_EQ(printable(text), text);
  EXPECT_EQ(printable("a\xc3\xa9\x62", 2), "a\xc3\xa9...");
  EXPECT_EQ(printable("us\xff\xc3"), "us\\xff\\xc3");
}

TEST(Base64Url, has_one_spelling_of_each_text) {
  for (const std::string bytes : {"", "f", "fo", "foo", "\xfb\xff\xfe"}) {
    EXPECT_EQ(decode_base64url(encode_base64url(bytes)), bytes);
  }
  EXPECT_EQ(encode_base64url("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(encode_base64url("fo"), "Zm8");
  for (const auto* wrong : {"Zm8=", "Zm9", "Z", "+//+", "Zm 8", "Zm8\n", "Zm8!"}) {
    EXPECT_FALSE(decode_base64url(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace sallyport
