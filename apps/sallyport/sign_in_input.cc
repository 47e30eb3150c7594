#include "sign_in_input.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "directory/well_known.h"

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
  return wrong_flag("no group is called `" + printable(text) + "`: give its object id", "--group");
}

bool is_listed(const ApplicationLists& lists, ApplicationId id) {
  return std::find(lists.applications.begin(), lists.applications.end(), id) !=
         lists.applications.end();
}

bool is_suite(std::string_view text) {
  return equal_ignoring_case(text, "Office365") ||
         equal_ignoring_case(text, "MicrosoftAdminPortals");
}

// A name that means nothing must not become an application that no policy has.
Result<std::string> application_id(const std::string& text, const Tenant& tenant) {
  // As sign-in logs call them: `Office 365 Exchange Online`.
  constexpr std::string_view family = "office 365 ";
  if (parse_guid(text)) return text;
  if (const auto id = well_known_application_id(text)) return std::string(*id);
  if (equal_ignoring_case(text.substr(0, family.size()), family)) {
    if (const auto id = well_known_application_id(text.substr(family.size()))) {
      return std::string(*id);
    }
  }
  for (const ServicePrincipal& principal : tenant.directory->service_principals()) {
    if (equal_ignoring_case(principal.display_name, text)) return to_string(principal.app_id);
  }
  const auto id = ApplicationId::of(text);
  if (tenant.directory->find_service_principal_by_app(id) != nullptr) return text;
  for (const Policy& policy : tenant.policy_set.policies) {
    const auto& condition = policy.conditions.applications;
    if (condition && (is_listed(condition->include, id) || is_listed(condition->exclude, id))) {
      return text;
    }
  }
  if (is_suite(text)) {
    return wrong_flag("`" + text + "` is a group of applications: name one of them", "--app");
  }
  return wrong_flag("no application is called `" + printable(text) + "`: give its application id",
                    "--app");
}

std::string service_principal_id(const std::string& text, const Tenant& tenant) {
  if (parse_guid(text)) return text;
  for (const ServicePrincipal& principal : tenant.directory->service_principals()) {
    if (equal_ignoring_case(principal.display_name, text)) return to_string(principal.id);
  }
  return text;
}

Result<void> add_identity(Body& body, const SignInFlags& flags, const Tenant& tenant) {
  body.begin("signInIdentity");
  if (!flags.service_principal.empty()) {
    body.word("servicePrincipalId", service_principal_id(flags.service_principal, tenant));
  } else {
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

// `text` as one document a line; lines that are none become errors.
SignInBodies read_lines(const std::string& path, std::string_view text) {
  SignInBodies result;
  result.many = true;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = trim(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    ++number;
    if (line.empty()) continue;
    const std::string where = path + ':' + std::to_string(number);
    auto document = json::parse(line);
    if (document) {
      result.bodies.push_back({where, std::move(*document)});
    } else {
      Error error = document.error();
      error.where = where + (error.where.empty() ? "" : ", at " + error.where);
      result.errors.push_back(std::move(error));
    }
  }
  return result;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// `signInRiskLevel` is the sign in risk, `isCompliant` compliant.
std::string words_of_member(std::string_view name) {
  std::string words;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper) words += ' ';
    words += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  constexpr std::string_view is = "is ";
  if (words.rfind(is, 0) == 0) words.erase(0, is.size());
  constexpr std::string_view level = " level";
  if (ends_with(words, level)) words.erase(words.size() - level.size());
  return words;
}

void collect(const json::Value& value, const Names& names, std::string_view name,
             std::string& out) {
  const auto add = [&](std::string_view text) {
    if (!out.empty()) out += ", ";
    out += text;
  };
  switch (value.kind()) {
    case json::Kind::object:
      for (const json::Member& member : value.members()) {
        if (member.name.find('@') == std::string_view::npos) {
          collect(member.value, names, member.name, out);
        }
      }
      return;
    case json::Kind::array:
      for (const json::Value& item : value.items()) collect(item, names, name, out);
      return;
    case json::Kind::null: return add("no " + words_of_member(name));
    case json::Kind::boolean: {
      const bool is_state = name.substr(0, 2) == "is";
      return add((value.truth() ? "" : is_state ? "not " : "no ") + words_of_member(name));
    }
    case json::Kind::number: return add(words_of_member(name) + ' ' + std::string(value.text()));
    case json::Kind::string: break;
  }
  // A risk level alone would not say of what.
  const bool needs_name = ends_with(name, "RiskLevel") || ends_with(name, "DateTime");
  const std::string label = names.label(value.text());
  add(needs_name ? words_of_member(name) + ' ' + label : label);
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

Result<json::Value> with_application_ids(const json::Value& body, const Tenant& tenant,
                                         json::Arena& arena) {
  const auto replaced = [&](const json::Value& object, std::string_view name,
                            const json::Value& value) {
    std::vector<json::Member> members(object.members().begin(), object.members().end());
    for (json::Member& member : members) {
      if (equal_ignoring_case(member.name, name)) member.value = value;
    }
    return arena.object(members);
  };
  const json::Value* context = body.find_ignoring_case("signInContext");
  const json::Value* list =
      context == nullptr ? nullptr : context->find_ignoring_case("includeApplications");
  if (list == nullptr || !list->is_array()) return body;
  std::vector<json::Value> ids;
  for (const json::Value& item : list->items()) {
    // The service takes the words for suites, and nothing matches them.
    if (!item.is_string() || is_suite(item.text())) {
      ids.push_back(item);
      continue;
    }
    const auto id = application_id(std::string(item.text()), tenant);
    if (!id) {
      return fail(id.error().kind, id.error().message, "/signInContext/includeApplications");
    }
    ids.push_back(arena.string(*id));
  }
  return replaced(body, "signInContext",
                  replaced(*context, "includeApplications", arena.array(ids)));
}

Result<SignInBodies> read_bodies(const std::string& path) {
  const auto bytes = read_input(path);
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  auto text = decode_text(*bytes);
  if (!text) {
    return fail(text.error().kind, text.error().message, path);
  }
  if (ends_with(path, ".jsonl")) return read_lines(path, *text);
  auto document = json::parse(*text);
  if (!document) {
    SignInBodies lines = read_lines(path, *text);
    if (lines.bodies.size() > 1) return lines;
    return fail(document.error().kind, document.error().message,
                path + (document.error().where.empty() ? "" : ':' + document.error().where));
  }
  SignInBodies result;
  if (!document->root().is_array()) {
    result.bodies.push_back({path, std::move(*document)});
    return result;
  }
  result.many = true;
  std::size_t number = 0;
  for (const json::Value& item : document->root().items()) {
    auto copy = json::parse(json::write(item));
    if (!copy) return tl::unexpected<Error>(copy.error());
    result.bodies.push_back({path + ", item " + std::to_string(++number), std::move(*copy)});
  }
  return result;
}

std::string flag_of(std::string_view pointer) {
  for (const Place& place : places) {
    if (pointer.substr(0, place.pointer.size()) == place.pointer) return std::string(place.flag);
  }
  return std::string(pointer);
}

std::string title_of(const json::Value& body, const Names& names) {
  std::string out;
  for (const std::string_view part :
       {"signInIdentity", "signInContext", "signInConditions", "session"}) {
    const json::Value* value = body.find_ignoring_case(part);
    if (value != nullptr) collect(*value, names, part, out);
  }
  return out;
}

}  // namespace sallyport::cli
