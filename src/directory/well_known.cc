#include "directory/well_known.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.h"
#include "directory/authentication_strength.h"

namespace sallyport {
namespace {

// Spec, section 10.4.
constexpr std::array roles = {
    WellKnown{"62e90394-69f5-4237-9190-012177145e10", "Global Administrator"},
    WellKnown{"194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator"},
    WellKnown{"f28a1f50-f6e7-4571-818b-6a12f2af6b6c", "SharePoint Administrator"},
    WellKnown{"29232cdf-9323-42fd-ade2-1d097af3e4de", "Exchange Administrator"},
    WellKnown{"b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", "Conditional Access Administrator"},
    WellKnown{"729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator"},
    WellKnown{"b0f54661-2d74-4c50-afa3-1ec803f12efe", "Billing Administrator"},
    WellKnown{"fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator"},
    WellKnown{"c4e39bd9-1100-46d3-8c65-fb160da0071f", "Authentication Administrator"},
    WellKnown{"9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "Application Administrator"},
    WellKnown{"158c047a-c907-4556-b7ef-446551a6b5f7", "Cloud Application Administrator"},
    WellKnown{"966707d0-3269-4727-9be2-8c3a10f19b9d", "Password Administrator"},
    WellKnown{"7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "Privileged Authentication Administrator"},
    WellKnown{"e8611ab8-c189-46e8-94e1-60213ab1f814", "Privileged Role Administrator"},
    WellKnown{"17315797-102d-40b4-93e0-432062caca18", "Compliance Administrator"},
    WellKnown{"e6d1a23a-da11-4be4-9570-befc86d067a7", "Compliance Data Administrator"},
    WellKnown{"3a2c62db-5318-420d-8d74-23affee5d9d5", "Intune Administrator"},
    WellKnown{"44367163-eba1-44c3-98af-f5787879f96a", "Dynamics 365 Administrator"},
    WellKnown{"11648597-926c-4cf3-9c36-bcebb0ba8dcc", "Power Platform Administrator"},
    WellKnown{"d29b2b05-8046-44ba-8758-1e26182fcf32", "Directory Synchronization Accounts"},
    WellKnown{"f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader"},
    WellKnown{"5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader"},
    WellKnown{"10dae51f-b6af-4016-8d66-8c2a99b929b3", "Guest User"},
};

// Spec, sections 10.1 and 10.3.
constexpr std::array applications = {
    WellKnown{"67ad5377-2d78-4ac2-a867-6300cda00e85", "Office 365"},
    WellKnown{"00000002-0000-0ff1-ce00-000000000000", "Exchange Online"},
    WellKnown{"00000003-0000-0ff1-ce00-000000000000", "SharePoint Online"},
    WellKnown{"00000004-0000-0ff1-ce00-000000000000", "Skype for Business Online"},
    WellKnown{"cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "Microsoft Teams Services"},
    WellKnown{windows_azure_active_directory, "Windows Azure Active Directory"},
    WellKnown{"00000003-0000-0000-c000-000000000000", "Microsoft Graph"},
    WellKnown{"797f4846-ba00-4fd7-ba43-dac1f8f63013", "Windows Azure Service Management API"},
    WellKnown{"499b84ac-1321-427f-aa17-267ca6975798", "Azure DevOps"},
    WellKnown{"0000000a-0000-0000-c000-000000000000", "Microsoft Intune"},
    WellKnown{"d4ebce55-015a-49b5-a083-c84d1797ae8c", "Microsoft Intune Enrollment"},
    WellKnown{"01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9", "Device Registration Service"},
    WellKnown{"fb60f99c-7a34-4190-8149-302f77469936", "Token exchange endpoint"},
    WellKnown{"dd47d17a-3194-4d86-bfd5-c6ae6f5651e3", "Microsoft Defender for Endpoint mobile"},
    WellKnown{"2793995e-0a7d-40d7-bd35-6968ba142197", "My Apps"},
    WellKnown{"14d82eec-204b-4c2f-b7e8-296a70dab67e", "Microsoft Graph Command Line Tools"},
    WellKnown{"04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Azure CLI"},
    WellKnown{"1950a258-227b-4e31-a9cf-717495945fc2", "Azure PowerShell"},
    WellKnown{"0af06dc6-e4b5-4f28-818e-e78e62d137a5", "Windows 365"},
    WellKnown{"9cdead84-a844-4324-93f2-b2e6bb768d07", "Azure Virtual Desktop"},
    WellKnown{"270efc09-cd0d-444b-a71f-39af4910ec45", "Windows Cloud Login"},
    WellKnown{"497effe9-df71-4043-a8bb-14cf78c4b63b", "Exchange admin center"},
    WellKnown{"c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure portal"},
    WellKnown{"00000006-0000-0ff1-ce00-000000000000", "Office 365 portal"},
    WellKnown{"80ccca67-54bd-44ab-8625-4b79c4dc7775", "Protection center"},
};

std::string without_blanks(std::string_view name) {
  std::string out = to_lower(name);
  std::erase_if(out, [](char c) { return c == ' ' || c == '-'; });
  return out;
}

std::optional<std::string_view> find_by_name(std::span<const WellKnown> list,
                                             std::string_view name) {
  const auto wanted = without_blanks(name);
  for (const auto& entry : list) {
    if (without_blanks(entry.name) == wanted) return entry.id;
  }
  return std::nullopt;
}

template <std::size_t Size>
std::vector<ApplicationId> ids(const std::array<std::string_view, Size>& texts) {
  std::vector<ApplicationId> out;
  for (const auto text : texts) out.push_back(ApplicationId::of(text));
  return out;
}

}  // namespace

std::span<const WellKnown> well_known_roles() { return roles; }
std::span<const WellKnown> well_known_applications() { return applications; }

std::string_view well_known_name(std::string_view id) {
  for (const auto& list : {well_known_roles(), well_known_applications()}) {
    for (const auto& entry : list) {
      if (equal_ignoring_case(entry.id, id)) return entry.name;
    }
  }
  for (const auto& strength : built_in_strengths()) {
    if (equal_ignoring_case(strength.id_text, id)) return strength.display_name;
  }
  return {};
}

std::optional<std::string_view> well_known_role_id(std::string_view name) {
  return find_by_name(roles, name);
}

std::optional<std::string_view> well_known_application_id(std::string_view name) {
  return find_by_name(applications, name);
}

std::span<const ApplicationId> office365_applications() {
  // The members whose ids are known for certain; an administrator's list takes their place.
  static const auto members = ids(std::to_array<std::string_view>({
      "67ad5377-2d78-4ac2-a867-6300cda00e85",
      "00000002-0000-0ff1-ce00-000000000000",
      "00000003-0000-0ff1-ce00-000000000000",
      "00000004-0000-0ff1-ce00-000000000000",
      "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe",
  }));
  return members;
}

std::span<const ApplicationId> admin_portal_applications() {
  static const auto members = ids(std::to_array<std::string_view>({
      "497effe9-df71-4043-a8bb-14cf78c4b63b",
      "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
      "00000006-0000-0ff1-ce00-000000000000",
      "80ccca67-54bd-44ab-8625-4b79c4dc7775",
  }));
  return members;
}

}  // namespace sallyport
