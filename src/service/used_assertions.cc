#include "service/used_assertions.h"

#include <optional>
#include <vector>

#include "base/json.h"
#include "base/json_members.h"
#include "store/each_of_kind.h"

namespace sallyport {

Result<std::size_t> forget_used_assertions(Store& store, Instant before, std::size_t count_max) {
  std::vector<Write> removals;
  const auto look_at = [&](const VersionedDocument& document) -> Result<bool> {
    const auto parsed = json::parse(document.json);
    const auto expires =
        parsed ? parse_instant(json::text_of(parsed->root(), "expirationDateTime")) : std::nullopt;
    // One that cannot be read stays: whoever shows it again is refused.
    if (expires && *expires < before) {
      removals.push_back({document.kind, document.id, std::nullopt, document.version});
    }
    return removals.size() < count_max;
  };
  if (const auto looked = some_of_kind(store, used_assertion_kind, look_at); !looked) {
    return tl::unexpected<Error>(looked.error());
  }
  if (removals.empty()) return std::size_t{0};
  if (const auto written = store.write(removals, {}); !written)
    return tl::unexpected<Error>(written.error());
  return removals.size();
}

}  // namespace sallyport
