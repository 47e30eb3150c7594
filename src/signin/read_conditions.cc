#include "signin/read_parts.h"

namespace sallyport {
namespace {

// `all` is a legal input of the service's call and says nothing about the one that signs in.
bool says_nothing(std::string_view word) {
  return equal_ignoring_case(word, "all") || equal_ignoring_case(word, "unknown") ||
         equal_ignoring_case(word, "unknownFutureValue");
}

template <class T, class Parse>
Fact<T> word_or_absent(ObjectReader& conditions, std::string_view name, Parse parse,
                       std::string_view what) {
  const auto parse_word = [&](std::string_view word) -> std::optional<std::optional<T>> {
    if (says_nothing(word)) return std::optional<std::optional<T>>(std::in_place);
    if (const auto parsed = parse(word)) return std::optional<T>(parsed);
    return std::nullopt;
  };
  const auto fact = conditions.fact<std::optional<T>>(name, parse_word, what);
  if (fact.is_unknown()) return Fact<T>::unknown();
  return fact.is_known() && fact->has_value() ? Fact<T>(**fact) : Fact<T>::absent();
}

Fact<RiskLevel> risk(ObjectReader& conditions, std::string_view name) {
  return conditions.fact<RiskLevel>(name, parse_risk_level,
                                    "a risk level: low, medium, high, hidden or none");
}

Fact<TransferMethod> authentication_flow(ObjectReader& conditions, ReadParts& parts) {
  const json::Value* value = conditions.take("authenticationFlow");
  if (value != nullptr && is_unknown(*value)) return Fact<TransferMethod>::unknown();
  if (value != nullptr && value->is_null()) return Fact<TransferMethod>::absent();
  const auto where = conditions.where("authenticationFlow");
  ObjectReader flow(value, where, parts.options.missing, parts.error);
  const auto method = transfer_method(flow, "transferMethod");
  flow.refuse_rest();
  return method;
}

}  // namespace

Fact<TransferMethod> transfer_method(ObjectReader& object, std::string_view name) {
  const auto fact = object.fact<TransferMethod>(
      name, parse_transfer_method, "a flow: deviceCodeFlow, authenticationTransfer or none");
  return fact.is(TransferMethod::none) ? Fact<TransferMethod>::absent() : fact;
}

void read_conditions(const json::Value* value, const json::Pointer& where, ReadParts& parts) {
  if ((value == nullptr || value->is_null()) && parts.options.missing == Missing::absent) {
    parts.error.report(where, "`signInConditions` is missing: send at least an empty object");
  }
  ObjectReader conditions(value, where, parts.options.missing, parts.error);
  SignIn& sign_in = parts.sign_in;
  sign_in.device_platform =
      word_or_absent<Platform>(conditions, "devicePlatform", parse_platform,
                               "a platform: android, iOS, windows, windowsPhone, macOS, linux");
  sign_in.client_app_type =
      word_or_absent<ClientApp>(conditions, "clientAppType", parse_client_app,
                                "a client app: browser, mobileAppsAndDesktopClients, "
                                "exchangeActiveSync, easSupported, other");
  sign_in.ip_address = conditions.fact<IpAddress>("ipAddress", parse_ip_address,
                                                  "an IP address without port or prefix");
  sign_in.country =
      conditions.fact<Country>("country", parse_country, "a country of two letters, such as FR");
  sign_in.sign_in_risk_level = risk(conditions, "signInRiskLevel");
  sign_in.user_risk_level = risk(conditions, "userRiskLevel");
  sign_in.service_principal_risk_level = risk(conditions, "servicePrincipalRiskLevel");
  sign_in.agent_id_risk_level = risk(conditions, "agentIdRiskLevel");
  sign_in.insider_risk_level =
      conditions.fact<InsiderRiskLevel>("insiderRiskLevel", parse_insider_risk_level,
                                        "an insider risk level: none, minor, moderate or elevated");
  sign_in.authentication_flow = authentication_flow(conditions, parts);
  const auto device_where = conditions.where("deviceInfo");
  read_device_info(conditions.take("deviceInfo"), device_where, parts);
  conditions.refuse_rest();

  // A session keeps the flow that opened it, unless this request has one of its own.
  const auto& tracked = parts.session.tracked_transfer_method;
  if (!tracked.is_absent() && !sign_in.authentication_flow.is_known()) {
    sign_in.authentication_flow = tracked;
  }
  if (parts.session.private_browsing) sign_in.device = Fact<DeviceView>::absent();
}

}  // namespace sallyport
