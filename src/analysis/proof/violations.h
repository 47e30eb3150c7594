// The sign-ins of a region that are not as expected. Of hundreds of policies most are about
// something else: each is taken into account only when it stops what would otherwise be the
// smallest.
//
// Cost: an intersection for each policy that it took, and a pass over the diagram for each of the
// smallest asked for.
#pragma once

#include <optional>

#include "analysis/proof/expectation.h"

namespace sallyport::proof {

class Violations {
 public:
  // REQUIRES: the encoding outlives it; the region lies inside reality.
  Violations(Need need, const Encoding& encoding, const Bdd& region);

  bool any();
  std::optional<Point> smallest();  // nullopt: there are none, or the solver gave up
  // Those of them in the set are of no more interest.
  void take_away(const Bdd& set) { left_ -= set; }

 private:
  bool stop(const Point& point);

  const Encoding& encoding_;
  std::vector<bool> used_;  // of encoding_.stops()
  Bdd left_;                // no violation of the region is missing, some may be none
};

}  // namespace sallyport::proof
