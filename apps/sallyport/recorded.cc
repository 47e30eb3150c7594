// `sallyport explain --decision`: why a recorded sign-in was answered as it was.
//
// A record holds the facts it rested on. As long as the policies are those of then, they are
// decided again and explained in full; when the policies have changed, what was recorded is shown.
#include "base/json_members.h"
#include "commands.h"
#include "data_folder.h"
#include "judge.h"
#include "service/explain_decision.h"
#include "service/tenant_loader.h"

namespace sallyport::cli {
namespace {

const json::Value& member_of(const json::Value& object, std::string_view name) {
  static const json::Value nothing;
  const json::Value* value = object.find(name);
  return value == nullptr ? nothing : *value;
}

std::string title_of_record(const json::Value& record, Instant at) {
  std::string title = to_string(at);
  for (const std::string_view name : {"userPrincipalName", "servicePrincipalName", "appDisplayName",
                                      "clientAppUsed", "ipAddress"}) {
    const std::string_view text = text_of(record, name);
    if (!text.empty()) title += ", " + std::string(text);
  }
  return title;
}

// As it was recorded, in the record's own words.
Result<std::string> as_recorded(const std::string& json, const json::Value& record, Format format) {
  switch (format) {
    case Format::json: return json::write_pretty(record);
    case Format::jsonl: return json::write(record) + '\n';
    case Format::table:
    case Format::markdown: return explain_record(json);
    case Format::csv: break;
  }
  return fail(ErrorKind::invalid_argument, "a recorded decision has no such form: table or json",
              "--format");
}

Exit exit_of(std::string_view outcome) {
  return outcome == name_of(Outcome::granted) ? Exit::nothing_found : Exit::findings;
}

}  // namespace

Exit explain_recorded(const ExplainOptions& options) {
  auto output = Output::open(options.what_if.output);
  if (!output) return could_not_run(output.error());
  auto store = open_data_folder(options.data.empty() ? "data" : options.data, Opening::existing);
  if (!store) return could_not_run(store.error());
  const auto record = (*store)->find_sign_in(options.decision);
  if (!record) return could_not_run(record.error());
  const auto document = json::parse(record->json);
  if (!document) return could_not_run(document.error());
  const json::Value& own = member_of(document->root(), "sallyport");
  const json::Value& facts = member_of(own, "facts");

  TenantLoader loader(**store);
  const auto state = loader.load();
  if (!state) return could_not_run(state.error());
  if ((*state)->policy_set_hash == text_of(own, "policySetHash")) {
    Tenant tenant;
    tenant.policy_set = (*state)->program->policies();
    tenant.directory = (*state)->directory;
    tenant.inventory = (*state)->inventory;
    tenant.has_inventory = (*state)->has_inventory;
    tenant.names = (*state)->names;
    Judge judge(tenant, Missing::unknown, record->at);
    auto report = judge.judge(facts, true);
    if (!report) return could_not_run(report.error());
    report->title = title_of_record(document->root(), record->at);
    output->write(
        render(*report, tenant, output->presentation(), {true, options.what_if.applied_only}));
  } else {
    remark("the policies have changed since: this is what was recorded then");
    const auto text = as_recorded(record->json, document->root(), output->presentation().format);
    if (!text) return could_not_run(text.error());
    output->write(*text);
  }
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  return exit_of(record->outcome);
}

}  // namespace sallyport::cli
