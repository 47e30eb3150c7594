#include "analysis/proof/gaps.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "analysis/proof/edits.h"
#include "analysis/proof/search.h"
#include "analysis/proof/words.h"

namespace sallyport::proof {
namespace {

// What the engine must say of a witness.
bool engine_agrees(Need need, Outcome outcome) {
  switch (need) {
    case Need::granted: return outcome != Outcome::granted;
    case Need::reachable: return outcome == Outcome::blocked;
    case Need::prompted: return outcome != Outcome::interrupted;
    case Need::refused: return outcome != Outcome::blocked;
    default: return outcome == Outcome::granted;
  }
}

// What stands for whatever no policy names has no name that would tell anybody anything.
std::string in_words(const ConditionAnswer& answer) {
  std::string words = std::string(name_of(answer.condition)) + ": " + answer.decided_by;
  const std::string id = to_string(nothing_in_particular());
  if (const auto at = words.find(id); at != std::string::npos) {
    words.replace(at, id.size(), "this application");
  }
  return words;
}

bool is_proof(Question question) {
  return question >= Question::device && question <= Question::trust_hybrid_joined;
}

// However it is proven, it is the same way in.
Bdd anyhow(const Universe& u, Box box) {
  for (DimensionIndex i = 0; i < box.size(); ++i) {
    if (!is_proof(u.dimensions()[i].question)) continue;
    box[i].resize(u.dimensions()[i].choices.size());
    std::iota(box[i].begin(), box[i].end(), ChoiceIndex{0});
  }
  return u.box_set(box);
}

Box any_role(const Universe& u, Box box) {
  for (const DimensionIndex i : u.all(Question::role)) box[i] = {0, 1};
  return box;
}

bool is_about_roles(const Expectation& expectation) {
  return expectation.who.size() == 1 && expectation.who.front() == "administrators";
}

// Sets that together hold every sign-in of which the witness is no example: a box that touches none
// of them violates the need everywhere.
std::vector<Bdd> outside_of(Need need, const Encoding& encoding, const Bdd& region,
                            const Point& witness) {
  std::vector<Bdd> outside{!region};
  const Bdd here = encoding.universe().point_set(witness);
  const bool refused = need == Need::reachable ||
                       (need == Need::prompted && !encoding.blocked(here).is_empty());
  if (need == Need::granted || refused) {
    // One policy that stops it is the reason.
    for (const EncodedPolicy& policy : encoding.policies()) {
      if (!policy.enforced()) continue;
      const Bdd stops = refused ? policy.failed : policy.stops();
      if (!here.is_inside(stops)) continue;
      outside.push_back(!stops);
      break;
    }
    return outside;
  }
  outside.push_back(proof_of(need, encoding));
  for (const EncodedPolicy& policy : encoding.policies()) {
    if (!policy.enforced()) continue;
    outside.push_back(need == Need::refused ? policy.failed : policy.stops());
  }
  return outside;
}

// What would close the gap, to tell one cause from another; its own sentence when nothing would.
std::string remedy_of(const Gap& gap) {
  std::string remedy;
  for (const std::size_t policy : gap.would_close_if_enforced) {
    remedy += std::to_string(policy) + ',';
  }
  if (!gap.edits.empty()) remedy += gap.edits.front().words;
  return remedy.empty() ? gap.sentence : remedy;
}

// Whether any of these people is in the box.
bool holds(const Box& box, const PeopleClass& people) {
  for (DimensionIndex i = 0; i < box.size(); ++i) {
    const auto at = std::ranges::find(people.choices, i, [](const auto& c) { return c.first; });
    if (at == people.choices.end()) continue;
    if (std::ranges::find(box[i], at->second) == box[i].end()) return false;
  }
  return true;
}

// A class is what it is not, too: dimensions it does not name are at their plainest.
bool lives_in(const Universe& u, const Box& box, const PeopleClass& people) {
  if (!holds(box, people)) return false;
  for (DimensionIndex i = 0; i < box.size(); ++i) {
    if (!is_about_people(u.dimensions()[i].question) || box[i].front() == 0) continue;
    const auto at = std::ranges::find(people.choices, i, [](const auto& c) { return c.first; });
    if (at == people.choices.end()) return false;
  }
  return true;
}

void count_people(const Universe& u, Gap& gap) {
  constexpr std::size_t examples_told = 3;
  std::vector<UserId> examples;
  for (const PeopleClass& people : u.people()) {
    if (!lives_in(u, gap.region, people)) continue;
    gap.people += people.count;
    examples.insert(examples.end(), people.examples.begin(), people.examples.end());
  }
  std::ranges::sort(examples);
  for (const UserId id : examples) {
    if (gap.examples.size() == examples_told) break;
    const auto user = u.tenant().directory->find_user(id);
    gap.examples.push_back(user && !user->name.empty() ? std::string(user->name) : to_string(id));
  }
}

std::size_t people_in(const Universe& u, const Bdd& gap) {
  std::size_t count = 0;
  for (const PeopleClass& people : u.people()) {
    Bdd rest = gap;
    for (const auto& [dimension, choice] : people.choices) {
      if (rest.is_empty()) break;
      rest &= u.is(dimension, choice);
    }
    for (DimensionIndex i = 0; i < u.dimensions().size() && !rest.is_empty(); ++i) {
      if (!is_about_people(u.dimensions()[i].question)) continue;
      const auto named = std::ranges::find(people.choices, i, [](const auto& c) { return c.first; });
      if (named == people.choices.end()) rest &= u.is(i, 0);
    }
    if (!rest.is_empty()) count += people.count;
  }
  return count;
}

void find_near_misses(const Expectation& expectation, const Encoding& encoding,
                      const Answer& answer, Gap& gap) {
  constexpr std::size_t told = 3;
  const Bdd witness = encoding.universe().point_set(gap.witness);
  for (std::size_t i = 0; i < answer.policies.size(); ++i) {
    const EncodedPolicy& encoded = encoding.policies()[i];
    if (!encoded.enforced() || !witness.is_inside(encoded.unmet - encoded.applies)) continue;
    NearMiss miss{i, {}};
    for (const ConditionAnswer& one : answer.policies[i].conditions) {
      if (one.match == Match::no) miss.because.push_back(in_words(one));
    }
    gap.near_misses.push_back(std::move(miss));
  }
  const auto& policies = encoding.set().policies;
  std::ranges::sort(gap.near_misses, [&](const NearMiss& a, const NearMiss& b) {
    return std::tuple(a.because.size(), std::string_view(policies[a.policy].display_name),
                      std::string_view(policies[a.policy].id_text)) <
           std::tuple(b.because.size(), std::string_view(policies[b.policy].display_name),
                      std::string_view(policies[b.policy].id_text));
  });
  // Further than one condition away is no near miss, unless there is nothing nearer.
  const std::size_t nearest = gap.near_misses.empty() ? 0 : gap.near_misses[0].because.size();
  std::erase_if(gap.near_misses, [&](const NearMiss& m) { return m.because.size() > nearest; });
  if (gap.near_misses.size() > told) gap.near_misses.resize(told);
  for (const NearMiss& miss : gap.near_misses) {
    for (Edit& edit : edits_against(encoding, expectation, gap, answer.policies[miss.policy], miss.policy)) {
      gap.edits.push_back(std::move(edit));
    }
  }
  std::ranges::stable_sort(gap.edits, std::greater<>(), &Edit::closes);
}

// Report-only policies which together would close the region.
void find_report_only(const Expectation& expectation, const Encoding& encoding, Gap& gap) {
  if (expectation.need == Need::granted || expectation.need == Need::reachable) return;
  const Universe& u = encoding.universe();
  const Bdd region = u.box_set(gap.region) & u.reality();
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < encoding.policies().size(); ++i) {
    const EncodedPolicy& policy = encoding.policies()[i];
    if (policy.report_only() && region.meets(policy.stops())) all.push_back(i);
  }
  if (all.empty() || !encoding.granted_if_enforced(region, all).is_empty()) return;
  for (std::size_t i = 0; i < all.size();) {  // as few as needed
    auto fewer = all;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (!fewer.empty() && encoding.granted_if_enforced(region, fewer).is_empty()) {
      all = std::move(fewer);
    } else {
      ++i;
    }
  }
  gap.would_close_if_enforced = std::move(all);
}

}  // namespace

