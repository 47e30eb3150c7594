#include "status.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace sallyport::agent {
namespace {

using cli::Tone;
using json::Value;

std::string text(const Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value == nullptr ? std::string() : printable(value->text(), 500);
}

std::optional<Instant> instant(const Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value == nullptr ? std::nullopt : parse_instant(value->text());
}

// `2026-11-26 03:00 UTC`
std::string minute(Instant at) {
  auto words = to_string(std::chrono::floor<std::chrono::minutes>(at)).substr(0, 16);
  std::ranges::replace(words, 'T', ' ');
  return words + " UTC";
}

std::string ago(Instant at, Instant now) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(now - at).count();
  if (minutes < 1) return "just now";
  const auto told = [](std::int64_t n, const char* unit) {
    return std::to_string(n) + " " + unit + (n == 1 ? "" : "s") + " ago";
  };
  if (minutes < 120) return told(minutes, "minute");
  if (minutes < 48 * 60) return told(minutes / 60, "hour");
  return told(minutes / (24 * 60), "day");
}

bool is_met(std::string_view state) {
  return state == "compliant" || state == "notApplicable" || state == "remediated";
}

// The lines of the page, of a label and words that wrap beside it.
class Page {
 public:
  explicit Page(const cli::Presentation& presentation) : presentation_(presentation) {}
  void heading(std::string_view words, Tone tone) {
    page_ += cli::toned(words, tone, presentation_.colour) + "\n";
  }
  void line(std::string label, std::string_view words, Tone tone = Tone::plain) {
    constexpr std::size_t label_width = 22;
    const auto width = presentation_.width > 40
                           ? static_cast<std::size_t>(presentation_.width) - label_width - 2
                           : 100;
    for (const auto& part : cli::wrap(words, width)) {
      const auto known = std::min(cli::display_width(label), label_width);
      page_ += "  " + label + std::string(label_width - known, ' ') +
               cli::toned(part, tone, presentation_.colour) + "\n";
      label.clear();
    }
  }
  void blank() { page_ += "\n"; }
  std::string take() { return std::move(page_); }

 private:
  const cli::Presentation& presentation_;
  std::string page_;
};

void unmet_settings(const Value& verdict, Page& page) {
  const auto* policies = verdict.find("policies");
  if (policies == nullptr) return;
  for (const auto& policy : policies->items()) {
    const auto* settings = policy.find("settings");
    if (settings == nullptr) continue;
    for (const auto& setting : settings->items()) {
      if (is_met(text(setting, "state"))) continue;
      const auto reported = text(setting, "reported");
      page.line(text(setting, "name"),
                "must be " + text(setting, "required") + ", is " +
                    (reported.empty() ? "not reported" : reported),
                Tone::caution);
      for (const auto* member : {"errorDescription", "remedy", "moreInfoUrl"}) {
        if (const auto words = text(setting, member); !words.empty()) page.line("", words);
      }
    }
  }
}

struct Headline {
  std::string words;
  Tone tone;
};

Headline headline(const Status& status, const Value& verdict, Instant now) {
  const auto state = text(verdict, "complianceState");
  const auto since = instant(verdict, "since");
  const auto when = since ? ", since " + minute(*since) : std::string();
  if (!status.enrolled) return {"This device is not enrolled", Tone::caution};
  if (state.empty()) return {"Not judged yet", Tone::caution};
  if (const auto until = instant(verdict, "validUntil"); until && *until <= now) {
    return {"Unknown: the last verdict was good until " + minute(*until), Tone::caution};
  }
  if (state == "compliant") return {"Compliant" + when, Tone::good};
  if (state == "inGracePeriod") {
    const auto until = instant(verdict, "graceUntil");
    return {"Not compliant, and let in until " + (until ? minute(*until) : "further notice"),
            Tone::caution};
  }
  if (state == "unknown") return {"Unknown", Tone::caution};
  return {"Not compliant" + when, Tone::bad};
}

json::Document verdict_of(const Status& status) {
  auto document = json::parse(status.contact.verdict);
  return document ? std::move(*document) : json::Document();
}

}  // namespace

Standing standing_of(const Status& status, Instant now) {
  const auto document = verdict_of(status);
  const auto& verdict = document.root();
  const auto state = text(verdict, "complianceState");
  const auto until = instant(verdict, "validUntil");
  if (!status.enrolled || state.empty() || state == "unknown" || (until && *until <= now)) {
    return Standing::unknown;
  }
  return state == "compliant" ? Standing::compliant : Standing::not_compliant;
}

std::string status_text(const Status& status, Instant now, const cli::Presentation& presentation) {
  const auto document = verdict_of(status);
  const auto& verdict = document.root();
  Page page(presentation);
  const auto head = headline(status, verdict, now);
  page.heading(head.words, head.tone);
  if (!status.enrolled) {
    page.line("", "An administrator enrols it: sallyport-agent enrol --server URL --token TOKEN");
    return page.take();
  }
  unmet_settings(verdict, page);
  page.blank();
  const auto& contact = status.contact;
  page.line("Last contact",
            contact.at ? minute(*contact.at) + ", " + ago(*contact.at, now) : "never");
  if (status.waiting > 0) {
    page.line("Waiting", std::to_string(status.waiting) +
                             (status.waiting == 1 ? " report" : " reports") + " to be sent");
  }
  if (!contact.problem.empty()) {
    page.line("Problem",
              printable(contact.problem, 500) +
                  (contact.problem_at ? " (" + ago(*contact.problem_at, now) + ")" : ""),
              Tone::bad);
  }
  return page.take();
}

std::string status_json(const Status& status, Instant now) {
  constexpr std::string_view words[] = {"compliant", "notCompliant", "unknown"};
  const auto document = verdict_of(status);
  std::string json;
  json::Writer out(json);
  const auto instant_or_null = [&](std::string_view name, const std::optional<Instant>& at) {
    out.key(name);
    if (at) {
      out.value(to_string(*at));
    } else {
      out.null();
    }
  };
  out.begin_object();
  out.member("enrolled", status.enrolled);
  out.member("standing", words[static_cast<std::size_t>(standing_of(status, now))]);
  instant_or_null("lastContact", status.contact.at);
  out.member("reportsWaiting", static_cast<std::int64_t>(status.waiting));
  out.member("problem", status.contact.problem);
  instant_or_null("problemAt", status.contact.problem_at);
  out.member("verdict", document.root());
  out.end_object();
  return json + "\n";
}

}  // namespace sallyport::agent
