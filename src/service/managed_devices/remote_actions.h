// What a managed device is asked to do: a request that waits for the device, and its fate.
//
// Requests and fates are the record's own `deviceActionResults`, in Graph's shape, so a check-in
// that reads the record has read them. Each has besides an `actionId`, by which the device reports.
// Of those that are over the last kept_max are kept; of one kind only one waits at a time.
//
//   pending       waits for the device
//   active        the device has it
//   done, failed, notSupported
//
// Retiring and wiping move the record's `managementState` (retirePending, retireIssued,
// retireFailed); when it is done the device is neither managed nor compliant, until it enrols
// again.
//
// Threads: any number may call. Source: device-management spec, section 1, "Remote actions".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "service/change_document.h"
#include "service/managed_devices/record.h"

namespace sallyport {

struct RemoteAction {
  std::string_view name;   // `remoteLock`
  std::string_view words;  // for people: `Lock a managed device`
  // What managementState becomes while it waits, when it is done, when it failed; may be empty.
  std::string_view waiting = {};
  std::string_view issued = {};
  std::string_view failed = {};
};
std::span<const RemoteAction> remote_actions();
const RemoteAction* find_remote_action(std::string_view name);

// Asks a device, by the id of its record. `parameters`: Graph's, of a wipe; null: none. What cannot
// be done there is `notSupported` at once, which is no error; nor is what is waiting already.
// Errors: not_found; invalid_argument for parameters that are not the action's; conflict for a
// device that has left.
[[nodiscard]] Result<void> request_action(const ChangeContext& context, std::string_view record_id,
                                          const RemoteAction& action,
                                          const json::Value& parameters = {});
// The same as a part of another plan; false: it was waiting already.
[[nodiscard]] Result<bool> add_request(Draft& draft, const DeviceKeys& keys,
                                       const RemoteAction& action, const json::Value& parameters,
                                       const Caller& caller, Instant now);

struct PendingAction {
  std::string id;
  std::string name;
  std::string parameters;  // JSON; empty: none
};
// What a device has to be told, in the order in which it was asked for.
std::vector<PendingAction> pending_actions(const json::Value& record);

enum class ActionState : std::uint8_t { active, done, failed, not_supported };
// What the device says has become of it. Said again, it changes nothing.
// Errors: not_found for an action that was never asked of this device.
[[nodiscard]] Result<void> report_action(Draft& draft, const DeviceKeys& keys, std::string_view id,
                                         ActionState state, std::string_view detail, Instant now);

}  // namespace sallyport
