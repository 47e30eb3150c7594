#include "gates/answer_page.h"

#include <algorithm>

#include "base/json.h"
#include "base/json_members.h"
#include "base/text.h"

namespace sallyport {
namespace {

constexpr int step_up_rounds_max = 2;

std::string_view word_of(Shown shown) {
  switch (shown) {
    case Shown::blocked: return "blocked";
    case Shown::challenged: return "challenged";
    case Shown::signed_out: return "signed_out";
  }
  return "blocked";
}

bool accepts_html(const HttpRequest& request) {
  return request.header("Accept").find("text/html") != std::string_view::npos &&
         !request.has_header("X-Requested-With");
}

bool is_websocket(const HttpRequest& request) {
  return equal_ignoring_case(request.header("Upgrade"), "websocket");
}

int rounds_of(const HttpRequest& request) {
  const auto value = cookie(request, step_up_cookie);
  if (value.empty()) return 0;
  return value == "1" ? 1 : step_up_rounds_max;  // anything strange counts as many
}

std::string cookie_text(int rounds, bool secure) {
  std::string text(step_up_cookie);
  text += "=" + std::to_string(rounds) +
          "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + (rounds == 0 ? "0" : "300");
  if (secure) text += "; Secure";
  return text;
}

constexpr std::string_view page_style =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;"
    "color:#222;background:#fff}code{background:#eee;padding:.1em .3em}"
    "li{margin:.6em 0}.found{color:#a40000}"
    ".again{display:inline-block;padding:.5em 1.2em;border-radius:.3em;background:#1a56b0;"
    "color:#fff;text-decoration:none}.again:focus-visible{outline:3px solid #f5a623}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#1a1a1a}"
    "code{background:#333}.found{color:#ff8a80}}";

// What to mend, and a way to look again: the device reports on its own when something has changed.
std::string faults_html(const std::vector<DeviceFault>& faults, bool get_or_head) {
  std::string out = "<h2>What to mend on this device</h2><ul>";
  for (const auto& fault : faults) {
    out += "<li><strong>" + html_escape(fault.name) + "</strong>";
    if (!fault.required.empty()) out += " must be " + html_escape(fault.required) + ", and";
    out += " is <span class=\"found\">" + html_escape(fault.found) + "</span>";
    out += "<br>" + (fault.remedy.empty() ? "Ask your help desk." : html_escape(fault.remedy));
    out += "</li>";
  }
  out += "</ul>";
  // The page stands at the address that was asked for.
  if (get_or_head) out += "<p><a class=\"again\" href=\"\">Check again</a></p>";
  return out;
}

std::string page(std::string_view title, const ShownAnswer& answer, bool get_or_head) {
  std::string out =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>";
  out += html_escape(title);
  out += "</title><style>";
  out += page_style;
  out += "</style></head><body><h1>" + html_escape(title) + "</h1><p>" +
         html_escape(answer.reason) + "</p>";
  if (!answer.device_faults.empty()) out += faults_html(answer.device_faults, get_or_head);
  if (!answer.decision_id.empty())
    out += "<p>If you need help, give your help desk this number: <code>" +
           html_escape(answer.decision_id) + "</code></p>";
  return out + "</body></html>\n";
}

void write_faults(json::Writer& w, const std::vector<DeviceFault>& faults, std::size_t count) {
  w.key("device_faults");
  w.begin_array();
  for (std::size_t i = 0; i < std::min(count, faults.size()); ++i) {
    w.begin_object();
    w.member("name", faults[i].name);
    w.member("required", faults[i].required);
    w.member("found", faults[i].found);
    w.member("remedy", faults[i].remedy);
    w.end_object();
  }
  w.end_array();
}

std::string json_body(std::string_view error, const ShownAnswer& answer) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("error", error);
  w.member("reason_user", answer.reason);
  w.member("decision_id", answer.decision_id);
  if (!answer.missing.empty()) write_texts(w, "missing", answer.missing);
  if (!answer.device_faults.empty()) {
    write_faults(w, answer.device_faults, answer.device_faults.size());
  }
  w.end_object();
  return out;
}

struct Body {
  bool html = false;
  bool get_or_head = true;
};

void set_body(HttpResponse& response, Body body, std::string_view title, std::string_view error,
              const ShownAnswer& answer) {
  if (body.html) {
    response.add("Content-Type", "text/html; charset=utf-8");
    response.add("Content-Security-Policy",
                 "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    response.body = page(title, answer, body.get_or_head);
  } else {
    response.add("Content-Type", "application/json");
    response.body = json_body(error, answer);
  }
}

std::string with_parameters(const std::string& url, const ShownAnswer& answer,
                            const ShowOptions& options) {
  std::string out = url;
  out += url.find('?') == std::string::npos ? '?' : '&';
  out += "rd=" + percent_encode(options.return_to);
  if (!answer.missing.empty()) out += "&acr_values=" + percent_encode(acr_values(answer.missing));
  if (answer.max_age) out += "&max_age=" + std::to_string(*answer.max_age);
  if (!answer.decision_id.empty()) out += "&decision_id=" + percent_encode(answer.decision_id);
  return out;
}

// RFC 9470, section 3. The parameters hold no quotes: names are ours, the reason is cleaned.
std::string challenge_text(const ShownAnswer& answer) {
  if (answer.shown == Shown::signed_out) return "Bearer realm=\"sallyport\"";
  std::string reason;
  for (const char c : answer.reason)
    if (static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f && c != '"' &&
        c != '\\')
      reason += c;
  std::string out =
      "Bearer error=\"insufficient_user_authentication\", error_description=\"" + reason + "\"";
  if (!answer.missing.empty()) out += ", acr_values=\"" + acr_values(answer.missing) + "\"";
  if (answer.max_age) out += ", max_age=\"" + std::to_string(*answer.max_age) + "\"";
  return out;
}

}  // namespace

namespace {

// nginx takes 4 KB of headers by default, and the answer is not the only one.
constexpr std::size_t header_faults_bytes_max = 2000;

std::size_t faults_that_fit(const std::vector<DeviceFault>& faults) {
  std::size_t count = 0;
  for (std::size_t bytes = 0; count < faults.size(); ++count) {
    const auto& fault = faults[count];
    bytes +=
        60 + fault.name.size() + fault.required.size() + fault.found.size() + fault.remedy.size();
    if (bytes > header_faults_bytes_max) break;
  }
  return count;
}

}  // namespace

std::string to_header(const ShownAnswer& answer) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("outcome", word_of(answer.shown));
  w.member("reason", answer.reason);
  w.member("decision_id", answer.decision_id);
  write_texts(w, "missing", answer.missing);
  if (answer.max_age) w.member("max_age", std::int64_t{*answer.max_age});
  if (const auto count = faults_that_fit(answer.device_faults)) {
    write_faults(w, answer.device_faults, count);
  }
  w.end_object();
  return out;
}

