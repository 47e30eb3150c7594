#include "analysis/replay/member.h"

#include <array>
#include <cstddef>
#include <cstring>

#include "base/text.h"

namespace sallyport::replay {
namespace {

struct Entry {
  std::string_view name;
  Member member = Member::none;
};
constexpr std::array entries = {
    Entry{"createdDateTime", Member::created},
    Entry{"userId", Member::user_id},
    Entry{"userPrincipalName", Member::user_principal_name},
    Entry{"userType", Member::user_type},
    Entry{"crossTenantAccessType", Member::cross_tenant_access_type},
    Entry{"homeTenantId", Member::home_tenant_id},
    Entry{"servicePrincipalId", Member::service_principal_id},
    Entry{"servicePrincipalName", Member::service_principal_name},
    Entry{"appId", Member::app_id},
    Entry{"appDisplayName", Member::app_display_name},
    Entry{"resourceId", Member::resource_id},
    Entry{"resourceDisplayName", Member::resource_display_name},
    Entry{"ipAddress", Member::ip_address},
    Entry{"clientAppUsed", Member::client_app_used},
    Entry{"riskLevelDuringSignIn", Member::risk_level},
    Entry{"authenticationProtocol", Member::authentication_protocol},
    Entry{"originalTransferMethod", Member::original_transfer_method},
    Entry{"authenticationRequirement", Member::authentication_requirement},
    Entry{"conditionalAccessStatus", Member::conditional_access_status},
    Entry{"isThroughGlobalSecureAccess", Member::global_secure_access},
    Entry{"tokenProtectionStatusDetails", Member::token_protection},
    Entry{"location", Member::location},
    Entry{"status", Member::status},
    Entry{"deviceDetail", Member::device_detail},
    Entry{"authenticationDetails", Member::authentication_details},
    Entry{"authenticationContextClassReferences", Member::contexts},
    Entry{"appliedConditionalAccessPolicies", Member::applied_policies},
    Entry{"sallyport", Member::own},
};

constexpr unsigned char lower(char c) {
  return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}
constexpr std::size_t slots = 256;
constexpr std::size_t slot_of(std::string_view name) {
  const std::size_t n = name.size();
  return (n * 37 + lower(name[0]) * 5U + lower(name[n - 1]) * 11U + lower(name[n / 2]) * 3U) %
         slots;
}
constexpr auto table = [] {
  std::array<Entry, slots> made{};
  for (const Entry& entry : entries) {
    auto slot = slot_of(entry.name);
    while (!made[slot].name.empty()) slot = (slot + 1) % slots;
    made[slot] = entry;
  }
  return made;
}();

}  // namespace

bool is_word(std::string_view word, std::string_view text) {
  return word.size() == text.size() && (std::memcmp(word.data(), text.data(), word.size()) == 0 ||
                                        equal_ignoring_case(word, text));
}

Member member_of(std::string_view name) {
  if (name.empty()) return Member::none;
  for (auto slot = slot_of(name); !table[slot].name.empty(); slot = (slot + 1) % slots) {
    if (is_word(table[slot].name, name)) return table[slot].member;
  }
  return Member::none;
}

std::string_view raw_key(const char* begin, const char* end) {
  const auto* quote =
      static_cast<const char*>(std::memchr(begin, '"', static_cast<std::size_t>(end - begin)));
  return {begin, static_cast<std::size_t>(quote - begin)};
}

}  // namespace sallyport::replay
