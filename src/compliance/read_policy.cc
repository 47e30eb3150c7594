#include <algorithm>
#include <array>

#include "base/canonical.h"
#include "compliance/policy_reader.h"
#include "compliance/policy_schema.h"

namespace sallyport::compliance {
namespace {

struct TypeRow {
  std::string_view name;
  Platform platform;
};

constexpr std::array<TypeRow, policy_type_count> types = {{
    {"windows10CompliancePolicy", Platform::windows10},
    {"windows81CompliancePolicy", Platform::windows81},
    {"windowsPhone81CompliancePolicy", Platform::windows_phone81},
    {"windows10MobileCompliancePolicy", Platform::windows10_mobile},
    {"iosCompliancePolicy", Platform::ios},
    {"macOSCompliancePolicy", Platform::macos},
    {"androidCompliancePolicy", Platform::android},
    {"androidWorkProfileCompliancePolicy", Platform::android_work_profile},
    {"androidForWorkCompliancePolicy", Platform::android_work_profile},
    {"androidDeviceOwnerCompliancePolicy", Platform::android_device_owner},
    {"aospDeviceOwnerCompliancePolicy", Platform::android_aosp},
    {"deviceManagementCompliancePolicy", Platform::linux},
    {"defaultDeviceCompliancePolicy", Platform::unknown},
}};

std::string_view bare(std::string_view odata_type) {
  if (odata_type.starts_with('#')) odata_type.remove_prefix(1);
  constexpr std::string_view space = "microsoft.graph.";
  if (equal_ignoring_case(odata_type.substr(0, space.size()), space)) {
    odata_type.remove_prefix(space.size());
  }
  return odata_type;
}

std::string_view type_in(const json::Value& document) {
  const auto* type = document.find_ignoring_case("@odata.type");
  return type == nullptr ? std::string_view{} : type->text();
}

bool has(const json::Value& document, std::string_view name) {
  return document.find_ignoring_case(name) != nullptr;
}

std::optional<PolicyType> type_of(const json::Value& document) {
  const auto type = type_in(document);
  if (!type.empty()) return parse_policy_type(type);
  // The settings catalogue's collection holds one type only, and exports leave it out.
  if (has(document, "settings") && has(document, "technologies")) return PolicyType::linux;
  return std::nullopt;
}

constexpr std::uint64_t fnv_prime = 0x100000001b3ULL;

std::uint64_t fnv(std::string_view text, std::uint64_t hash) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * fnv_prime;
  return (hash ^ 0xffU) * fnv_prime;  // where a text ends counts
}
constexpr std::uint64_t fnv_start = 0xcbf29ce484222325ULL;

std::string with_capital(std::string_view word) {
  std::string out(word);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
  return out;
}

}  // namespace

std::string_view name_of(PolicyType type) { return types[static_cast<std::size_t>(type)].name; }
Platform platform_of(PolicyType type) { return types[static_cast<std::size_t>(type)].platform; }

std::optional<PolicyType> parse_policy_type(std::string_view odata_type) {
  const auto name = bare(odata_type);
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (equal_ignoring_case(types[i].name, name)) return static_cast<PolicyType>(i);
  }
  return std::nullopt;
}

bool is_compliance_policy(const json::Value& document) {
  if (!document.is_object()) return false;
  const auto type = type_in(document);
  if (!type.empty()) return to_lower(type).ends_with("compliancepolicy");
  return has(document, "scheduledActionsForRule") || type_of(document).has_value();
}

Setting& PolicyReader::add(const SettingRow& row, std::string_view member, std::string_view part) {
  Setting setting;
  setting.row = &row;
  if (policy_.type == PolicyType::linux) {
    setting.key = std::string(member);
  } else {
    setting.key = with_capital(name_of(policy_.type)) + "." + with_capital(member);
  }
  if (!part.empty()) setting.key += '.' + std::string(part);
  // A setting that stands there twice is judged twice, and remembered by two keys.
  const auto twins = std::ranges::count_if(policy_.settings, [&](const Setting& other) {
    return other.key == setting.key || other.key.starts_with(setting.key + '#');
  });
  if (twins > 0) setting.key += '#' + std::to_string(twins + 1);
  setting.hash = fnv(setting.key, fnv(policy_.id_text, fnv_start));
  // The lowest bit tells the accounts apart, see the judge.
  setting.hash &= ~std::uint64_t{1};
  policy_.settings.push_back(std::move(setting));
  return policy_.settings.back();
}

void PolicyReader::add_not_understood(std::string_view member) {
  add(not_understood_row, member).understood = false;
}

void PolicyReader::count_edition(std::string_view member, const json::Value& value) {
  const auto hash = fnv(json::write(value), fnv(member, fnv_start ^ policy_.edition));
  policy_.edition = static_cast<std::uint32_t>(hash ^ (hash >> 32U));
}

CompliancePolicyReading read_compliance_policy(const json::Value& document, Dialect dialect) {
  CompliancePolicyReading reading;
  auto& policy = reading.policy;
  Remarks remarks(dialect);
  PolicyReader reader(policy, remarks);
  const json::Pointer root;
  const auto type = document.is_object() ? type_of(document) : std::nullopt;
  json::Arena arena;
  const auto canonical =
      type ? canonical_by(schema_of(*type), document, arena, &remarks) : document;
  policy.id_text = text_in(canonical, "id");
  policy.display_name = text_in(canonical, "displayName");
  if (policy.display_name.empty()) policy.display_name = text_in(canonical, "name");
  // Without an id it counts under its name: the same each time.
  if (policy.id_text.empty()) policy.id_text = policy.display_name;
  policy.id = PolicyId::of(policy.id_text);
  policy.last_modified = parse_instant(text_in(canonical, "lastModifiedDateTime"));
  if (!type) {
    const auto written = type_in(document);
    reader.error("C-policy-type",
                 written.empty() ? "a compliance policy needs an `@odata.type` such as "
                                   "`#microsoft.graph.windows10CompliancePolicy`"
                                 : quoted(written) +
                                       " is no type of compliance policy that is "
                                       "known here; it applies to no device",
                 root.member("@odata.type"), document);
  } else {
    policy.type = *type;
    if (policy.display_name.empty()) {
      const auto member = *type == PolicyType::linux ? "name" : "displayName";
      auto message = quoted(member) + " must be given: verdicts name the policy by it";
      if (reader.strict()) {
        reader.error("C-name", std::move(message), root.member(member), document);
      } else {
        reader.warn("C-name", std::move(message), root.member(member), document);
      }
    }
    if (*type == PolicyType::linux) {
      read_catalog_settings(canonical, reader);
    } else {
      read_typed_settings(canonical, reader);
    }
    read_scheduled_actions(canonical, reader);
    read_assignments(canonical, reader);
  }
  reading.findings = std::move(remarks.findings());
  return reading;
}

json::Value canonical_compliance_policy(const json::Value& document, json::Arena& arena,
                                        std::vector<Finding>* findings, Dialect dialect) {
  const auto type = document.is_object() ? type_of(document) : std::nullopt;
  if (!type) return document;
  Remarks remarks(dialect);
  const auto canonical = canonical_by(schema_of(*type), document, arena, &remarks);
  if (findings != nullptr) {
    std::ranges::move(remarks.findings(), std::back_inserter(*findings));
  }
  return canonical;
}

}  // namespace sallyport::compliance
