// The compiled filter and the slow one give the same answer on random filters and documents.
//
// SALLYPORT_PAIRS says how many answers are compared, SALLYPORT_SEED where to begin.
#include <gtest/gtest.h>

#include <cstdlib>

#include "odata/filter.h"
#include "odata/test_schema.h"
#include "reference/odata/filter.h"
#include "tests/odata/make.h"

namespace sallyport::testing_support {
namespace {

std::size_t number_from_environment(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<std::size_t>(std::strtoull(text, nullptr, 10));
}

TEST(OdataFilter, agrees_with_the_reference) {
  constexpr std::size_t documents_each = 10;
  const auto filters = number_from_environment("SALLYPORT_PAIRS", 20'000) / documents_each;
  const auto seed = number_from_environment("SALLYPORT_SEED", 7'000'000);
  std::size_t matched = 0;
  for (std::size_t i = 0; i < filters; ++i) {
    Random random(seed + i);
    const auto text = make_filter(random, static_cast<int>(random.below(5)));
    const auto filter = odata::Filter::compile(text, odata::test_schema);
    ASSERT_TRUE(filter) << text << "\n" << describe(filter.error());
    for (std::size_t d = 0; d < documents_each; ++d) {
      json::Arena arena;
      const auto document = make_document(random, arena);
      const bool matches = filter->matches(document);
      matched += matches ? 1 : 0;
      ASSERT_EQ(matches, reference::filter_matches(text, odata::test_schema, document))
          << "SALLYPORT_SEED=" << seed + i << "\n"
          << text << "\n"
          << json::write(document);
    }
  }
  // Neither answer is rare, or little would be compared.
  EXPECT_GT(matched, filters * documents_each / 5);
  EXPECT_LT(matched, filters * documents_each * 4 / 5);
}

}  // namespace
}  // namespace sallyport::testing_support
