#include "signin/read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sallyport {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::string_view alice = "a11ce000-0000-4000-8000-000000000001";
constexpr std::string_view bob = "b0b00000-0000-4000-8000-000000000002";
constexpr std::string_view laptop = "de1ce000-0000-4000-8000-000000000001";

std::shared_ptr<const Directory> directory_of_alice() {
  Directory::Editor editor;
  Directory::Editor::User user;
  user.id = UserId::of(alice);
  user.name = "alice@example.org";
  user.groups = {GroupId::of("sales")};
  editor.put_user(user);
  ServicePrincipal exporter;
  exporter.id = ServicePrincipalId::of("exporter");
  exporter.app_id = ApplicationId::of("exporter-app");
  exporter.display_name = "Nightly export";
  editor.put_service_principal(exporter);
  return std::move(editor).build();
}

std::shared_ptr<const Inventory> inventory_of_a_laptop() {
  Device device;
  device.id = DeviceId::of(laptop);
  device.display_name = "LAPTOP-1";
  device.shape.is_compliant = DeviceFlag::yes;
  device.shape.text(DeviceText::model) = DeviceAttribute::of("Surface");
  Inventory::Editor editor;
  editor.put(device);
  return std::move(editor).build();
}

class ReadSignIn : public ::testing::Test {
 protected:
  Result<SignInInput> read(std::string_view text, Missing missing = Missing::unknown) {
    auto parsed = json::parse(text);
    EXPECT_TRUE(parsed.has_value()) << parsed.error().message;
    if (!parsed) return tl::unexpected<Error>(parsed.error());
    options_.missing = missing;
    options_.now = *parse_instant("2026-03-02T09:00:00Z");
    options_.directory = directory_.get();
    options_.inventory = inventory_.get();
    return read_sign_in(parsed->root(), options_);
  }
  SignInInput good(std::string_view text, Missing missing = Missing::unknown) {
    auto input = read(text, missing);
    EXPECT_TRUE(input.has_value()) << text << ": " << describe(input.error());
    return input ? std::move(*input) : SignInInput();
  }
  std::string error(std::string_view text, Missing missing = Missing::unknown) {
    const auto input = read(text, missing);
    EXPECT_FALSE(input.has_value()) << text;
    return input ? std::string() : describe(input.error());
  }

  std::shared_ptr<const Directory> directory_ = directory_of_alice();
  std::shared_ptr<const Inventory> inventory_ = inventory_of_a_laptop();
  SignInReadOptions options_;
};

TEST_F(ReadSignIn, the_documented_body_in_any_letter_case) {
  const auto input = good(R"({
    "SignInIdentity": {"@odata.type": "#microsoft.graph.userSignIn",
                       "UserId": "A11CE000-0000-4000-8000-000000000001"},
    "signInContext": {"includeApplications": ["SharePoint Online", "nightly export"]},
    "signInConditions": {"devicePlatform": "IOS", "clientAppType": "browser", "country": "fr",
                         "ipAddress": "192.0.2.1", "signInRiskLevel": "High",
                         "authenticationFlow": {"transferMethod": "deviceCodeFlow"}},
    "AppliedPoliciesOnly": true})");
  const SignIn& s = input.sign_in();
  ASSERT_TRUE(s.user.is_known());
  EXPECT_EQ(s.user->name, "alice@example.org");
  EXPECT_THAT(s.user->groups, SizeIs(1));
  EXPECT_EQ(s.target.kind, TargetKind::applications);
  EXPECT_THAT(s.target.applications,
              ElementsAre(ApplicationId::of("00000003-0000-0ff1-ce00-000000000000"),
                          ApplicationId::of("exporter-app")));
  EXPECT_TRUE(s.device_platform.is(Platform::ios));
  EXPECT_TRUE(s.client_app_type.is(ClientApp::browser));
  EXPECT_TRUE(s.country.is(*parse_country("FR")));
  EXPECT_TRUE(s.ip_address.is(*parse_ip_address("192.0.2.1")));
  EXPECT_TRUE(s.sign_in_risk_level.is(RiskLevel::high));
  EXPECT_TRUE(s.authentication_flow.is(TransferMethod::device_code_flow));
  EXPECT_TRUE(input.applied_policies_only());
}

