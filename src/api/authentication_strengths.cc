// Authentication strengths, their usage and combination configurations; documented mainly at
// /policies/authenticationStrengthPolicies, which path.h takes for this one (spec, section 9.1).
#include <algorithm>

#include "api/answers.h"
#include "api/contained.h"
#include "api/list.h"
#include "api/resources.h"
#include "api/services.h"
#include "base/json_edit.h"
#include "directory/authentication_strength.h"
#include "service/built_in_documents.h"
#include "service/document_names.h"

namespace sallyport::api {
namespace {

using json::Value;
using odata::PropertyKind;

constexpr std::string_view read[] = {"Policy.Read.All"};
constexpr std::string_view write[] = {"Policy.ReadWrite.AuthenticationMethod",
                                      "Policy.ReadWrite.ConditionalAccess"};

constexpr odata::Property properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "description", .searchable = true},
    {.path = "policyType", .kind = PropertyKind::enumeration, .sortable = true},
    {.path = "requirementsSatisfied", .kind = PropertyKind::enumeration},
    {.path = "allowedCombinations", .collection = true},
    {.path = "createdDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "modifiedDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "combinationConfigurations", .kind = PropertyKind::complex, .collection = true},
};
constexpr odata::Schema schema{.type = "microsoft.graph.authenticationStrengthPolicy",
                               .properties = properties};

#define STRENGTHS "/identity/conditionalAccess/authenticationStrength/policies"
constexpr std::string_view all = STRENGTHS;
constexpr std::string_view by_id = STRENGTHS "/{id}";
constexpr std::string_view configurations = STRENGTHS "/{id}/combinationConfigurations";
constexpr std::string_view configuration = STRENGTHS "/{id}/combinationConfigurations/{key}";

constexpr Resource strengths{
    .path = all,
    .context = "identity/conditionalAccess/authenticationStrength/policies",
    .type = "microsoft.graph.authenticationStrengthPolicy",
    .kind = "authenticationStrengthPolicy",
    .schema = &schema,
    .members = &schema::authentication_strength_policy,
    .document = &authentication_strength_type,
};

OrFailure<void> refuse_built_in(const Call& call) {
  if (find_built_in(strengths.kind, store_id(call.key())) == nullptr) return {};
  return refuse(400, "BadRequest", "1032: a built-in strength cannot be changed or deleted");
}

Replied update_strength(const Call& call) {
  if (auto good = refuse_built_in(call); !good) return tl::unexpected<Failure>(good.error());
  if (call.body.find("allowedCombinations") != nullptr) {
    return refuse(400, "BadRequest",
                  "1032: `allowedCombinations` is changed by updateAllowedCombinations alone");
  }
  return update_document(call);
}

Replied delete_strength(const Call& call) {
  if (auto good = refuse_built_in(call); !good) return tl::unexpected<Failure>(good.error());
  return delete_document(call);
}

void write_texts(std::string_view name, const Value* list, json::Writer& w) {
  w.key(name);
  w.begin_array();
  if (list != nullptr) {
    for (const auto& item : list->items()) w.value(item);
  }
  w.end_array();
}

