// An answer in full, as data: flat, reusable from sign-in to sign-in, without a string.
// Program::answer turns it into an Answer with words.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/reason.h"
#include "signin/answer.h"

namespace sallyport {

struct ConditionExplanation {
  ConditionName condition = ConditionName::users;
  Match match = Match::no;
  Reason reason;
};

struct RequirementExplanation {
  std::uint32_t requirement = 0;  // number in the program
  Satisfaction satisfaction = Satisfaction::failed;
  bool unknown = false;
};

struct PolicyExplanation {
  PolicyResult result = PolicyResult::not_applied;
  Match applies = Match::no;
  bool by_outage = false;          // docs/semantics.md, section 6
  bool may_need_gps = false;       // applies is unknown, and the GPS country may be what decides
  std::uint32_t any_of_begin = 0;  // requirements from here on: one is enough
  std::uint32_t conditions_begin = 0, conditions_end = 0;
  std::uint32_t requirements_begin = 0, requirements_end = 0;
};

struct Explanation {
  Outcome outcome = Outcome::blocked;
  std::int32_t error_code = 0;
  std::vector<std::uint32_t> missing;  // requirement numbers, in order, each once
  MergedSession session;
  std::vector<PolicyExplanation> policies;  // in the order of the policy set
  std::vector<ConditionExplanation> conditions;
  std::vector<RequirementExplanation> requirements;
};

}  // namespace sallyport