TEST_F(ReadSignIn, a_disabled_device_is_no_device_unless_it_is_described) {
  const auto device = [&](DeviceFlag enabled, const std::string& more) {
    Inventory::Editor editor(inventory_);
    Device held;
    held.id = DeviceId::of(laptop);
    held.shape.is_compliant = DeviceFlag::yes;
    held.enabled = enabled;
    editor.put(held);
    inventory_ = std::move(editor).build();
    const auto input = good(R"({"signInConditions": {"deviceInfo": {"deviceId": ")" +
                            std::string(laptop) + '"' + more + "}}}");
    return input.sign_in().device.is_known()    ? "known"
           : input.sign_in().device.is_absent() ? "absent"
                                                : "unknown";
  };
  EXPECT_STREQ(device(DeviceFlag::yes, ""), "known");
  EXPECT_STREQ(device(DeviceFlag::no, ""), "absent");
  EXPECT_STREQ(device(DeviceFlag::unknown, ""), "unknown");
  EXPECT_STREQ(device(DeviceFlag::no, R"(, "isCompliant": true)"), "known");
}

constexpr std::string_view minimal = R"({"signInIdentity": {"userId": "alice@example.org"},
    "signInContext": {"userAction": "registerOrJoinDevices"}, "signInConditions": {}})";

TEST_F(ReadSignIn, what_is_left_out_is_what_the_caller_says) {
  const auto unknown = good(minimal, Missing::unknown);
  EXPECT_TRUE(unknown.sign_in().user_risk_level.is_unknown());
  EXPECT_TRUE(unknown.sign_in().device.is_unknown());
  EXPECT_TRUE(unknown.sign_in().proofs.methods.is_unknown());
  EXPECT_FALSE(unknown.sign_in().proofs.accepted_terms_known);
  EXPECT_TRUE(unknown.sign_in().proofs.primary_authenticated_at.is_unknown());
  const auto absent = good(minimal, Missing::absent);
  EXPECT_TRUE(absent.sign_in().user_risk_level.is_absent());
  EXPECT_TRUE(absent.sign_in().device.is_absent());
  EXPECT_TRUE(absent.sign_in().proofs.methods.is_absent());
  EXPECT_TRUE(absent.sign_in().proofs.accepted_terms_known);
  EXPECT_TRUE(absent.sign_in().proofs.primary_authenticated_at.is(options_.now));
  EXPECT_TRUE(absent.sign_in().proofs.secondary_authenticated_at.is_absent());
}

TEST_F(ReadSignIn, null_is_absent_and_unknown_can_be_said) {
  const std::string body = R"({"signInConditions": {"country": null, "ipAddress": {"unknown": true},
      "devicePlatform": "all", "deviceInfo": null},
      "session": {"mfaClaim": null, "authenticationMethods": {"unknown": true},
                  "primaryAuthenticatedDateTime": null}})";
  const auto input = good(body);
  EXPECT_TRUE(input.sign_in().country.is_absent());
  EXPECT_TRUE(input.sign_in().ip_address.is_unknown());
  EXPECT_TRUE(input.sign_in().device_platform.is_absent());
  EXPECT_TRUE(input.sign_in().device.is_absent());
  EXPECT_TRUE(input.sign_in().proofs.mfa_claim.is_absent());
  EXPECT_TRUE(input.sign_in().proofs.methods.is_unknown());
  EXPECT_TRUE(input.sign_in().proofs.primary_authenticated_at.is_absent());
  EXPECT_TRUE(input.sign_in().user.is_unknown());
  EXPECT_EQ(input.sign_in().target.kind, TargetKind::unknown);
}

TEST_F(ReadSignIn, unknown_stays_unknown_where_the_rest_is_absent) {
  const auto input =
      good(R"({"signInIdentity": {"unknown": true}, "signInContext": {"unknown": true},
      "signInConditions": {"deviceInfo": {"unknown": true}, "country": {"unknown": true}},
      "session": {"acceptedTermsOfUse": {"unknown": true}}})",
           Missing::absent);
  EXPECT_TRUE(input.sign_in().user.is_unknown());
  EXPECT_EQ(input.sign_in().target.kind, TargetKind::unknown);
  EXPECT_TRUE(input.sign_in().device.is_unknown());
  EXPECT_TRUE(input.sign_in().country.is_unknown());
  EXPECT_FALSE(input.sign_in().proofs.accepted_terms_known);
}

