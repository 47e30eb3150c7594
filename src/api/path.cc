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

// `policies('abc')` is `policies` and `abc`; `usage()` is `usage`.
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
  if (key.find('\'') != key.npos) return bad(segment, "has a key that cannot be read");
  std::string value(key);
  segment.resize(open);
  out.push_back(std::move(segment));
  if (!value.empty()) out.push_back(std::move(value));
  return {};
}

}  // namespace

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
