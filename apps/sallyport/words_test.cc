#include "words.h"

#include <gtest/gtest.h>

namespace sallyport::cli {
namespace {

struct EffectCase {
  std::string_view name;
  PolicyResult worst;
  PolicyResult best;
  std::string_view words;
};

class Effects : public testing::TestWithParam<EffectCase> {};

TEST_P(Effects, are_said_in_few_words) {
  EXPECT_EQ(words_of(GetParam().worst, GetParam().best).text, GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    All, Effects,
    testing::Values(
        EffectCase{"blocks", PolicyResult::failure, PolicyResult::failure, "blocks"},
        EffectCase{"may_block", PolicyResult::failure, PolicyResult::not_applied, "may block"},
        EffectCase{"asks", PolicyResult::interrupted, PolicyResult::interrupted, "asks"},
        EffectCase{"may_ask", PolicyResult::interrupted, PolicyResult::success, "may ask"},
        EffectCase{"passes", PolicyResult::success, PolicyResult::success, "passes"},
        EffectCase{"report_only", PolicyResult::report_only_failure,
                   PolicyResult::report_only_failure, "would block"},
        EffectCase{"report_only_unsure", PolicyResult::report_only_interrupted,
                   PolicyResult::report_only_not_applied, "might ask"},
        EffectCase{"none", PolicyResult::not_applied, PolicyResult::not_applied, "does not apply"},
        EffectCase{"off", PolicyResult::not_enabled, PolicyResult::not_enabled, "is off"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(WithNames, replaces_ids_that_have_names) {
  Names names;
  names.add("11111111-1111-1111-1111-111111111111", "Break glass");
  EXPECT_EQ(with_names("group `11111111-1111-1111-1111-111111111111`, and "
                       "22222222-2222-2222-2222-222222222222",
                       names),
            "group `Break glass`, and 22222222-2222-2222-2222-222222222222");
}

TEST(Words, a_strength_has_its_name) {
  const PolicySet policies = empty_policy_set();
  const Requirement requirement{RequirementKind::authentication_strength,
                                "00000000-0000-0000-0000-000000000004"};
  EXPECT_EQ(words_of(requirement, policies, Names()), "strength Phishing-resistant MFA");
}

TEST(Words, a_session_is_said_in_one_line) {
  MergedSession session;
  EXPECT_EQ(words_of(session), "");
  SignInFrequency frequency;
  frequency.every = std::chrono::hours(48);
  session.frequency_primary_and_secondary = frequency;
  session.persistent_browser = PersistentBrowser::never;
  EXPECT_EQ(words_of(session), "sign-in frequency 2 days, browser session never kept");
}

}  // namespace
}  // namespace sallyport::cli
