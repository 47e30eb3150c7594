#include "analysis/checks/settings.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace sallyport {
namespace {

std::vector<RoleId> roles(std::initializer_list<std::string_view> ids) {
  std::vector<RoleId> result;
  for (const auto id : ids) result.push_back(RoleId::of(id));
  return result;
}

}  // namespace

bool CheckSettings::has_licence(std::string_view name) const {
  return licences.empty() || std::ranges::find(licences, name) != licences.end();
}

CheckSettings default_check_settings() {
  CheckSettings settings;
  settings.admin_roles = roles({
      "62e90394-69f5-4237-9190-012177145e10",  // Global Administrator
      "e8611ab8-c189-46e8-94e1-60213ab1f814",  // Privileged Role Administrator
      "194ae4cb-b126-40b2-bd5b-6091b380977d",  // Security Administrator
      "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",  // Conditional Access Administrator
      "29232cdf-9323-42fd-ade2-1d097af3e4de",  // Exchange Administrator
      "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",  // SharePoint Administrator
      "fe930be7-5e62-47db-91af-98c3a49a38b1",  // User Administrator
      "729827e3-9c14-49f7-bb1b-9608f156bbb8",  // Helpdesk Administrator
      "b0f54661-2d74-4c50-afa3-1ec803f12efe",  // Billing Administrator
      "c4e39bd9-1100-46d3-8c65-fb160da0071f",  // Authentication Administrator
      "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",  // Privileged Authentication Administrator
      "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",  // Application Administrator
      "158c047a-c907-4556-b7ef-446551a6b5f7",  // Cloud Application Administrator
      "966707d0-3269-4727-9be2-8c3a10f19b9d",  // Password Administrator
  });
  settings.tier0_roles = roles({
      "62e90394-69f5-4237-9190-012177145e10",  // Global Administrator
      "e8611ab8-c189-46e8-94e1-60213ab1f814",  // Privileged Role Administrator
      "194ae4cb-b126-40b2-bd5b-6091b380977d",  // Security Administrator
      "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",  // Conditional Access Administrator
      "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",  // Privileged Authentication Administrator
      "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",  // Hybrid Identity Administrator
  });
  for (const std::string_view id : {
           "1fec8e78-bce4-4aaf-ab1b-5451cc387264",  // Microsoft Teams
           "d3590ed6-52b3-4102-aeff-aad2292ab01c",  // Microsoft Office
           "27922004-5251-4030-b22d-91ecd9a37ea4",  // Outlook Mobile
           "ab9b8c07-8f02-4f72-87fa-80105867a763",  // OneDrive SyncEngine
           "04b07795-8ddb-461a-bbee-02f9e1bf7b46",  // Azure CLI
           "1950a258-227b-4e31-a9cf-717495945fc2",  // Azure PowerShell
       }) {
    settings.token_families.push_back(guid_of_text(id));
  }
  // A number, whom it is for, and what for: `CA001-Global-BaseProtection`, `101 - Admins - MFA`.
  settings.name_pattern = R"([^0-9]{0,8}[0-9]{2,5}[^A-Za-z0-9]+[A-Za-z].*[^A-Za-z0-9][A-Za-z].*)";
  return settings;
}

}  // namespace sallyport