Result<Gap> GapFinder::describe(const Expectation& expectation, const Bdd& region,
                                const Bdd& left) const {
  const Universe& u = encoding_.universe();
  Gap gap;
  gap.witness = smallest(u, left);
  Draft draft;
  u.draft(gap.witness, draft);
  const Answer answer = program_.explain(draft.settle());
  if (!engine_agrees(expectation.need, answer.outcome)) {
    return fail(ErrorKind::internal, "the proof of `" + expectation.name +
                                         "` and the engine disagree about a sign-in, so nothing is "
                                         "reported of it; please tell the developers");
  }
  const auto outside = outside_of(expectation.need, encoding_, region, gap.witness);
  gap.region = widest(u, gap.witness, outside);
  const Bdd lifted = u.box_set(any_role(u, gap.region)) & region;
  gap.whoever = std::ranges::none_of(outside, [&](const Bdd& set) { return lifted.meets(set); });
  gap.sentence = sentence(u, gap.region, gap.witness,
                          gap.whoever && is_about_roles(expectation) ? expectation.who.front() : "");
  gap.details = details(u, gap.witness);
  find_near_misses(expectation, encoding_, answer, gap);
  find_report_only(expectation, encoding_, gap);
  count_people(u, gap);
  return gap;
}

Result<void> GapFinder::find_in(const Expectation& expectation, const Bdd& region, const Bdd& part,
                                Verdict& verdict) {
  constexpr std::size_t looked_at_max = 8;
  const Universe& u = encoding_.universe();
  const Bdd all = violations(expectation, encoding_, region & part);
  Bdd left = all - told_;
  if (!all.is_empty()) verdict.seen_before = true;
  if (u.has_people()) verdict.people = people_in(u, all);
  std::set<std::string> remedies;
  for (const Gap& gap : verdict.gaps) {
    remedies.insert(remedy_of(gap));
    left -= anyhow(u, gap.whoever ? any_role(u, gap.region) : gap.region);
  }
  for (std::size_t looked_at = 0; !left.is_empty() && !solver_.gave_up(); ++looked_at) {
    verdict.more = true;
    if (looked_at == looked_at_max || verdict.gaps.size() == options_.regions_max) return {};
    auto gap = describe(expectation, region, left);
    if (!gap) return tl::unexpected(gap.error());
    const Bdd here =
        anyhow(u, gap->whoever ? any_role(u, gap->region) : gap->region) & region;
    left -= here;
    // Of ways in that one and the same change would close, the smallest says it all.
    if (!remedies.insert(remedy_of(*gap)).second) continue;
    told_ |= here;
    verdict.gaps.push_back(std::move(*gap));
  }
  verdict.more = false;
  return {};
}

