// Ids and names that Microsoft's service fixes (spec, section 10): data, not code.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/id.h"

namespace sallyport {

struct WellKnown {
  std::string_view id;  // a GUID
  std::string_view name;
};

std::span<const WellKnown> well_known_roles();
std::span<const WellKnown> well_known_applications();
// The name for an id of either list, or of a built-in strength; empty when there is none.
std::string_view well_known_name(std::string_view id);
// The id for a name, ignoring case, blanks and hyphens: `SharePoint Online`,
// `global-administrator`.
std::optional<std::string_view> well_known_role_id(std::string_view name);
std::optional<std::string_view> well_known_application_id(std::string_view name);

// The applications behind the words `Office365` and `MicrosoftAdminPortals`.
std::span<const ApplicationId> office365_applications();
std::span<const ApplicationId> admin_portal_applications();

// Requests for only baseline scopes are evaluated as access to this (spec, section 2.3).
inline constexpr std::string_view windows_azure_active_directory =
    "00000002-0000-0000-c000-000000000000";

}  // namespace sallyport
