// Applications that checks name. Internal to the checks.
#pragma once

#include <string_view>

namespace sallyport::app {

inline constexpr std::string_view azure_management = "797f4846-ba00-4fd7-ba43-dac1f8f63013";
inline constexpr std::string_view exchange = "00000002-0000-0ff1-ce00-000000000000";
inline constexpr std::string_view sharepoint = "00000003-0000-0ff1-ce00-000000000000";
inline constexpr std::string_view teams = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe";
inline constexpr std::string_view devops = "499b84ac-1321-427f-aa17-267ca6975798";
inline constexpr std::string_view intune_enrollment = "d4ebce55-015a-49b5-a083-c84d1797ae8c";
inline constexpr std::string_view intune = "0000000a-0000-0000-c000-000000000000";
inline constexpr std::string_view device_registration = "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9";
inline constexpr std::string_view store = "45a330b1-b1ec-4cc1-9161-9f03992aa49f";

}  // namespace sallyport::app

namespace sallyport::role {

inline constexpr std::string_view directory_sync = "d29b2b05-8046-44ba-8758-1e26182fcf32";

}  // namespace sallyport::role
