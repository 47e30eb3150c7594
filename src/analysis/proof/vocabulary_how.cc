// How: from where, through which client, on what, at which risk.
#include <algorithm>

#include "analysis/proof/conditions.h"
#include "analysis/proof/vocabulary.h"
#include "base/text.h"

namespace sallyport::proof {
namespace {

Result<const NamedLocation*> find_location(std::string_view name, const PolicySet& set) {
  for (const NamedLocation& location : set.named_locations) {
    if (equal_ignoring_case(location.display_name, name) || location.id == LocationId::of(name)) {
      return &location;
    }
  }
  return unknown_word(name, "named location", "use its display name or id");
}

}  // namespace

Result<Vocabulary::Set> Vocabulary::where(std::string_view text) const {
  const auto [kind, name] = split_word(text);
  if (text == "anywhere") return Bdd::all();
  if (text == "trusted" || text == "untrusted") {
    if (asks()) {
      interests_->trusted_locations = true;
      return Bdd();
    }
    LocationCondition trusted;
    trusted.include.all_trusted = true;
    const Bdd set = match_locations(u(), encoding_->set(), trusted).possible();
    return text == "trusted" ? set : !set;
  }
  if (text == "unknown country") {
    return sign_ins({Question::country}, [](const SignIn& s) { return s.country.is_absent(); });
  }
  if (kind == "country") {
    const auto country = parse_country(name);
    if (!country) return unknown_word(name, "country", "use its two letters");
    if (asks()) interests_->countries.push_back(*country);
    return sign_ins({Question::country}, [&](const SignIn& s) { return s.country.is(*country); });
  }
  if (kind == "ip") {
    const auto range = parse_cidr(name);
    if (!range) return unknown_word(name, "range of addresses", "write it as 192.0.2.0/24");
    if (asks()) interests_->addresses.push_back(*range);
    return sign_ins({Question::address},
                    [&](const SignIn& s) { return range->contains(*s.ip_address); });
  }
  if (kind == "location") {
    const auto location = find_location(name, tenant_.policy_set);
    if (!location) return tl::unexpected(location.error());
    if (asks()) {
      interests_->locations.push_back((*location)->id);
      return Bdd();
    }
    LocationCondition condition;
    condition.include.locations = {(*location)->id};
    return match_locations(u(), encoding_->set(), condition).possible();
  }
  return unknown_word(text, "place",
                      "use anywhere, trusted, untrusted, unknown country, country:XX, ip:RANGE or "
                      "location:NAME");
}

Result<Vocabulary::Set> Vocabulary::client(std::string_view text) const {
  const auto any_of = [&](std::initializer_list<ClientApp> apps) {
    return sign_ins({Question::client_app}, [&](const SignIn& s) {
      return s.client_app_type.is_known() &&
             std::find(apps.begin(), apps.end(), *s.client_app_type) != apps.end();
    });
  };
  using enum ClientApp;
  if (text == "modern") return any_of({browser, mobile_apps_and_desktop_clients});
  if (text == "legacy") return any_of({exchange_active_sync, eas_supported, other});
  if (text == "exchangeActiveSync") return any_of({exchange_active_sync, eas_supported});
  if (text == "unknown") {
    return sign_ins({Question::client_app},
                    [](const SignIn& s) { return s.client_app_type.is_absent(); });
  }
  if (const auto one = parse_client_app(text)) return any_of({*one});
  return unknown_word(text, "client",
                      "use modern, legacy, browser, mobileAppsAndDesktopClients, "
                      "exchangeActiveSync, easSupported, easUnsupported, other or unknown");
}

Result<Vocabulary::Set> Vocabulary::platform(std::string_view text) const {
  const auto is = [&](Fact<Platform> wanted) {
    return sign_ins({Question::platform}, [&](const SignIn& s) {
      return wanted.is_absent() ? s.device_platform.is_absent() : s.device_platform.is(*wanted);
    });
  };
  if (text == "unknown") return is(Fact<Platform>::absent());
  if (const auto one = parse_platform(text)) return is(*one);
  return unknown_word(text, "platform",
                      "use android, iOS, windows, windowsPhone, macOS, linux or unknown");
}

Result<Vocabulary::Set> Vocabulary::flow(std::string_view text) const {
  if (text == "ordinary") {
    return sign_ins({Question::flow},
                    [](const SignIn& s) { return !s.authentication_flow.is_known(); });
  }
  if (const auto one = parse_transfer_method(text); one && *one != TransferMethod::none) {
    return sign_ins({Question::flow},
                    [&](const SignIn& s) { return s.authentication_flow.is(*one); });
  }
  return unknown_word(text, "flow", "use ordinary, deviceCodeFlow or authenticationTransfer");
}

Result<Vocabulary::Set> Vocabulary::device(std::string_view text) const {
  if (text.starts_with("device.")) return attribute(text);
  constexpr std::string_view words[] = {"registered", "unregistered", "compliant", "hybrid joined",
                                        "managed", "unmanaged"};
  if (std::ranges::find(words, text) == std::end(words)) {
    return unknown_word(text, "state of a device",
                        "use managed, unmanaged, compliant, hybrid joined, registered, "
                        "unregistered or device.ATTRIBUTE=VALUE");
  }
  if (asks()) return Bdd();
  const Bdd registered = u().is(*u().find(Question::device), 1);
  const Bdd compliant = encoding_->trait(Trait::compliant_device);
  const Bdd hybrid = encoding_->trait(Trait::hybrid_joined_device);
  if (text == "registered") return registered;
  if (text == "unregistered") return !registered;
  if (text == "compliant") return compliant;
  if (text == "hybrid joined") return hybrid;
  return text == "managed" ? compliant | hybrid : !(compliant | hybrid);
}

Result<Vocabulary::Set> Vocabulary::risk(Question question, Fact<RiskLevel> SignIn::*member,
                                         std::string_view text) const {
  const auto level = parse_risk_level(text);
  if (!level) return unknown_word(text, "risk", "use none, low, medium or high");
  if (asks() && *level == RiskLevel::hidden) interests_->hidden_risk = true;
  return sign_ins({question}, [&](const SignIn& s) { return (s.*member).is(*level); });
}

Result<Vocabulary::Set> Vocabulary::sign_in_risk(std::string_view text) const {
  return risk(Question::sign_in_risk, &SignIn::sign_in_risk_level, text);
}
Result<Vocabulary::Set> Vocabulary::user_risk(std::string_view text) const {
  return risk(Question::user_risk, &SignIn::user_risk_level, text);
}
Result<Vocabulary::Set> Vocabulary::workload_risk(std::string_view text) const {
  return risk(Question::service_principal_risk, &SignIn::service_principal_risk_level, text);
}
Result<Vocabulary::Set> Vocabulary::agent_risk(std::string_view text) const {
  return risk(Question::agent_id_risk, &SignIn::agent_id_risk_level, text);
}
Result<Vocabulary::Set> Vocabulary::insider_risk(std::string_view text) const {
  const auto level = parse_insider_risk_level(text);
  if (!level) return unknown_word(text, "insider risk", "use none, minor, moderate or elevated");
  return sign_ins({Question::insider_risk},
                  [&](const SignIn& s) { return s.insider_risk_level.is(*level); });
}

}  // namespace sallyport::proof
