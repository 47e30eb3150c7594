// A sign-in under construction: it owns what a SignIn only points to. A fresh draft is the plainest
// sign-in there is: a member nobody names, an application nobody names, a browser on Windows, an
// unregistered device, a password and nothing else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "signin/sign_in.h"

namespace sallyport::proof {

struct Draft {
  Draft();
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  SignIn sign_in;
  UserView user;
  std::string user_name;
  std::vector<GroupIndex> groups;
  std::vector<RoleIndex> roles;
  const ServicePrincipal* service_principal = nullptr;
  ApplicationId application;
  bool registered = false;
  DeviceView device;
  DeviceShape shape;
  std::string device_name;
  std::vector<std::string> physical_ids;
  MethodModes methods = method::password;
  std::vector<std::string> policy_oids;
  std::vector<AgreementId> terms;
  std::vector<CustomControlId> custom_controls;

  // Makes the sign-in say what was drafted; valid until the draft changes.
  const SignIn& settle();
};

inline constexpr Instant drafted_at{std::chrono::seconds(1'767'225'600)};  // 2026-01-01T00:00:00Z
// Ids that no document has.
UserId nobody_in_particular();
ApplicationId nothing_in_particular();
TenantId nowhere_in_particular();

}  // namespace sallyport::proof
