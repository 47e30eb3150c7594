#include "policy/write.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "policy/describe_policy.h"
#include "policy/read.h"

namespace sallyport {
namespace {

std::string compact(const std::string& text) {
  const auto document = json::parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  json::Arena arena;
  return document ? json::write(canonical(document->root(), arena)) : std::string();
}

struct Row {
  const char* name;
  std::string written;
  std::string canonical;
};

class Canonical : public testing::TestWithParam<Row> {};

TEST_P(Canonical, is_what_graph_would_write) {
  EXPECT_EQ(compact(GetParam().written), GetParam().canonical);
  EXPECT_EQ(compact(GetParam().canonical), GetParam().canonical);
}

INSTANTIATE_TEST_SUITE_P(
    rows, Canonical,
    testing::Values(
        Row{"order_and_spelling",
            R"({"CONDITIONS":{"Users":{}},"State":"Disabled","displayName":"P"})",
            R"({"displayName":"P","state":"disabled","conditions":{"users":{}}})"},
        Row{"unknown_members_stay_behind", R"({"zeta":1,"conditions":{},"alpha":{"b":2,"a":1}})",
            R"({"conditions":{},"zeta":1,"alpha":{"b":2,"a":1}})"},
        Row{"annotations_stay_beside_their_member",
            R"({"conditions":{"locations":null,"users":{},"users@odata.type":"#t"},)"
            R"("#microsoft.graph.restore":{},"@odata.context":"c"})",
            R"({"@odata.context":"c","conditions":{"locations":null,"users@odata.type":"#t",)"
            R"("users":{}},"#microsoft.graph.restore":{}})"},
        Row{"case_12_guest_types",
            R"({"conditions":{"users":{"includeGuestsOrExternalUsers":)"
            R"({"guestOrExternalUserTypes":"B2bDirectConnectUser, B2bCollaborationGuest"}}}})",
            R"({"conditions":{"users":{"includeGuestsOrExternalUsers":)"
            R"({"guestOrExternalUserTypes":"b2bCollaborationGuest,b2bDirectConnectUser"}}}})"},
        Row{"agent_risk_in_flag_order", R"({"conditions":{"agentIdRiskLevels":"high, medium"}})",
            R"({"conditions":{"agentIdRiskLevels":"medium,high"}})"},
        Row{"unknown_flags_stay", R"({"conditions":{"insiderRiskLevels":["odd","minor"]}})",
            R"({"conditions":{"insiderRiskLevels":"minor,odd"}})"},
        Row{"case_40_platforms", R"({"conditions":{"platforms":{"includePlatforms":["ios"]}}})",
            R"({"conditions":{"platforms":{"includePlatforms":["iOS"]}}})"},
        Row{"case_45_retired_words", R"({"conditions":{"clientAppTypes":["modern"]}})",
            R"({"conditions":{"clientAppTypes":["mobileAppsAndDesktopClients"]}})"},
        Row{"wrong_types_stay", R"({"conditions":{"users":7,"platforms":"x"}})",
            R"({"conditions":{"platforms":"x","users":7}})"},
        Row{"templates", R"({"details":{"grantControls":{"operator":"and"}},"name":"T"})",
            R"({"name":"T","details":{"grantControls":{"operator":"AND"}}})"},
        Row{"lists_of_documents",
            R"({"value":[{"state":"Enabled","displayName":"P","conditions":{}}],"more":1})",
            R"({"value":[{"displayName":"P","state":"enabled","conditions":{}}],"more":1})"},
        Row{"named_locations", R"({"ipRanges":[{"cidrAddress":"a"}],"id":"1"})",
            R"({"id":"1","ipRanges":[{"cidrAddress":"a"}]})"},
        Row{"other_documents_stay", R"({"b":1,"a":"Enabled"})", R"({"b":1,"a":"Enabled"})"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(FormatText, case_127_utf16_becomes_utf8) {
  const std::string text =
      "{\"displayName\":\"\xc3\xa9\",\"#microsoft.graph.restore\":{},"
      "\"conditions\":{}}";
  std::string utf16 = "\xff\xfe";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) == 0xc3) {
      utf16 += {'\xe9', '\0'};
      ++i;
    } else {
      utf16 += {text[i], '\0'};
    }
  }
  const auto formatted = format_text(utf16);
  ASSERT_TRUE(formatted.has_value()) << formatted.error().message;
  EXPECT_EQ(*formatted,
            "{\n  \"displayName\": \"\xc3\xa9\",\n  \"conditions\": {},\n"
            "  \"#microsoft.graph.restore\": {}\n}\n");
  EXPECT_EQ(format_text("\xef\xbb\xbf" + text).value(), *formatted);
}

TEST(FormatText, lines_stay_lines) {
  const auto formatted = format_text("{\"b\":1}\r\n\n{\"state\":\"X\",\"id\":\"1\"}\n");
  ASSERT_TRUE(formatted.has_value());
  EXPECT_EQ(*formatted, "{\"b\":1}\n{\"state\":\"X\",\"id\":\"1\"}\n");
  EXPECT_FALSE(format_text("{\"b\":1}\n{\"c\":}\n").has_value());
}

std::string stored(const std::string& text) {
  const auto document = json::parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  json::Arena arena;
  return document ? json::write(normalise_stored(document->root(), {}, arena)) : std::string();
}

std::string member(const std::string& document, std::initializer_list<std::string_view> path) {
  const auto parsed = json::parse(document);
  const json::Value* at = &parsed->root();
  for (const auto name : path) {
    if (at != nullptr) at = at->find(name);
  }
  return at == nullptr ? "absent" : json::write(*at);
}

TEST(Stored, case_100_and_over_one_requirement_becomes_or) {
  const auto one = stored(R"({"grantControls":{"operator":"AND","builtInControls":["mfa"]}})");
  EXPECT_EQ(member(one, {"grantControls", "operator"}), "\"OR\"");
  const auto two =
      stored(R"({"grantControls":{"operator":"AND","builtInControls":["mfa","compliantDevice"]}})");
  EXPECT_EQ(member(two, {"grantControls", "operator"}), "\"AND\"");
  EXPECT_EQ(member(two, {"grantControls", "termsOfUse"}), "[]");
}

TEST(Stored, fills_in_what_is_missing_and_drops_what_has_no_effect) {
  const auto document = stored(R"({"conditions":{"users":{"includeUsers":["All"],)"
                               R"("excludeUsers":["Current administrator will be excluded","u"]}},)"
                               R"("sessionControls":{"persistentBrowser":{"isEnabled":false}}})");
  EXPECT_EQ(member(document, {"sessionControls"}), "null");
  EXPECT_EQ(member(document, {"conditions", "platforms"}), "null");
  EXPECT_EQ(member(document, {"conditions", "clientAppTypes"}), "[\"all\"]");
  EXPECT_EQ(member(document, {"conditions", "users", "includeGroups"}), "[]");
  // Case 131.
  EXPECT_EQ(member(document, {"conditions", "users", "excludeUsers"}), "[\"u\"]");
  EXPECT_EQ(stored(document), document);
}

TEST(Stored, expands_a_strength_given_by_id) {
  const auto document = stored(
      R"({"grantControls":{"authenticationStrength":{"id":"00000000-0000-0000-0000-000000000004"}}})");
  const auto combinations =
      member(document, {"grantControls", "authenticationStrength", "allowedCombinations"});
  EXPECT_NE(combinations.find("fido2"), std::string::npos) << document;
}

}  // namespace
}  // namespace sallyport
