// What the resources below /deviceManagement share: who may, and their rows.
#pragma once

#include <span>
#include <string_view>

#include "api/operation.h"

namespace sallyport::api {

inline constexpr std::string_view read_managed_devices[] = {
    "DeviceManagementManagedDevices.Read.All", "DeviceManagementManagedDevices.ReadWrite.All"};
inline constexpr std::string_view write_managed_devices[] = {
    "DeviceManagementManagedDevices.ReadWrite.All"};
inline constexpr std::string_view command_managed_devices[] = {
    "DeviceManagementManagedDevices.PrivilegedOperations.All"};
inline constexpr std::string_view read_device_configuration[] = {
    "DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All"};
inline constexpr std::string_view write_device_configuration[] = {
    "DeviceManagementConfiguration.ReadWrite.All"};
inline constexpr std::string_view read_service_configuration[] = {
    "DeviceManagementServiceConfig.Read.All", "DeviceManagementServiceConfig.ReadWrite.All",
    "DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All"};
inline constexpr std::string_view write_service_configuration[] = {
    "DeviceManagementServiceConfig.ReadWrite.All", "DeviceManagementConfiguration.ReadWrite.All"};

std::span<const Operation> managed_device_operations();
std::span<const Operation> compliance_policy_operations();
std::span<const Operation> compliance_state_operations();
std::span<const Operation> compliance_helper_operations();
std::span<const Operation> due_action_operations();
std::span<const Operation> partner_report_operations();
std::span<const Operation> managed_device_overview_operations();
std::span<const Operation> scheduled_retirement_operations();
std::span<const Operation> user_state_operations();

}  // namespace sallyport::api
