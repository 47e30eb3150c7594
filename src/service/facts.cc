#include "service/facts.h"

#include "base/json_members.h"

namespace sallyport {
namespace {

template <class T, class Write>
void fact(json::Writer& w, std::string_view name, const Fact<T>& fact, Write write) {
  if (fact.is_unknown()) return;
  w.key(name);
  if (fact.is_absent()) {
    w.null();
  } else {
    write(*fact);
  }
}

template <class Word>
void word(json::Writer& w, std::string_view name, const Fact<Word>& value) {
  fact(w, name, value, [&](Word known) { w.value(name_of(known)); });
}

void flag(json::Writer& w, std::string_view name, const Fact<bool>& value) {
  fact(w, name, value, [&](bool known) { w.value(known); });
}

void instant(json::Writer& w, std::string_view name, const Fact<Instant>& value) {
  fact(w, name, value, [&](Instant known) { w.value(to_string(known)); });
}

void write_user(const UserView& user, const Directory& directory, json::Writer& w) {
  w.member("@odata.type", "#microsoft.graph.userSignIn");
  w.member("userId", to_string(user.id));
  if (!user.name.empty()) w.member("userPrincipalName", user.name);
  if (user.type_known) w.member("userType", name_of(user.type));
  if (user.home_tenant_known && user.home_tenant != TenantId{}) {
    w.member("externalTenantId", to_string(user.home_tenant));
  }
  if (user.agent_user) w.member("agentUser", true);
  if (user.groups_known) {
    w.key("groups");
    w.begin_array();
    for (const auto group : user.groups) w.value(to_string(directory.groups()[group].id));
    w.end_array();
  }
  if (user.roles_known) {
    w.key("roles");
    w.begin_array();
    for (const auto role : user.roles) w.value(to_string(directory.roles()[role].id));
    w.end_array();
  }
}

void write_identity(const SignIn& sign_in, const Directory& directory, json::Writer& w) {
  w.key("signInIdentity");
  w.begin_object();
  if (sign_in.identity == IdentityKind::user) {
    if (sign_in.user.is_known()) write_user(*sign_in.user, directory, w);
  } else {
    w.member("@odata.type", "#microsoft.graph.servicePrincipalSignIn");
    if (sign_in.service_principal.is_known()) {
      w.member("servicePrincipalId", to_string((*sign_in.service_principal)->id));
    }
  }
  w.end_object();
}

std::string_view evaluate_word(UserAction action) {
  switch (action) {
    case UserAction::register_security_info: return "registerSecurityInformation";
    case UserAction::register_device: return "registerOrJoinDevices";
    case UserAction::account_recovery: return "accountRecovery";
  }
  return "unknownFutureValue";
}

void write_context(const Target& target, json::Writer& w) {
  if (target.kind == TargetKind::unknown) return;
  w.key("signInContext");
  w.begin_object();
  if (target.kind == TargetKind::applications) {
    w.key("includeApplications");
    w.begin_array();
    for (const auto& application : target.applications) w.value(to_string(application));
    w.end_array();
  } else if (target.kind == TargetKind::user_action) {
    w.member("userAction", evaluate_word(target.user_action));
  } else {
    w.member("authenticationContextValue", "c" + std::to_string(target.authentication_context));
  }
  w.end_object();
}

// deviceInfo's names for the attributes (spec, section 8.1).
constexpr std::pair<std::string_view, DeviceText> device_texts[] = {
    {"ownership", DeviceText::device_ownership},
    {"enrollmentProfileName", DeviceText::enrollment_profile_name},
    {"manufacturer", DeviceText::manufacturer},
    {"mdmAppId", DeviceText::mdm_app_id},
    {"model", DeviceText::model},
    {"operatingSystem", DeviceText::operating_system},
    {"operatingSystemVersion", DeviceText::operating_system_version},
    {"profileType", DeviceText::profile_type},
    {"trustType", DeviceText::trust_type},
};

// Said outright, because what is left out of a deviceInfo is what the inventory holds.
void write_unknown(json::Writer& w) {
  w.begin_object();
  w.member("unknown", true);
  w.end_object();
}

void write_attribute(json::Writer& w, std::string_view name, const DeviceAttribute& attribute) {
  w.key(name);
  if (attribute.state == DeviceAttribute::State::unknown) {
    write_unknown(w);
  } else if (attribute.state == DeviceAttribute::State::absent) {
    w.null();
  } else {
    w.value(attribute.text);
  }
}

void write_device_flag(json::Writer& w, std::string_view name, DeviceFlag device_flag) {
  w.key(name);
  if (device_flag == DeviceFlag::unknown) {
    write_unknown(w);
  } else if (device_flag == DeviceFlag::absent) {
    w.null();
  } else {
    w.value(device_flag == DeviceFlag::yes);
  }
}

void write_device_info(const DeviceView& device, json::Writer& w) {
  w.begin_object();
  if (device.id_known) w.member("deviceId", to_string(device.id));
  if (device.display_name_known) w.member("displayName", device.display_name);
  if (device.physical_ids_known) write_texts(w, "physicalIds", device.physical_ids);
  if (device.shape != nullptr) {
    const auto& shape = *device.shape;
    for (const auto& [name, which] : device_texts) write_attribute(w, name, shape.text(which));
    for (std::size_t i = 0; i < 15; ++i) {
      const auto which = static_cast<std::size_t>(DeviceText::extension_attribute_1) + i;
      write_attribute(w, "extensionAttribute" + std::to_string(i + 1), shape.texts[which]);
    }
    write_device_flag(w, "isCompliant", shape.is_compliant);
    write_device_flag(w, "isManaged", shape.is_managed);
    if (shape.system_labels_known) write_texts(w, "systemLabels", shape.system_labels);
  }
  w.end_object();
}

void write_conditions(const SignIn& s, json::Writer& w) {
  w.key("signInConditions");
  w.begin_object();
  word(w, "devicePlatform", s.device_platform);
  word(w, "clientAppType", s.client_app_type);
  fact(w, "ipAddress", s.ip_address, [&](const IpAddress& a) { w.value(to_string(a)); });
  fact(w, "country", s.country, [&](Country c) { w.value(to_string(c)); });
  word(w, "signInRiskLevel", s.sign_in_risk_level);
  word(w, "userRiskLevel", s.user_risk_level);
  word(w, "servicePrincipalRiskLevel", s.service_principal_risk_level);
  word(w, "agentIdRiskLevel", s.agent_id_risk_level);
  word(w, "insiderRiskLevel", s.insider_risk_level);
  fact(w, "authenticationFlow", s.authentication_flow, [&](TransferMethod transfer_method) {
    w.begin_object();
    w.member("transferMethod", name_of(transfer_method));
    w.end_object();
  });
  fact(w, "deviceInfo", s.device, [&](const DeviceView& d) { write_device_info(d, w); });
  w.end_object();
}

void write_methods(MethodModes methods, json::Writer& w) {
  w.begin_array();
  for (std::uint32_t bit = 0; bit < 32; ++bit) {
    const MethodModes one = methods & (MethodModes{1} << bit);
    if (one != 0) w.value(combination_text(one));
  }
  w.end_array();
}

template <class Tag>
void write_ids(json::Writer& w, std::string_view name, bool known, std::span<const Id<Tag>> ids) {
  if (!known) return;
  w.key(name);
  w.begin_array();
  for (const auto& id : ids) w.value(to_string(id));
  w.end_array();
}

void write_session(const SignIn& s, json::Writer& w) {
  const auto& p = s.proofs;
  w.key("session");
  w.begin_object();
  fact(w, "authenticationMethods", p.methods, [&](MethodModes m) { write_methods(m, w); });
  flag(w, "mfaClaim", p.mfa_claim);
  instant(w, "primaryAuthenticatedDateTime", p.primary_authenticated_at);
  instant(w, "secondaryAuthenticatedDateTime", p.secondary_authenticated_at);
  write_ids(w, "acceptedTermsOfUse", p.accepted_terms_known, p.accepted_terms);
  write_ids(w, "satisfiedCustomControls", p.custom_controls_known, p.custom_controls);
  flag(w, "passwordChanged", p.password_changed);
  flag(w, "riskRemediated", p.risk_remediated);
  flag(w, "tokenBound", p.token_bound);
  flag(w, "hasRegisteredMethod", p.has_registered_method);
  flag(w, "approvedClientApp", s.approved_client_app);
  flag(w, "appProtectionPolicy", s.app_protection_policy);
  fact(w, "gpsCountry", s.gps_country, [&](Country c) { w.value(to_string(c)); });
  flag(w, "compliantNetwork", s.compliant_network);
  w.end_object();
}

}  // namespace

void write_facts(const SignIn& sign_in, const Directory& directory, json::Writer& writer) {
  writer.begin_object();
  write_identity(sign_in, directory, writer);
  write_context(sign_in.target, writer);
  write_conditions(sign_in, writer);
  write_session(sign_in, writer);
  writer.end_object();
}

}  // namespace sallyport