TEST_F(ReadSignIn, a_device_of_the_inventory_needs_only_its_id) {
  const auto input = good(R"({"signInConditions": {"deviceInfo":
      {"deviceId": "DE1CE000-0000-4000-8000-000000000001"}}})");
  ASSERT_TRUE(input.sign_in().device.is_known());
  EXPECT_EQ(input.sign_in().device->display_name, "LAPTOP-1");
  EXPECT_NE(input.sign_in().device->shape_index, no_shape_index);
}

TEST_F(ReadSignIn, what_is_told_of_a_device_replaces_what_the_inventory_holds) {
  const auto input = good(R"({"signInConditions": {"deviceInfo":
      {"deviceId": "de1ce000-0000-4000-8000-000000000001", "isCompliant": false}}})");
  ASSERT_TRUE(input.sign_in().device.is_known());
  EXPECT_EQ(input.sign_in().device->shape->is_compliant, DeviceFlag::no);
  EXPECT_EQ(input.sign_in().device->shape->text(DeviceText::model).text, "Surface");
  EXPECT_EQ(input.sign_in().device->display_name, "LAPTOP-1");
  EXPECT_EQ(input.sign_in().device->shape_index, no_shape_index);
}

TEST_F(ReadSignIn, the_rest_of_a_described_device_is_unknown_or_absent) {
  const std::string body = R"({"signInIdentity": {"userId": "alice@example.org"},
      "signInContext": {"userAction": "registerOrJoinDevices"},
      "signInConditions": {"deviceInfo": {"ownership": "Company", "model": null}}})";
  const auto unknown = good(body);
  const DeviceShape& shape = *unknown.sign_in().device->shape;
  EXPECT_EQ(shape.text(DeviceText::device_ownership).text, "Company");
  EXPECT_EQ(shape.text(DeviceText::model).state, DeviceAttribute::State::absent);
  EXPECT_EQ(shape.text(DeviceText::trust_type).state, DeviceAttribute::State::unknown);
  EXPECT_EQ(shape.is_compliant, DeviceFlag::unknown);
  EXPECT_FALSE(shape.system_labels_known);
  EXPECT_FALSE(unknown.sign_in().device->id_known);
  const auto absent = good(body, Missing::absent);
  EXPECT_EQ(absent.sign_in().device->shape->is_compliant, DeviceFlag::absent);
  EXPECT_TRUE(absent.sign_in().device->shape->system_labels_known);
}

TEST_F(ReadSignIn, private_browsing_hides_the_device) {
  const auto input = good(R"({"signInConditions": {"deviceInfo": {"isCompliant": true}},
                              "session": {"privateBrowsing": true}})");
  EXPECT_TRUE(input.sign_in().device.is_absent());
}

TEST_F(ReadSignIn, the_tracked_flow_counts_unless_the_request_has_one) {
  const auto tracked = good(R"({"signInConditions": {"authenticationFlow": null},
      "session": {"trackedTransferMethod": "authenticationTransfer"}})");
  EXPECT_TRUE(tracked.sign_in().authentication_flow.is(TransferMethod::authentication_transfer));
  const auto own = good(R"({"signInConditions": {"authenticationFlow":
      {"transferMethod": "deviceCodeFlow"}},
      "session": {"trackedTransferMethod": "authenticationTransfer"}})");
  EXPECT_TRUE(own.sign_in().authentication_flow.is(TransferMethod::device_code_flow));
  const auto ordinary = good(R"({"signInConditions": {"authenticationFlow":
      {"transferMethod": "none"}}})");
  EXPECT_TRUE(ordinary.sign_in().authentication_flow.is_absent());
}

TEST_F(ReadSignIn, a_user_without_a_directory_is_what_is_told) {
  directory_ = nullptr;
  const std::string body = R"({"signInIdentity": {"userId": "b0b00000-0000-4000-8000-000000000002",
      "userType": "b2bCollaborationGuest", "externalTenantId": "fabrikam", "groups": ["sales"],
      "roles": ["Global Administrator"]}})";
  const auto parsed = json::parse(body);
  directory_ = with_described_principals(parsed->root(), nullptr);
  const auto input = good(body);
  const UserView& user = *input.sign_in().user;
  EXPECT_EQ(user.id, UserId::of(bob));
  EXPECT_EQ(user.type, UserType::b2b_collaboration_guest);
  EXPECT_EQ(user.home_tenant, TenantId::of("fabrikam"));
  ASSERT_THAT(user.groups, SizeIs(1));
  EXPECT_EQ(directory_->groups()[user.groups[0]].id, GroupId::of("sales"));
  ASSERT_THAT(user.roles, SizeIs(1));
  EXPECT_EQ(directory_->roles()[user.roles[0]].id,
            RoleId::of("62e90394-69f5-4237-9190-012177145e10"));

  const auto silent =
      good(R"({"signInIdentity": {"userId": "b0b00000-0000-4000-8000-000000000002"}})");
  EXPECT_FALSE(silent.sign_in().user->type_known);
  EXPECT_FALSE(silent.sign_in().user->groups_known);
  EXPECT_FALSE(silent.sign_in().user->roles_known);
}

