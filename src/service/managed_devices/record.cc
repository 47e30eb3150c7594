#include "service/managed_devices/record.h"

#include <algorithm>
#include <chrono>

#include "base/id.h"
#include "base/text.h"
#include "service/audit.h"
#include "service/configuration.h"
#include "service/document_names.h"
#include "service/due_actions/spell.h"
#include "service/managed_devices/member_edits.h"

namespace sallyport {
namespace {

using json::Value;

constexpr std::string_view device_kind = "device";
// What Graph says where there is no grace period.
constexpr std::string_view no_date = "9999-12-31T23:59:59Z";
// Each check-in moves the date up to which a device counts as compliant. The directory device,
// which every decision reads, follows it in steps of this.
constexpr std::chrono::hours expiry_step{1};

struct WordPair {
  std::string_view record;
  std::string_view directory;
};
constexpr WordPair owner_types[] = {{"company", "Company"}, {"personal", "Personal"}};
constexpr WordPair trust_types[] = {{"azureADRegistered", "Workplace"},
                                    {"azureADJoined", "AzureAd"},
                                    {"hybridAzureADJoined", "ServerAd"}};
// Told in both places, as they are.
constexpr WordPair shared_members[] = {{"operatingSystem", "operatingSystem"},
                                       {"osVersion", "operatingSystemVersion"},
                                       {"manufacturer", "manufacturer"},
                                       {"model", "model"},
                                       {"enrollmentProfileName", "enrollmentProfileName"},
                                       {"deviceCategoryDisplayName", "deviceCategory"},
                                       {"deviceEnrollmentType", "enrollmentType"},
                                       {"managementAgent", "managementType"}};
// As a report's facts name them, and as a record does.
constexpr WordPair reported_members[] = {{"deviceName", "deviceName"},
                                         {"operatingSystem", "operatingSystem"},
                                         {"osVersion", "osVersion"},
                                         {"manufacturer", "manufacturer"},
                                         {"model", "model"},
                                         {"serialNumber", "serialNumber"},
                                         {"storageEncrypted", "isEncrypted"}};

std::string_view text_of(const Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr ? std::string_view() : found->text();
}

std::string_view directory_word(std::span<const WordPair> words, std::string_view record) {
  const auto found = std::ranges::find_if(
      words, [&](const WordPair& one) { return equal_ignoring_case(one.record, record); });
  return found == words.end() ? std::string_view() : found->directory;
}

Result<std::string> id_of_only(Store& store, std::string_view kind, std::string_view member,
                               const std::string& value) {
  ValueRange range;
  range.member = member;
  range.from = value;
  range.upto = value;
  const auto found = store.find(kind, range, 1);
  if (!found) return tl::unexpected<Error>(found.error());
  return found->empty() ? std::string() : found->front().id;
}

Result<json::Document> parsed(const VersionedDocument& stored) {
  auto document = json::parse(stored.json);
  if (!document) {
    return tl::unexpected<Error>(damaged(document.error(), stored.kind + '/' + stored.id));
  }
  return document;
}

// The directory device as the record has it, into the draft.
Result<SeenByDecisions> mirror(Draft& draft, const DeviceKeys& keys, const Value& record,
                               json::Arena& arena, std::optional<bool> judged = {}) {
  if (keys.object.empty()) return SeenByDecisions::unchanged;
  const auto stored = draft.get(device_kind, keys.object);
  if (!stored && stored.error().kind == ErrorKind::not_found) return SeenByDecisions::unchanged;
  if (!stored) return tl::unexpected<Error>(stored.error());
  const auto device = parsed(*stored);
  if (!device) return tl::unexpected<Error>(device.error());
  const auto after = mirrored(device->root(), record, arena, judged);
  if (after == device->root()) return SeenByDecisions::unchanged;
  draft.write({stored->kind, stored->id, json::write(after), stored->version});
  return SeenByDecisions::changed;
}

bool counts_as_compliant(std::string_view state) {
  // inGracePeriod: noncompliant, and has access still.
  return equal_ignoring_case(state, "compliant") || equal_ignoring_case(state, "inGracePeriod");
}

// `was` when it is not much earlier.
std::string_view expiry(std::string_view was, std::string_view now) {
  const auto before = parse_instant(was);
  const auto after = parse_instant(now);
  const bool near = before && after && *before <= *after && *after - *before < expiry_step;
  return near ? was : now;
}

// What every record has, where it was not said.
Value with_defaults(const Value& record, const DeviceKeys& keys, Instant now, json::Arena& arena) {
  MemberEdits edits(record, arena);
  edits.set("azureADDeviceId", keys.device_id);
  edits.set("azureADRegistered", true);
  edits.set("deviceRegistrationState", "registered");
  edits.set("managementState", "managed");
  edits.set("complianceState", "unknown");
  edits.set("complianceGracePeriodExpirationDateTime", no_date);
  edits.set("enrolledDateTime", to_string(now));
  edits.set("lastSyncDateTime", to_string(now));
  edits.set("deviceActionResults", Value::array({}));
  edits.set("retireAfterDateTime", Value());
  edits.set("complianceManagementPartnerId", Value());  // what it said counts no more
  if (edits.text("managementAgent") == "jamf") edits.set("managementAgent", "mdm");
  edits.fill("managedDeviceOwnerType", Value::string("unknown"));
  edits.fill("deviceEnrollmentType", Value::string("unknown"));
  edits.fill("managementAgent", Value::string("mdm"));
  edits.fill("jailBroken", Value::string("Unknown"));
  edits.fill("partnerReportedThreatState", Value::string("unknown"));
  const auto name = std::string(edits.text("deviceName"));
  edits.fill("managedDeviceName", arena.string(name));
  return edits.value();
}

Result<void> enrol_in_directory(Draft& draft, const DeviceKeys& keys, const Value& record,
                                Instant now, json::Arena& arena) {
  if (!keys.object.empty()) {
    const auto seen = mirror(draft, keys, record, arena);
    if (!seen) return tl::unexpected<Error>(seen.error());
    return {};
  }
  const auto name = text_of(record, "deviceName");
  const auto id = to_string(guid_of_text("device/" + keys.device_id));
  const auto at = arena.string(to_string(now));
  const json::Member members[] = {
      {"id", arena.string(id), 0},
      {"deviceId", arena.string(keys.device_id), 0},
      {"displayName", name.empty() ? arena.string(keys.device_id) : arena.string(name), 0},
      {"accountEnabled", Value::boolean(true), 0},
      {"profileType", Value::string("RegisteredDevice"), 0},
      {"createdDateTime", at, 0},
      {"registrationDateTime", at, 0},
  };
  const auto device = mirrored(arena.object(members), record, arena);
  draft.write({std::string(device_kind), id, json::write(device), Version{0}});
  return {};
}

// A text, number or truth that lives as long as the arena, whatever it was read from.
Value kept(const Value& value, json::Arena& arena) {
  if (value.is_string()) return arena.string(value.text());
  if (value.is_number()) return Value::number(arena.copy(value.text()));
  return value;
}

}  // namespace

bool is_owner_type(std::string_view word) {
  return word == "unknown" || !directory_word(owner_types, word).empty();
}

bool is_released(const Value& record) {
  const auto state = text_of(record, "managementState");
  return state == "retireIssued" || state == "wipeIssued";
}

bool is_partner_managed(const Value& record) {
  return !text_of(record, "complianceManagementPartnerId").empty() ||
         text_of(record, "managementAgent") == "jamf";
}

Value mirrored(const Value& device, const Value& record, json::Arena& arena,
               std::optional<bool> judged) {
  MemberEdits edits(device, arena);
  const bool managed = !is_released(record);
  const auto state = text_of(record, "complianceState");
  const auto* before = device.find("isCompliant");
  const bool had = before != nullptr && before->truth();
  const bool compliant = managed && counts_as_compliant(state) && judged.value_or(had);
  edits.set("isManaged", managed);
  edits.set("isCompliant", compliant);
  const auto until = text_of(record, "complianceExpirationDateTime");
  const auto was = edits.text("complianceExpirationDateTime");
  edits.set("complianceExpirationDateTime",
            compliant && !until.empty() ? arena.string(expiry(was, until)) : Value());
  for (const auto& [in_record, in_directory] : shared_members) {
    const auto* said = record.find(in_record);
    if (said != nullptr && said->is_string() && !said->text().empty()) {
      edits.set(in_directory, *said);
    }
  }
  const auto owner = directory_word(owner_types, text_of(record, "managedDeviceOwnerType"));
  edits.set("deviceOwnership", owner.empty() ? Value() : Value::string(owner));
  const auto trust = directory_word(trust_types, text_of(record, "joinType"));
  if (!trust.empty() && !equal_ignoring_case(edits.text("trustType"), trust)) {
    edits.set("trustType", Value::string(trust));
  }
  // A text, of which "False" is no more true than "" is.
  const auto rooted = text_of(record, "jailBroken");
  const bool known = equal_ignoring_case(rooted, "True") || equal_ignoring_case(rooted, "False");
  edits.set("isRooted", known ? Value::boolean(equal_ignoring_case(rooted, "True")) : Value());
  return edits.changed() ? edits.value() : device;
}

Value record_members(const Value& facts, json::Arena& arena) {
  std::vector<json::Member> members;
  for (const auto& [fact, member] : reported_members) {
    const auto* value = facts.find(fact);
    if (value == nullptr || value->is_object() || value->is_array() || value->is_null()) continue;
    members.push_back({member, kept(*value, arena), 0});
  }
  if (const auto* rooted = facts.find("jailBroken"); rooted != nullptr && rooted->is_boolean()) {
    members.push_back({"jailBroken", Value::string(rooted->truth() ? "True" : "False"), 0});
  }
  return arena.object(members);
}

Result<DeviceKeys> find_device(Store& store, std::string_view device_id) {
  DeviceKeys keys;
  keys.device_id = to_lower(device_id);
  auto record = id_of_only(store, managed_device_kind, "azureADDeviceId", keys.device_id);
  if (!record) return tl::unexpected<Error>(record.error());
  auto object = id_of_only(store, device_kind, "deviceId", keys.device_id);
  if (!object) return tl::unexpected<Error>(object.error());
  keys.record = std::move(*record);
  keys.object = std::move(*object);
  return keys;
}

Result<DeviceKeys> find_device_of_record(Store& store, std::string_view record_id) {
  const auto stored = store.get(managed_device_kind, store_id(record_id));
  if (!stored) return tl::unexpected<Error>(stored.error());
  const auto record = parsed(*stored);
  if (!record) return tl::unexpected<Error>(record.error());
  const auto device_id = text_of(record->root(), "azureADDeviceId");
  if (device_id.empty()) return DeviceKeys{{}, stored->id, {}};
  auto keys = find_device(store, device_id);
  if (keys) keys->record = stored->id;
  return keys;
}

Result<void> enrol_device(Draft& draft, const Caller& caller, const RecordEnrolment& enrolment) {
  auto keys = enrolment.keys;
  if (!parse_guid(keys.device_id)) {
    return fail(ErrorKind::invalid_argument,
                "`" + printable(keys.device_id) + "` is no deviceId: that is a GUID");
  }
  // Made from the deviceId, so that there are never two records of one device.
  if (keys.record.empty()) {
    keys.record = to_string(guid_of_text("managedDevice/" + keys.device_id));
  }
  if (!draft.claim("deviceId/" + keys.device_id)) return {};  // waits
  json::Arena arena;
  const auto stored = draft.get(managed_device_kind, keys.record);
  if (!stored && stored.error().kind != ErrorKind::not_found) {
    return tl::unexpected<Error>(stored.error());
  }
  json::Document before;
  if (stored) {
    auto document = parsed(*stored);
    if (!document) return tl::unexpected<Error>(document.error());
    before = std::move(*document);
  }
  const json::Member id[] = {{"id", arena.string(keys.record), 0}};
  const auto base = stored ? before.root() : arena.object(id);
  const auto record =
      with_defaults(json::merged(base, enrolment.members, {}, arena), keys, enrolment.now, arena);
  draft.write({std::string(managed_device_kind), keys.record, json::write(record),
               stored ? stored->version : Version{0}});
  draft.audit(make_audit(
      caller, enrolment.now,
      {"Enrol managed device", "Device", stored ? "Update" : "Add", "ManagedDevice", keys.record,
       display_name_of(record), stored ? &before.root() : nullptr, &record}));
  return enrol_in_directory(draft, keys, record, enrolment.now, arena);
}

Result<SeenByDecisions> write_verdict(Draft& draft, const DeviceKeys& keys, const Value& verdict,
                                      const RecordFacts& facts) {
  const auto stored = draft.get(managed_device_kind, keys.record);
  if (!stored) return tl::unexpected<Error>(stored.error());
  const auto before = parsed(*stored);
  if (!before) return tl::unexpected<Error>(before.error());
  json::Arena arena;
  MemberEdits edits(before->root(), arena);
  for (const auto& member : facts.members.members()) edits.set(member.name, member.value);
  if (facts.last_sync) edits.set("lastSyncDateTime", to_string(*facts.last_sync));
  if (!is_released(before->root())) {
    const auto* grace = verdict.find("graceUntil");
    const bool has_grace = grace != nullptr && grace->is_string();
    edits.set("complianceState", text_of(verdict, "complianceState"));
    edits.set("complianceGracePeriodExpirationDateTime", has_grace ? grace->text() : no_date);
    const auto* until = verdict.find("validUntil");
    edits.set("complianceExpirationDateTime", until == nullptr ? Value() : *until);
  }
  if (edits.changed()) {
    draft.write({stored->kind, stored->id, json::write(edits.value()), stored->version});
  }
  draft.write({std::string(verdict_kind), keys.device_id, json::write(verdict), std::nullopt});
  if (auto followed = follow_verdict(draft, keys.device_id, verdict); !followed) {
    return tl::unexpected<Error>(followed.error());
  }
  const auto* compliant = verdict.find("isCompliant");
  return mirror(draft, keys, edits.value(), arena, compliant != nullptr && compliant->truth());
}

Result<void> release_device(Draft& draft, const DeviceKeys& keys) {
  if (keys.object.empty()) return {};
  const auto stored = draft.get(device_kind, keys.object);
  if (!stored && stored.error().kind == ErrorKind::not_found) return {};
  if (!stored) return tl::unexpected<Error>(stored.error());
  const auto device = parsed(*stored);
  if (!device) return tl::unexpected<Error>(device.error());
  json::Arena arena;
  MemberEdits edits(device->root(), arena);
  edits.set("isManaged", false);
  edits.set("isCompliant", false);
  edits.set("complianceExpirationDateTime", Value());
  if (!edits.changed()) return {};
  draft.write({stored->kind, stored->id, json::write(edits.value()), stored->version});
  return {};
}

Result<void> follow_record(const Value* before, const Value* after, Draft& draft) {
  const auto device_id = text_of(after == nullptr ? *before : *after, "azureADDeviceId");
  if (device_id.empty()) return {};
  const auto keys = find_device(draft.proposed().store, device_id);
  if (!keys) return tl::unexpected<Error>(keys.error());
  if (after != nullptr) {
    json::Arena arena;
    const auto seen = mirror(draft, *keys, *after, arena);
    if (!seen) return tl::unexpected<Error>(seen.error());
    return {};
  }
  if (auto released = release_device(draft, *keys); !released) return released;
  for (const auto kind : {verdict_kind, noncompliance_kind}) {
    const auto own = draft.get(kind, keys->device_id);
    if (own) draft.write({own->kind, own->id, std::nullopt, own->version});
    if (!own && own.error().kind != ErrorKind::not_found) {
      return tl::unexpected<Error>(own.error());
    }
  }
  return {};
}

}  // namespace sallyport
