// Random filters and documents over odata/test_schema.h. Values are few, so that they meet.
#pragma once

#include <string>

#include "base/json.h"
#include "tests/differential/random.h"

namespace sallyport::testing_support {

// A filter that Filter::compile takes, with the liberties the language allows: letter case of
// words, needless brackets, blanks, values on the left.
std::string make_filter(Random& random, int depth);

// A document whose members are mostly there and mostly of the right kind.
json::Value make_document(Random& random, json::Arena& arena);

}  // namespace sallyport::testing_support
