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

// What a box must stay out of, and which dimensions it asks about.
struct Outside {
  Bdd set;
  std::vector<bool> asks;
};

bool share(const std::vector<bool>& a, const std::vector<bool>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] && b[i]) return true;
  }
  return false;
}

// Of each set what is real. A law that asks about nothing that the set and its other laws ask about
// is kept by whatever is told of the rest, so it is left out.
std::vector<Outside> real_part(const Universe& universe, const std::vector<Bdd>& sets,
                               const Bdd& where) {
  std::vector<Outside> laws;
  for (const Bdd& law : universe.laws()) {
    const Bdd here = law.given(where);
    if (!here.is_all()) laws.push_back({here, universe.asked_by(here)});
  }
  std::vector<Outside> out;
  for (const Bdd& set : sets) {
    const Bdd here = set.given(where);
    if (here.is_empty()) continue;
    Outside one{here, universe.asked_by(here)};
    std::vector<bool> kept(laws.size());
    for (std::size_t i = 0; i < laws.size(); ++i) {
      if (kept[i] || !share(one.asks, laws[i].asks)) continue;
      kept[i] = true;
      one.set &= laws[i].set;
      for (std::size_t d = 0; d < one.asks.size(); ++d) {
        if (laws[i].asks[d]) one.asks[d] = true;
      }
      i = static_cast<std::size_t>(-1);  // it may ask what an earlier one asks
    }
    if (!one.set.is_empty()) out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

Point smallest(const Universe& universe, const Bdd& set) { return Cheapest(universe).find(set); }

Point first(const Universe& universe, const Bdd& set) {
  Point point(universe.dimensions().size(), 0);
  int node = set.node();
  while (node > 1) {
    const int low = Bdd::low_of(node);
    if (low == 0) {
      const int variable = Bdd::variable_of(node);
      const DimensionIndex at = universe.dimension_of(variable);
      const Dimension& dimension = universe.dimensions()[at];
      const int bit = dimension.bits - 1 - (variable - dimension.first_variable);
      point[at] = static_cast<ChoiceIndex>(point[at] | 1U << static_cast<unsigned>(bit));
    }
    node = low == 0 ? Bdd::high_of(node) : low;
  }
  return point;
}

Box widest(const Universe& universe, const Point& point, const std::vector<Bdd>& outside,
           const Fits& fits) {
  const auto& dimensions = universe.dimensions();
  std::vector<DimensionIndex> order(dimensions.size());
  std::iota(order.begin(), order.end(), DimensionIndex{0});
  std::ranges::stable_sort(order, {}, [&](DimensionIndex i) { return dimensions[i].question; });

  // Whether it is a person or a workload is never left open: the rest would be said of both.
  const DimensionIndex identity = order.front();
  std::vector<Outside> sets = real_part(universe, outside, universe.is(identity, point[identity]));
  Box box(dimensions.size());
  Point near = point;
  for (const DimensionIndex i : order) {
    // In a set that asks about it, the dimensions before are gone and those after are the point's.
    Bdd chosen;
    for (ChoiceIndex choice = 0; choice < dimensions[i].choices.size(); ++choice) {
      if (i == identity && choice != point[i]) continue;
      near[i] = choice;
      const auto touches = [&](const Outside& one) {
        return one.asks[i] && universe.holds(one.set, near);
      };
      if (choice != point[i] && std::ranges::any_of(sets, touches)) continue;
      box[i].push_back(choice);
      chosen |= universe.is(i, choice);
    }
    if (fits && box[i].size() < dimensions[i].choices.size() && !fits(i, box[i])) {
      box[i] = {point[i]};
      chosen = universe.is(i, point[i]);
    }
    near[i] = point[i];
    for (Outside& one : sets) {
      if (one.asks[i]) one.set = one.set.and_without(chosen, universe.variables_of(i));
    }
    std::erase_if(sets, [](const Outside& one) { return one.set.is_empty(); });
  }
  return box;
}

Box with_any_proof(const Universe& universe, Box box) {
  for (DimensionIndex i = 0; i < box.size(); ++i) {
    if (!is_proof(universe.dimensions()[i].question)) continue;
    box[i].resize(universe.dimensions()[i].choices.size());
    std::iota(box[i].begin(), box[i].end(), ChoiceIndex{0});
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
