#include "store/store.h"

namespace sallyport {

Result<Version> Store::put(std::string_view kind, std::string_view id, std::string_view json,
                           std::optional<Version> expected) {
  const Write one{std::string(kind), std::string(id), std::string(json), expected};
  return write({&one, 1}).map([](const std::vector<Version>& v) { return v.front(); });
}

Result<Version> Store::remove(std::string_view kind, std::string_view id,
                              std::optional<Version> expected) {
  const Write one{std::string(kind), std::string(id), std::nullopt, expected};
  return write({&one, 1}).map([](const std::vector<Version>& v) { return v.front(); });
}

}  // namespace sallyport
