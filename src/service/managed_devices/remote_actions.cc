#include "service/managed_devices/remote_actions.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/id.h"
#include "base/json_members.h"
#include "base/text.h"
#include "service/audit.h"
#include "service/configuration.h"
#include "service/document_names.h"
#include "service/managed_devices/member_edits.h"

namespace sallyport {
namespace {

using json::Value;

constexpr std::size_t kept_max = 20;
constexpr std::size_t detail_length_max = 500;

constexpr RemoteAction actions[] = {
    {"retire", "Retire a managed device", "retirePending", "retireIssued", "retireFailed"},
    {"wipe", "Wipe a managed device", "wipePending", "wipeIssued", "wipeFailed"},
    {"remoteLock", "Lock a managed device"},
    {"syncDevice", "Have a managed device check in"},
    {"rebootNow", "Restart a managed device"},
    {"shutDown", "Shut a managed device down"},
    {"resetPasscode", "Reset a managed device's passcode"},
    {"disableLostMode", "End a managed device's lost mode"},
    {"locateDevice", "Locate a managed device"},
    {"bypassActivationLock", "Bypass a managed device's activation lock"},
    {"cleanWindowsDevice", "Clean a managed Windows device"},
    {"deleteUserFromSharedAppleDevice", "Delete a user from a shared Apple device"},
    {"logoutSharedAppleDeviceActiveUser", "Sign out the user of a shared Apple device"},
    {"windowsDefenderScan", "Scan a managed Windows device"},
    {"windowsDefenderUpdateSignatures", "Update a managed Windows device's signatures"},
    {"recoverPasscode", "Recover a managed device's passcode"},
    {"requestRemoteAssistance", "Offer remote assistance to a managed device"},
    {"updateWindowsDeviceAccount", "Update a managed Windows device's account"},
};

// What the agent for Linux does.
constexpr std::string_view linux_actions[] = {"retire", "remoteLock", "syncDevice"};

struct Parameter {
  std::string_view action;
  std::string_view name;
  json::Kind kind;
};
constexpr Parameter parameters_of_actions[] = {
    {"wipe", "keepEnrollmentData", json::Kind::boolean},
    {"wipe", "keepUserData", json::Kind::boolean},
    {"wipe", "persistEsimDataPlan", json::Kind::boolean},
    {"wipe", "macOsUnlockCode", json::Kind::string},
    {"cleanWindowsDevice", "keepUserData", json::Kind::boolean},
    {"windowsDefenderScan", "quickScan", json::Kind::boolean},
    {"deleteUserFromSharedAppleDevice", "userPrincipalName", json::Kind::string},
};

bool is_open(const Value& result) {
  const auto state = text_of(result, "actionState");
  return state == "pending" || state == "active";
}

std::string_view word_of(ActionState state) {
  switch (state) {
    case ActionState::active: return "active";
    case ActionState::done: return "done";
    case ActionState::failed: return "failed";
    case ActionState::not_supported: return "notSupported";
  }
  return "failed";
}

bool is_supported(const Value& record, const RemoteAction& action) {
  if (!equal_ignoring_case(text_of(record, "operatingSystem"), "Linux")) return true;
  return std::ranges::find(linux_actions, action.name) != std::end(linux_actions);
}

Result<void> check_parameter(const RemoteAction& action, const json::Member& member) {
  const auto where = "/" + std::string(member.name);
  const auto known = std::ranges::find_if(parameters_of_actions, [&](const Parameter& one) {
    return one.action == action.name && one.name == member.name;
  });
  if (known == std::end(parameters_of_actions)) {
    return fail(
        ErrorKind::invalid_argument,
        "`" + std::string(action.name) + "` has no parameter `" + printable(member.name) + "`",
        where);
  }
  if (!member.value.is_null() && member.value.kind() != known->kind) {
    return fail(
        ErrorKind::invalid_argument,
        "`" + std::string(member.name) + "` must be " + std::string(json::name_of(known->kind)),
        where);
  }
  if (member.name == "macOsUnlockCode" && !member.value.text().empty()) {
    return fail(ErrorKind::invalid_argument,
                "an unlock code is a secret that a request cannot keep; leave `macOsUnlockCode` "
                "out",
                where);
  }
  return {};
}

Result<void> check_parameters(const RemoteAction& action, const Value& parameters) {
  if (!parameters.is_null() && !parameters.is_object()) {
    return fail(ErrorKind::invalid_argument, "the body must be an object or be left out");
  }
  for (const auto& member : parameters.members()) {
    if (auto good = check_parameter(action, member); !good) return good;
  }
  return {};
}

struct Loaded {
  VersionedDocument stored;
  json::Document document;
};

Result<Loaded> load(Draft& draft, const DeviceKeys& keys) {
  auto stored = draft.get(managed_device_kind, keys.record);
  if (!stored) return tl::unexpected<Error>(std::move(stored.error()));
  auto document = json::parse(stored->json);
  if (!document) {
    return tl::unexpected<Error>(damaged(document.error(), stored->kind + '/' + stored->id));
  }
  return Loaded{std::move(*stored), std::move(*document)};
}

std::vector<Value> results_of(const Value& record) {
  const auto* results = record.find("deviceActionResults");
  if (results == nullptr) return {};
  return {results->items().begin(), results->items().end()};
}

// The oldest of those that are over go first.
void forget_oldest(std::vector<Value>& results) {
  while (results.size() > kept_max) {
    const auto over = std::ranges::find_if(results, [](const Value& one) { return !is_open(one); });
    if (over == results.end()) return;
    results.erase(over);
  }
}

Value new_result(const RemoteAction& action, const Value& parameters, bool supported, Instant now,
                 json::Arena& arena) {
  const auto at = arena.string(to_string(now));
  std::vector<json::Member> members = {
      {"actionName", Value::string(action.name), 0},
      {"actionState", Value::string(supported ? "pending" : "notSupported"), 0},
      {"startDateTime", at, 0},
      {"lastUpdatedDateTime", at, 0},
      {"actionId", arena.string(to_string(random_guid())), 0},
  };
  if (!supported) {
    members.push_back(
        {"detail", Value::string("devices with Linux cannot be asked to do this"), 0});
  }
  std::vector<json::Member> said;
  for (const auto& member : parameters.members()) {
    if (!member.value.is_null()) said.push_back(member);
  }
  if (!said.empty()) members.push_back({"parameters", arena.object(said), 0});
  return arena.object(members);
}

void write_record(Draft& draft, const Loaded& loaded, const Value& after, const Caller& caller,
                  Instant now, std::string activity) {
  const auto& before = loaded.document.root();
  draft.write({loaded.stored.kind, loaded.stored.id, json::write(after), loaded.stored.version});
  draft.audit(make_audit(caller, now,
                         {activity, "Device", "Update", "ManagedDevice", loaded.stored.id,
                          display_name_of(after), &before, &after}));
}

// What the device says, as it comes into the record. Nothing: it had said so before.
std::optional<Value> with_report(const Value& record, std::size_t index, ActionState state,
                                 std::string_view detail, Instant now, json::Arena& arena) {
  auto results = results_of(record);
  if (!is_open(results[index])) return std::nullopt;
  MemberEdits result(results[index], arena);
  result.set("actionState", word_of(state));
  result.set("lastUpdatedDateTime", to_string(now));
  if (!detail.empty()) result.set("detail", printable(detail, detail_length_max));
  results[index] = result.value();
  forget_oldest(results);
  MemberEdits edits(record, arena);
  edits.set("deviceActionResults", arena.array(results));
  const auto* action = find_remote_action(result.text("actionName"));
  if (action == nullptr || action->waiting.empty() || state == ActionState::active) {
    return edits.value();
  }
  edits.set("managementState", state == ActionState::done ? action->issued : action->failed);
  if (state == ActionState::done) {
    edits.set("deviceRegistrationState", "revoked");
    edits.set("complianceState", "unknown");
  }
  return edits.value();
}

}  // namespace

std::span<const RemoteAction> remote_actions() { return actions; }

const RemoteAction* find_remote_action(std::string_view name) {
  const auto found = std::ranges::find(actions, name, &RemoteAction::name);
  return found == std::end(actions) ? nullptr : &*found;
}

Result<bool> add_request(Draft& draft, const DeviceKeys& keys, const RemoteAction& action,
                         const Value& parameters, const Caller& caller, Instant now) {
  if (auto good = check_parameters(action, parameters); !good) {
    return tl::unexpected<Error>(good.error());
  }
  const auto loaded = load(draft, keys);
  if (!loaded) return tl::unexpected<Error>(loaded.error());
  const auto& record = loaded->document.root();
  if (is_released(record)) {
    return fail(ErrorKind::conflict, "this device was retired or wiped and is asked nothing more");
  }
  auto results = results_of(record);
  const bool waits = std::ranges::any_of(results, [&](const Value& one) {
    return is_open(one) && text_of(one, "actionName") == action.name;
  });
  if (waits) return false;
  json::Arena arena;
  const bool supported = is_supported(record, action);
  results.push_back(new_result(action, parameters, supported, now, arena));
  forget_oldest(results);
  MemberEdits edits(record, arena);
  edits.set("deviceActionResults", arena.array(results));
  if (supported && !action.waiting.empty()) edits.set("managementState", action.waiting);
  write_record(draft, *loaded, edits.value(), caller, now,
               "Request " + std::string(action.name) + " of managed device");
  return true;
}

Result<void> request_action(const ChangeContext& context, std::string_view record_id,
                            const RemoteAction& action, const Value& parameters) {
  const DeviceKeys keys{{}, store_id(record_id), {}};
  const auto done = context.queue.run([&](Draft& draft) -> Result<void> {
    const auto added = add_request(draft, keys, action, parameters, context.caller, context.now);
    if (!added) return tl::unexpected<Error>(added.error());
    return {};
  });
  if (!done) return tl::unexpected<Error>(done.error());
  return {};
}

std::vector<PendingAction> pending_actions(const Value& record) {
  std::vector<PendingAction> pending;
  for (const auto& result : results_of(record)) {
    if (!is_open(result)) continue;
    const auto* parameters = result.find("parameters");
    pending.push_back({std::string(text_of(result, "actionId")),
                       std::string(text_of(result, "actionName")),
                       parameters == nullptr ? std::string() : json::write(*parameters)});
  }
  return pending;
}

Result<void> report_action(Draft& draft, const DeviceKeys& keys, std::string_view id,
                           ActionState state, std::string_view detail, Instant now) {
  const auto loaded = load(draft, keys);
  if (!loaded) return tl::unexpected<Error>(loaded.error());
  const auto& record = loaded->document.root();
  const auto results = results_of(record);
  const auto found = std::ranges::find_if(
      results, [&](const Value& one) { return text_of(one, "actionId") == id; });
  if (id.empty() || found == results.end()) {
    return fail(ErrorKind::not_found,
                "no action with the id `" + printable(id) + "` was asked of this device");
  }
  json::Arena arena;
  const auto index = static_cast<std::size_t>(found - results.begin());
  const auto after = with_report(record, index, state, detail, now, arena);
  if (!after) return {};
  Caller device;
  device.kind = CallerKind::application;
  device.id = keys.device_id;
  device.name = display_name_of(record);
  write_record(draft, *loaded, *after, device, now,
               "Report " + std::string(text_of(*found, "actionName")) + " of managed device");
  return is_released(*after) ? release_device(draft, keys) : Result<void>();
}

}  // namespace sallyport
