// /deviceManagement/dueActions: what follows from devices not being compliant, done and to come.
// Ours, not Graph's. Source: service/due_actions.
#include <algorithm>

#include "api/answers.h"
#include "api/device_management/read_policies.h"
#include "api/device_management/resources.h"
#include "api/services.h"
#include "service/configuration.h"
#include "service/document_names.h"
#include "service/due_actions/spell.h"
#include "service/managed_devices/record.h"
#include "store/each_of_kind.h"

namespace sallyport::api {
namespace {

constexpr std::int64_t devices_max = 10'000;
constexpr std::size_t rows_max = 1'000;

constexpr Resource due_actions{.path = "/deviceManagement/dueActions",
                               .context = "deviceManagement/dueActions",
                               .type = "sallyport.dueAction",
                               .kind = noncompliance_kind};

struct Row {
  std::string due;  // when it is, or was done
  std::string text;
};

void begin_row(json::Writer& w, const std::string& device_id, const std::string& record,
               const compliance::CompliancePolicy& policy, const Spell& spell) {
  w.begin_object();
  w.member("managedDeviceId", record);
  w.member("azureADDeviceId", device_id);
  w.member("policyId", spell.policy);
  w.member("policyName", policy.display_name);
  w.member("noncompliantSince", to_string(spell.since));
}

void add_rows(const std::string& device_id, const std::string& record,
              const compliance::CompliancePolicy& policy, const Spell& spell,
              std::vector<Row>& rows) {
  for (const auto& done : spell.done) {
    Row row{to_string(done.at), {}};
    json::Writer w(row.text);
    begin_row(w, device_id, record, policy, spell);
    w.member("actionType", type_of(policy, done.key));
    w.member("state", done.outcome);
    w.member("detail", done.detail);
    w.member("dateTime", row.due);
    w.end_object();
    rows.push_back(std::move(row));
  }
  for (const auto& due : outstanding(spell, policy)) {
    Row row{to_string(due.due), {}};
    json::Writer w(row.text);
    begin_row(w, device_id, record, policy, spell);
    w.member("actionType", name_of(due.action->type));
    w.member("state", "waiting");
    w.member("detail", "");
    w.member("dateTime", row.due);
    w.end_object();
    rows.push_back(std::move(row));
  }
}

Result<std::vector<Row>> rows_of_all(Store& store) {
  std::vector<Row> rows;
  ReadPolicies policies(store);
  const auto add_all_of = [&](const VersionedDocument& one) -> Result<void> {
    const auto document = json::parse(one.json);
    const auto spells = document ? read_noncompliance(document->root())
                                 : Result<Noncompliance>(tl::unexpect, document.error());
    if (!spells) return tl::unexpected<Error>(damaged(spells.error(), one.kind + '/' + one.id));
    const auto keys = find_device(store, one.id);
    if (!keys) return tl::unexpected<Error>(keys.error());
    for (const auto& spell : spells->spells) {
      const auto* policy = policies.find(spell.policy);
      if (policy != nullptr) add_rows(one.id, keys->record, *policy, spell, rows);
    }
    return {};
  };
  if (const auto all = each_of_kind(store, noncompliance_kind, add_all_of); !all) {
    return tl::unexpected<Error>(all.error());
  }
  return rows;
}

Replied list(const Call& call) {
  auto& store = call.services.store;
  const auto count = store.count(noncompliance_kind);
  if (!count) return failed(call, count.error());
  if (*count > devices_max) {
    return refuse(400, "Request_UnsupportedQuery",
                  std::to_string(*count) + " devices are not compliant; of more than " +
                      std::to_string(devices_max) + " this is not listed");
  }
  auto rows = rows_of_all(store);
  if (!rows) return failed(call, rows.error());
  std::ranges::stable_sort(*rows, {}, &Row::due);
  if (rows->size() > rows_max) rows->resize(rows_max);
  Reply reply;
  json::Writer w(reply.body);
  w.begin_object();
  w.member("@odata.context", context_url(call, due_actions.context));
  w.key("value");
  w.begin_array();
  for (std::size_t i = 0; i < rows->size(); ++i) {
    if (i > 0) reply.body += ',';
    reply.body += (*rows)[i].text;
  }
  w.end_array();
  w.end_object();
  return reply;
}

const Operation rows[] = {
    {"GET", "/deviceManagement/dueActions", &due_actions, read_managed_devices, list,
     BodyRule::none, 200, "List what follows from devices not being compliant, done and to come",
     Answers::object},
};

}  // namespace

std::span<const Operation> due_action_operations() { return rows; }

}  // namespace sallyport::api
