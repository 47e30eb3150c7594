// From flags to the body of the evaluate call.
#include "sign_in_input.h"

#include <array>
#include <optional>
#include <utility>

#include "application_names.h"
#include "base/text.h"
#include "did_you_mean.h"

namespace sallyport::cli {
namespace {

struct Place {
  std::string_view pointer;
  std::string_view flag;
};

// In the body's order. The longest pointer that fits wins.
constexpr std::array places = {
    Place{"/signInIdentity/userId", "--user"},
    Place{"/signInIdentity/userPrincipalName", "--user"},
    Place{"/signInIdentity/userType", "--guest-type"},
    Place{"/signInIdentity/externalTenantId", "--home-tenant"},
    Place{"/signInIdentity/groups", "--group"},
    Place{"/signInIdentity/roles", "--role"},
    Place{"/signInIdentity/servicePrincipalId", "--service-principal"},
    Place{"/signInContext/includeApplications", "--app"},
    Place{"/signInContext/userAction", "--user-action"},
    Place{"/signInContext/authenticationContextValue", "--auth-context"},
    Place{"/signInConditions/devicePlatform", "--platform"},
    Place{"/signInConditions/clientAppType", "--client-app"},
    Place{"/signInConditions/country", "--country"},
    Place{"/signInConditions/ipAddress", "--ip"},
    Place{"/signInConditions/signInRiskLevel", "--sign-in-risk"},
    Place{"/signInConditions/userRiskLevel", "--user-risk"},
    Place{"/signInConditions/servicePrincipalRiskLevel", "--service-principal-risk"},
    Place{"/signInConditions/agentIdRiskLevel", "--agent-risk"},
    Place{"/signInConditions/insiderRiskLevel", "--insider-risk"},
    Place{"/signInConditions/authenticationFlow", "--flow"},
    Place{"/signInConditions/deviceInfo", "--device"},
    Place{"/session/authenticationMethods", "--method"},
    Place{"/session/acceptedTermsOfUse", "--terms"},
    Place{"/session/gpsCountry", "--gps-country"},
};

// Writes members of the body's objects.
class Body {
 public:
  Body() : writer_(text_) { writer_.begin_object(); }
  void begin(std::string_view name) {
    writer_.key(name);
    writer_.begin_object();
  }
  void end() { writer_.end_object(); }
  std::string finish() && {
    writer_.end_object();
    return std::move(text_);
  }

  // `none` is the absence of the fact.
  void fact(std::string_view name, std::string_view text) {
    if (text.empty()) return;
    writer_.key(name);
    if (text == "none") {
      writer_.null();
    } else {
      writer_.value(text);
    }
  }
  void word(std::string_view name, std::string_view text) {
    if (!text.empty()) writer_.member(name, text);
  }
  void flag(std::string_view name, bool value) { writer_.member(name, value); }
  void absent(std::string_view name) {
    writer_.key(name);
    writer_.null();
  }
  void list(std::string_view name, const std::vector<std::string>& items) {
    writer_.key(name);
    writer_.begin_array();
    for (const std::string& item : items) writer_.value(item);
    writer_.end_array();
  }