Result<Verdict> GapFinder::check(const Expectation& expectation) {
  const Universe& u = encoding_.universe();
  Verdict verdict;
  verdict.expectation = &expectation;
  const Bdd region = region_of(expectation, encoding_);
  verdict.concerns_nobody = region.is_empty();
  if (u.has_people()) {
    if (auto found = find_in(expectation, region, Bdd::all(), verdict); !found) {
      return tl::unexpected(found.error());
    }
  } else {
    constexpr unsigned always_looked_at = 2, memberships_max = 3;
    unsigned looked_at = 0;
    for (unsigned n = 0; n <= memberships_max + 1; ++n) {
      const bool last = n > memberships_max;
      const bool found_some = !verdict.gaps.empty() || verdict.seen_before;
      if (found_some && looked_at >= always_looked_at) {
        verdict.not_all_looked_at = true;
        break;
      }
      const Bdd part = last ? Bdd::all() : at_most_memberships(u, n);
      if (!last && !region.meets(part)) continue;  // those it is about hold more
      ++looked_at;
      if (auto found = find_in(expectation, region, part, verdict); !found) {
        return tl::unexpected(found.error());
      }
    }
  }
  if (!verdict.gaps.empty()) verdict.seen_before = false;
  if (solver_.gave_up()) {
    verdict = {};
    verdict.expectation = &expectation;
    verdict.gave_up = true;
  }
  return verdict;
}

}  // namespace sallyport::proof
