// The tenant's settings that are no Graph objects: which addresses the MFA service trusts, and
// which applications the words `Office365` and `MicrosoftAdminPortals` stand for.
// docs/formats/settings.md describes the document.
//
// Unlike other documents this one is taken whole or not at all: a range left out would silently
// change where policies apply. Threads: free.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/ip_address.h"
#include "base/json.h"
#include "directory/read.h"
#include "policy/break_glass.h"

namespace sallyport {

inline constexpr std::string_view settings_id = "settings";  // of a document without an id

struct Settings {
  std::string id_text;
  std::vector<CidrRange> mfa_trusted_ips;  // IPv4
  // Nothing: the well-known members.
  std::optional<std::vector<ApplicationId>> office365;
  std::optional<std::vector<ApplicationId>> admin_portals;
  BreakGlass break_glass;
};

Reading<Settings> read_settings(const json::Value& document);

}  // namespace sallyport
