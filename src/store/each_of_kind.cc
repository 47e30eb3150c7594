#include "store/each_of_kind.h"

#include <string>

namespace sallyport {

Result<void> some_of_kind(Store& store, std::string_view kind, const VisitSome& visit) {
  constexpr std::size_t page_size = 1000;
  std::string after;
  for (;;) {
    const auto page = store.list(kind, after, page_size);
    if (!page) return tl::unexpected<Error>(page.error());
    for (const auto& document : *page) {
      const auto more = visit(document);
      if (!more) return tl::unexpected<Error>(more.error());
      if (!*more) return {};
    }
    if (page->size() < page_size) return {};
    after = page->back().id;
  }
}

Result<void> each_of_kind(Store& store, std::string_view kind, const VisitOne& visit) {
  return some_of_kind(store, kind, [&](const VersionedDocument& document) {
    return visit(document).map([] { return true; });
  });
}

}  // namespace sallyport
