#include "analysis/proof/search.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_map>

namespace sallyport::proof {
namespace {

// The least weight from a node to `all`. A dimension is paid for once, at its first bit that is
// set: so a node's cost depends on whether the dimension of its variable is already paid for.
class Cheapest {
 public:
  explicit Cheapest(const Universe& universe) : u_(universe) {}

  Point find(const Bdd& set) {
    Point point(u_.dimensions().size(), 0);
    int node = set.node();
    bool paid = false;
    while (node > 1) {
      const Step step = best(node, paid);
      const int variable = Bdd::variable_of(node);
      const DimensionIndex at = u_.dimension_of(variable);
      const Dimension& dimension = u_.dimensions()[at];
      if (step.high) {
        const int bit = dimension.bits - 1 - (variable - dimension.first_variable);
        point[at] = static_cast<ChoiceIndex>(point[at] | 1U << static_cast<unsigned>(bit));
      }
      const int next = step.high ? Bdd::high_of(node) : Bdd::low_of(node);
      paid = paid_at(next, at, paid || step.high);
      node = next;
    }
    return point;
  }

 private:
  static constexpr unsigned never = std::numeric_limits<unsigned>::max() / 2;
  struct Step {
    unsigned cost = never;
    bool high = false;
  };

  bool paid_at(int next, DimensionIndex from, bool paid) const {
    return next > 1 && u_.dimension_of(Bdd::variable_of(next)) == from && paid;
  }

  unsigned cost(int node, bool paid) {
    if (node <= 1) return node == 1 ? 0 : never;
    return best(node, paid).cost;
  }

  Step best(int node, bool paid) {
    const auto key = static_cast<std::uint64_t>(node) * 2 + (paid ? 1 : 0);
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    const DimensionIndex at = u_.dimension_of(Bdd::variable_of(node));
    const int low = Bdd::low_of(node);
    const int high = Bdd::high_of(node);
    const unsigned without = cost(low, paid_at(low, at, paid));
    const unsigned with =
        cost(high, paid_at(high, at, true)) + (paid ? 0 : u_.dimensions()[at].weight);
    const Step step = with < without ? Step{with, true} : Step{without, false};
    known_.emplace(key, step);
    return step;
  }

  const Universe& u_;
  std::unordered_map<std::uint64_t, Step> known_;
};

}  // namespace

Point smallest(const Universe& universe, const Bdd& set) { return Cheapest(universe).find(set); }

Box widest(const Universe& universe, const Point& point, std::vector<Bdd> outside,
           const Fits& fits) {
  const auto& dimensions = universe.dimensions();
  std::vector<DimensionIndex> order(dimensions.size());
  std::iota(order.begin(), order.end(), DimensionIndex{0});
  std::ranges::stable_sort(order, {}, [&](DimensionIndex i) { return dimensions[i].question; });

  Box box(dimensions.size());
  for (DimensionIndex i = 0; i < dimensions.size(); ++i) box[i] = {point[i]};
  for (Bdd& set : outside) set &= universe.reality();
  for (std::size_t step = 0; step < order.size(); ++step) {
    const DimensionIndex i = order[step];
    std::vector<DimensionIndex> later(order.begin() + static_cast<std::ptrdiff_t>(step) + 1,
                                      order.end());
    std::ranges::sort(later, std::greater<>());
    Bdd rest = Bdd::all();
    for (const DimensionIndex j : later) rest &= universe.is(j, point[j]);
    Bdd near;
    for (const Bdd& set : outside) near |= set.given(rest);
    Bdd chosen;
    box[i].clear();
    for (ChoiceIndex choice = 0; choice < dimensions[i].choices.size(); ++choice) {
      const Bdd is = universe.is(i, choice);
      // Whether it is a person or a workload is never left open: the rest would be said of both.
      const bool fixed = dimensions[i].question == Question::identity || near.meets(is);
      if (choice != point[i] && fixed) continue;
      box[i].push_back(choice);
      chosen |= is;
    }
    if (fits && box[i].size() < dimensions[i].choices.size() && !fits(i, box[i])) {
      box[i] = {point[i]};
      chosen = universe.is(i, point[i]);
    }
    // What is decided is gone from what must stay outside.
    for (Bdd& set : outside) set = (set & chosen).without(universe.variables_of(i));
    std::erase_if(outside, [](const Bdd& set) { return set.is_empty(); });
  }
  return box;
}

Bdd at_most_memberships(const Universe& universe, unsigned count) {
  std::vector<DimensionIndex> memberships;
  for (const Question question :
       {Question::role, Question::any_role, Question::group, Question::any_group, Question::user}) {
    for (const DimensionIndex i : universe.all(question)) memberships.push_back(i);
  }
  std::ranges::sort(memberships, std::greater<>());  // diagrams grow upwards
  // at_most[n]: of the dimensions looked at so far, n at the most are not plain.
  std::vector<Bdd> at_most(count + 1, Bdd::all());
  for (const DimensionIndex i : memberships) {
    const Bdd plain = universe.is(i, 0);
    for (unsigned n = count + 1; n-- > 0;) {
      at_most[n] = (plain & at_most[n]) | (n > 0 ? at_most[n - 1] - plain : Bdd());
    }
  }
  return at_most[count];
}

}  // namespace sallyport::proof
