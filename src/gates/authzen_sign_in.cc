#include "gates/authzen_sign_in.h"

#include "base/text.h"
#include "gates/user_agent.h"

namespace sallyport {
namespace {

constexpr std::size_t methods_max = 32;

tl::unexpected<Error> bad(std::string message) {
  return fail(ErrorKind::invalid_argument, std::move(message));
}

std::string bad_member(std::string_view name, std::string_view text) {
  return "`context." + std::string(name) + "` is `" + printable(text) + "`";
}

Result<void> read_moment(const json::Value& value, SignInRequest& attempt) {
  if (const auto seconds = value.integer(); seconds && *seconds >= 0 && *seconds <= 253402300799) {
    attempt.authenticated_at = Instant(std::chrono::seconds(*seconds));
    return {};
  }
  if (const auto instant = value.is_string() ? parse_instant(value.text()) : std::nullopt) {
    attempt.authenticated_at = *instant;
    return {};
  }
  return bad(bad_member("auth_time", value.text()) +
             ": it must be seconds since 1970 or an RFC 3339 time");
}

struct Methods {
  std::string_view words[methods_max];
  std::size_t size = 0;
  bool push(std::string_view word) {
    if (size == methods_max) return false;
    words[size++] = word;
    return true;
  }
};

Result<void> read_methods(const json::Value& value, Methods& methods, SignInRequest& attempt) {
  bool fits = true;
  if (value.is_array()) {
    for (const auto& item : value.items()) {
      if (!item.is_string()) return bad("`context.amr` must hold strings");
      fits = fits && methods.push(item.text());
    }
  } else if (value.is_string()) {
    std::string_view rest = value.text();
    while (!rest.empty()) {
      const auto end = rest.find(' ');
      if (end != 0) fits = fits && methods.push(rest.substr(0, end));
      rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    }
  } else {
    return bad("`context.amr` must be an array of strings or one string");
  }
  if (!fits) return bad("`context.amr` holds more than " + std::to_string(methods_max) + " words");
  attempt.methods = std::span<const std::string_view>(methods.words, methods.size);
  return {};
}

Result<void> read_context(const json::Value& context, Methods& methods, SignInRequest& attempt) {
  for (const auto& member : context.members()) {
    const auto name = member.name;
    const auto& value = member.value;
    if (value.is_null()) continue;
    if (name == "amr" || name == "auth_time") {
      auto read =
          name == "amr" ? read_methods(value, methods, attempt) : read_moment(value, attempt);
      if (!read) return read;
      continue;
    }
    const bool known = name == "ip" || name == "user_agent" || name == "device_id" ||
                       name == "client_app" || name == "platform";
    if (!known) continue;
    if (!value.is_string()) return bad("`context." + std::string(name) + "` must be a string");
    const auto text = value.text();
    if (name == "ip") {
      const auto address = parse_ip_address(text);
      if (!address) return bad(bad_member(name, text) + ": it must be an IP address");
      attempt.ip_address = *address;
    } else if (name == "user_agent") {
      attempt.user_agent = text;
    } else if (name == "device_id") {
      attempt.device =
          text.empty() ? Fact<std::string_view>::absent() : Fact<std::string_view>(text);
    } else if (name == "client_app") {
      const auto client_app = parse_client_app(text);
      if (!client_app)
        return bad(bad_member(name, text) +
                   ": it must be one of `browser`, "
                   "`mobileAppsAndDesktopClients`, `exchangeActiveSync`, `easSupported`, `other`");
      attempt.client_app = *client_app;
    } else {
      const auto platform = parse_platform(text);
      if (!platform)
        return bad(bad_member(name, text) +
                   ": it must be one of `android`, `iOS`, `windows`, "
                   "`windowsPhone`, `macOS`, `linux`");
      attempt.platform = *platform;
    }
  }
  if (attempt.platform.is_unknown() && !attempt.user_agent.empty())
    attempt.platform = platform_of_user_agent(attempt.user_agent);
  return {};
}

Result<void> read_kinds(const AuthzenEvaluation& question, SignInRequest& attempt) {
  if (question.subject.type == "user") {
    attempt.identity = IdentityKind::user;
  } else if (question.subject.type == "workload") {
    attempt.identity = IdentityKind::service_principal;
  } else {
    return bad("`subject.type` is `" + printable(question.subject.type) +
               "`: it must be `user` or `workload`");
  }
  if (question.resource.type == "app") {
    attempt.target = TargetKind::applications;
  } else if (question.resource.type == "user-action") {
    attempt.target = TargetKind::user_action;
  } else if (question.resource.type == "auth-context") {
    attempt.target = TargetKind::authentication_context;
  } else {
    return bad("`resource.type` is `" + printable(question.resource.type) +
               "`: it must be `app`, `user-action` or `auth-context`");
  }
  return {};
}

void write_list(json::Writer& w, std::string_view name, const std::vector<std::string>& items) {
  if (items.empty()) return;
  w.key(name);
  w.begin_array();
  for (const auto& item : items) w.value(item);
  w.end_array();
}

void write_denial(json::Writer& w, const Verdict& verdict) {
  const auto& why = verdict.why();
  w.member("decision_id", verdict.decision_id);
  w.key("reason_user");
  w.begin_object();
  w.member(verdict.outcome == Outcome::blocked ? "403" : "401", why.user);
  w.end_object();
  w.key("reason_admin");
  w.begin_object();
  w.member(verdict.outcome == Outcome::blocked ? "403" : "401", why.admin);
  w.end_object();
  if (verdict.error_code != 0) w.member("error_code", std::int64_t{verdict.error_code});
  write_list(w, "policy_ids", why.policies);
  write_list(w, "missing", why.missing);
  if (verdict.outcome != Outcome::interrupted) return;
  const auto acr = acr_values(why.missing);
  w.member("acr_values", acr);
  if (why.max_age) w.member("max_age", std::int64_t{*why.max_age});
  w.key("obligations");
  w.begin_array();
  for (const auto& missing : why.missing) {
    w.begin_object();
    w.member("id", "step-up:" + missing);
    w.member("type", "step-up");
    w.key("properties");
    w.begin_object();
    w.member("acr_value", acr_values(std::span(&missing, 1)));
    w.end_object();
    w.end_object();
  }
  w.end_array();
}

void write_reasons(std::string& out, const Verdict& verdict) {
  json::Writer w(out);
  w.begin_object();
  if (verdict.outcome != Outcome::granted) write_denial(w, verdict);
  write_list(w, "report_only", verdict.why().report_only);
  w.end_object();
}

}  // namespace

void AuthzenSignIn::expect(const AuthzenEvaluation& question) const {
  SignInRequest attempt;
  attempt.subject = question.subject.id;
  const auto* device = question.context == nullptr ? nullptr : question.context->find("device_id");
  if (device != nullptr && device->is_string()) attempt.device = device->text();
  decider_.expect(attempt);
}

Result<void> AuthzenSignIn::evaluate(const AuthzenEvaluation& question, AuthzenDecision& out,
                                     bool in_batch) const {
  SignInRequest attempt;
  Methods methods;
  attempt.gate = "authzen";
  if (auto read = read_kinds(question, attempt); !read) return read;
  attempt.subject = question.subject.id;
  attempt.resource = question.resource.id;
  if (question.context != nullptr)
    if (auto read = read_context(*question.context, methods, attempt); !read) return read;
  // Its strings keep their memory from one item of a batch to the next.
  static thread_local Verdict verdict;
  verdict.clear();
  if (auto decided = decider_.decide(attempt, verdict, in_batch); !decided) return decided;
  out.ticket = verdict.ticket;
  out.decision = verdict.outcome == Outcome::granted;
  if (out.decision && verdict.why().report_only.empty()) return {};
  if (out.decision || in_batch) {
    write_reasons(out.context, verdict);
    return {};
  }
  auto told = told_before_.find(verdict.decision_id);
  if (!told) {
    std::string text;
    write_reasons(text, verdict);
    told = told_before_.keep(verdict.decision_id, std::move(text));
  }
  out.context = *told;
  return {};
}

}  // namespace sallyport
