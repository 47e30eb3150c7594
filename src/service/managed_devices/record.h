// A managed device: one identity, kept as two documents that change together.
//
//   managedDevice   what the device service knows of it (/deviceManagement/managedDevices), by an
//   id
//                   of its own
//   device          what the directory and every decision know (/devices); its `deviceId` is the
//                   other's `azureADDeviceId`
//
// What a managed device's state tells the engine (isCompliant, isManaged, the attributes that
// device filters name) is written into the directory device in the same transaction, and by nobody
// else. A verdict is JSON as compliance/verdict.h writes it, kept as `sallyport.verdict` by the
// device's deviceId.
//
// Threads: any number may call. What takes a Draft is part of a plan of the ChangeQueue.
// Cost: the record, and those of the verdict and the directory device in which something changed.
// Source: device-management spec, sections 1 and 2; device-compliance spec, section 2.4.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"
#include "compliance/report.h"
#include "compliance/verdict.h"
#include "service/caller.h"
#include "service/change_queue.h"

namespace sallyport {

inline constexpr std::string_view managed_device_kind = "managedDevice";
inline constexpr std::string_view verdict_kind = "sallyport.verdict";

// Under which ids the store has the documents of a device.
struct DeviceKeys {
  std::string device_id;  // deviceId and azureADDeviceId, in lower case; empty: the record has none
  std::string record;     // of the managedDevice; empty: it is not managed
  std::string object;     // of the directory device; empty: it is not registered
};

// By its deviceId. Not found in either place is no error.
[[nodiscard]] Result<DeviceKeys> find_device(Store& store, std::string_view device_id);

// The documents of a managed device, as a plan finds them.
struct ManagedRecord {
  DeviceKeys keys;
  VersionedDocument stored;                 // the record
  json::Document document;                  // the same, read
  std::optional<VersionedDocument> device;  // of the directory; none: it is not registered
  json::Document device_document;           // the same, read
};
// Errors: not_found: no such device is managed.
[[nodiscard]] Result<ManagedRecord> read_record(Draft& draft, std::string_view device_id);

// A device becomes managed, or is enrolled again: its record, made of `members` (Graph's, of a
// managedDevice) and what every record has, and its directory device, which is made when there is
// none. It is neither compliant nor anything else before it was judged.
// Errors: invalid_argument for a deviceId that is no GUID.
struct RecordEnrolment {
  DeviceKeys keys;  // as find_device gave them
  json::Value
      members;  // deviceName, userId, operatingSystem, managedDeviceOwnerType, joinType, ...
  Instant now{};
};
[[nodiscard]] Result<void> enrol_device(Draft& draft, const Caller& caller,
                                        const RecordEnrolment& enrolment);

struct RecordFacts {
  Instant now{};
  std::optional<Instant> last_sync;  // when it was heard of; none: it was judged without that
  json::Value members = {};          // of a managedDevice, to be set; null: none
  std::string note = {};             // for the change feed, with the record
};
// Whether a decision may come out otherwise.
enum class SeenByDecisions : bool { unchanged, changed };

// What was judged of a device, and the same as JSON. A device that was retired or wiped stays
// neither managed nor compliant, whatever is judged. A verdict that tells the same as the one that
// is kept (compliance::tells_the_same) is not written again.
[[nodiscard]] Result<SeenByDecisions> write_verdict(Draft& draft, const ManagedRecord& record,
                                                    const compliance::Verdict& verdict,
                                                    std::string_view verdict_json,
                                                    const RecordFacts& facts);

// The record leaves, or has left: the directory device is neither managed nor compliant.
[[nodiscard]] Result<void> release_device(Draft& draft, const DeviceKeys& keys);

// What else changes with a record that an administrator changes or removes (`after` null).
[[nodiscard]] Result<void> follow_record(const json::Value* before, const json::Value* after,
                                         Draft& draft);

// What a report says of the record: `storageEncrypted` is `isEncrypted`, and so on. Facts that are
// errors, or not there, say nothing.
json::Value record_members(const compliance::Report& report, json::Arena& arena);

// It was retired or wiped, and has to enrol again.
bool is_released(const json::Value& record);

// Another management service judges it (a compliance partner), and nothing is asked of it here.
bool is_partner_managed(const json::Value& record);

// The directory device as a record has it; the same when nothing is another. `judged`: whether it
// was just judged to be compliant, which the record's state alone does not tell: who hides a fact
// in a grace period is not let in. None: it was not judged, and is compliant only if it was before.
json::Value mirrored(const json::Value& device, const json::Value& record, json::Arena& arena,
                     std::optional<bool> judged = {});

bool is_owner_type(std::string_view word);

}  // namespace sallyport
