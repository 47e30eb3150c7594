// The members of a sign-in record that a decision can make use of, found by name in any letter
// case, as scripts write them.
#pragma once

#include <cstdint>
#include <string_view>

namespace sallyport::replay {

enum class Member : std::uint8_t {
  created,
  user_id,
  user_principal_name,
  user_type,
  cross_tenant_access_type,
  home_tenant_id,
  service_principal_id,
  service_principal_name,
  app_id,
  app_display_name,
  resource_id,
  resource_display_name,
  ip_address,
  client_app_used,
  risk_level,
  authentication_protocol,
  original_transfer_method,
  authentication_requirement,
  conditional_access_status,
  last_text = conditional_access_status,
  global_secure_access,
  token_protection,
  location,
  status,
  device_detail,
  authentication_details,
  contexts,
  applied_policies,
  own,
  none,
};

// `none` for a name that is none of these.
Member member_of(std::string_view name);

// Whether the text is this word, in any letter case; mostly it is as expected.
bool is_word(std::string_view word, std::string_view text);

// What stands between the quotes of a key that begins here, as it is written: a name with an escape
// is none of ours. REQUIRES: it ends before `end`.
std::string_view raw_key(const char* begin, const char* end);

}  // namespace sallyport::replay
