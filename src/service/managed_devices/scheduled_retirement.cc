#include "service/managed_devices/scheduled_retirement.h"

#include "base/json_members.h"
#include "service/audit.h"
#include "service/configuration.h"
#include "service/document_names.h"
#include "service/managed_devices/member_edits.h"
#include "service/managed_devices/remote_actions.h"
#include "store/each_of_kind.h"

namespace sallyport {
namespace {

using json::Value;

constexpr std::size_t devices_a_plan = 100;

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

// A part of a plan.
Result<void> decide(const ChangeContext& context, const std::string& id, RetireDecision decision,
                    Draft& draft) {
  const auto stored = draft.get(managed_device_kind, id);
  if (!stored) return failed(stored.error());
  const auto record = json::parse(stored->json);
  if (!record) return failed(damaged(record.error(), stored->kind + '/' + stored->id));
  if (!is_scheduled_to_retire(record->root())) {
    return fail(ErrorKind::conflict, "the device `" + id + "` is not scheduled to be retired");
  }
  if (decision == RetireDecision::confirm) {
    const auto asked = add_request(draft, DeviceKeys{{}, id, {}}, *find_remote_action("retire"), {},
                                   context.caller, context.now);
    if (!asked) return failed(asked.error());
    return {};
  }
  json::Arena arena;
  MemberEdits edits(record->root(), arena);
  edits.set("retireAfterDateTime", Value());
  draft.write({stored->kind, stored->id, json::write(edits.value()), stored->version});
  const auto& after = edits.value();
  draft.audit(make_audit(context.caller, context.now,
                         {"Cancel scheduled retirement of managed device", "Device", "Update",
                          "ManagedDevice", id, display_name_of(after), &record->root(), &after}));
  return {};
}

}  // namespace

bool is_scheduled_to_retire(const Value& record) {
  const auto state = text_of(record, "managementState");
  const bool is_open = state.empty() || state == "managed" || state == "retireFailed";
  return is_open && !text_of(record, "retireAfterDateTime").empty();
}

Result<void> each_scheduled_to_retire(Store& store, const VisitRecord& visit) {
  return each_of_kind(store, managed_device_kind, [&](const VersionedDocument& one) {
    const auto record = json::parse(one.json);
    if (record && is_scheduled_to_retire(record->root())) visit(one.id, record->root());
    return Result<void>();
  });
}

Result<void> decide_retirement(const ChangeContext& context, std::span<const std::string> records,
                               RetireDecision decision) {
  while (!records.empty()) {
    const auto some = records.first(std::min(devices_a_plan, records.size()));
    const auto done = context.queue.run([&](Draft& draft) -> Result<void> {
      for (const auto& id : some) {
        if (auto decided = decide(context, id, decision, draft); !decided) return decided;
      }
      return {};
    });
    if (!done) return failed(done.error());
    records = records.subspan(some.size());
  }
  return {};
}

}  // namespace sallyport
