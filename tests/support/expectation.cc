#include "tests/support/expectation.h"

#include <algorithm>

#include "policy/words.h"
#include "signin/what_if_result.h"

namespace sallyport::test {
namespace {

std::string frequency_text(const SignInFrequency& frequency) {
  if (frequency.every_time) return "every time";
  const auto hours = frequency.every.count();
  return std::to_string(hours) + (hours == 1 ? " hour" : " hours");
}

std::string_view name_of(CloudAppSecurity type) {
  switch (type) {
    case CloudAppSecurity::monitor_only: return "monitorOnly";
    case CloudAppSecurity::mcas_configured: return "mcasConfigured";
    case CloudAppSecurity::block_downloads: return "blockDownloads";
  }
  return "";
}

void write_session(json::Writer& writer, const MergedSession& session) {
  writer.begin_object();
  writer.member("applicationEnforcedRestrictions", session.application_enforced_restrictions);
  if (session.cloud_app_security) {
    writer.member("cloudAppSecurity", name_of(*session.cloud_app_security));
  }
  writer.member("disableResilienceDefaults", session.disable_resilience_defaults);
  if (session.persistent_browser) {
    writer.member("persistentBrowser",
                  *session.persistent_browser == PersistentBrowser::never ? "never" : "always");
  }
  writer.member("secureSignInSession", session.secure_sign_in_session);
  writer.key("signInFrequency");
  writer.begin_object();
  if (session.frequency_primary_and_secondary) {
    writer.member("primaryAndSecondaryAuthentication",
                  frequency_text(*session.frequency_primary_and_secondary));
  }
  if (session.frequency_secondary) {
    writer.member("secondaryAuthentication", frequency_text(*session.frequency_secondary));
  }
  writer.end_object();
  if (session.continuous_access_evaluation) {
    writer.member(
        "continuousAccessEvaluation",
        *session.continuous_access_evaluation == ContinuousAccess::strict ? "strict" : "disabled");
  }
  writer.end_object();
}

void write_verdict(json::Writer& writer, Outcome outcome, int error_code,
                   std::span<const Requirement> missing) {
  writer.member("outcome", sallyport::name_of(outcome));
  writer.member("errorCode", std::int64_t{error_code});
  writer.key("missing");
  writer.begin_array();
  for (const auto& requirement : missing) {
    std::string text(sallyport::name_of(requirement.kind));
    if (!requirement.id.empty()) text += ":" + requirement.id;
    writer.value(text);
  }
  writer.end_array();
}

void write_conditions(json::Writer& writer, const PolicyAnswer& answer) {
  writer.begin_array();
  for (const auto& condition : answer.conditions) {
    writer.value(std::string(sallyport::name_of(condition.condition)) + " " +
                 std::string(sallyport::name_of(condition.match)));
  }
  writer.end_array();
}

void compare(const json::Value& expected, const json::Value& actual, const json::Pointer& where,
             std::vector<std::string>& lines) {
  const auto differ = [&] {
    lines.push_back(where.text() + ": expected " + json::write(expected) + ", was " +
                    json::write(actual));
  };
  if (expected.kind() != actual.kind()) return differ();
  if (expected.is_object()) {
    for (const auto& member : expected.members()) {
      const json::Value* found = actual.find(member.name);
      if (found == nullptr) {
        lines.push_back(where.member(member.name).text() + ": expected " +
                        json::write(member.value) + ", was not there");
      } else {
        const auto inner = where.member(member.name);
        compare(member.value, *found, inner, lines);
      }
    }
  } else if (expected.is_array()) {
    if (expected.items().size() != actual.items().size()) return differ();
    for (std::size_t i = 0; i < expected.items().size(); ++i) {
      const auto inner = where.item(i);
      compare(expected.items()[i], actual.items()[i], inner, lines);
    }
  } else if (!(expected == actual)) {
    differ();
  }
}

}  // namespace

std::string observed(const PolicySet& policies, std::span<const json::Value> documents,
                     const Answer& answer, const SignInInput& input) {
  const SignIn& sign_in = input.sign_in();
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  write_verdict(writer, answer.outcome, answer.error_code, answer.missing);
  const auto each_policy = [&](std::string_view member, auto write) {
    writer.key(member);
    writer.begin_object();
    for (std::size_t i = 0; i < answer.policies.size(); ++i) {
      writer.key(policies.policies[i].display_name);
      write(policies.policies[i], answer.policies[i]);
    }
    writer.end_object();
  };
  each_policy("policies", [&](const Policy&, const PolicyAnswer& policy) {
    writer.value(sallyport::name_of(policy.result));
  });
  each_policy("reasons", [&](const Policy& policy, const PolicyAnswer& policy_answer) {
    writer.value(analysis_reason_of(policy, policy_answer, sign_in.identity, sign_in.target.kind));
  });
  each_policy("conditions",
              [&](const Policy&, const PolicyAnswer& policy) { write_conditions(writer, policy); });
  writer.key("session");
  write_session(writer, answer.session);
  const auto what_if = json::parse(what_if_result(
      policies, answer, documents, sign_in, input.applied_policies_only(), "https://example.org"));
  if (what_if) writer.member("whatIf", *what_if->root().find("value"));
  writer.end_object();
  return out;
}

std::string observed(Outcome outcome, int error_code, std::span<const Requirement> missing) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  write_verdict(writer, outcome, error_code, missing);
  writer.end_object();
  return out;
}

std::vector<std::string> differences(const json::Value& expected, const json::Value& actual) {
  std::vector<std::string> lines;
  compare(expected, actual, json::Pointer{}, lines);
  return lines;
}

json::Value only(const json::Value& expected, std::span<const std::string_view> names,
                 json::Arena& arena) {
  std::vector<json::Member> members;
  for (const auto& member : expected.members()) {
    if (std::find(names.begin(), names.end(), member.name) != names.end()) {
      members.push_back(member);
    }
  }
  return arena.object(members);
}

}  // namespace sallyport::test
