#include "directory/well_known.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/text.h"

namespace sallyport {
namespace {

TEST(WellKnown, every_entry_is_a_guid_with_a_name_of_its_own) {
  for (const auto& list : {well_known_roles(), well_known_applications()}) {
    std::set<std::string> ids;
    std::set<std::string> names;
    for (const auto& entry : list) {
      EXPECT_TRUE(parse_guid(entry.id).has_value()) << entry.id;
      EXPECT_EQ(to_lower(entry.id), entry.id);
      EXPECT_TRUE(ids.emplace(entry.id).second) << entry.id;
      EXPECT_TRUE(names.emplace(to_lower(entry.name)).second) << entry.name;
    }
  }
}

TEST(WellKnown, names_are_found_ignoring_case_blanks_and_hyphens) {
  EXPECT_EQ(well_known_role_id("global-administrator"), "62e90394-69f5-4237-9190-012177145e10");
  EXPECT_EQ(well_known_application_id("sharepointonline"), "00000003-0000-0ff1-ce00-000000000000");
  EXPECT_FALSE(well_known_role_id("Global").has_value());
  EXPECT_FALSE(well_known_application_id("").has_value());
  EXPECT_EQ(well_known_name("00000002-0000-0000-C000-000000000000"),
            "Windows Azure Active Directory");
  EXPECT_EQ(well_known_name("00000000-0000-0000-0000-000000000004"), "Phishing-resistant MFA");
  EXPECT_EQ(well_known_name("All"), "");
}

TEST(WellKnown, suite_members_have_names) {
  for (const auto& suite : {office365_applications(), admin_portal_applications()}) {
    EXPECT_GE(suite.size(), 4U);
    for (const auto& id : suite) EXPECT_NE(well_known_name(to_string(id)), "") << to_string(id);
  }
}

}  // namespace
}  // namespace sallyport
