// A policy set sees a sign-in through finitely many questions. Each is a dimension: what can be
// told apart as an answer is a choice, and choice 0 is the plainest, the one that needs no
// explaining. A choice knows how to make itself true of a sign-in.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "analysis/proof/draft.h"

namespace sallyport::proof {

// What a dimension is about; the order is the order in which people are told of it.
enum class Question : std::uint8_t {
  identity,
  service_principal,
  user,
  user_type,
  home_tenant,
  agent_user,
  role,
  group,
  any_role,   // one that no policy names
  any_group,  // likewise
  target,
  client_app,
  flow,
  platform,
  address,
  country,
  gps_country,
  compliant_network,
  sign_in_risk,
  user_risk,
  insider_risk,
  service_principal_risk,
  agent_id_risk,
  device,
  device_attribute,
  approved_app,
  protected_app,
  token_bound,
  method,
  mfa_claim,
  key,
  certificate_issuer,
  certificate_policy,
  primary_age,
  secondary_age,
  terms_of_use,
  custom_control,
  password_changed,
  risk_remediated,
  trust_mfa,
  trust_compliant,
  trust_hybrid_joined,
  outage,
};

constexpr bool is_about_people(Question question) {
  return question >= Question::user && question <= Question::any_group;
}

// What is proven or shown, as against who asks for what from where.
constexpr bool is_proof(Question question) {
  return question >= Question::device && question <= Question::trust_hybrid_joined;
}

struct Choice {
  std::string words;  // `iOS`, `France`, `in group Sales`
  std::function<void(Draft&)> put;
};

struct Dimension {
  Question question = Question::identity;
  std::string subject;  // of the many of one kind: the group's name, the attribute's
  std::vector<Choice> choices;
  unsigned weight = 2;  // what it costs a witness to leave the plainest choice
  int first_variable = 0;
  int bits = 0;
};

using DimensionIndex = std::uint32_t;
using ChoiceIndex = std::uint16_t;
// One sign-in: a choice in every dimension.
using Point = std::vector<ChoiceIndex>;
// A product of choices: in every dimension those allowed, ascending; all of them means any.
using Box = std::vector<std::vector<ChoiceIndex>>;

}  // namespace sallyport::proof
