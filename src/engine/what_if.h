// The what-if's answer: definite, or "depends on ..." with the facts it hangs on.
//
// Both assumptions are tried; where they agree, every completion of the unknown facts gives that
// answer (docs/semantics.md, section 1).
#pragma once

#include <string>
#include <vector>

#include "engine/program.h"

namespace sallyport {

// A fact that was not told, as an administrator would ask for it.
enum class FactName : std::uint8_t {
  user,
  user_type,
  home_tenant,
  groups,
  roles,
  service_principal,
  application,
  platform,
  client_app,
  ip_address,
  country,
  gps_country,
  compliant_network,
  location_definition,  // a location the policies name and no document defines
  device,
  sign_in_risk,
  user_risk,
  insider_risk,
  service_principal_risk,
  agent_id_risk,
  authentication_flow,
  authentication_methods,
  authentication_time,
  terms_of_use,
  custom_controls,
  password_change,
  risk_remediation,
  approved_client_app,
  app_protection_policy,
  token_binding,
};
std::string_view name_of(FactName fact);  // "the user's groups"

struct WhatIf {
  Answer worst;
  Answer best;
  bool definite = true;
  // What the answer depends on; empty when it is definite. In the order of FactName, each once.
  std::vector<FactName> depends_on;
  // Per policy, in the order of the set: the facts on which its own result depends.
  std::vector<std::vector<FactName>> policy_depends_on;
};

WhatIf what_if(const Program& program, const SignIn& sign_in);

}  // namespace sallyport
