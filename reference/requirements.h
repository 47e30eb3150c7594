// What does a policy require, and is it there? docs/semantics.md, section 4.
#pragma once

#include <vector>

#include "reference/scene.h"
#include "signin/answer.h"

namespace sallyport::reference {

// The best and the worst that any value of the unknown facts can give.
struct Range {
  Satisfaction best = Satisfaction::failed;
  Satisfaction worst = Satisfaction::failed;
  Satisfaction under(Assume assume) const { return assume == Assume::worst ? worst : best; }
};

struct Required {
  Requirement requirement;
  Range range;
};

// What one policy requires. Each list is in the order of kind, then id.
struct Requirements {
  GrantOperator operation = GrantOperator::all_of;
  std::vector<Required> grants;  // all of them or any one
  std::vector<Required> always;  // each of them
};

// What the requirements of one policy depend on besides the sign-in.
struct Applicability {
  Match applies = Match::no;
  bool may_need_gps = false;  // unknown now, and may come to needs_gps
  bool blocks_in_outage = false;
  // Another policy's strength for registering security info goes before this policy's:
  Truth registration_strength_elsewhere = Truth::no;
};

bool blocks(const Policy& policy);
bool requires_strength(const Policy& policy);
bool lists_registration(const Policy& policy);

Requirements requirements_of(const Policy& policy, const Applicability& how, const Scene& scene);

// All of the grants or any one of them; then each of the rest.
Satisfaction grants_under(const Requirements& requirements, Assume assume);
Satisfaction satisfaction_under(const Requirements& requirements, Assume assume);

}  // namespace sallyport::reference
