#include "service/managed_devices/record.h"

#include <algorithm>
#include <chrono>

#include "base/id.h"
#include "base/json_members.h"
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
// As reports tell them, and as a record names them.
struct ReportedMember {
  compliance::Fact fact;
  std::string_view member;
};
constexpr ReportedMember reported_members[] = {
    {compliance::Fact::device_name, "deviceName"},
    {compliance::Fact::operating_system, "operatingSystem"},
    {compliance::Fact::os_version, "osVersion"},
    {compliance::Fact::manufacturer, "manufacturer"},
    {compliance::Fact::model, "model"},
    {compliance::Fact::serial_number, "serialNumber"},
    {compliance::Fact::storage_encrypted, "isEncrypted"},
    {compliance::Fact::jail_broken, "jailBroken"}};

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
Result<SeenByDecisions> mirror(Draft& draft, const VersionedDocument& stored, const Value& device,
                               const Value& record, json::Arena& arena,
                               std::optional<bool> judged = {}) {
  const auto after = mirrored(device, record, arena, judged);
  if (after == device) return SeenByDecisions::unchanged;
  draft.write({stored.kind, stored.id, json::write(after), stored.version});
  return SeenByDecisions::changed;
}

Result<SeenByDecisions> mirror(Draft& draft, const DeviceKeys& keys, const Value& record,
                               json::Arena& arena) {
  if (keys.object.empty()) return SeenByDecisions::unchanged;
  const auto stored = draft.get(device_kind, keys.object);
  if (!stored && stored.error().kind == ErrorKind::not_found) return SeenByDecisions::unchanged;
  if (!stored) return tl::unexpected<Error>(stored.error());
  const auto device = parsed(*stored);
  if (!device) return tl::unexpected<Error>(device.error());
  return mirror(draft, *stored, device->root(), record, arena);
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

// The words of a verdict, and the spells that it tells of.
Result<void> keep_verdict(Draft& draft, const std::string& device_id,
                          const compliance::Verdict& verdict, std::string_view json) {
  const auto kept = draft.get(verdict_kind, device_id);
  if (!kept && kept.error().kind != ErrorKind::not_found) {
    return tl::unexpected<Error>(kept.error());
  }
  if (kept && compliance::tells_the_same(kept->json, json)) return {};
  draft.write(
      {std::string(verdict_kind), device_id, std::string(json), kept ? kept->version : Version{0}});
  return follow_verdict(draft, device_id, verdict);
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

// Records are called by their devices' ids, and directory devices by their own, where they became
// known here; what was imported is found by the store's index.
std::string usual_record_id(std::string_view device_id) {
  return to_string(guid_of_text("managedDevice/" + std::string(device_id)));
}

// Nothing: there is none, or it is another device's.
Result<std::optional<VersionedDocument>> get_if_its(Draft& draft, std::string_view kind,
                                                    std::string_view id, std::string_view member,
                                                    std::string_view device_id,
                                                    json::Document& document) {
  using Found = std::optional<VersionedDocument>;
  auto stored = draft.get(kind, id);
  if (!stored && stored.error().kind == ErrorKind::not_found) return Found();
  if (!stored) return tl::unexpected<Error>(std::move(stored.error()));
  auto read = parsed(*stored);
  if (!read) return tl::unexpected<Error>(std::move(read.error()));
  if (!equal_ignoring_case(text_of(read->root(), member), device_id)) return Found();
  document = std::move(*read);
  return Found(std::move(*stored));
}

// By its usual id, or else by the index.
Result<std::optional<VersionedDocument>> find_its(Draft& draft, std::string_view kind,
                                                  std::string_view usual_id,
                                                  std::string_view member,
                                                  const std::string& device_id,
                                                  json::Document& document) {
  auto found = get_if_its(draft, kind, usual_id, member, device_id, document);
  if (!found || *found) return found;
  const auto id = id_of_only(draft.proposed().store, kind, member, device_id);
  if (!id) return tl::unexpected<Error>(id.error());
  if (id->empty()) return found;
  return get_if_its(draft, kind, *id, member, device_id, document);
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

Value record_members(const compliance::Report& report, json::Arena& arena) {
  std::vector<json::Member> members;
  for (const auto& [fact, member] : reported_members) {
    const auto told = std::ranges::find(report.facts, fact, &compliance::ReportedFact::fact);
    if (told == report.facts.end() || told->state != compliance::FactState::known) continue;
    if (fact == compliance::Fact::jail_broken) {
      members.push_back({member, Value::string(told->number != 0 ? "True" : "False"), 0});
    } else if (compliance::row_of(fact).type == compliance::FactType::boolean) {
      members.push_back({member, Value::boolean(told->number != 0), 0});
    } else {
      members.push_back({member, arena.string(told->text), 0});
    }
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

Result<ManagedRecord> read_record(Draft& draft, std::string_view device_id) {
  ManagedRecord out;
  out.keys.device_id = to_lower(device_id);
  const auto& id = out.keys.device_id;
  auto record = find_its(draft, managed_device_kind, usual_record_id(id), "azureADDeviceId", id,
                         out.document);
  if (!record) return tl::unexpected<Error>(std::move(record.error()));
  if (!*record) return fail(ErrorKind::not_found, "this device is not managed", id);
  out.stored = std::move(**record);
  out.keys.record = out.stored.id;
  auto device = find_its(draft, device_kind, id, "deviceId", id, out.device_document);
  if (!device) return tl::unexpected<Error>(std::move(device.error()));
  out.device = std::move(*device);
  if (out.device) out.keys.object = out.device->id;
  return out;
}

Result<void> enrol_device(Draft& draft, const Caller& caller, const RecordEnrolment& enrolment) {
  auto keys = enrolment.keys;
  if (!parse_guid(keys.device_id)) {
    return fail(ErrorKind::invalid_argument,
                "`" + printable(keys.device_id) + "` is no deviceId: that is a GUID");
  }
  // Made from the deviceId, so that there are never two records of one device.
  if (keys.record.empty()) {
    keys.record = usual_record_id(keys.device_id);
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

Result<SeenByDecisions> write_verdict(Draft& draft, const ManagedRecord& record,
                                      const compliance::Verdict& verdict,
                                      std::string_view verdict_json, const RecordFacts& facts) {
  const auto& stored = record.stored;
  json::Arena arena;
  MemberEdits edits(record.document.root(), arena);
  for (const auto& member : facts.members.members()) edits.set(member.name, member.value);
  if (facts.last_sync) edits.set("lastSyncDateTime", to_string(*facts.last_sync));
  if (!is_released(record.document.root())) {
    const auto date = [&](const std::optional<Instant>& at, const Value& none) {
      return at ? arena.string(to_string(*at)) : none;
    };
    edits.set("complianceState", name_of(verdict.state));
    edits.set("complianceGracePeriodExpirationDateTime",
              date(verdict.grace_until, Value::string(no_date)));
    edits.set("complianceExpirationDateTime", date(verdict.valid_until, Value()));
  }
  if (edits.changed()) {
    draft.write({stored.kind, stored.id, json::write(edits.value()), stored.version, facts.note});
  }
  if (auto kept = keep_verdict(draft, record.keys.device_id, verdict, verdict_json); !kept) {
    return tl::unexpected<Error>(std::move(kept.error()));
  }
  if (!record.device) return SeenByDecisions::unchanged;
  return mirror(draft, *record.device, record.device_document.root(), edits.value(), arena,
                verdict.is_compliant);
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
