#include "analysis/proof/violations.h"

#include "analysis/proof/search.h"

namespace sallyport::proof {

Violations::Violations(Need need, const Encoding& encoding, const Bdd& region)
    : encoding_(encoding), used_(encoding.stops().size()) {
  if (is_about_refusals(need)) {
    // Any one policy is reason enough.
    left_ = violations(need, encoding, region);
    used_.assign(used_.size(), true);
  } else {
    left_ = region - proof_of(need, encoding);
  }
}

// The broadest policy that stops it, if any does, is taken into account.
bool Violations::stop(const Point& point) {
  const auto& stops = encoding_.stops();
  for (std::size_t i = 0; i < stops.size(); ++i) {
    if (used_[i] || !encoding_.universe().holds(stops[i].set, point)) continue;
    used_[i] = true;
    left_ -= stops[i].set;
    return true;
  }
  return false;
}

bool Violations::any() {
  while (!left_.is_empty()) {
    if (!stop(first(encoding_.universe(), left_))) return true;
  }
  return false;
}

std::optional<Point> Violations::smallest() {
  // What costs little goes first: most of what is no violation is gone after that.
  if (!any()) return std::nullopt;
  while (!left_.is_empty()) {
    Point point = proof::smallest(encoding_.universe(), left_);
    if (!stop(point)) return point;
  }
  return std::nullopt;
}

}  // namespace sallyport::proof
