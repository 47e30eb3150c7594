// Finding things in a set of sign-ins: its smallest member, and the widest box of it around a
// member. "Smallest" is what a person has to be told least about: the fewest choices that are not
// the plainest, weighed by dimension.
//
// Cost: smallest, linear in the diagram's nodes; widest, a few passes over the diagram.
#pragma once

#include "analysis/proof/universe.h"

namespace sallyport::proof {

// REQUIRES: the set is not empty and lies inside reality.
Point smallest(const Universe& universe, const Bdd& set);
// Some member, at next to no cost.
Point first(const Universe& universe, const Bdd& set);

// The box grows dimension by dimension, in the order of Question, as long as nothing real in it
// lies in any of the sets of `outside`; `point` stays inside. Many small sets cost less than their
// union, which may be large.
// Where `fits` is given and does not like what a dimension may be, the point's choice alone is
// taken.
// REQUIRES: the point is in none of them.
using Fits = std::function<bool(DimensionIndex, const std::vector<ChoiceIndex>&)>;
Box widest(const Universe& universe, const Point& point, const std::vector<Bdd>& outside,
           const Fits& fits = {});

// The box, whatever is proven: however it is done, it is the same way in.
Box with_any_proof(const Universe& universe, Box box);

// Those who hold at most so many of the groups, roles and names that are told apart.
Bdd at_most_memberships(const Universe& universe, unsigned count);

}  // namespace sallyport::proof