Result<ShownAnswer> shown_answer_of_header(std::string_view text) {
  const auto document = json::parse(text);
  if (!document || !document->root().is_object())
    return fail(ErrorKind::invalid_argument, "header `X-Sallyport-Answer` holds no answer");
  const auto& root = document->root();
  const auto member_of = [](const json::Value& object, std::string_view name) {
    const auto* value = object.find(name);
    return value == nullptr ? std::string() : std::string(value->text());
  };
  const auto text_of = [&](std::string_view name) { return member_of(root, name); };
  ShownAnswer answer;
  const auto outcome = text_of("outcome");
  if (outcome == "challenged") answer.shown = Shown::challenged;
  if (outcome == "signed_out") answer.shown = Shown::signed_out;
  answer.reason = text_of("reason");
  answer.decision_id = text_of("decision_id");
  if (const auto* missing = root.find("missing"))
    for (const auto& item : missing->items()) answer.missing.emplace_back(item.text());
  if (const auto* age = root.find("max_age"))
    if (const auto seconds = age->integer(); seconds && *seconds >= 0 && *seconds < 1'000'000'000)
      answer.max_age = static_cast<int>(*seconds);
  if (const auto* faults = root.find("device_faults"))
    for (const auto& item : faults->items())
      answer.device_faults.push_back({member_of(item, "name"), member_of(item, "required"),
                                      member_of(item, "found"), member_of(item, "remedy")});
  return answer;
}

HttpResponse show(const ShownAnswer& answer, const HttpRequest& request,
                  const ShowOptions& options) {
  HttpResponse response;
  response.add("Cache-Control", "no-store");
  response.add("X-Sallyport-Decision", answer.decision_id);
  const bool websocket = is_websocket(request);
  const bool html = accepts_html(request) && !websocket;
  const Body body{html, options.get_or_head};
  if (answer.shown == Shown::blocked) {
    response.status = 403;
    set_body(response, body, "You cannot go in", "blocked", answer);
    return response;
  }
  const auto& url = answer.shown == Shown::challenged ? options.step_up_url : options.sign_in_url;
  if (html && options.get_or_head && !url.empty()) {
    const int rounds = rounds_of(request);
    if (rounds >= step_up_rounds_max) {
      response.status = 403;
      response.add("Set-Cookie", cookie_text(0, options.secure));
      auto tried = answer;
      tried.reason += " We asked you " + std::to_string(step_up_rounds_max) +
                      " times and it did not work; try again later or ask your help desk.";
      set_body(response, body, "You cannot go in yet", "step_up_failed", tried);
      return response;
    }
    response.status = options.redirect_as_401 ? 401 : 302;
    response.add("Location", with_parameters(url, answer, options));
    response.add("Set-Cookie", cookie_text(rounds + 1, options.secure));
    return response;
  }
  response.status = 401;
  response.add("WWW-Authenticate", challenge_text(answer));
  set_body(response, body, answer.shown == Shown::challenged ? "One more step" : "Please sign in",
           answer.shown == Shown::challenged ? "insufficient_user_authentication" : "signed_out",
           answer);
  return response;
}

}  // namespace sallyport
