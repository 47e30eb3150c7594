#include "enrolment/fleet/policy_rule.h"

#include "base/text.h"

namespace sallyport::fleet {
namespace {

using compliance::FactType;
using compliance::ReportedFact;

// Of what can be said by two answers.
bool is_single(FactType type) {
  return type != FactType::texts && type != FactType::versions && type != FactType::levels;
}

// As a report would say it, so that it is checked as one.
Result<ReportedFact> read_value(std::string_view fact, std::string_view value,
                                std::string_view key) {
  const auto report = compliance::parse_report(
      R"({"source":"fleet","reportedAt":"2026-01-01T00:00:00Z","sequence":0,"facts":{")" +
      std::string(fact) + "\":" + std::string(value) + "}}");
  if (!report || report->facts.size() != 1) {
    return sallyport::fail(ErrorKind::invalid_argument,
                           report ? "must be a value" : report.error().message, std::string(key));
  }
  if (report->facts.front().state != compliance::FactState::known) {
    return sallyport::fail(ErrorKind::invalid_argument, "must be a value", std::string(key));
  }
  return report->facts.front();
}

}  // namespace

Result<PolicyRule> make_policy_rule(std::string_view fact, std::string_view pass,
                                    std::string_view fail) {
  const auto known = compliance::find_fact(fact);
  if (!known) {
    return sallyport::fail(ErrorKind::invalid_argument,
                           "`" + printable(fact) + "` is no fact; see docs/compliance.md", "fact");
  }
  const auto type = compliance::row_of(*known).type;
  if (!is_single(type)) {
    return sallyport::fail(ErrorKind::invalid_argument,
                           "`" + printable(fact) + "` is a list, which no policy can tell", "fact");
  }
  if (pass.empty() && fail.empty()) {
    return sallyport::fail(ErrorKind::invalid_argument,
                           "says what the fact is when the policy passes", "pass");
  }
  PolicyRule rule;
  rule.fact = *known;
  if (!pass.empty()) {
    auto value = read_value(fact, pass, "pass");
    if (!value) return tl::unexpected<Error>(std::move(value.error()));
    rule.pass = std::move(*value);
  }
  if (!fail.empty()) {
    auto value = read_value(fact, fail, "fail");
    if (!value) return tl::unexpected<Error>(std::move(value.error()));
    rule.fail = std::move(*value);
  } else if (type == FactType::boolean) {
    rule.fail = rule.pass;
    rule.fail->number = rule.pass->number == 0 ? 1 : 0;
  }
  return rule;
}

}  // namespace sallyport::fleet
