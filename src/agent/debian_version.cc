#include "agent/debian_version.h"

#include <algorithm>

namespace sallyport::agent {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// `~` before the end, the end before letters, letters before everything else.
int rank(std::string_view text) {
  if (text.empty() || is_digit(text.front())) return 0;
  const char c = text.front();
  if (c == '~') return -1;
  return is_letter(c) ? c : c + 256;
}

std::string_view take_number(std::string_view& text) {
  const auto begin = std::min(text.find_first_not_of('0'), text.size());
  text.remove_prefix(begin);
  std::size_t size = 0;
  while (size < text.size() && is_digit(text[size])) ++size;
  const auto number = text.substr(0, size);
  text.remove_prefix(size);
  return number;
}

std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

// Runs of other characters and of digits, in turn.
std::strong_ordering compare_parts(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    while ((!a.empty() && !is_digit(a.front())) || (!b.empty() && !is_digit(b.front()))) {
      if (rank(a) != rank(b)) return rank(a) <=> rank(b);
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
    const auto one = take_number(a);
    const auto other = take_number(b);
    if (const auto order = compare_numbers(one, other); order != 0) return order;
  }
  return std::strong_ordering::equal;
}

struct Version {
  std::string_view epoch;
  std::string_view upstream;
  std::string_view revision;
};

Version split(std::string_view text) {
  Version version;
  if (const auto colon = text.find(':'); colon != text.npos) {
    version.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const auto dash = text.rfind('-');
  version.upstream = text.substr(0, dash);
  if (dash != text.npos) version.revision = text.substr(dash + 1);
  return version;
}

}  // namespace

std::strong_ordering compare_debian_versions(std::string_view a, std::string_view b) {
  const auto one = split(a);
  const auto other = split(b);
  if (const auto order = compare_parts(one.epoch, other.epoch); order != 0) return order;
  if (const auto order = compare_parts(one.upstream, other.upstream); order != 0) return order;
  return compare_parts(one.revision, other.revision);
}

}  // namespace sallyport::agent
