#include "policy/validate.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/canonical.h"
#include "base/text.h"
#include "policy/rules/rule.h"
#include "policy/schema.h"

namespace sallyport {

const json::Value* RuleSubject::find(std::initializer_list<std::string_view> path) const {
  const json::Value* at = &document;
  if (is_template) at = at->find("details");
  for (const auto name : path) {
    if (at == nullptr) return nullptr;
    at = at->find(name);
  }
  return at == nullptr || at->is_null() ? nullptr : at;
}

std::size_t RuleSubject::count(std::initializer_list<std::string_view> path) const {
  const auto* list = find(path);
  return list == nullptr ? 0 : list->items().size();
}

bool RuleSubject::lists(std::initializer_list<std::string_view> path, std::string_view word) const {
  const auto* list = find(path);
  return list != nullptr && std::ranges::any_of(list->items(), [word](const json::Value& item) {
           return equal_ignoring_case(item.text(), word);
         });
}

bool RuleSubject::is_workload_policy() const {
  const auto& clients = policy.conditions.client_applications;
  return clients &&
         (clients->include.all_in_my_tenant || clients->include.all_agents ||
          !clients->include.service_principals.empty() || !clients->include.agents.empty() ||
          clients->service_principal_filter || clients->agent_filter);
}

void RuleReport::add(std::string_view pointer, std::string message, int number) {
  Violation violation;
  violation.rule = rule_;
  violation.number = number;
  violation.token = number == 1007 ? std::string_view{} : token_;
  violation.message = std::move(message);
  const bool inside_details = subject_.is_template && pointer != "/name";
  violation.pointer = (inside_details ? "/details" : "") + std::string(pointer);
  violation.is_error = is_error_;
  into_.push_back(std::move(violation));
}

std::vector<Violation> validate(const json::Value& document, const PolicySet& known,
                                Dialect dialect) {
  std::vector<Violation> violations;
  const auto reading = read_policy(document, dialect);
  if (dialect == Dialect::strict) {
    for (const auto& finding : reading.findings) {
      if (finding.severity != Severity::error) continue;
      const int number = finding.code == "1032" ? 1032 : 1007;
      violations.push_back({"schema", number, number == 1032 ? "InvalidControls" : "",
                            finding.message, finding.pointer, true});
    }
  }
  const bool is_template = dialect == Dialect::lenient && is_policy_template(document);
  json::Arena arena;
  const auto canonical = canonical_by(
      is_template ? schema::conditional_access_template : schema::conditional_access_policy,
      document, arena, nullptr);
  const RuleSubject subject{canonical, reading.policy, known, dialect, is_template};
  RuleReport report(subject, violations);
  const auto first = violations.size();
  for (const auto* rules : {&assignment_rules(), &control_rules()}) {
    for (const auto& rule : *rules) {
      const bool is_error = rule.weight == Weight::error ||
                            (rule.weight == Weight::api_error && dialect == Dialect::strict);
      report.start(rule.id, rule.token, is_error);
      rule.check(subject, report);
    }
  }
  const auto number_of = [](const Violation& v) {
    return v.rule.starts_with('V') ? std::atoi(v.rule.data() + 1) : 100;
  };
  std::stable_sort(
      violations.begin() + static_cast<std::ptrdiff_t>(first), violations.end(),
      [&](const Violation& a, const Violation& b) { return number_of(a) < number_of(b); });
  return violations;
}

std::optional<Violation> check_policy_count(std::size_t count) {
  if (count <= policies_max) return std::nullopt;
  return Violation{"limit",
                   1032,
                   "PolicyLimitExceeded",
                   "a tenant has at most " + std::to_string(policies_max) +
                       " policies, whatever their state; delete one that is not needed",
                   "",
                   true};
}

std::string graph_message(const Violation& violation) {
  auto message = std::to_string(violation.number) + ": ";
  if (!violation.token.empty()) message += std::string(violation.token) + ": ";
  return message + violation.message;
}

std::string graph_error_body(std::string_view code, std::string_view message,
                             const GraphErrorIds& ids) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.key("error");
  writer.begin_object();
  writer.member("code", code);
  writer.member("message", message);
  writer.key("innerError");
  writer.begin_object();
  writer.member("date", ids.date);
  writer.member("request-id", ids.request_id);
  writer.member("client-request-id", ids.client_request_id);
  writer.end_object();
  writer.end_object();
  writer.end_object();
  return out;
}

}  // namespace sallyport
