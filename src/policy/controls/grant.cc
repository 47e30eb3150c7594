// Spec, sections 4.1 and 4.4.
#include "directory/read.h"
#include "policy/controls/controls.h"

namespace sallyport {
namespace {

void read_operator(const DocumentPart& part, GrantControls& into) {
  const auto word = part.text("operator");
  into.operation = equal_ignoring_case(word, "OR") ? GrantOperator::any_of : GrantOperator::all_of;
}

void read_strength(const DocumentPart& part, GrantControls& into) {
  const auto* value = part.get("authenticationStrength");
  if (value == nullptr) return;
  const auto pointer = part.pointer().member("authenticationStrength");
  const DocumentPart strength(*value, pointer, part.remarks());
  const auto id = strength.text("id");
  if (id.empty()) {
    into.unknown_controls.emplace_back("authenticationStrength");
    part.remarks().add(Severity::error, "L-strength-without-id",
                       "this authentication strength has no `id`, so nothing satisfies it; name "
                       "the strength, for example `" +
                           std::string(mfa_strength_id) + "`",
                       pointer, value->offset());
    return;
  }
  into.authentication_strength = StrengthId::of(id);
  into.authentication_strength_text = std::string(id);
  if (!strength.has("allowedCombinations")) return;
  auto reading = read_authentication_strength(*value, part.remarks().dialect());
  into.inline_strength = std::move(reading.value);
  for (auto& finding : reading.findings) {
    // What does not fit the shape has been said already.
    if (finding.code == "L-unknown-member" || finding.code == "1007") continue;
    finding.pointer = pointer.text() + finding.pointer;
    part.remarks().findings().push_back(std::move(finding));
  }
}

}  // namespace

GrantControls read_grant_controls(const DocumentPart& part) {
  GrantControls controls;
  const auto not_understood = [&](std::string_view what) {
    controls.unknown_controls.emplace_back(what);
  };
  if (!part.value().is_object()) {
    not_understood("grantControls");
    return controls;
  }
  read_operator(part, controls);
  const auto control = [&](std::string_view text, std::size_t) {
    if (const auto known = parse_grant_control(text)) {
      controls.built_in_controls.insert(*known);
    } else {
      not_understood(text);
    }
  };
  if (!part.each_text("builtInControls", control)) not_understood("builtInControls");
  const auto factor = [&](std::string_view text, std::size_t) {
    controls.custom_authentication_factors.push_back(CustomControlId::of(text));
    controls.custom_authentication_factor_texts.emplace_back(text);
  };
  if (!part.each_text("customAuthenticationFactors", factor)) {
    not_understood("customAuthenticationFactors");
  }
  const auto agreement = [&](std::string_view text, std::size_t) {
    controls.terms_of_use.push_back(AgreementId::of(text));
    controls.terms_of_use_texts.emplace_back(text);
  };
  if (!part.each_text("termsOfUse", agreement)) not_understood("termsOfUse");
  read_strength(part, controls);
  for (const auto& member : part.value().members()) {
    const bool known = member.name == "operator" || member.name == "builtInControls" ||
                       member.name == "customAuthenticationFactors" ||
                       member.name == "termsOfUse" || member.name == "authenticationStrength";
    if (!known && !schema::is_annotation(member.name) && part.has(member.name)) {
      not_understood(member.name);
    }
  }
  return controls;
}

}  // namespace sallyport
