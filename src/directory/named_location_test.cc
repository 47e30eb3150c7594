#include "directory/named_location.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

TEST(Country, is_two_letters_in_any_case) {
  EXPECT_EQ(to_string(*parse_country("fr")), "FR");
  EXPECT_EQ(parse_country("Nl"), parse_country("NL"));
  for (const auto* text : {"", "F", "FRA", "F1", " F", "\xc3\xa9"}) {
    EXPECT_FALSE(parse_country(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace sallyport
