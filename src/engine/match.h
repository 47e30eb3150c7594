// The four possible answers to "is this condition met?" and how they combine (docs/semantics.md,
// 1).
#pragma once

#include <algorithm>

#include "device/filter.h"
#include "signin/answer.h"

namespace sallyport {

constexpr Match match_of(bool met) { return met ? Match::yes : Match::no; }

constexpr Match match_of(Truth truth) {
  return truth == Truth::unknown ? Match::unknown : match_of(truth == Truth::yes);
}

constexpr Match match_not(Match m) {
  return m == Match::yes ? Match::no : m == Match::no ? Match::yes : m;
}

constexpr Match match_or(Match a, Match b) { return std::max(a, b); }

// What is not met is not met whatever else hangs on a fact; an unknown fact outweighs GPS.
constexpr Match match_and(Match a, Match b) {
  if (a == Match::no || b == Match::no) return Match::no;
  if (a == Match::yes) return b;
  return b == Match::yes ? a : std::max(a, b);
}

}  // namespace sallyport
