#include "api/path.h"

#include <algorithm>

#include "base/text.h"
#include "gates/message.h"

namespace sallyport::api {
namespace {

constexpr std::size_t segments_max = 16;
constexpr std::size_t segment_size_max = 512;

tl::unexpected<Failure> bad(std::string_view segment, std::string_view problem) {
  return refuse(400, "BadRequest",
                "the path segment `" + printable(segment) + "` " + std::string(problem));
}

bool is_forbidden(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u < 0x20 || u == 0x7f || c == '/' || c == '\\';
}

// `deviceId='abc'`, with quotes inside doubled.
bool is_named_key(std::string_view key) {
  const auto begin = key.find("='");
  if (begin == key.npos || begin == 0 || key.size() < begin + 4 || key.back() != '\'') return false;
  const auto value = key.substr(begin + 2, key.size() - begin - 3);
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\'') continue;
    if (i + 1 == value.size() || value[i + 1] != '\'') return false;
    ++i;
  }
  return std::all_of(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(begin),
                     [](unsigned char c) { return std::isalpha(c) != 0; });
}

// `policies('abc')` is `policies` and `abc`; `usage()` is `usage`; `devices(deviceId='abc')` is
// `devices` and `deviceId='abc'`.
OrFailure<void> add_segment(std::string segment, std::vector<std::string>& out) {
  const auto open = segment.find('(');
  if (open == std::string::npos || segment.back() != ')') {
    out.push_back(std::move(segment));
    return {};
  }
  std::string_view key(segment);
  key = key.substr(open + 1, segment.size() - open - 2);
  if (key.size() >= 2 && key.front() == '\'' && key.back() == '\'') {
    key = key.substr(1, key.size() - 2);
    if (key.empty()) return bad(segment, "has an empty key");
  }
  const bool named = is_named_key(key);
  if (!named && key.find('\'') != key.npos) return bad(segment, "has a key that cannot be read");
  std::string value(key);
  segment.resize(open);
  out.push_back(std::move(segment));
  if (!value.empty()) out.push_back(std::move(value));
  return {};
}

}  // namespace

std::optional<NamedKey> named_key(std::string_view segment) {
  if (!is_named_key(segment)) return std::nullopt;
  const auto begin = segment.find("='");
  NamedKey key{segment.substr(0, begin), {}};
  const auto value = segment.substr(begin + 2, segment.size() - begin - 3);
  for (std::size_t i = 0; i < value.size(); ++i) {
    key.value += value[i];
    if (value[i] == '\'') ++i;
  }
  return key;
}

void take_other_path(std::vector<std::string>& segments) {
  static const std::vector<std::string> home = {"identity", "conditionalAccess"};
  if (segments.size() < 2 || !equal_ignoring_case(segments[0], "policies")) return;
  std::vector<std::string> first = home;
  if (equal_ignoring_case(segments[1], "authenticationStrengthPolicies")) {
    first.insert(first.end(), {"authenticationStrength", "policies"});
  } else if (equal_ignoring_case(segments[1], "conditionalAccessPolicies")) {
    first.emplace_back("policies");
  } else {
    return;
  }
  segments.erase(segments.begin(), segments.begin() + 2);
  segments.insert(segments.begin(), first.begin(), first.end());
}

OrFailure<std::vector<std::string>> split_path(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto end = path.find('/');
    const auto raw = path.substr(0, end);
    path = end == path.npos ? std::string_view() : path.substr(end);
    if (raw.empty() && path.empty()) break;  // a final slash
    auto segment = percent_decode(raw);
    if (raw.empty() || !segment || segment->empty()) return bad(raw, "cannot be read");
    if (segment->size() > segment_size_max || segments.size() >= segments_max) {
      return bad(raw, "makes this path too long");
    }
    if (*segment == "." || *segment == ".." || std::ranges::any_of(*segment, is_forbidden) ||
        !is_utf8(*segment)) {
      return bad(raw, "holds what no name or id here holds");
    }
    if (auto added = add_segment(std::move(*segment), segments); !added) {
      return tl::unexpected<Failure>(added.error());
    }
  }
  return segments;
}

}  // namespace sallyport::api
