#include "agent/tpm/key_text.h"

#include <gtest/gtest.h>

namespace sallyport::agent {
namespace {

TEST(key_text, what_is_written_is_read) {
  const TpmKeyBlob key{std::string("\0\3pub", 5), std::string("\0\3prv", 5)};
  const auto text = write_tpm_key(key);
  EXPECT_TRUE(text.starts_with("-----BEGIN TSS2 PRIVATE KEY-----\n")) << text;
  const auto read = read_tpm_key(text);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->public_area, key.public_area);
  EXPECT_EQ(read->private_area, key.private_area);
}

TEST(key_text, other_text_is_none) {
  EXPECT_FALSE(read_tpm_key("").has_value());
  EXPECT_FALSE(read_tpm_key("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
  auto text = write_tpm_key({std::string("\0\3pub", 5), std::string("\0\3prv", 5)});
  for (std::size_t i = 40; i < text.size(); i += 3) {
    const auto cut = text.substr(0, i) + "\n-----END TSS2 PRIVATE KEY-----\n";
    EXPECT_FALSE(read_tpm_key(cut).has_value() && cut.size() < text.size()) << i;
  }
}

}  // namespace
}  // namespace sallyport::agent
