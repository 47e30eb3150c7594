// A query string: reading never crashes; the query of the next page reads back as the same options;
// a list that compiles shows each document at most once, and follows its own tokens to the end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "odata/list.h"
#include "odata/test_schema.h"

using namespace sallyport;
using namespace sallyport::odata;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

const json::Document& documents() {
  static const auto read = json::parse(R"([
    {"id":"a","displayName":"Alpha one","riskScore":1,"accountEnabled":true},
    {"id":"b","displayName":"beta","createdDateTime":"2026-01-01T00:00:00Z","tags":["x"]},
    {"id":"c","displayName":null,"state":"enabled","externalId":"\u0001\u00e9"}])");
  return *read;
}

void follow(Query query) {
  constexpr std::string_view key = "0123456789abcdef";
  const auto items = documents().root().items();
  std::size_t seen[3] = {0, 0, 0};
  for (int pages = 0; pages < 5; ++pages) {
    auto list = List::compile(query, test_schema, {.resource = "things", .key = key});
    if (!list) {
      require(pages == 0 && !list.error().message.empty());
      return;
    }
    for (std::size_t i = 0; i < items.size(); ++i) list->offer(items[i], i);
    const auto page = list->page();
    for (const auto row : page.rows) {
      require(++seen[row] == 1);
      std::string out;
      json::Writer writer(out);
      list->select().write(writer, items[row]);
      require(json::parse(out).has_value());
    }
    if (!page.skip_token) return;
    auto next = parse_query(next_query(query, *page.skip_token));
    require(next.has_value());
    query = std::move(*next);
  }
  require(false);  // three documents have no five pages
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto query = parse_query(text);
  if (!query) {
    require(!query.error().message.empty());
    return 0;
  }
  const auto token = query->skip_token.value_or("x");
  const auto next = next_query(*query, token);
  const auto again = parse_query(next);
  require(again.has_value() && next_query(*again, token) == next);
  require(again->filter == query->filter && again->search == query->search);
  require(again->select == query->select && again->order_by == query->order_by);
  require(again->top == query->top && again->count == query->count);
  require(again->others == query->others && again->expand.size() == query->expand.size());
  follow(std::move(*query));
  return 0;
}
