#include "did_you_mean.h"

#include <gtest/gtest.h>

namespace sallyport::cli {
namespace {

TEST(DidYouMean, the_nearest_word_within_a_slip) {
  const std::vector<std::string> words = {"--user", "--user-risk", "--ip", "Wiki", "Finance"};
  EXPECT_EQ(did_you_mean("--usr", words), "; did you mean `--user`?");
  EXPECT_EQ(did_you_mean("--uesr", words), "; did you mean `--user`?");
  EXPECT_EQ(did_you_mean("wikki", words), "; did you mean `Wiki`?");
  EXPECT_EQ(did_you_mean("FINANCES", words), "; did you mean `Finance`?");
}

TEST(DidYouMean, nothing_when_nothing_is_near) {
  EXPECT_EQ(did_you_mean("--colour", {"--user", "--ip"}), "");
  EXPECT_EQ(did_you_mean("decide", {"device"}), "");
  EXPECT_EQ(did_you_mean("", {"a", ""}), "");
  EXPECT_EQ(did_you_mean("x", {}), "");
  EXPECT_EQ(did_you_mean(std::string(1000, 'a'), {std::string(1000, 'b')}), "");
}

}  // namespace
}  // namespace sallyport::cli
