#include "analysis/proof/near_miss.h"

#include <algorithm>
#include <tuple>

namespace sallyport::proof {
namespace {

// What stands for whatever no policy names has no name that would tell anybody anything.
std::string in_words(const ConditionAnswer& answer) {
  std::string words = std::string(name_of(answer.condition)) + ": " + answer.decided_by;
  const std::string id = to_string(nothing_in_particular());
  if (const auto at = words.find(id); at != std::string::npos) {
    words.replace(at, id.size(), "this application");
  }
  return words;
}

Distance distance_of(const ConditionAnswer& answer) {
  switch (answer.condition) {
    case ConditionName::users:
    case ConditionName::client_applications:
    case ConditionName::applications:
      // As the engine says it of who or what is included, too.
      return answer.decided_by.starts_with("excluded") ? Distance::left_out
                                                       : Distance::somebody_else;
    case ConditionName::sign_in_risk:
    case ConditionName::user_risk:
    case ConditionName::insider_risk:
    case ConditionName::service_principal_risk:
    case ConditionName::agent_id_risk: return Distance::other_risk;
    default: return Distance::other_circumstances;
  }
}

}  // namespace

std::vector<NearMiss> near_misses(const Encoding& encoding, const Answer& answer,
                                  const Point& witness) {
  const Universe& u = encoding.universe();
  std::vector<NearMiss> out;
  for (std::size_t i = 0; i < answer.policies.size(); ++i) {
    const EncodedPolicy& encoded = encoding.policies()[i];
    if (!encoded.enforced() || !u.holds(encoded.unmet, witness) ||
        u.holds(encoded.applies, witness)) {
      continue;
    }
    // A policy about people is never near a workload identity, nor the reverse.
    const Conditions& c = encoded.policy->conditions;
    const bool workload = witness[*u.find(Question::identity)] == 1;
    if (workload ? !c.client_applications : !c.users) continue;
    NearMiss miss;
    miss.policy = i;
    for (const ConditionAnswer& one : answer.policies[i].conditions) {
      if (one.match != Match::no) continue;
      miss.because.push_back(in_words(one));
      miss.distance = std::max(miss.distance, distance_of(one));
    }
    out.push_back(std::move(miss));
  }
  const auto& policies = encoding.set().policies;
  std::ranges::sort(out, [&](const NearMiss& a, const NearMiss& b) {
    return std::tuple(a.because.size(), a.distance,
                      std::string_view(policies[a.policy].display_name),
                      std::string_view(policies[a.policy].id_text)) <
           std::tuple(b.because.size(), b.distance,
                      std::string_view(policies[b.policy].display_name),
                      std::string_view(policies[b.policy].id_text));
  });
  return out;
}

}  // namespace sallyport::proof
