#include "store/each_of_kind.h"

#include <string>

namespace sallyport {

Result<void> each_of_kind(Store& store, std::string_view kind, const VisitOne& visit) {
  constexpr std::size_t page_size = 1000;
  std::string after;
  for (;;) {
    const auto page = store.list(kind, after, page_size);
    if (!page) return tl::unexpected<Error>(page.error());
    for (const auto& document : *page) {
      if (auto done = visit(document); !done) return done;
    }
    if (page->size() < page_size) return {};
    after = page->back().id;
  }
}

}  // namespace sallyport
