#include "signin/answer.h"

#include <gtest/gtest.h>

#include "signin/sign_in.h"

namespace sallyport {
namespace {

struct CodeCase {
  RequirementKind kind;
  std::string_view name;
  int code;
};

class RequirementCodes : public testing::TestWithParam<CodeCase> {};

TEST_P(RequirementCodes, name_and_code_are_those_a_client_knows) {
  EXPECT_EQ(name_of(GetParam().kind), GetParam().name);
  EXPECT_EQ(error_code_of(GetParam().kind), GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    fact_sheet_6_5, RequirementCodes,
    testing::Values(CodeCase{RequirementKind::block, "block", 53003},
                    CodeCase{RequirementKind::gps_location, "gpsLocation", 50077},
                    CodeCase{RequirementKind::mfa, "mfa", 50076},
                    CodeCase{RequirementKind::compliant_device, "compliantDevice", 53000},
                    CodeCase{RequirementKind::domain_joined_device, "domainJoinedDevice", 53001},
                    CodeCase{RequirementKind::approved_application, "approvedApplication", 53002},
                    CodeCase{RequirementKind::compliant_application, "compliantApplication", 53009},
                    CodeCase{RequirementKind::password_change, "passwordChange", 50135},
                    CodeCase{RequirementKind::terms_of_use, "termsOfUse", 50158},
                    CodeCase{RequirementKind::reauthentication, "signInFrequency", 70043},
                    CodeCase{RequirementKind::token_protection, "secureSignInSession", 530084}));

TEST(SignIn, by_default_knows_nothing) {
  const SignIn s;
  EXPECT_TRUE(s.user.is_unknown());
  EXPECT_TRUE(s.device.is_unknown());
  EXPECT_TRUE(s.proofs.mfa_claim.is_unknown());
  EXPECT_FALSE(s.proofs.accepted_terms_known);
}

TEST(SignIn, with_nothing_else_has_no_signal_but_nobody_for_certain) {
  const SignIn s = sign_in_with_nothing_else();
  EXPECT_TRUE(s.user.is_unknown()) << "a sign-in is somebody's: the caller must say whose";
  EXPECT_TRUE(s.device.is_absent());
  EXPECT_TRUE(s.sign_in_risk_level.is_absent());
  EXPECT_TRUE(s.proofs.methods.is_absent());
  EXPECT_TRUE(s.proofs.accepted_terms_known);
}

TEST(Answer, is_definite_when_worst_and_best_ask_for_the_same) {
  Answer worst;
  Answer best;
  EXPECT_TRUE(is_definite(worst, best));
  best.outcome = Outcome::granted;
  EXPECT_FALSE(is_definite(worst, best));
  best = worst;
  best.session.secure_sign_in_session = true;
  EXPECT_FALSE(is_definite(worst, best));
  best = worst;
  best.missing.push_back({RequirementKind::mfa, ""});
  EXPECT_FALSE(is_definite(worst, best));
}

}  // namespace
}  // namespace sallyport
