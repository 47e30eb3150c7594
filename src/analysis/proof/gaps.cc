#include "analysis/proof/gaps.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

#include "analysis/proof/edits.h"
#include "analysis/proof/people.h"
#include "analysis/proof/search.h"
#include "analysis/proof/violations.h"
#include "analysis/proof/words.h"

namespace sallyport::proof {
namespace {

Bdd anyhow(const Universe& u, Box box) { return u.box_set(with_any_proof(u, std::move(box))); }

Box any_role(const Universe& u, Box box) {
  for (const DimensionIndex i : u.all(Question::role)) box[i] = {0, 1};
  return box;
}

bool is_about_roles(const Expectation& expectation) {
  return expectation.who.size() == 1 && expectation.who.front() == "administrators";
}

// Sets that together hold every sign-in of which the witness is no example: a box that touches none
// of them violates the need everywhere.
std::vector<Bdd> outside_of(const Expectation& expectation, const Encoding& encoding,
                            const Point& witness) {
  const Need need = expectation.need;
  std::vector<Bdd> outside{!unreal_region_of(expectation, encoding)};
  const Bdd here = encoding.universe().point_set(witness);
  const bool refused =
      need == Need::reachable || (need == Need::prompted && !encoding.blocked(here).is_empty());
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
  if (need == Need::refused) {
    for (const EncodedPolicy& policy : encoding.policies()) {
      if (policy.enforced()) outside.push_back(policy.failed);
    }
  } else {
    for (const Stop& stop : encoding.stops()) outside.push_back(stop.set);
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

std::string policy_to_mend(const Gap& gap) {
  return gap.edits.empty() ? "" : std::to_string(gap.edits.front().policy);
}

Box any_platform(const Universe& u, Box box) {
  auto& choices = box[*u.find(Question::platform)];
  choices.resize(u.dimensions()[*u.find(Question::platform)].choices.size());
  std::iota(choices.begin(), choices.end(), ChoiceIndex{0});
  return box;
}

// Past the same policy, or the same hole in none: nothing but who gets in or on what platform
// differs. How to say what differs; nothing: they are of another kind.
std::optional<std::string> likewise(const Universe& u, const Gap& told, const Gap& other) {
  const bool same_people = who_in_words(u, told.region) == who_in_words(u, other.region);
  const bool same_policy = policy_to_mend(told) == policy_to_mend(other);
  const bool one_is_to_mend = !told.edits.empty();
  const Box mine = any_platform(u, told.region), its = any_platform(u, other.region);
  if (!same_policy || (!one_is_to_mend && !same_people) ||
      what_in_words(u, mine) != what_in_words(u, its) ||
      how_in_words(u, mine) != how_in_words(u, its)) {
    return std::nullopt;
  }
  const bool same_platform =
      told.region[*u.find(Question::platform)] == other.region[*u.find(Question::platform)];
  if (!same_people) {
    return who_in_words(u, other.region) +
           (same_platform ? "" : " " + platform_in_words(u, other.region));
  }
  if (!same_platform) return platform_in_words(u, other.region);
  return "with " + proofs_in_words(u, other.witness);
}

// Which policies let nobody of the region pass who does not keep the need; each is asked once.
class Givers {
 public:
  Givers(const Encoding& encoding, Need need, const Bdd& region)
      : encoding_(encoding),
        without_(region - proof_of(need, encoding)),
        known_(encoding.policies().size()) {}
  bool gives(std::size_t policy) {
    const EncodedPolicy& one = encoding_.policies()[policy];
    auto& known = known_[policy];
    if (!known) known = one.considered && without_.is_inside(one.unmet);
    return *known;
  }

 private:
  const Encoding& encoding_;
  Bdd without_;
  std::vector<std::optional<bool>> known_;
};

void find_near_misses(const Encoding& encoding, Givers& givers, const Bdd& region,
                      const Answer& answer, Gap& gap) {
  constexpr std::size_t told = 3;
  gap.near_misses = near_misses(encoding, answer, gap.witness);
  // A policy that misses by one condition, and gives what is needed, is the one to look at.
  std::vector<NearMiss> mendable;
  std::vector<Edit> last;  // a policy for risky sign-ins is seldom the one to widen
  for (const NearMiss& miss : gap.near_misses) {
    if (miss.because.size() != 1) break;
    if (!givers.gives(miss.policy)) continue;
    auto edits = edits_against(encoding, gap, region, answer.policies[miss.policy], miss.policy);
    if (edits.empty()) continue;
    auto& into = miss.distance == Distance::other_risk ? last : gap.edits;
    into.insert(into.end(), edits.begin(), edits.end());
    mendable.push_back(miss);
  }
  gap.edits.insert(gap.edits.end(), last.begin(), last.end());
  if (!mendable.empty()) gap.near_misses = std::move(mendable);
  if (gap.near_misses.size() > told) gap.near_misses.resize(told);
  // The least change first; one that closes everything before one that does not.
  std::ranges::stable_sort(gap.edits, {},
                           [](const Edit& edit) { return std::pair(edit.widens, !edit.closes); });
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

struct GapFinder::Question {
  const Expectation& expectation;
  Bdd region;
  Givers givers;
};

Result<Gap> GapFinder::describe(Question& question, const Point& witness) {
  const Expectation& expectation = question.expectation;
  const Bdd& region = question.region;
  const Universe& u = encoding_.universe();
  Gap gap;
  gap.witness = witness;
  Draft draft;
  u.draft(gap.witness, draft);
  const Answer answer = program_.explain(draft.settle());
  if (!breaks(expectation.need, answer.outcome)) {
    return fail(ErrorKind::internal, "the proof of `" + expectation.name +
                                         "` and the engine disagree about a sign-in, so nothing is "
                                         "reported of it; please tell the developers");
  }
  const auto outside = outside_of(expectation, encoding_, gap.witness);
  gap.region = widest(u, gap.witness, outside);
  const Bdd lifted = u.box_set(any_role(u, gap.region)) & region;
  gap.whoever = std::ranges::none_of(outside, [&](const Bdd& set) { return lifted.meets(set); });
  gap.sentence =
      sentence(u, gap.region, gap.witness,
               gap.whoever && is_about_roles(expectation) ? expectation.who.front() : "");
  gap.details = details(u, gap.witness);
  find_near_misses(encoding_, question.givers, region, answer, gap);
  find_report_only(expectation, encoding_, gap);
  People people = people_in(u, gap.region);
  gap.people = people.count;
  gap.examples = std::move(people.examples);
  return gap;
}

Result<void> GapFinder::find_in(Question& question, const Bdd& part, Verdict& verdict) {
  constexpr std::size_t looked_at_max = 8;
  const Universe& u = encoding_.universe();
  const Expectation& expectation = question.expectation;
  const Bdd& region = question.region;
  const Bdd here = region & part;
  if (u.has_people()) {
    verdict.people = count_people(u, violations(expectation.need, encoding_, here));
  }
  Violations left(expectation.need, encoding_, here - told_);
  std::set<std::string> remedies;
  for (const Gap& gap : verdict.gaps) {
    remedies.insert(remedy_of(gap));
    left.take_away(anyhow(u, gap.whoever ? any_role(u, gap.region) : gap.region));
  }
  for (std::size_t looked_at = 0;; ++looked_at) {
    const bool enough = looked_at == looked_at_max || verdict.gaps.size() == options_.regions_max;
    if (enough) {
      verdict.more = left.any();
      return {};
    }
    const auto witness = left.smallest();
    if (!witness) break;
    auto gap = describe(question, *witness);
    if (!gap) return tl::unexpected(gap.error());
    const Bdd around = anyhow(u, gap->whoever ? any_role(u, gap->region) : gap->region) & region;
    left.take_away(around);
    // Of ways in that one and the same change would close, the smallest says it all.
    if (!remedies.insert(remedy_of(*gap)).second) continue;
    told_ |= around;
    std::optional<std::string> difference;
    const auto same = std::ranges::find_if(verdict.gaps, [&](const Gap& told) {
      difference = likewise(u, told, *gap);
      return difference.has_value();
    });
    if (same != verdict.gaps.end()) {
      same->likewise.push_back(std::move(*difference));
    } else {
      verdict.gaps.push_back(std::move(*gap));
    }
  }
  verdict.more = false;
  if (verdict.gaps.empty() && !verdict.seen_before) {
    verdict.seen_before = Violations(expectation.need, encoding_, here & told_).any();
  }
  return {};
}

Result<void> GapFinder::find(Question& question, Verdict& verdict) {
  const Universe& u = encoding_.universe();
  if (u.has_people()) return find_in(question, Bdd::all(), verdict);
  constexpr unsigned always_looked_at = 2, memberships_max = 3;
  unsigned looked_at = 0;
  for (unsigned n = 0; n <= memberships_max + 1; ++n) {
    const bool last = n > memberships_max;
    const bool found_some = !verdict.gaps.empty() || verdict.seen_before;
    if (found_some && looked_at >= always_looked_at) {
      verdict.not_all_looked_at = true;
      return {};
    }
    const Bdd part = last ? Bdd::all() : at_most_memberships(u, n);
    if (!last && !question.region.meets(part)) continue;  // those it is about hold more
    ++looked_at;
    if (auto found = find_in(question, part, verdict); !found) return found;
  }
  return {};
}

Result<Verdict> GapFinder::check(const Expectation& expectation) {
  Verdict verdict;
  verdict.expectation = &expectation;
  solver_.start_afresh();
  const Bdd told_before = told_;
  Result<void> found;
  // Where universe and encoding were over the budget already nothing can be said.
  if (!solver_.gave_up()) {
    const Bdd region = region_of(expectation, encoding_);
    Question question{expectation, region, Givers(encoding_, expectation.need, region)};
    verdict.concerns_nobody = region.is_empty();
    found = find(question, verdict);
  }
  if (solver_.gave_up()) {
    verdict = {};
    verdict.expectation = &expectation;
    verdict.gave_up = true;
    told_ = told_before;
    return verdict;
  }
  if (!found) return tl::unexpected(found.error());
  if (!verdict.gaps.empty()) verdict.seen_before = false;
  return verdict;
}

}  // namespace sallyport::proof
