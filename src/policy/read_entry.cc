// Users, groups and devices, read into values of their own.
#include "device/read.h"
#include "directory/read.h"
#include "policy/source_text.h"
#include "policy/tenant.h"

namespace sallyport {
namespace {

void read_as_device(const json::Value& document, EntryReading& out) {
  // What an export leaves out is not known, which is not the same as not set.
  auto reading = read_device(document, json::Pointer{}, MissingMember::unknown, &out.findings);
  if (reading && reading->has_id) {
    if (out.id.empty()) out.id = to_string(reading->device.id);
    out.entry = std::move(reading->device);
    return;
  }
  out.findings.push_back(
      error_at(out.offset, "L-device",
               reading ? "this device has no `deviceId`, so nothing can be said of it; add the id"
                       : reading.error().message));
}

}  // namespace

bool is_entry(DocumentKind kind) {
  return kind == DocumentKind::user || kind == DocumentKind::group || kind == DocumentKind::device;
}

EntryReading read_entry(DocumentKind kind, const json::Value& document) {
  EntryReading out;
  out.id = text_of(document, "id");
  out.offset = document.offset();
  if (kind == DocumentKind::device) {
    read_as_device(document, out);
  } else if (kind == DocumentKind::user) {
    auto reading = read_user(document);
    if (out.id.empty()) out.id = to_string(reading.value.user.id);
    out.entry = std::move(reading.value.user);
    out.findings = std::move(reading.findings);
  } else {
    auto reading = read_group(document);
    if (out.id.empty()) out.id = to_string(reading.value.id);
    out.entry = statement_of(reading.value);
    out.findings = std::move(reading.findings);
  }
  return out;
}

}  // namespace sallyport
