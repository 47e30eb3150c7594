#include "agent/check_in.h"

#include <algorithm>
#include <charconv>

#include "agent/asking.h"
#include "agent/collect.h"
#include "base/json.h"
#include "base/text.h"

namespace sallyport::agent {
namespace {

using json::Value;

constexpr auto patience = std::chrono::seconds(30);
constexpr std::int64_t next_seconds_min = 10;
constexpr std::int64_t next_seconds_max = 7 * 24 * 3600;

std::string text(const Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value == nullptr ? std::string() : std::string(value->text());
}

// {"report": ..., "actions": [...]}; the report is JSON already.
std::string body_of(const std::string& report, const std::vector<ActionResult>& results) {
  std::string body = "{\"report\":" + report + ",\"actions\":";
  json::Writer out(body);
  out.begin_array();
  for (const auto& result : results) {
    out.begin_object();
    out.member("id", result.id);
    out.member("state", result.done ? "done" : "failed");
    out.member("detail", result.detail);
    out.end_object();
  }
  out.end_array();
  return body + "}";
}

std::optional<std::chrono::seconds> retry_after(const OutgoingAnswer& answer) {
  const auto digits = trim(answer.header("Retry-After"));
  std::int64_t seconds = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (digits.empty() || end.ec != std::errc() || seconds < 0) return std::nullopt;
  return std::chrono::seconds(std::min(seconds, next_seconds_max));
}

// In the words of whoever reads `sallyport-agent status`.
Unmet refused(const OutgoingAnswer& answer) {
  const auto words = [&]() -> std::string {
    switch (answer.status) {
      case 401: return "the server does not know this device's certificate; enrol again";
      case 403: return "the server refuses this device: " + words_of(answer);  // why differs
      case 404: return "the server does not know this device; enrol again";
      case 409: return "another certificate claims to be this device; ask your administrator";
      case 429:
      case 503: return "the server is busy";
      default: return "the server answered " + std::to_string(answer.status);
    }
  }();
  const auto kind =
      answer.status >= 401 && answer.status <= 409 ? ErrorKind::denied : ErrorKind::unavailable;
  const bool hopeless = answer.status == 400 || answer.status == 413 || answer.status == 422;
  return Unmet{{kind, words, {}}, retry_after(answer), hopeless};
}

tl::unexpected<Unmet> unmet(Error error) {
  return tl::unexpected<Unmet>(Unmet{std::move(error), std::nullopt});
}

// For `sallyport-agent status`.
void note_problem(const StateFolder& folder, Contact& contact, const Error& error, Instant now) {
  contact.problem = describe(error);
  contact.problem_at = now;
  (void)write_contact(folder, contact);
}

bool wants_to_retire(const Contact& contact) {
  return std::ranges::any_of(
      contact.results, [](const auto& result) { return result.action == "retire" && result.done; });
}

}  // namespace

Result<void> CheckIn::report(Instant now, Instant scripts_since) {
  const auto contact = read_contact(folder_);
  if (!contact) return tl::unexpected<Error>(contact.error());
  const auto spooled = waiting(folder_);
  if (!spooled) return tl::unexpected<Error>(spooled.error());
  const auto scripts = script_results(folder_, scripts_since, now);
  if (!scripts) return tl::unexpected<Error>(scripts.error());
  const auto last = std::max(contact->sequence, spooled->empty() ? 0 : spooled->back());
  const auto sequence = last + 1;
  return add_report(folder_, sequence,
                    report_json(collect_all(root_, now), *scripts, sequence, now));
}

tl::expected<Met, Unmet> CheckIn::send(Enrolment& enrolment, Instant now) {
  auto contact = read_contact(folder_);
  if (!contact) return unmet(contact.error());
  const auto spooled = waiting(folder_);
  if (!spooled) return unmet(spooled.error());
  if (enrolment.wants_renewal(now)) {
    // The old certificate still serves when this fails; the next check-in tries again.
    if (auto renewed = renew(folder_, enrolment)) enrolment = std::move(*renewed);
  }
  auto client = enrolment.client();
  if (!client) {
    note_problem(folder_, *contact, client.error(), now);
    return unmet(client.error());
  }
  Met met;
  std::optional<Unmet> refusal;
  for (const auto sequence : *spooled) {
    auto sent = send_one(**client, enrolment, sequence, *contact, now);
    if (!sent) {
      note_problem(folder_, *contact, sent.error().error, now);
      if (!sent.error().hopeless) return sent;
      if (auto aside = put_aside(sequence); !aside) return unmet(aside.error());
      refusal = std::move(sent.error());
      continue;
    }
    met.again = met.again || sent->again;
    met.retired = sent->retired;
    if (met.retired) break;
  }
  if (refusal) return tl::unexpected<Unmet>(std::move(*refusal));
  return met;
}

Result<void> CheckIn::put_aside(std::uint64_t sequence) {
  const auto report = read_report(folder_, sequence);
  if (!report) return tl::unexpected<Error>(report.error());
  if (auto kept = folder_.write(refused_file, *report, 0600); !kept) return kept;
  return drop_report(folder_, sequence);
}

tl::expected<Met, Unmet> CheckIn::send_one(HttpClient& client, const Enrolment& enrolment,
                                           std::uint64_t sequence, Contact& contact, Instant now) {
  const auto report = read_report(folder_, sequence);
  if (!report) return unmet(report.error());
  auto url = parse_http_url(enrolment.server);
  if (!url) return unmet(url.error());
  if (url->target.ends_with('/')) url->target.pop_back();
  url->target += "/agent/v1/check-in";
  OutgoingRequest request;
  request.url = std::move(*url);
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  request.body = body_of(*report, contact.results);
  request.patience = patience;
  const auto answer = client.send(request);
  if (!answer) return unmet(answer.error());
  const bool retiring = wants_to_retire(contact);
  if (answer->status != 200 && !(retiring && refused(*answer).error.kind == ErrorKind::denied)) {
    return tl::unexpected<Unmet>(refused(*answer));
  }
  if (retiring) {  // the server knows: now the rest can go
    if (auto gone = forget(folder_); !gone) return unmet(gone.error());
    return Met{false, true};
  }
  auto met = take_answer(answer->body, sequence, contact, now);
  if (!met) return unmet(met.error());
  return *met;
}

Result<Met> CheckIn::take_answer(std::string_view body, std::uint64_t sequence, Contact& contact,
                                 Instant now) {
  const auto document = json::parse(body);
  const auto* accepted = document && document->root().is_object()
                             ? document->root().find("acceptedSequence")
                             : nullptr;
  const auto heard = accepted == nullptr ? std::nullopt : accepted->integer();
  if (!heard || *heard < 0) {
    return fail(ErrorKind::unavailable, "the server's answer is not what it should be");
  }
  const auto& root = document->root();
  Met met;
  met.again = static_cast<std::uint64_t>(*heard) > sequence;  // it took ours for an old one
  contact.sequence = std::max(sequence, static_cast<std::uint64_t>(*heard));
  contact.at = now;
  contact.problem.clear();
  contact.problem_at.reset();
  if (const auto* verdict = root.find("verdict"); verdict != nullptr && verdict->is_object()) {
    contact.verdict = json::write(*verdict);
  }
  if (const auto* next = root.find("nextCheckInSeconds")) {
    contact.next_seconds = std::clamp(next->integer().value_or(contact.next_seconds),
                                      next_seconds_min, next_seconds_max);
  }
  contact.results.clear();
  if (const auto* actions = root.find("actions")) {
    for (const auto& one : actions->items()) {
      contact.results.push_back(perform(text(one, "id"), text(one, "action")));
      met.again = true;
    }
  }
  if (const auto* scripts = root.find("discoveryScripts"); scripts && scripts->is_array()) {
    const auto changed = keep_scripts(folder_, *scripts);
    if (!changed) return tl::unexpected<Error>(changed.error());
    met.again = met.again || *changed;
  }
  // First what was heard, then that the report is done with.
  if (auto written = write_contact(folder_, contact); !written) {
    return tl::unexpected<Error>(written.error());
  }
  if (auto dropped = drop_report(folder_, sequence); !dropped) {
    return tl::unexpected<Error>(dropped.error());
  }
  return met;
}

}  // namespace sallyport::agent
