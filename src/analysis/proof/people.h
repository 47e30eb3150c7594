// Which of the directory's users are in a region.
#pragma once

#include <string>
#include <vector>

#include "analysis/proof/universe.h"

namespace sallyport::proof {

struct People {
  std::size_t count = 0;
  std::vector<std::string> examples;  // a few names
};

People people_in(const Universe& universe, const Box& box);
std::size_t count_people(const Universe& universe, const Bdd& set);

}  // namespace sallyport::proof
