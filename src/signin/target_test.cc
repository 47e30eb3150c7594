#include "signin/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "directory/well_known.h"

namespace sallyport {
namespace {

using ::testing::ElementsAre;

const auto exchange = ApplicationId::of("00000002-0000-0ff1-ce00-000000000000");
const auto graph = ApplicationId::of("00000003-0000-0000-c000-000000000000");
const auto azure_ad = ApplicationId::of(windows_azure_active_directory);
const auto client = ApplicationId::of("a9900000-0000-4000-8000-000000000001");

TEST(Target, a_request_for_resources_is_access_to_each) {
  const auto target = target_of({{exchange, graph}, {"Mail.Read", "openid"}, client, false});
  EXPECT_THAT(target.applications, ElementsAre(exchange, graph));
  EXPECT_FALSE(target.mapped_from_baseline_scopes);
}

TEST(Target, a_request_without_scopes_is_left_as_it_is) {
  EXPECT_THAT(target_of({{graph}, {}, client, false}).applications, ElementsAre(graph));
  EXPECT_THAT(target_of({{graph}, {}, client, true}).applications, ElementsAre(graph));
}

TEST(Target, baseline_scopes_are_access_to_windows_azure_active_directory) {
  for (const auto scope : {"openid", "User.Read", "user.readbasic.all",
                           "https://graph.microsoft.com/People.Read", "Member.Read.Hidden"}) {
    const auto target = target_of({{graph}, {scope, "profile"}, client, false});
    EXPECT_THAT(target.applications, ElementsAre(azure_ad)) << scope;
    EXPECT_TRUE(target.mapped_from_baseline_scopes) << scope;
  }
  EXPECT_THAT(target_of({{}, {"openid"}, {}, false}).applications, ElementsAre(azure_ad));
}

TEST(Target, one_scope_beyond_the_baseline_keeps_the_resource) {
  const auto target = target_of({{graph}, {"openid", "Mail.Read"}, client, false});
  EXPECT_THAT(target.applications, ElementsAre(graph));
}

TEST(Target, baseline_scopes_of_another_resource_keep_it) {
  EXPECT_THAT(target_of({{exchange}, {"openid"}, client, false}).applications,
              ElementsAre(exchange));
}

TEST(Target, a_confidential_client_that_asks_for_an_id_token_is_an_audience) {
  EXPECT_THAT(target_of({{}, {"openid", "profile"}, client, true}).applications,
              ElementsAre(client));
  EXPECT_THAT(target_of({{graph}, {"openid", "User.Read"}, client, true}).applications,
              ElementsAre(azure_ad, client));
  EXPECT_THAT(target_of({{exchange}, {"Mail.Read", "openid"}, client, true}).applications,
              ElementsAre(exchange, client));
}

TEST(Target, without_an_id_token_the_client_is_no_audience) {
  EXPECT_THAT(target_of({{exchange}, {"Mail.Read"}, client, true}).applications,
              ElementsAre(exchange));
  EXPECT_THAT(target_of({{}, {"User.Read"}, client, true}).applications, ElementsAre(azure_ad));
}

}  // namespace
}  // namespace sallyport
