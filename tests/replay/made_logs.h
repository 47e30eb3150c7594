// Random policy sets and the records of sign-ins in their world.
#pragma once

#include <string>

#include "analysis/replay/side.h"
#include "tests/differential/generator.h"

namespace sallyport::replay {

// Contents that are equal for equal names: an edited policy gets another one.
Side side_of(const testing_support::World& world, const PolicySet& set);
// Another set: some policies gone, some changed, some new, some the other way round.
PolicySet edited(const testing_support::World& world, testing_support::Random& random);
// A record as Graph writes it, of people, places and things of this world.
std::string graph_record(const testing_support::World& world, testing_support::Random& random);

}  // namespace sallyport::replay
