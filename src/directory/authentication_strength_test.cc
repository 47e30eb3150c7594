#include "directory/authentication_strength.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sallyport {
namespace {

TEST(Combination, is_a_set_of_words) {
  EXPECT_EQ(parse_combination("sms,password"), parse_combination("Password, SMS"));
  EXPECT_EQ(combination_text(*parse_combination("sms,password")), "password,sms");
  EXPECT_EQ(parse_combination("qrCodePin"), method::qr_code_pin);
  for (const auto* text : {"", "password,", "password sms", "unknownFutureValue", ",sms"}) {
    EXPECT_FALSE(parse_combination(text).has_value()) << text;
  }
}

TEST(Combination, every_mode_reads_as_it_is_written) {
  for (unsigned bit = 0; bit <= 17; ++bit) {
    const MethodModes mode = 1U << bit;
    const auto text = combination_text(mode);
    if (bit == 16) {
      EXPECT_TRUE(text.empty());  // unknownFutureValue is no method
    } else {
      EXPECT_EQ(parse_combination(text), mode) << text;
    }
  }
}

TEST(MfaCombinations, are_the_nineteen_of_the_service) {
  auto combinations = mfa_combinations();
  EXPECT_EQ(combinations.size(), 19U);
  std::sort(combinations.begin(), combinations.end());
  EXPECT_EQ(std::unique(combinations.begin(), combinations.end()), combinations.end());
}

TEST(MfaCombinations, the_fast_test_agrees_with_the_list) {
  for (MethodModes used = 0; used < 1U << 18U; ++used) {
    const auto& list = mfa_combinations();
    const bool listed =
        std::any_of(list.begin(), list.end(), [&](MethodModes c) { return (used & c) == c; });
    ASSERT_EQ(satisfies_mfa(used), listed) << combination_text(used);
  }
}

TEST(BuiltInStrengths, are_three) {
  const auto& strengths = built_in_strengths();
  ASSERT_EQ(strengths.size(), 3U);
  EXPECT_EQ(strengths[0].id_text, mfa_strength_id);
  EXPECT_EQ(strengths[0].allowed_combinations, mfa_combinations());
  EXPECT_EQ(strengths[1].allowed_combinations.size(), 4U);
  EXPECT_EQ(strengths[2].id, StrengthId::of("00000000-0000-0000-0000-000000000004"));
  EXPECT_EQ(strengths[2].allowed_combinations.size(), 3U);
}

}  // namespace
}  // namespace sallyport
