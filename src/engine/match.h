// The four possible answers to "is this condition met?" and how they combine (docs/semantics.md,
// 1).
#pragma once

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

constexpr Match match_or(Match a, Match b) {
  for (const Match winner : {Match::yes, Match::unknown, Match::needs_gps}) {
    if (a == winner || b == winner) return winner;
  }
  return Match::no;
}

constexpr Match match_and(Match a, Match b) {
  for (const Match winner : {Match::no, Match::unknown, Match::needs_gps}) {
    if (a == winner || b == winner) return winner;
  }
  return Match::yes;
}

}  // namespace sallyport
