#include "sign_in_input.h"

#include <gtest/gtest.h>

namespace sallyport::cli {
namespace {

Tenant tenant_with_names() {
  Tenant tenant;
  Directory::Editor editor;
  editor.put_user({UserId::of("11111111-1111-1111-1111-111111111111"), "alice@example.org"});
  editor.put_group(GroupId::of("22222222-2222-2222-2222-222222222222"), "Finance");
  tenant.directory = std::move(editor).build();
  tenant.inventory = Inventory::Editor().build();
  tenant.has_directory = true;
  return tenant;
}

std::string body_text(const SignInFlags& flags, const Tenant& tenant) {
  const auto body = body_of(flags, tenant);
  return body ? json::write(body->root()) : describe(body.error());
}

TEST(SignInFlags, nothing_told_is_an_empty_body) {
  EXPECT_EQ(body_text({}, tenant_with_names()),
            R"({"signInIdentity":{},"signInConditions":{},"session":{}})");
}

TEST(SignInFlags, become_the_body_of_the_evaluate_call) {
  SignInFlags flags;
  flags.user = "alice@example.org";
  flags.groups = {"finance"};
  flags.apps = {"SharePoint Online"};
  flags.platform = "iOS";
  flags.country = "none";
  flags.device = {"noncompliant", "model=Surface"};
  flags.methods = {"none"};
  flags.satisfied = {"mfa", "no-app-protection"};
  EXPECT_EQ(body_text(flags, tenant_with_names()),
            R"({"signInIdentity":{"userId":"alice@example.org",)"
            R"("groups":["22222222-2222-2222-2222-222222222222"]},)"
            R"("signInContext":{"includeApplications":["00000003-0000-0ff1-ce00-000000000000"]},)"
            R"("signInConditions":{"devicePlatform":"iOS","country":null,)"
            R"("deviceInfo":{"isCompliant":false,"model":"Surface"}},)"
            R"("session":{"authenticationMethods":[],"mfaClaim":true,)"
            R"("appProtectionPolicy":false}})");
}

TEST(SignInFlags, a_name_is_no_id_where_nobody_is_known) {
  Tenant tenant;
  tenant.directory = Directory::Editor().build();
  tenant.inventory = Inventory::Editor().build();
  SignInFlags flags;
  flags.user = "alice@example.org";
  EXPECT_EQ(body_text(flags, tenant),
            R"({"signInIdentity":{"userPrincipalName":"alice@example.org"},)"
            R"("signInConditions":{},"session":{}})");
}

TEST(SignInFlags, what_is_wrong_names_its_flag) {
  const Tenant tenant = tenant_with_names();
  SignInFlags flags;
  flags.groups = {"Nobody"};
  EXPECT_EQ(body_text(flags, tenant), "--group: no group is called `Nobody`: give its object id");
  flags = {};
  flags.apps = {"Sharepiont"};
  EXPECT_EQ(body_text(flags, tenant),
            "--app: no application is called `Sharepiont`: give its application id");
  flags = {};
  flags.satisfied = {"charm"};
  EXPECT_EQ(body_text(flags, tenant).substr(0, 32), "--satisfied: `charm` is no proof");
  EXPECT_EQ(flag_of("/signInConditions/country"), "--country");
  EXPECT_EQ(flag_of("/elsewhere"), "/elsewhere");
}

TEST(Title, says_what_is_told) {
  const auto body = json::parse(
      R"({"signInIdentity": {"@odata.type": "x", "userId": "alice@example.org"},
          "signInContext": {"includeApplications": ["00000002-0000-0ff1-ce00-000000000000"]},
          "signInConditions": {"devicePlatform": "iOS", "country": null,
                               "userRiskLevel": "high"}})");
  Names names;
  names.add("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online");
  EXPECT_EQ(title_of(body->root(), names),
            "alice@example.org, Office 365 Exchange Online, iOS, no country, user risk high");
}

}  // namespace
}  // namespace sallyport::cli
