// Authentication strengths and their combination configurations (spec, section 4.4).
#include <algorithm>

#include "base/text.h"
#include "directory/member_reader.h"
#include "directory/read.h"

namespace sallyport {
namespace {

std::string quoted(std::string_view text) { return '`' + printable(text) + '`'; }

std::vector<MethodModes> read_combinations(std::string_view name, MemberReader& reader) {
  std::vector<MethodModes> combinations;
  const auto items = reader.list(name);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto combination = parse_combination(items[i].text());
    if (!combination) {
      reader.report(reader.refused(), content_code,
                    quoted(items[i].text()) + " is not a combination of authentication methods" +
                        (reader.strict() ? "" : "; nothing satisfies it"),
                    name, i, items[i]);
      continue;
    }
    if (std::find(combinations.begin(), combinations.end(), *combination) == combinations.end()) {
      combinations.push_back(*combination);
    }
  }
  return combinations;
}

std::vector<std::string> read_texts(std::string_view name, MemberReader& reader) {
  std::vector<std::string> texts;
  for (const auto& item : reader.list(name)) {
    if (item.is_string()) {
      texts.push_back(to_lower(trim(item.text())));
    } else {
      reader.report(Severity::error, shape_code, quoted(name) + " must hold texts", name);
    }
  }
  return texts;
}

CombinationConfiguration read_configuration(const json::Value& item, Dialect dialect,
                                            std::vector<Finding>& findings, const json::Pointer& at,
                                            const std::vector<MethodModes>& allowed) {
  CombinationConfiguration configuration;
  MemberReader reader(item, dialect, findings, at);
  const auto type = short_type(reader.text("@odata.type"));
  reader.pass({"id"});
  configuration.applies_to = read_combinations("appliesToCombinations", reader);
  configuration.allowed_aaguids = read_texts("allowedAAGUIDs", reader);
  configuration.allowed_issuer_skis = read_texts("allowedIssuerSkis", reader);
  configuration.allowed_policy_oids = read_texts("allowedPolicyOIDs", reader);

  const bool keys = !configuration.allowed_aaguids.empty();
  const bool certificates =
      !configuration.allowed_issuer_skis.empty() || !configuration.allowed_policy_oids.empty();
  const bool is_fido2 = type.empty() ? keys && !certificates
                                     : equal_ignoring_case(type, "fido2CombinationConfiguration");
  const bool is_x509 = type.empty()
                           ? certificates && !keys
                           : equal_ignoring_case(type, "x509CertificateCombinationConfiguration");
  // One that cannot be read, or names no key or certificate, must not let every one of them in.
  configuration.unknown = !(is_fido2 && keys) && !(is_x509 && certificates);
  if (type.empty() && reader.strict()) {
    reader.report(Severity::error, shape_code, "`@odata.type` is missing");
  } else if (configuration.unknown) {
    reader.report(reader.refused(), content_code,
                  is_fido2 || is_x509
                      ? "this configuration lists no key or certificate, so nothing satisfies it"
                      : "unknown kind of combination configuration " + quoted(type) +
                            "; nothing satisfies the combinations it is about");
  }
  if (configuration.applies_to.empty()) {
    configuration.applies_to = allowed;
    configuration.unknown = true;
    reader.report(reader.refused(), content_code,
                  "`appliesToCombinations` names no combination; nothing satisfies this strength");
  }
  if (!configuration.unknown) reader.finish();
  return configuration;
}

}  // namespace

Reading<AuthenticationStrength> read_authentication_strength(const json::Value& document,
                                                             Dialect dialect) {
  Reading<AuthenticationStrength> reading;
  auto& strength = reading.value;
  const json::Pointer root;
  MemberReader reader(document, dialect, reading.findings, root);
  if (!document.is_object()) return reading;

  strength.display_name = reader.text("displayName");
  strength.id_text = reader.text("id");
  if (strength.id_text.empty() && dialect == Dialect::lenient) {
    strength.id_text = strength.display_name;
  }
  strength.id = StrengthId::of(strength.id_text);
  if (trim(strength.display_name).empty()) {
    reader.report(reader.refused(), shape_code, "`displayName` is missing or empty", "displayName");
  }
  strength.built_in = equal_ignoring_case(reader.text("policyType"), "builtIn");
  reader.pass({"description", "createdDateTime", "modifiedDateTime"});
  strength.allowed_combinations = read_combinations("allowedCombinations", reader);
  if (strength.allowed_combinations.empty()) {
    reader.report(reader.refused(), content_code,
                  "this strength allows no combination, so nothing satisfies it",
                  "allowedCombinations");
  }
  const auto satisfied = reader.text("requirementsSatisfied");
  strength.requires_mfa = satisfied.empty()
                              ? std::all_of(strength.allowed_combinations.begin(),
                                            strength.allowed_combinations.end(), satisfies_mfa)
                              : !equal_ignoring_case(satisfied, "none");
  const auto configurations = reader.list("combinationConfigurations");
  const auto list = root.member("combinationConfigurations");
  for (std::size_t i = 0; i < configurations.size(); ++i) {
    strength.combination_configurations.push_back(read_configuration(
        configurations[i], dialect, reading.findings, list.item(i), strength.allowed_combinations));
  }
  reader.finish();
  return reading;
}

}  // namespace sallyport
