#include "signin/sign_in.h"

namespace sallyport {

SignIn sign_in_with_nothing_else() {
  SignIn s;
  s.agent_id_risk_level = Fact<RiskLevel>::absent();
  s.device_platform = Fact<Platform>::absent();
  s.client_app_type = Fact<ClientApp>::absent();
  s.ip_address = Fact<IpAddress>::absent();
  s.country = Fact<Country>::absent();
  s.gps_country = Fact<Country>::absent();
  s.compliant_network = Fact<bool>::absent();
  s.sign_in_risk_level = Fact<RiskLevel>::absent();
  s.user_risk_level = Fact<RiskLevel>::absent();
  s.service_principal_risk_level = Fact<RiskLevel>::absent();
  s.insider_risk_level = Fact<InsiderRiskLevel>::absent();
  s.authentication_flow = Fact<TransferMethod>::absent();
  s.device = Fact<DeviceView>::absent();
  s.proofs.methods = Fact<MethodModes>::absent();
  s.proofs.mfa_claim = Fact<bool>::absent();
  s.proofs.primary_authenticated_at = Fact<Instant>::absent();
  s.proofs.secondary_authenticated_at = Fact<Instant>::absent();
  s.proofs.accepted_terms_known = true;
  s.proofs.custom_controls_known = true;
  s.proofs.password_changed = Fact<bool>::absent();
  s.proofs.risk_remediated = Fact<bool>::absent();
  s.proofs.token_bound = Fact<bool>::absent();
  s.proofs.has_registered_method = Fact<bool>::absent();
  s.approved_client_app = Fact<bool>::absent();
  s.app_protection_policy = Fact<bool>::absent();
  return s;
}

}  // namespace sallyport
