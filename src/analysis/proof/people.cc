#include "analysis/proof/people.h"

#include <algorithm>

namespace sallyport::proof {
namespace {

// A class is what it is not, too: dimensions it does not name are at their plainest.
ChoiceIndex choice_of(const PeopleClass& people, DimensionIndex i) {
  const auto at =
      std::ranges::find(people.choices, i, [](const auto& choice) { return choice.first; });
  return at == people.choices.end() ? ChoiceIndex{0} : at->second;
}

}  // namespace

People people_in(const Universe& u, const Box& box) {
  constexpr std::size_t examples_told = 3;
  People out;
  std::vector<UserId> examples;
  for (const PeopleClass& people : u.people()) {
    bool inside = true;
    for (DimensionIndex i = 0; i < box.size() && inside; ++i) {
      if (!is_about_people(u.dimensions()[i].question)) continue;
      inside = std::ranges::find(box[i], choice_of(people, i)) != box[i].end();
    }
    if (!inside) continue;
    out.count += people.count;
    examples.insert(examples.end(), people.examples.begin(), people.examples.end());
  }
  std::ranges::sort(examples);
  for (const UserId id : examples) {
    if (out.examples.size() == examples_told) break;
    const auto user = u.tenant().directory->find_user(id);
    out.examples.push_back(user && !user->name.empty() ? std::string(user->name) : to_string(id));
  }
  return out;
}

std::size_t count_people(const Universe& u, const Bdd& set) {
  std::size_t count = 0;
  for (const PeopleClass& people : u.people()) {
    Bdd rest = set;
    for (DimensionIndex i = 0; i < u.dimensions().size() && !rest.is_empty(); ++i) {
      if (is_about_people(u.dimensions()[i].question)) rest &= u.is(i, choice_of(people, i));
    }
    if (!rest.is_empty()) count += people.count;
  }
  return count;
}

}  // namespace sallyport::proof
