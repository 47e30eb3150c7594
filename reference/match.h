// The four possible answers to "does this match?", and how they combine.
// docs/semantics.md, section 1.
#pragma once

#include "device/filter.h"
#include "signin/answer.h"

namespace sallyport::reference {

inline Match yes_if(bool b) { return b ? Match::yes : Match::no; }

inline Match match_of(Truth truth) {
  if (truth == Truth::unknown) return Match::unknown;
  return yes_if(truth == Truth::yes);
}

inline Match match_not(Match a) {
  if (a == Match::yes) return Match::no;
  if (a == Match::no) return Match::yes;
  return a;
}

inline Match match_or(Match a, Match b) {
  if (a == Match::yes || b == Match::yes) return Match::yes;
  if (a == Match::unknown || b == Match::unknown) return Match::unknown;
  if (a == Match::needs_gps || b == Match::needs_gps) return Match::needs_gps;
  return Match::no;
}

inline Match match_and(Match a, Match b) {
  if (a == Match::no || b == Match::no) return Match::no;
  if (a == Match::unknown || b == Match::unknown) return Match::unknown;
  if (a == Match::needs_gps || b == Match::needs_gps) return Match::needs_gps;
  return Match::yes;
}

}  // namespace sallyport::reference
