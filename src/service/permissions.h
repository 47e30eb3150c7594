// The permissions a token may hold, by Graph's names and one of our own, and what each lets its
// holder do.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sallyport {

struct Permission {
  std::string_view name;
  std::string_view meaning;
  bool writes = false;
};

std::span<const Permission> known_permissions();

// Permission names and the words `reader` (all that only read) and `administrator` (all), each name
// once. Fails for a word that is neither.
[[nodiscard]] Result<std::vector<std::string>> expand_permissions(
    std::span<const std::string> words);

}  // namespace sallyport