TEST_F(ReadSignIn, a_name_without_a_directory_tells_no_id) {
  directory_ = nullptr;
  EXPECT_TRUE(
      good(R"({"signInIdentity": {"userId": "bob@example.org"}})").sign_in().user.is_unknown());
  EXPECT_THAT(error(R"({"signInIdentity": {"userId": "bob@example.org", "groups": []}})"),
              HasSubstr("describe a user by object id"));
}

TEST_F(ReadSignIn, nothing_is_added_to_a_directory_that_has_it_all) {
  const auto parsed = json::parse(R"({"signInIdentity": {"userId": "x", "groups": ["sales"]}})");
  EXPECT_EQ(with_described_principals(parsed->root(), directory_), directory_);
}

TEST_F(ReadSignIn, a_service_principal_is_the_directorys_or_described) {
  const auto held = good(R"({"signInIdentity": {"servicePrincipalId": "exporter"}})");
  EXPECT_EQ(held.sign_in().identity, IdentityKind::service_principal);
  EXPECT_EQ((*held.sign_in().service_principal)->display_name, "Nightly export");
  const auto described = good(R"({"signInIdentity": {"servicePrincipalId": "other",
                                  "servicePrincipalType": "managedIdentity"}})");
  EXPECT_EQ((*described.sign_in().service_principal)->kind, ServicePrincipalKind::managed_identity);
  EXPECT_EQ(error(R"({"signInIdentity": {"servicePrincipalId": "other"}})"),
            "/signInIdentity/servicePrincipalId: there is no service principal `other` in the "
            "directory");
}

struct Refusal {
  std::string_view name;
  std::string_view body;
  std::string_view message;
};

class RefusedSignIn : public ReadSignIn, public ::testing::WithParamInterface<Refusal> {};

TEST_P(RefusedSignIn, says_where_and_why) { EXPECT_EQ(error(GetParam().body), GetParam().message); }

