#include "api/device_management/verdict_reports.h"

#include "api/services.h"
#include "service/document_names.h"
#include "service/managed_devices/record.h"
#include "store/each_of_kind.h"

namespace sallyport::api {

using json::Value;

Named named(const Value& record) {
  return {std::string(text_of(record, "id")),
          std::string(text_of(record, "deviceName")),
          std::string(text_of(record, "model")),
          std::string(text_of(record, "operatingSystem")),
          std::string(text_of(record, "userId")),
          std::string(text_of(record, "userPrincipalName")),
          std::string(text_of(record, "lastSyncDateTime"))};
}

Named device_named(const Call& call, const std::string& device_id) {
  const auto keys = find_device(call.services.store, device_id);
  if (!keys || keys->record.empty()) return {{}, device_id, {}, {}, {}, {}, {}};
  const auto record = call.services.reader.get(managed_device_kind, keys->record);
  return record ? named((*record)->root()) : Named{{}, device_id, {}, {}, {}, {}, {}};
}

OrFailure<void> each_verdict(const Call& call, const VisitVerdict& visit) {
  auto& store = call.services.store;
  const auto count = store.count(verdict_kind);
  if (!count) return failed(call, count.error());
  if (*count > verdicts_max) {
    return refuse(400, "Request_UnsupportedQuery",
                  "this would have to look at the verdicts on " + std::to_string(*count) +
                      " devices; ask for a device's deviceCompliancePolicyStates");
  }
  const auto visited =
      each_of_kind(store, verdict_kind, [&](const VersionedDocument& one) -> Result<void> {
        const auto verdict = json::parse(one.json);
        if (!verdict) return tl::unexpected<Error>(verdict.error());
        visit(one.id, verdict->root());
        return {};
      });
  if (!visited) return failed(call, visited.error());
  return {};
}

OrFailure<void> each_state_of_policy(const Call& call, const VisitState& visit) {
  const auto id = store_id(call.key());
  const auto stored = call.services.reader.get(call.resource().kind, id);
  if (!stored) return failed(call, stored.error());
  return each_verdict(call, [&](const std::string& device_id, const Value& verdict) {
    for (const auto& policy : list_of(verdict, "policies")) {
      if (store_id(text_of(policy, "id")) == id) visit(device_id, verdict, policy);
    }
  });
}

std::string context_of_policy(const Call& call, std::string_view what) {
  return "deviceManagement/deviceCompliancePolicies('" + store_id(call.key()) + "')/" +
         std::string(what);
}

Reply overview_of(const Call& call, std::string_view what, const Counts& counts,
                  const std::string& newest) {
  Reply reply;
  json::Writer w(reply.body);
  w.begin_object();
  w.member("@odata.context",
           context_url(call, context_of_policy(call, std::string(what) + "/$entity")));
  w.member("id", store_id(call.key()));
  w.member("pendingCount", counts.of("unknown"));
  w.member("notApplicableCount", counts.of("notApplicable"));
  w.member("successCount", counts.of("compliant") + counts.of("remediated"));
  w.member("errorCount", counts.of("error"));
  w.member("failedCount", counts.of("nonCompliant") + counts.of("conflict"));
  if (!newest.empty()) w.member("lastUpdateDateTime", newest);
  w.end_object();
  return reply;
}

}  // namespace sallyport::api
