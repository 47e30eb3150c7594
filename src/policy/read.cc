#include "policy/read.h"

#include <string>
#include <utility>

#include "base/text.h"
#include "policy/conditions/conditions.h"
#include "policy/controls/controls.h"

namespace sallyport {
namespace {

constexpr json::Value nothing;

// Exports of templates and of some tools have no id: the same name always gives the same one.
std::string id_from(const json::Value& document, std::string_view name) {
  const std::string source = name.empty() ? json::write(document) : std::string(name);
  return to_string(PolicyId::of("policy without an id: " + source));
}

Conditions read_conditions(const DocumentPart& conditions) {
  Conditions into;
  if (!conditions.value().is_null() && !conditions.value().is_object()) {
    // Nobody can say to whom this policy was meant to apply: to everybody, for everything.
    into.users.emplace();
    into.users->include.unknown = true;
    into.applications.emplace();
    into.applications->include_all = true;
    into.applications->unknown_authentication_context = true;
    return into;
  }
  into.users = read_users(conditions);
  into.client_applications = read_client_applications(conditions);
  into.applications = read_applications(conditions);
  into.platforms = read_platforms(conditions);
  into.locations = read_locations(conditions);
  into.client_app_types = conditions.word_list("clientAppTypes", parse_client_app);
  into.devices = read_devices(conditions);
  read_risk_levels(conditions, into);
  into.authentication_flows = read_authentication_flows(conditions);
  return into;
}

PolicyState read_state(const DocumentPart& document) {
  const auto* state = document.get("state");
  if (state == nullptr) {
    document.remarks().add(Severity::warning, "L-missing-state",
                           "this policy has no `state` and is enforced; write `enabled`, "
                           "`disabled` or `enabledForReportingButNotEnforced`",
                           document.pointer(), document.value().offset());
    return PolicyState::enabled;
  }
  return parse_policy_state(state->text()).value_or(PolicyState::enabled);
}

// conditions, grantControls, sessionControls: members of a policy, or of a template's `details`.
void read_body(const DocumentPart& body, Policy& into) {
  const auto member = [&](std::string_view name) -> const json::Value& {
    const auto* found = body.get(name);
    return found == nullptr ? nothing : *found;
  };
  const auto conditions = body.pointer().member("conditions");
  into.conditions = read_conditions({member("conditions"), conditions, body.remarks()});
  if (const auto& grant = member("grantControls"); !grant.is_null()) {
    const auto pointer = body.pointer().member("grantControls");
    into.grant_controls = read_grant_controls({grant, pointer, body.remarks()});
  }
  if (const auto& session = member("sessionControls"); !session.is_null()) {
    const auto pointer = body.pointer().member("sessionControls");
    into.session_controls = read_session_controls({session, pointer, body.remarks()});
  }
}

void read_template(const DocumentPart& document, Policy& into) {
  into.state = PolicyState::report_only;
  document.remarks().add(Severity::note, "L-template",
                         "this is a template; it is read as a policy that only reports",
                         document.pointer(), document.value().offset());
  const auto pointer = document.pointer().member("details");
  const auto* details = document.get("details");
  read_body({details == nullptr ? nothing : *details, pointer, document.remarks()}, into);
}

}  // namespace

bool is_policy_template(const json::Value& document) {
  const auto* details = document.find_ignoring_case("details");
  return details != nullptr && details->is_object() &&
         document.find_ignoring_case("conditions") == nullptr &&
         (details->find_ignoring_case("conditions") != nullptr ||
          details->find_ignoring_case("grantControls") != nullptr ||
          details->find_ignoring_case("sessionControls") != nullptr);
}

PolicyReading read_policy(const json::Value& document, Dialect dialect) {
  PolicyReading reading;
  Remarks remarks(dialect);
  json::Arena arena;
  const json::Pointer root;
  const bool is_template = dialect == Dialect::lenient && is_policy_template(document);
  const auto canonical = canonical_by(
      is_template ? schema::conditional_access_template : schema::conditional_access_policy,
      document, arena, &remarks);
  if (!document.is_object()) {
    remarks.add(Severity::error, "L-wrong-type",
                "a policy must be an object, not " + std::string(json::name_of(document.kind())),
                root, document.offset());
  }
  const DocumentPart part(canonical, root, remarks);
  auto& policy = reading.policy;
  policy.display_name = std::string(part.text(is_template ? "name" : "displayName"));
  policy.id_text = std::string(part.text("id"));
  if (policy.id_text.empty()) policy.id_text = id_from(document, policy.display_name);
  policy.id = PolicyId::of(policy.id_text);
  if (is_template) {
    read_template(part, policy);
  } else {
    policy.state = read_state(part);
    read_body(part, policy);
  }
  reading.findings = std::move(remarks.findings());
  return reading;
}

}  // namespace sallyport
