// `sallyport explain --decision`: why a recorded sign-in was answered as it was.
//
// A record holds the facts it rested on. As long as the policies are those of then, they are decided
// again and explained in full; when the policies have changed, what was recorded is shown.
#include "commands.h"
#include "data_folder.h"
#include "judge.h"
#include "service/tenant_loader.h"
#include "sign_in_input.h"

namespace sallyport::cli {
namespace {

std::string_view text_of(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value == nullptr ? std::string_view() : value->text();
}

const json::Value& member_of(const json::Value& object, std::string_view name) {
  static const json::Value nothing;
  const json::Value* value = object.find(name);
  return value == nullptr ? nothing : *value;
}

Table recorded_table(const json::Value& own, bool applied_only) {
  Table table;
  table.columns = {{"ID", "id", false, false, true},
                   {"POLICY", "policy", true, true, false},
                   {"RESULT", "result", false, true, false},
                   {"CHECK", "check", true, false, false},
                   {"", "state", false, false, false},
                   {"WHY", "why", true, false, false}};
  for (const json::Value& policy : member_of(own, "policies").items()) {
    if (applied_only && text_of(policy, "applies") == "no") continue;
    const auto row = [&](std::string_view check, std::string_view state, std::string_view why) {
      table.rows.push_back({{std::string(text_of(policy, "id")), Tone::plain},
                            {std::string(text_of(policy, "displayName")), Tone::strong},
                            {std::string(text_of(policy, "result")), Tone::plain},
                            {std::string(check), Tone::plain},
                            {std::string(state), Tone::plain},
                            {std::string(why), Tone::plain}});
    };
    const std::size_t before = table.rows.size();
    for (const json::Value& condition : member_of(policy, "conditions").items()) {
      row(text_of(condition, "condition"), text_of(condition, "match"),
          text_of(condition, "decidedBy"));
    }
    for (const json::Value& requirement : member_of(policy, "requirements").items()) {
      row(text_of(requirement, "kind"), text_of(requirement, "satisfaction"),
          text_of(requirement, "id"));
    }
    if (table.rows.size() == before) row({}, {}, {});
  }
  return table;
}

// As it was recorded, in the record's own words.
void write_recorded(const json::Value& record, const json::Value& own, const std::string& title,
                    bool applied_only, Output& output) {
  const Presentation& presentation = output.presentation();
  if (presentation.format == Format::json) return output.write(json::write_pretty(record));
  if (presentation.format == Format::jsonl) return output.write(json::write(record) + '\n');
  if (presentation.format != Format::csv) {
    const json::Value& status = member_of(record, "status");
    output.write(title + '\n' + std::string(text_of(own, "outcome")) + " (" +
                 std::string(text_of(status, "errorCode")) + ") " +
                 std::string(text_of(status, "failureReason")) + "\n\n");
  }
  output.write(render(recorded_table(own, applied_only), presentation));
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
  const std::string title = to_string(record->at) + "  " + title_of(facts, (*state)->names);
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
    report->title = title;
    output->write(render(*report, tenant, output->presentation(),
                         {true, options.what_if.applied_only}));
  } else {
    remark("the policies have changed since: this is what was recorded then");
    write_recorded(document->root(), own, title, options.what_if.applied_only, *output);
  }
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  return exit_of(record->outcome);
}

}  // namespace sallyport::cli
