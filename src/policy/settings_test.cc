#include "policy/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/tenant.h"

namespace sallyport {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view whole = R"({
  "@odata.type": "#sallyport.settings",
  "mfaTrustedIps": ["198.51.100.0/24", "203.0.113.7/32"],
  "office365Applications": ["00000003-0000-0ff1-ce00-000000000000"]
})";

Tenant tenant_of(std::vector<std::string_view> documents, std::vector<Finding>* findings) {
  TenantBuilder builder;
  for (const auto text : documents) {
    const auto parsed = json::parse(text);
    EXPECT_TRUE(parsed.has_value());
    builder.add(kind_of(parsed->root()), parsed->root(), SourceText{text, "settings.json"});
  }
  *findings = builder.take_findings();
  return std::move(builder).build();
}

TEST(Settings, are_known_by_type_or_by_a_member) {
  for (const auto text : {R"({"@odata.type": "#sallyport.settings"})", R"({"mfaTrustedIps": []})",
                          R"({"office365Applications": []})"}) {
    EXPECT_EQ(kind_of(json::parse(text)->root()), DocumentKind::settings) << text;
  }
}

TEST(Settings, fill_the_policy_set_and_leave_the_default_where_they_are_silent) {
  std::vector<Finding> findings;
  const auto tenant = tenant_of({whole}, &findings);
  EXPECT_TRUE(findings.empty());
  EXPECT_THAT(tenant.policy_set.mfa_trusted_ips,
              ElementsAre(*parse_cidr("198.51.100.0/24"), *parse_cidr("203.0.113.7/32")));
  EXPECT_EQ(tenant.policy_set.office365.size(), 1U);
  EXPECT_EQ(tenant.policy_set.admin_portals, empty_policy_set().admin_portals);
}

TEST(Settings, an_empty_list_is_not_the_default) {
  std::vector<Finding> findings;
  const auto tenant = tenant_of({R"({"adminPortalApplications": []})"}, &findings);
  EXPECT_TRUE(tenant.policy_set.admin_portals.empty());
}

TEST(Settings, count_whole_or_not_at_all) {
  struct Row {
    std::string_view document;
    std::string_view message;
  };
  for (const auto& row :
       {Row{R"({"mfaTrustedIps": ["198.51.100.0/24", "198.51.100.0/33"]})", "is no range"},
        Row{R"({"mfaTrustedIps": ["198.51.100.0/24", "2001:db8::/64"]})", "IPv4 addresses only"},
        Row{R"({"mfaTrustedIps": ["198.51.100.0/24", 7]})", "is no range"},
        Row{R"({"mfaTrustedIps": ["198.51.100.0/24"], "office365Applications": ["mail"]})",
            "is no `appId`"},
        Row{R"({"mfaTrustedIps": "198.51.100.0/24"})", "must be a list"}}) {
    std::vector<Finding> findings;
    const auto tenant = tenant_of({row.document}, &findings);
    ASSERT_EQ(findings.size(), 1U) << row.document;
    EXPECT_EQ(findings[0].severity, Severity::error);
    EXPECT_THAT(findings[0].message, HasSubstr(row.message));
    EXPECT_TRUE(tenant.policy_set.mfa_trusted_ips.empty()) << row.document;
  }
}

TEST(Settings, only_one_document_counts) {
  std::vector<Finding> findings;
  const auto tenant =
      tenant_of({whole, R"({"id": "more", "mfaTrustedIps": ["192.0.2.0/24"]})"}, &findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].code, "L-duplicate-id");
  EXPECT_EQ(tenant.policy_set.mfa_trusted_ips.size(), 2U);
}

TEST(Settings, a_member_nobody_knows_is_reported) {
  std::vector<Finding> findings;
  const auto tenant = tenant_of({R"({"mfaTrustedIps": [], "mfaTrustedIpRanges": []})"}, &findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::warning);
}

}  // namespace
}  // namespace sallyport
