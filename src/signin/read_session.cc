#include "signin/read_parts.h"

namespace sallyport {
namespace {

void read_methods(ObjectReader& session, SignInStorage& storage, Proofs& proofs) {
  const auto methods = session.texts("authenticationMethods");
  MethodModes used = 0;
  for (const auto word : methods.items) {
    if (const auto mode = parse_combination(word)) {
      used |= *mode;
    } else {
      session.report("authenticationMethods",
                     "`" + printable(word) + "` is not an authentication method, such as fido2");
    }
  }
  if (methods.told) {
    proofs.methods = used;
  } else if (session.missing() == Missing::absent && !methods.unknown) {
    proofs.methods = Fact<MethodModes>::absent();
  }
  proofs.mfa_claim = session.flag_fact("mfaClaim");
  storage.fido2_aaguid = to_lower(session.text("fido2Aaguid").value_or(""));
  storage.x509_issuer_ski = to_lower(session.text("x509IssuerSki").value_or(""));
  for (const auto oid : session.texts("x509PolicyOids").items) {
    storage.x509_policy_oids.emplace_back(oid);
  }
  proofs.fido2_aaguid = storage.fido2_aaguid;
  proofs.x509_issuer_ski = storage.x509_issuer_ski;
  proofs.x509_policy_oids = storage.x509_policy_oids;
}

// Left out where that means absent, the first factor was given just now: there is a sign-in.
void read_instants(ObjectReader& session, Instant now, Proofs& proofs) {
  constexpr std::string_view instant = "a point in time, such as 2026-01-31T12:00:00Z";
  const json::Value* primary = session.take("primaryAuthenticatedDateTime");
  proofs.primary_authenticated_at =
      primary == nullptr && session.missing() == Missing::absent
          ? Fact<Instant>(now)
          : session.fact<Instant>("primaryAuthenticatedDateTime", parse_instant, instant);
  proofs.secondary_authenticated_at =
      session.fact<Instant>("secondaryAuthenticatedDateTime", parse_instant, instant);
}

void read_acceptances(ObjectReader& session, SignInStorage& storage, Proofs& proofs) {
  const bool absent = session.missing() == Missing::absent;
  const auto terms = session.texts("acceptedTermsOfUse");
  for (const auto id : terms.items) storage.accepted_terms.push_back(AgreementId::of(id));
  proofs.accepted_terms = storage.accepted_terms;
  proofs.accepted_terms_known = terms.told || (absent && !terms.unknown);
  const auto controls = session.texts("satisfiedCustomControls");
  for (const auto id : controls.items) storage.custom_controls.push_back(CustomControlId::of(id));
  proofs.custom_controls = storage.custom_controls;
  proofs.custom_controls_known = controls.told || (absent && !controls.unknown);
  proofs.password_changed = session.flag_fact("passwordChanged");
  proofs.risk_remediated = session.flag_fact("riskRemediated");
  proofs.token_bound = session.flag_fact("tokenBound");
  proofs.has_registered_method = session.flag_fact("hasRegisteredMethod");
}

CrossTenantTrust read_trust(ObjectReader& session) {
  const auto where = session.where("crossTenantTrust");
  ObjectReader object(session.take("crossTenantTrust"), where, session.missing(), session.error());
  CrossTenantTrust trust;
  trust.mfa = object.flag("mfa");
  trust.compliant_device = object.flag("compliantDevice");
  trust.hybrid_joined_device = object.flag("hybridJoinedDevice");
  object.refuse_rest();
  return trust;
}

}  // namespace

void read_session(const json::Value* value, const json::Pointer& where, ReadParts& parts) {
  ObjectReader session(value, where, parts.options.missing, parts.error);
  SignIn& sign_in = parts.sign_in;
  read_methods(session, parts.storage, sign_in.proofs);
  read_instants(session, parts.options.now, sign_in.proofs);
  read_acceptances(session, parts.storage, sign_in.proofs);
  sign_in.approved_client_app = session.flag_fact("approvedClientApp");
  sign_in.app_protection_policy = session.flag_fact("appProtectionPolicy");
  sign_in.gps_country =
      session.fact<Country>("gpsCountry", parse_country, "a country of two letters, such as FR");
  sign_in.compliant_network = session.flag_fact("compliantNetwork");
  sign_in.outage = session.flag("outage");
  sign_in.trust = read_trust(session);

  SessionRemarks& remarks = parts.session;
  remarks.private_browsing = session.flag("privateBrowsing");
  if (session.take("trackedTransferMethod") != nullptr) {
    remarks.tracked_transfer_method = transfer_method(session, "trackedTransferMethod");
  }
  remarks.request.confidential_client = session.flag("confidentialClient");
  if (const auto client = session.text("clientAppId")) {
    remarks.request.client = application_of(*client, parts.options.directory);
  }
  remarks.request.scopes = session.texts("scopes").items;
  session.refuse_rest();
}

}  // namespace sallyport