 private:
  std::string text_;
  json::Writer writer_;
};

bool is_none(const std::vector<std::string>& words) {
  return words.size() == 1 && words.front() == "none";
}

tl::unexpected<Error> wrong_flag(std::string message, std::string_view flag) {
  return fail(ErrorKind::invalid_argument, std::move(message), std::string(flag));
}

Result<std::string> group_id(const std::string& text, const Tenant& tenant) {
  if (parse_guid(text) || tenant.directory->find_group(GroupId::of(text))) return text;
  std::optional<std::string> found;
  for (const Group& group : tenant.directory->groups()) {
    if (!equal_ignoring_case(group.display_name, text)) continue;
    if (found) return wrong_flag("several groups are called `" + printable(text) + "`", "--group");
    found = to_string(group.id);
  }
  if (found) return *found;
  std::vector<std::string> names;
  for (const Group& group : tenant.directory->groups()) names.push_back(group.display_name);
  const auto meant = did_you_mean(text, names);
  return wrong_flag("no group is called `" + printable(text) + '`' +
                        (meant.empty() ? ": give its object id" : meant),
                    "--group");
}

std::string service_principal_id(const std::string& text, const Tenant& tenant) {
  if (parse_guid(text)) return text;
  for (const ServicePrincipal& principal : tenant.directory->service_principals()) {
    if (equal_ignoring_case(principal.display_name, text)) return to_string(principal.id);
  }
  return text;
}

// A user who is described by flags need not be in the directory.
Result<void> is_known(const SignInFlags& flags, const Directory& directory) {
  const bool described = !flags.guest_type.empty() || !flags.home_tenant.empty() ||
                         !flags.groups.empty() || !flags.roles.empty();
  if (flags.user.empty() || described || parse_guid(flags.user) || directory.user_count() == 0 ||
      directory.find_user(UserId::of(flags.user)) || directory.find_user_by_name(flags.user)) {
    return {};
  }
  std::vector<std::string> names;
  directory.each_user([&](const UserView& user) { names.emplace_back(user.name); });
  return wrong_flag("there is no user `" + printable(flags.user) + "` in the directory" +
                        did_you_mean(flags.user, names),
                    "--user");
}

Result<void> add_identity(Body& body, const SignInFlags& flags, const Tenant& tenant) {
  body.begin("signInIdentity");
  if (!flags.service_principal.empty()) {
    body.word("servicePrincipalId", service_principal_id(flags.service_principal, tenant));
  } else {
    if (auto known = is_known(flags, *tenant.directory); !known) return known;
    // Without a directory a name does not tell which of the ids in policies is meant.
    const bool is_id = parse_guid(flags.user) || tenant.directory->user_count() != 0;
    body.word(is_id ? "userId" : "userPrincipalName", flags.user);
    body.word("userType", flags.guest_type);
    body.word("externalTenantId", flags.home_tenant);
    std::vector<std::string> groups;
    for (const std::string& text : flags.groups) {
      if (is_none(flags.groups)) break;
      auto id = group_id(text, tenant);
      if (!id) return tl::unexpected<Error>(id.error());
      groups.push_back(std::move(*id));
    }
    if (!flags.groups.empty()) body.list("groups", groups);
    if (!flags.roles.empty()) {
      body.list("roles", is_none(flags.roles) ? std::vector<std::string>{} : flags.roles);
    }
  }
  body.end();
  return {};
}

Result<void> add_context(Body& body, const SignInFlags& flags, const Tenant& tenant) {
  if (flags.apps.empty() && flags.user_action.empty() && flags.auth_context.empty()) return {};
  body.begin("signInContext");
  if (!flags.apps.empty()) {
    std::vector<std::string> ids;
    for (const std::string& text : flags.apps) {
      auto id = application_id(text, tenant);
      if (!id) return tl::unexpected<Error>(id.error());
      ids.push_back(std::move(*id));
    }
    body.list("includeApplications", ids);
  }
  body.word("userAction", flags.user_action);
  body.word("authenticationContextValue", flags.auth_context);
  body.end();
  return {};
}

Result<void> add_device(Body& body, const std::vector<std::string>& words) {
  if (words.empty()) return {};
  if (is_none(words)) {
    body.absent("deviceInfo");
    return {};
  }
  body.begin("deviceInfo");
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    if (equals != std::string::npos) {
      body.fact(word.substr(0, equals), word.substr(equals + 1));
    } else if (word == "compliant" || word == "noncompliant") {
      body.flag("isCompliant", word == "compliant");
    } else if (word == "hybrid") {
      body.word("trustType", "ServerAD");
    } else if (word == "joined") {
      body.word("trustType", "AzureAD");
    } else if (word == "registered") {
      body.word("trustType", "Workplace");
    } else if (word == "managed") {
      body.flag("isManaged", true);
    } else if (parse_guid(word)) {
      body.word("deviceId", word);
    } else {
      return wrong_flag("`" + printable(word) +
                            "` says nothing of a device: compliant, noncompliant, hybrid, joined, "
                            "registered, managed, none, an id or attribute=value",
                        "--device");
    }
  }
  body.end();
  return {};
}

Result<void> add_conditions(Body& body, const SignInFlags& flags) {
  body.begin("signInConditions");
  body.fact("devicePlatform", flags.platform);
  body.fact("clientAppType", flags.client_app);
  body.fact("ipAddress", flags.ip);
  body.fact("country", flags.country);
  body.word("signInRiskLevel", flags.sign_in_risk);
  body.word("userRiskLevel", flags.user_risk);
  body.word("servicePrincipalRiskLevel", flags.service_principal_risk);
  body.word("agentIdRiskLevel", flags.agent_risk);
  body.word("insiderRiskLevel", flags.insider_risk);
  if (!flags.flow.empty()) {
    body.begin("authenticationFlow");
    body.word("transferMethod", flags.flow);
    body.end();
  }
  const auto device = add_device(body, flags.device);
  body.end();
  return device;
}

Result<void> add_session(Body& body, const SignInFlags& flags) {
  constexpr std::array proofs = {
      std::pair{"mfa", "mfaClaim"},
      std::pair{"password-change", "passwordChanged"},
      std::pair{"risk-remediation", "riskRemediated"},
      std::pair{"approved-app", "approvedClientApp"},
      std::pair{"app-protection", "appProtectionPolicy"},
      std::pair{"token-protection", "tokenBound"},
      std::pair{"compliant-network", "compliantNetwork"},
  };
  body.begin("session");
  if (!flags.methods.empty()) {
    body.list("authenticationMethods",
              is_none(flags.methods) ? std::vector<std::string>{} : flags.methods);
  }
  for (const std::string& given : flags.satisfied) {
    const bool negated = given.rfind("no-", 0) == 0;
    const std::string_view word = std::string_view(given).substr(negated ? 3 : 0);
    bool found = false;
    for (const auto& proof : proofs) {
      if (word != proof.first) continue;
      body.flag(proof.second, !negated);
      found = true;
    }
    if (!found) {
      return wrong_flag("`" + printable(given) +
                            "` is no proof: mfa, password-change, risk-remediation, approved-app, "
                            "app-protection, token-protection or compliant-network",
                        "--satisfied");
    }
  }
  if (!flags.terms.empty()) {
    body.list("acceptedTermsOfUse",
              is_none(flags.terms) ? std::vector<std::string>{} : flags.terms);
  }
  body.fact("gpsCountry", flags.gps_country);
  body.end();
  return {};
}

}  // namespace

Result<json::Document> body_of(const SignInFlags& flags, const Tenant& tenant) {
  Body body;
  if (auto done = add_identity(body, flags, tenant); !done) {
    return tl::unexpected<Error>(done.error());
  }
  if (auto done = add_context(body, flags, tenant); !done) {
    return tl::unexpected<Error>(done.error());
  }
  if (auto done = add_conditions(body, flags); !done) return tl::unexpected<Error>(done.error());
  if (auto done = add_session(body, flags); !done) return tl::unexpected<Error>(done.error());
  return json::parse(std::move(body).finish());
}

std::string flag_of(std::string_view pointer) {
  for (const Place& place : places) {
    if (pointer.substr(0, place.pointer.size()) == place.pointer) return std::string(place.flag);
  }
  return std::string(pointer);
}

}  // namespace sallyport::cli
