#include "agent/reports.h"

#include <algorithm>
#include <charconv>

#include "base/json.h"
#include "base/text.h"
#include "compliance/report.h"

namespace sallyport::agent {
namespace {

using json::Value;

constexpr std::string_view contact_file = "contact.json";
constexpr mode_t secret = 0600;
constexpr std::size_t text_max = 1024;  // of a fact (compliance/report.h)

std::string name_of(std::uint64_t sequence) {
  auto digits = std::to_string(sequence);
  digits.insert(0, 20 - digits.size(), '0');
  return "spool/" + digits + ".json";
}

// At most text_max bytes, whole characters, none that controls.
std::string plain(std::string_view text) {
  const bool utf8 = is_utf8(text);
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? ' ' : byte >= 0x80 && !utf8 ? '?' : c;
  }
  if (out.size() <= text_max) return out;
  std::size_t end = text_max;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0U) == 0x80U) --end;
  out.resize(end);
  return out;
}

struct FactOf {
  compliance::ReportedFact fact;
  void operator()(bool b) { fact.number = b ? 1 : 0; }
  void operator()(std::int64_t n) { fact.number = n; }
  void operator()(const std::string& text) { fact.text = plain(text); }
  void operator()(const Unreadable& error) {
    fact.state = compliance::FactState::error;
    fact.text = plain(error.why);
  }
};

std::optional<Instant> instant(const Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value == nullptr ? std::nullopt : parse_instant(value->text());
}
std::string text(const Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value == nullptr ? std::string() : std::string(value->text());
}
std::int64_t integer(const Value& object, std::string_view name, std::int64_t otherwise) {
  const auto* value = object.find(name);
  return value == nullptr ? otherwise : value->integer().value_or(otherwise);
}

}  // namespace

Result<Contact> read_contact(const StateFolder& folder) {
  const auto kept = folder.read(contact_file);
  if (!kept) return tl::unexpected<Error>(kept.error());
  Contact contact;
  if (!*kept) return contact;
  const auto document = json::parse(**kept);
  // Nothing in it is worth stopping for: the next answer of the server brings it all back.
  if (!document) return contact;
  const auto& root = document->root();
  contact.sequence =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer(root, "sequence", 0)));
  contact.at = instant(root, "at");
  if (const auto* verdict = root.find("verdict")) contact.verdict = json::write(*verdict);
  contact.next_seconds = integer(root, "nextCheckInSeconds", contact.next_seconds);
  contact.problem = text(root, "problem");
  contact.problem_at = instant(root, "problemAt");
  if (const auto* results = root.find("results")) {
    for (const auto& one : results->items()) {
      contact.results.push_back({text(one, "id"), text(one, "action"), text(one, "state") == "done",
                                 text(one, "detail")});
    }
  }
  return contact;
}

Result<void> write_contact(const StateFolder& folder, const Contact& contact) {
  std::string json;
  json::Writer out(json);
  json::Document verdict;
  out.begin_object();
  out.member("sequence", static_cast<std::int64_t>(contact.sequence));
  if (contact.at) out.member("at", to_string(*contact.at));
  if (!contact.verdict.empty()) {
    if (auto parsed = json::parse(contact.verdict)) {
      verdict = std::move(*parsed);
      out.member("verdict", verdict.root());
    }
  }
  out.member("nextCheckInSeconds", contact.next_seconds);
  if (!contact.problem.empty()) out.member("problem", contact.problem);
  if (contact.problem_at) out.member("problemAt", to_string(*contact.problem_at));
  out.key("results");
  out.begin_array();
  for (const auto& result : contact.results) {
    out.begin_object();
    out.member("id", result.id);
    out.member("action", result.action);
    out.member("state", result.done ? "done" : "failed");
    out.member("detail", result.detail);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return folder.write(contact_file, json);
}

std::string report_json(const Readings& readings, const std::vector<ScriptResult>& scripts,
                        std::uint64_t sequence, Instant now) {
  compliance::Report report;
  report.source = compliance::Source::agent;
  report.reported_at = std::chrono::floor<std::chrono::seconds>(now);
  report.sequence = sequence;
  for (const auto& [name, reading] : readings.facts()) {
    const auto fact = compliance::find_fact(name);
    if (!fact) continue;  // a test sees to it that there is none
    FactOf reported{{.fact = *fact}};
    std::visit(reported, reading);
    report.facts.push_back(std::move(reported.fact));
  }
  std::ranges::sort(report.facts, {}, &compliance::ReportedFact::fact);
  for (const auto& script : scripts) {
    report.scripts.push_back(
        {compliance::ScriptId::of(script.id), script.exit_code, script.output});
  }
  return compliance::to_json(report);
}

Result<std::vector<std::uint64_t>> waiting(const StateFolder& folder) {
  const auto names = folder.list("spool");
  if (!names) return tl::unexpected<Error>(names.error());
  std::vector<std::uint64_t> sequences;
  for (const auto& name : *names) {
    std::uint64_t sequence = 0;
    const auto end = std::from_chars(name.data(), name.data() + name.size(), sequence);
    if (end.ec == std::errc() && name_of(sequence) == "spool/" + name) {
      sequences.push_back(sequence);
    }
  }
  return sequences;
}

Result<std::string> read_report(const StateFolder& folder, std::uint64_t sequence) {
  auto json = folder.read(name_of(sequence));
  if (!json) return tl::unexpected<Error>(json.error());
  if (!*json) return fail(ErrorKind::not_found, "there is no such report", name_of(sequence));
  return std::move(**json);
}

Result<void> add_report(const StateFolder& folder, std::uint64_t sequence, std::string_view json) {
  if (auto written = folder.write(name_of(sequence), json, secret); !written) return written;
  const auto all = waiting(folder);
  if (!all) return tl::unexpected<Error>(all.error());
  for (std::size_t i = 0; i + spool_max < all->size(); ++i) {
    if (auto dropped = drop_report(folder, (*all)[i]); !dropped) return dropped;
  }
  return {};
}

Result<void> drop_report(const StateFolder& folder, std::uint64_t sequence) {
  return folder.remove(name_of(sequence));
}

Result<void> clear_reports(const StateFolder& folder) {
  for (const auto name : {contact_file, refused_file, scripts_file, script_results_file}) {
    if (auto removed = folder.remove(name); !removed) return removed;
  }
  const auto all = waiting(folder);
  if (!all) return tl::unexpected<Error>(all.error());
  for (const auto sequence : *all) {
    if (auto dropped = drop_report(folder, sequence); !dropped) return dropped;
  }
  return {};
}

}  // namespace sallyport::agent
