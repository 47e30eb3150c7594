#include "analysis/proof/draft.h"

#include <algorithm>

namespace sallyport::proof {

UserId nobody_in_particular() {
  static const auto id = UserId::of("a user whom no policy names");
  return id;
}
ApplicationId nothing_in_particular() {
  static const auto id = ApplicationId::of("an application that no policy names");
  return id;
}
TenantId nowhere_in_particular() {
  static const auto id = TenantId::of("a tenant that no policy names");
  return id;
}

Draft::Draft() {
  sign_in = sign_in_with_nothing_else();
  sign_in.now = drafted_at;
  sign_in.device_platform = Platform::windows;
  sign_in.client_app_type = ClientApp::browser;
  sign_in.proofs.primary_authenticated_at = drafted_at;
  sign_in.proofs.has_registered_method = true;
  sign_in.target.kind = TargetKind::applications;
  application = nothing_in_particular();
  user.id = nobody_in_particular();
}

const SignIn& Draft::settle() {
  if (sign_in.identity == IdentityKind::user) {
    std::ranges::sort(groups);
    std::ranges::sort(roles);
    user.name = user_name;
    user.groups = groups;
    user.roles = roles;
    sign_in.user = user;
  } else {
    sign_in.service_principal = service_principal;
  }
  if (sign_in.target.kind == TargetKind::applications) {
    sign_in.target.applications = std::span(&application, 1);
  }
  if (registered) {
    device.shape = &shape;
    device.display_name = device_name;
    device.physical_ids = physical_ids;
    sign_in.device = device;
  } else {
    sign_in.device = Fact<DeviceView>::absent();
  }
  sign_in.proofs.methods = methods;
  sign_in.proofs.x509_policy_oids = policy_oids;
  sign_in.proofs.accepted_terms = terms;
  sign_in.proofs.custom_controls = custom_controls;
  return sign_in;
}

}  // namespace sallyport::proof
