#include "service/explain_decision.h"

#include "base/as_utf8.h"
#include "base/json.h"
#include "base/json_members.h"

namespace sallyport {
namespace {

const json::Value& object_at(const json::Value& object, std::string_view name) {
  static const json::Value none;
  const auto* value = object.find(name);
  return value == nullptr ? none : *value;
}

void line(std::string& out, std::string_view label, std::string_view text) {
  if (text.empty()) return;
  out += "  ";
  out += label;
  out.append(label.size() < 10 ? 10 - label.size() : 1, ' ');
  out += text;
  out += '\n';
}

// "name (id)", or the one there is.
std::string named(std::string_view name, std::string_view id) {
  if (name.empty() || name == id) return std::string(id);
  return std::string(name) + " (" + std::string(id) + ")";
}

std::string requirement_text(const json::Value& requirement) {
  const auto id = text_of(requirement, "id");
  auto text = std::string(text_of(requirement, "kind"));
  if (!id.empty()) text += " `" + std::string(id) + "`";
  return text;
}

std::string requirements_text(const json::Value& requirements) {
  std::string text;
  for (const auto& requirement : requirements.items()) {
    if (!text.empty()) text += ", ";
    text += requirement_text(requirement);
    const auto satisfaction = text_of(requirement, "satisfaction");
    if (satisfaction == "needsUser") text += " (can still be given)";
    if (satisfaction == "failed") text += " (not met)";
    if (satisfaction == "satisfied") text += " (met)";
    if (object_at(requirement, "unknown").truth()) text += " (not known)";
  }
  return text;
}

std::string device_text(const json::Value& detail) {
  auto text = named(text_of(detail, "displayName"), text_of(detail, "deviceId"));
  for (const auto* member : {"operatingSystem", "trustType"}) {
    const auto value = text_of(detail, member);
    if (value.empty()) continue;
    if (!text.empty()) text += ", ";
    text += value;
  }
  if (const auto* compliant = detail.find("isCompliant")) {
    text += compliant->truth() ? ", compliant" : ", not compliant";
  }
  return text;
}

void explain_policy(std::string& out, const json::Value& policy) {
  out += "    " + std::string(text_of(policy, "result")) + ": `" +
         named(text_of(policy, "displayName"), text_of(policy, "id")) + "`\n";
  for (const auto& condition : object_at(policy, "conditions").items()) {
    out += "      " + std::string(text_of(condition, "condition")) + ": " +
           std::string(text_of(condition, "match"));
    const auto by = text_of(condition, "decidedBy");
    if (!by.empty()) out += ", " + std::string(by);
    out += '\n';
  }
  const auto& requirements = object_at(policy, "requirements");
  if (requirements.items().empty()) return;
  const bool any = text_of(policy, "operator") == "OR";
  out += any && requirements.items().size() > 1 ? "      requires one of: " : "      requires: ";
  out += requirements_text(requirements) + "\n";
}

void explain_bystanders(std::string& out, const json::Value& group) {
  out += "    " + std::string(text_of(group, "result"));
  const auto not_met = text_of(group, "conditionsNotSatisfied");
  if (not_met != "none") out += ", not met: " + std::string(not_met);
  out += '\n';
  for (const auto& policy : object_at(group, "policies").items()) {
    const auto id_and_name = policy.items();
    if (id_and_name.size() != 2) continue;
    out += "      `" + named(id_and_name[1].text(), id_and_name[0].text()) + "`\n";
  }
}

}  // namespace

Result<std::string> explain_record(std::string_view record_json) {
  const auto parsed = json::parse(record_json);
  if (!parsed) {
    return fail(ErrorKind::internal,
                "this record of the sign-in log is damaged: " + parsed.error().message);
  }
  const auto& record = parsed->root();
  const auto& own = object_at(record, "sallyport");
  std::string out = "decision " + std::string(text_of(record, "id")) + ": " +
                    std::string(text_of(own, "outcome"));
  const auto code = text_of(object_at(record, "status"), "errorCode");
  if (!code.empty() && code != "0") out += " (AADSTS" + std::string(code) + ")";
  out += '\n';
  line(out, "when", text_of(record, "createdDateTime"));
  line(out, "who", named(text_of(record, "userPrincipalName"), text_of(record, "userId")));
  line(out, "workload",
       named(text_of(record, "servicePrincipalName"), text_of(record, "servicePrincipalId")));
  line(out, "what", named(text_of(record, "appDisplayName"), text_of(record, "appId")));
  auto place = std::string(text_of(record, "ipAddress"));
  const auto country = text_of(object_at(record, "location"), "countryOrRegion");
  if (!country.empty()) place += (place.empty() ? "" : ", ") + std::string(country);
  line(out, "where", place);
  line(out, "device", device_text(object_at(record, "deviceDetail")));
  line(out, "client", text_of(record, "clientAppUsed"));
  line(out, "gate", text_of(own, "gate"));
  line(out, "refused", text_of(own, "accountRefused"));
  line(out, "missing", requirements_text(object_at(own, "missing")));
  line(out, "policies", text_of(own, "policySetHash"));
  for (const auto& policy : object_at(own, "policies").items()) explain_policy(out, policy);
  for (const auto& group : object_at(own, "notApplied").items()) explain_bystanders(out, group);
  return out;
}

Result<std::string> explain_decision(Store& store, std::string_view decision_id) {
  const auto record = store.find_sign_in(decision_id);
  if (!record) return tl::unexpected<Error>(record.error());
  return explain_record(as_utf8(record->json));  // older versions let other bytes in
}

}  // namespace sallyport