const Refusal refusals[] = {
    {"not_an_object", R"([1])", "expected a sign-in as an object, not a list"},
    {"unknown_member", R"({"signInConditions": {"devicePlatfrom": "iOS"}})",
     "/signInConditions/devicePlatfrom: there is no member `devicePlatfrom` here"},
    {"unknown_member_of_the_body", R"({"conditions": {}})",
     "/conditions: there is no member `conditions` here"},
    {"unknown_member_of_the_device", R"({"signInConditions": {"deviceInfo": {"a/b~": 1}}})",
     "/signInConditions/deviceInfo/a~1b~0: there is no member `a/b~` here"},
    {"given_twice", R"({"signInConditions": {"country": "FR", "Country": "DE"}})",
     "/signInConditions/Country: `country` is given twice: say it once"},
    {"wrong_kind", R"({"signInConditions": {"country": 33}})",
     "/signInConditions/country: expected a country of two letters, such as FR, not a number"},
    {"wrong_word", R"({"signInConditions": {"signInRiskLevel": "severe"}})",
     "/signInConditions/signInRiskLevel: `severe` is not a risk level: low, medium, high, hidden "
     "or none"},
    {"list_of_risks", R"({"signInConditions": {"signInRiskLevel": ["high"]}})",
     "/signInConditions/signInRiskLevel: expected a risk level: low, medium, high, hidden or none, "
     "not a list"},
    {"address_with_port", R"({"signInConditions": {"ipAddress": "192.0.2.1:443"}})",
     "/signInConditions/ipAddress: `192.0.2.1:443` is not an IP address without port or prefix"},
    {"unknown_user", R"({"signInIdentity": {"userId": "b0b00000-0000-4000-8000-000000000002"}})",
     "/signInIdentity/userId: there is no user `b0b00000-0000-4000-8000-000000000002` in the "
     "directory"},
    {"unknown_group", R"({"signInIdentity": {"userId": "alice@example.org", "groups": ["hr"]}})",
     "/signInIdentity/groups: there is no group `hr` in the directory"},
    {"two_targets", R"({"signInContext": {"includeApplications": ["x"], "userAction": "y"}})",
     "/signInContext: expected one of `includeApplications`, `userAction` and "
     "`authenticationContextValue`"},
    {"no_target", R"({"signInContext": {}})",
     "/signInContext: expected one of `includeApplications`, `userAction` and "
     "`authenticationContextValue`"},
    {"no_application", R"({"signInContext": {"includeApplications": []}})",
     "/signInContext/includeApplications: expected at least one application"},
    {"application_of_a_wrong_kind", R"({"signInContext": {"includeApplications": ["x", 7]}})",
     "/signInContext/includeApplications/1: expected a text, not a number"},
    {"context_out_of_range", R"({"signInContext": {"authenticationContextValue": "c100"}})",
     "/signInContext/authenticationContextValue: `c100` is not an authentication context: c1 to "
     "c99"},
    {"context_zero", R"({"signInContext": {"authenticationContextValue": "c0"}})",
     "/signInContext/authenticationContextValue: `c0` is not an authentication context: c1 to c99"},
    {"unknown_method", R"({"session": {"authenticationMethods": ["password", "telepathy"]}})",
     "/session/authenticationMethods: `telepathy` is not an authentication method, such as fido2"},
    {"flag_as_text", R"({"session": {"mfaClaim": "true"}})",
     "/session/mfaClaim: expected true or false, not a string"},
    {"time_without_zone", R"({"session": {"primaryAuthenticatedDateTime": "2026-03-02T09:00:00"}})",
     "/session/primaryAuthenticatedDateTime: `2026-03-02T09:00:00` is not a point in time, such as "
     "2026-01-31T12:00:00Z"},
    {"control_characters_are_shown", "{\"signInConditions\": {\"country\": \"\\u001b[31m\"}}",
     "/signInConditions/country: `\\x1b[31m` is not a country of two letters, such as FR"},
};
INSTANTIATE_TEST_SUITE_P(Bodies, RefusedSignIn, ::testing::ValuesIn(refusals),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(ReadSignIn, the_evaluate_call_wants_its_three_parts) {
  EXPECT_THAT(error(R"({"signInContext": {"userAction": "registerSecurityInformation"},
                        "signInConditions": {}})",
                    Missing::absent),
              HasSubstr("/signInIdentity: `signInIdentity` is missing"));
  EXPECT_THAT(error(R"({"signInIdentity": {"userId": "alice@example.org"},
                        "signInConditions": {}})",
                    Missing::absent),
              HasSubstr("/signInContext: `signInContext` is missing"));
  EXPECT_THAT(error(R"({"signInIdentity": {"userId": "alice@example.org"}, "signInContext":
                        {"userAction": "registerSecurityInformation"}})",
                    Missing::absent),
              HasSubstr("/signInConditions: `signInConditions` is missing"));
}

TEST_F(ReadSignIn, a_long_hostile_word_is_shown_cut) {
  const auto message =
      error(R"({"signInConditions": {"country": ")" + std::string(100000, 'x') + R"("}})");
  EXPECT_LT(message.size(), 300U);
}

TEST_F(ReadSignIn, the_result_does_not_need_the_document) {
  SignInInput input;
  {
    const std::string body = R"({"signInConditions": {"deviceInfo": {"displayName": "KIOSK",
        "physicalIds": ["[ZTDId]:1"], "model": "A name that is long enough to be on the heap"}},
        "session": {"fido2Aaguid": "EE882879-721C-4913-9775-3DFCCE97072A",
                    "x509PolicyOids": ["1.2.3"]}})";
    input = good(body);
  }
  EXPECT_EQ(input.sign_in().device->display_name, "KIOSK");
  EXPECT_THAT(input.sign_in().device->physical_ids, ElementsAre("[ZTDId]:1"));
  EXPECT_EQ(input.sign_in().proofs.fido2_aaguid, "ee882879-721c-4913-9775-3dfcce97072a");
  EXPECT_THAT(input.sign_in().proofs.x509_policy_oids, ElementsAre("1.2.3"));
}

}  // namespace
}  // namespace sallyport
