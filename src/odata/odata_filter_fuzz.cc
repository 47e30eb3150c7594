// A filter, and after a zero byte a document: reading never crashes; what is read is written and
// read back as itself, and means the same; `not` turns its answer round.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "odata/filter_node.h"
#include "odata/plan.h"
#include "odata/test_schema.h"

using namespace sallyport;
using namespace sallyport::odata;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr Index indexes[] = {{.path = "id", .eq = true, .in = true},
                             {.path = "displayName", .starts_with = true, .range = true}};

void check(std::string_view text, const json::Value& document) {
  const auto filter = Filter::compile(text, test_schema);
  if (!filter) {
    require(!filter.error().message.empty() && filter.error().where.starts_with("$filter"));
    return;
  }
  const bool matches = filter->matches(document);
  const auto planned = plan(*filter, indexes);
  require(planned.lookup.has_value() == planned.reason.empty());
  require(planned.lookup || planned.residual);
  if (matches && planned.residual) require(planned.residual->matches(document));

  const auto written = filter->text();
  if (written.size() > filter_length_max) return;  // blanks and long names may make it longer
  const auto again = Filter::compile(written, test_schema);
  require(again && again->root() == filter->root() && again->text() == written);
  require(again->matches(document) == matches);
  const auto negated = Filter::compile("not (" + written + ")", test_schema);
  if (negated) require(negated->matches(document) != matches);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = input.find('\0');
  const auto document =
      json::parse(end == std::string_view::npos ? std::string_view("{}") : input.substr(end + 1));
  check(input.substr(0, end), document ? document->root() : json::Value());
  return 0;
}
