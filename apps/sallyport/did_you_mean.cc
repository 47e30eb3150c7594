#include "did_you_mean.h"

#include <algorithm>

#include "base/text.h"

namespace sallyport::cli {
namespace {

// Letters to add, take away, change or exchange with their neighbour, to make one of the other.
std::size_t slips_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> two_up(b.size() + 1);
  std::vector<std::size_t> up(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) up[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({up[j] + 1, row[j - 1] + 1, up[j - 1] + change});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) row[j] = std::min(row[j], two_up[j - 2] + 1);
    }
    std::swap(two_up, up);
    std::swap(up, row);
  }
  return up[b.size()];
}

}  // namespace

std::string did_you_mean(std::string_view written, const std::vector<std::string>& words) {
  constexpr std::size_t length_max = 100;  // longer is no slip of the pen
  const std::string small = to_lower(written);
  // One slip in four letters: more, and another word was meant.
  std::size_t fewest = std::min<std::size_t>(small.size() / 4, 3) + 1;
  std::string_view nearest;
  for (const std::string& word : words) {
    if (small.size() > length_max || word.size() > length_max) continue;
    const std::size_t slips = slips_between(small, to_lower(word));
    if (slips >= fewest) continue;
    fewest = slips;
    nearest = word;
  }
  if (nearest.empty()) return {};
  return "; did you mean `" + printable(nearest) + "`?";
}

}  // namespace sallyport::cli
