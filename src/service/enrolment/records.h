// What enrolment keeps beside certificates and tokens, all of kinds of the server's own:
//
//   sallyport.deviceEnrolment   by device: serials of its certificates, newest last, and whose it
//   is sallyport.userDevices       by user: the devices they enrolled, for the limit
//   sallyport.scepTransaction   by SHA-256 of a SCEP transaction's id: the serial it gave
//
// Threads: free.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace sallyport {

inline constexpr std::string_view device_enrolment_kind = "sallyport.deviceEnrolment";
inline constexpr std::string_view user_devices_kind = "sallyport.userDevices";
inline constexpr std::string_view scep_transaction_kind = "sallyport.scepTransaction";

struct DeviceEnrolment {
  std::string user_id;
  std::vector<std::string> certificates;
};
std::string write_device_enrolment(const DeviceEnrolment& one);
[[nodiscard]] Result<DeviceEnrolment> read_device_enrolment(const VersionedDocument& document);

std::string write_texts(std::string_view member, const std::vector<std::string>& texts);
[[nodiscard]] Result<std::vector<std::string>> read_texts(const VersionedDocument& document,
                                                          std::string_view member);

// The directory's `device` document about this deviceId.
[[nodiscard]] Result<VersionedDocument> find_device_document(Store& store, std::string_view device);

}  // namespace sallyport