// Visits the policies that require the strength.
template <class Visit>
OrFailure<void> each_policy_with(const Call& call, std::string_view strength, Visit visit) {
  const auto policies = call.services.reader.list(conditional_access_policy_type.kind, "", 10'000);
  if (!policies) return failed(call, policies.error());
  for (const auto& policy : *policies) {
    const auto* grant = policy->root().find("grantControls");
    const auto* reference = grant == nullptr ? nullptr : grant->find("authenticationStrength");
    const auto* id = reference == nullptr ? nullptr : reference->find("id");
    if (id != nullptr && store_id(id->text()) == strength) visit(*policy);
  }
  return {};
}

Replied update_allowed_combinations(const Call& call) {
  if (auto good = refuse_built_in(call); !good) return tl::unexpected<Failure>(good.error());
  const auto* wanted = call.body.find("allowedCombinations");
  if (wanted == nullptr || !wanted->is_array()) {
    return refuse(400, "BadRequest", "1007: the body needs `allowedCombinations`, a list");
  }
  std::string previous;
  const auto stored = edit_document(
      change_context(call), authentication_strength_type, call.key(),
      [&](const Value& before, Draft&, json::Arena& arena) -> Result<Value> {
        previous.clear();
        json::Writer w(previous);
        w.begin_object();
        write_texts("previousCombinations", before.find("allowedCombinations"), w);
        return json::with(before, "allowedCombinations", *wanted, arena);
      },
      call.seen);
  if (!stored) return failed(call, stored.error());
  const auto now = json::parse(stored->json);
  if (!now) return failed(call, now.error());
  Reply reply;
  json::Writer w(reply.body);
  w.begin_object();
  w.member("@odata.context", context_url(call, "microsoft.graph.updateAllowedCombinationsResult"));
  w.member("additionalInformation", "");
  const auto before = json::parse(previous + "}");
  write_texts("previousCombinations",
              before ? before->root().find("previousCombinations") : nullptr, w);
  write_texts("currentCombinations", now->root().find("allowedCombinations"), w);
  w.key("conditionalAccessReferences");
  w.begin_array();
  auto listed =
      each_policy_with(call, stored->id, [&](const ShownDocument& one) { w.value(one.id); });
  w.end_array();
  w.end_object();
  if (!listed) return tl::unexpected<Failure>(listed.error());
  return reply;
}

Replied usage(const Call& call) {
  const auto strength = call.services.reader.get(strengths.kind, store_id(call.key()));
  if (!strength) return failed(call, strength.error());
  const auto* satisfied = (*strength)->root().find("requirementsSatisfied");
  const bool is_mfa = satisfied != nullptr && satisfied->text() == "mfa";
  Reply reply;
  json::Writer w(reply.body);
  w.begin_object();
  w.member("@odata.context", context_url(call, "microsoft.graph.authenticationStrengthUsage"));
  OrFailure<void> listed;
  for (const auto* side : {"mfa", "none"}) {
    w.key(side);
    w.begin_array();
    if (is_mfa == (std::string_view(side) == "mfa") && listed) {
      listed = each_policy_with(call, (*strength)->id,
                                [&](const ShownDocument& policy) { w.value(policy.root()); });
    }
    w.end_array();
  }
  w.end_object();
  if (!listed) return tl::unexpected<Failure>(listed.error());
  reply.body = shown_words(call, std::move(reply.body));
  return reply;
}

constexpr Contained configuration_list{"combinationConfigurations", "combination configuration",
                                       refuse_built_in};

const Operation rows[] = {
    {"GET", all, &strengths, read, list_documents, BodyRule::none, 200,
     "List authentication strengths"},
    {"POST", all, &strengths, write, create_document, BodyRule::required, 201,
     "Create an authentication strength"},
    {"GET", by_id, &strengths, read, get_document, BodyRule::none, 200,
     "Get an authentication strength"},
    {"PATCH", by_id, &strengths, write, update_strength, BodyRule::required, 204,
     "Change an authentication strength"},
    {"DELETE", by_id, &strengths, write, delete_strength, BodyRule::none, 204,
     "Delete an authentication strength"},
    {"POST", STRENGTHS "/{id}/updateAllowedCombinations", &strengths, write,
     update_allowed_combinations, BodyRule::required, 200,
     "Change which combinations of methods a strength allows", Answers::object},
    {"GET", STRENGTHS "/{id}/usage", &strengths, read, usage, BodyRule::none, 200,
     "List the policies that require a strength", Answers::object},
    {"GET", configurations, &strengths, read, list_contained<configuration_list>, BodyRule::none,
     200, "List a strength's combination configurations", Answers::object},
    {"POST", configurations, &strengths, write, create_contained<configuration_list>,
     BodyRule::required, 201, "Create a combination configuration", Answers::object},
    {"GET", configuration, &strengths, read, get_contained<configuration_list>, BodyRule::none, 200,
     "Get a combination configuration", Answers::object},
    {"PATCH", configuration, &strengths, write, update_contained<configuration_list>,
     BodyRule::required, 204, "Change a combination configuration"},
    {"DELETE", configuration, &strengths, write, delete_contained<configuration_list>,
     BodyRule::none, 204, "Delete a combination configuration"},
};

#undef STRENGTHS

}  // namespace

std::span<const Operation> authentication_strength_operations() { return rows; }

}  // namespace sallyport::api
