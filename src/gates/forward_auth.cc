#include "gates/forward_auth.h"

#include <utility>

#include "gates/answer_page.h"
#include "gates/user_agent.h"

namespace sallyport {
namespace {

// Both families of names that applications read (authorization-apis, section 3).
void add_identity(HttpResponse& response, std::string_view user, const Verdict* verdict) {
  std::string groups;
  if (verdict != nullptr) {
    for (const auto& group : verdict->groups) {
      if (!groups.empty()) groups += ',';
      // A comma in a name must not make two groups of it.
      for (const char c : group) groups += c == ',' ? ' ' : c;
    }
  }
  response.add("Remote-User", user);
  response.add("Remote-Groups", groups);
  response.add("Remote-Name", verdict == nullptr ? std::string_view() : verdict->display_name);
  response.add("Remote-Email", verdict == nullptr ? std::string_view() : verdict->mail);
}

HttpResponse granted(std::string_view user, const Verdict* verdict) {
  HttpResponse response;
  response.add("Cache-Control", "no-store");
  if (verdict != nullptr) response.add("X-Sallyport-Decision", verdict->decision_id);
  add_identity(response, user, verdict);
  return response;
}

HttpResponse refused(const Error& error) {
  auto response = error_response(status_of(error.kind), "forwardAuthRefused", told(error));
  response.add("Cache-Control", "no-store");
  return response;
}

HttpResponse undecided(const Error& error) {
  auto response =
      error_response(503, "serviceUnavailable", "no decision can be made now: " + told(error));
  response.add("Cache-Control", "no-store");
  return response;
}

// Nothing of the answer stays: its headers name who was let in.
void withhold(HttpResponse& response, const Error& why) { response = undecided(why); }

bool is_preflight(const Forwarded& forwarded, const HttpRequest& request) {
  return forwarded.method == "OPTIONS" && request.has_header("Origin") &&
         request.has_header("Access-Control-Request-Method");
}

ShowOptions show_options(const ForwardAuthOptions& options, std::string_view method,
                         const OriginalUrl& url) {
  ShowOptions show;
  show.step_up_url = options.step_up_url;
  show.sign_in_url = options.sign_in_url;
  show.return_to = url.text();
  show.secure = url.scheme == "https" || url.scheme == "wss";
  show.get_or_head = method == "GET" || method == "HEAD";
  return show;
}

ShownAnswer blocked_because(std::string reason) {
  ShownAnswer answer;
  answer.reason = std::move(reason);
  return answer;
}

ShownAnswer denial(const Verdict& verdict, const Forwarded& forwarded) {
  ShownAnswer answer;
  answer.shown = verdict.outcome == Outcome::interrupted ? Shown::challenged : Shown::blocked;
  answer.device_faults = verdict.device_faults;
  answer.reason = answer.device_faults.empty()
                      ? verdict.why().user
                      : "This device does not meet your organisation's rules yet.";
  const auto refused = verdict.device_refused.empty() ? std::string_view(forwarded.device_refused)
                                                      : verdict.device_refused;
  if (!refused.empty())
    answer.reason +=
        " The device certificate you showed does not count: " + std::string(refused) + ".";
  answer.decision_id = verdict.decision_id;
  answer.missing = verdict.why().missing;
  answer.max_age = verdict.why().max_age;
  return answer;
}

}  // namespace

ForwardAuth::ForwardAuth(ForwardAuthOptions options, const Decider& decider)
    : options_(std::move(options)), decider_(decider) {}

HttpResponse ForwardAuth::check(ProxyDialect dialect, const HttpRequest& request,
                                std::string_view original_path, Instant now) const {
  const auto forwarded = read_forwarded(dialect, request, original_path, options_.trust, now);
  const auto answer_with = [&](const ShownAnswer& answer, ShowOptions show_with) {
    show_with.redirect_as_401 = dialect == ProxyDialect::nginx;
    auto response = show(answer, request, show_with);
    // nginx hands this back to answer(), which knows nothing else of the decision. It reads no
    // body, and would close the connection on which one comes.
    if (dialect == ProxyDialect::nginx) {
      response.add("X-Sallyport-Answer", to_header(answer));
      response.body.clear();
    }
    return response;
  };
  if (!forwarded) {
    if (forwarded.error().kind != ErrorKind::denied) return refused(forwarded.error());
    return answer_with(
        blocked_because("This address cannot be opened: " + forwarded.error().message + "."),
        ShowOptions());
  }
  const auto show_with = [&] { return show_options(options_, forwarded->method, forwarded->url); };
  const auto application = options_.applications.find(forwarded->url.host);
  if (application == options_.applications.end())
    return answer_with(blocked_because("No application is set up for `" + forwarded->url.host +
                                       "`. Your administrator can add it."),
                       show_with());
  if (options_.allow_cors_preflight && is_preflight(*forwarded, request))
    return granted({}, nullptr);
  if (forwarded->user.empty()) {
    ShownAnswer answer;
    answer.shown = Shown::signed_out;
    answer.reason = "Please sign in first.";
    return answer_with(answer, show_with());
  }

  SignInRequest attempt;
  attempt.gate = "forward-auth";
  attempt.subject = forwarded->user;
  attempt.resource = application->second;
  attempt.ip_address = forwarded->client;
  if (forwarded->device.is_known()) attempt.device = std::string_view(*forwarded->device);
  if (forwarded->device.is_absent()) attempt.device = Fact<std::string_view>::absent();
  attempt.device_refused = forwarded->device_refused;
  attempt.user_agent = request.header("User-Agent");
  attempt.platform = platform_of_user_agent(attempt.user_agent);
  // What comes through a web proxy is a browser's kind of session, whatever drives it.
  attempt.client_app = ClientApp::browser;
  std::vector<std::string_view> methods;
  if (forwarded->methods.is_known()) {
    methods.assign(forwarded->methods->begin(), forwarded->methods->end());
    attempt.methods = std::span<const std::string_view>(methods);
  }
  attempt.authenticated_at = forwarded->authenticated_at;

  Verdict verdict;
  if (const auto decided = decider_.decide(attempt, verdict, false); !decided)
    return undecided(decided.error());
  auto response = verdict.outcome == Outcome::granted
                      ? granted(verdict.user_name.empty() ? std::string_view(forwarded->user)
                                                          : std::string_view(verdict.user_name),
                                &verdict)
                      : answer_with(denial(verdict, *forwarded), show_with());
  response.ticket = verdict.ticket;
  response.withhold = withhold;
  return response;
}

HttpResponse ForwardAuth::answer(const HttpRequest& request) const {
  if (!is_trusted(request, options_.trust))
    return refused({ErrorKind::invalid_argument, "only a trusted proxy may ask this", {}});
  const auto header = single_header(request, "X-Sallyport-Answer");
  if (!header) return refused(header.error());
  const auto shown = shown_answer_of_header(header->value_or(std::string_view()));
  if (!shown) return refused(shown.error());
  ShowOptions show_with;
  if (const auto url = parse_original_url(request.header("X-Original-URL")))
    show_with = show_options(options_, request.header("X-Original-Method"), *url);
  return show(*shown, request, show_with);
}

}  // namespace sallyport
