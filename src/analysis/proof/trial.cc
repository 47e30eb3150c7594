#include "analysis/proof/trial.h"

#include <algorithm>
#include <numeric>

#include "analysis/proof/violations.h"
#include "analysis/proof/words.h"

namespace sallyport::proof {
namespace {

// For a sentence: what is as plain as can be is not worth a word.
Box worth_telling(const Universe& u, const Point& point) {
  Box box;
  for (DimensionIndex i = 0; i < point.size(); ++i) {
    box.push_back({point[i]});
    switch (u.dimensions()[i].question) {
      case Question::country:
      case Question::gps_country:
      case Question::compliant_network:
      case Question::sign_in_risk:
      case Question::user_risk:
      case Question::insider_risk:
      case Question::service_principal_risk:
      case Question::agent_id_risk:
      case Question::outage:
        if (point[i] != 0) break;
        box[i].resize(u.dimensions()[i].choices.size());
        std::iota(box[i].begin(), box[i].end(), ChoiceIndex{0});
        break;
      default: break;
    }
  }
  return box;
}

}  // namespace

Result<Trial> try_out(const Expectation& e, const Encoding& encoding, const Program& program,
                      Solver& solver) {
  Trial trial;
  const Universe& u = encoding.universe();
  const Bdd region = region_of(e, encoding);
  const auto witness = Violations(e.need, encoding, region).smallest();
  if (solver.gave_up()) {
    trial.result = TrialResult::gave_up;
    return trial;
  }
  if (region.is_empty()) {
    trial.result = TrialResult::concerns_nobody;
    return trial;
  }
  if (!witness) return trial;
  trial.result = TrialResult::fails;
  trial.witness = *witness;
  Draft draft;
  u.draft(trial.witness, draft);
  const Answer answer = program.explain(draft.settle());
  if (!breaks(e.need, answer.outcome)) {
    return fail(ErrorKind::internal, "the proof of `" + e.name +
                                         "` and the engine disagree about a sign-in, so nothing is "
                                         "reported of it; please tell the developers");
  }
  trial.outcome = answer.outcome;
  trial.error_code = answer.error_code;
  trial.sentence = sentence(u, worth_telling(u, trial.witness), trial.witness);
  trial.details = details(u, trial.witness);
  for (std::size_t i = 0; i < encoding.policies().size(); ++i) {
    const EncodedPolicy& policy = encoding.policies()[i];
    if (!policy.enforced()) continue;
    const bool refused = answer.outcome == Outcome::blocked;
    if (u.holds(refused ? policy.failed : policy.stops(), trial.witness)) {
      trial.stopped_by.push_back(i);
    }
  }
  if (e.need == Need::granted || e.need == Need::reachable) return trial;
  constexpr std::size_t told = 3;
  trial.missed_by = near_misses(encoding, answer, trial.witness);
  // Further than one condition away is no near miss, unless there is nothing nearer.
  const std::size_t nearest = trial.missed_by.empty() ? 0 : trial.missed_by[0].because.size();
  std::erase_if(trial.missed_by, [&](const NearMiss& m) { return m.because.size() > nearest; });
  if (trial.missed_by.size() > told) trial.missed_by.resize(told);
  return trial;
}

std::vector<std::size_t> kept_by(const Expectation& e, const Encoding& encoding) {
  const Bdd region = region_of(e, encoding) - proof_of(e.need, encoding);
  std::vector<std::size_t> policies;
  for (std::size_t i = 0; i < encoding.policies().size(); ++i) {
    const EncodedPolicy& policy = encoding.policies()[i];
    if (!policy.enforced() || !region.meets(policy.stops())) continue;
    if (region.is_inside(policy.stops())) return {i};
    policies.push_back(i);
  }
  const auto suffices = [&](const std::vector<std::size_t>& some) {
    Bdd in = region;
    for (const std::size_t policy : some) in -= encoding.policies()[policy].stops();
    return in.is_empty();
  };
  for (std::size_t i = 0; i < policies.size();) {
    auto fewer = policies;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (suffices(fewer)) {
      policies = std::move(fewer);
    } else {
      ++i;
    }
  }
  return policies;
}

}  // namespace sallyport::proof
