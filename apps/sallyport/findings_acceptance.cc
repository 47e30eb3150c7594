#include "findings_acceptance.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "console.h"
#include "toml_file.h"

namespace sallyport::cli {
namespace {

std::string day_of(Instant instant) { return to_string(instant).substr(0, 10); }

std::optional<Instant> instant_of(const toml::node& node) {
  if (const auto* date = node.as_date()) {
    const auto& d = date->get();
    const auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    const auto year = std::to_string(d.year);
    return parse_instant(std::string(year.size() < 4 ? 4 - year.size() : 0, '0') + year + '-' +
                         two(d.month) + '-' + two(d.day));
  }
  if (const auto* text = node.as_string()) return parse_instant(text->get());
  return std::nullopt;
}

void read_one(TomlFile& file, const toml::node& node, std::vector<Acceptance>& into) {
  const auto* table = node.as_table();
  if (table == nullptr) {
    file.note(node, "an exception is a table: [[accept]]");
    return;
  }
  Acceptance a;
  bool has_end = false;
  file.read(*table, {{"check", file.text(a.check)},
                     {"policy", file.text(a.policy)},
                     {"pointer", file.text(a.pointer)},
                     {"owner", file.text(a.owner)},
                     {"reason", file.text(a.reason)},
                     {"expires", [&](const toml::node& value) {
                        const auto instant = instant_of(value);
                        has_end = instant.has_value();
                        if (instant) a.expires = *instant;
                        if (!instant) file.note(value, "`expires` must be a date: 2026-12-31");
                      }}});
  if (a.check.empty()) file.note(node, "an exception needs the `check` it is from");
  if (a.owner.empty()) file.note(node, "an exception needs an `owner` who answers for it");
  if (a.reason.empty()) file.note(node, "an exception needs a `reason`");
  if (!has_end && table->get("expires") == nullptr) {
    file.note(node, "an exception needs a day on which it `expires`");
  }
  into.push_back(std::move(a));
}

bool covers(const Acceptance& a, const CheckFinding& finding) {
  if (a.check != finding.id && (finding.rule.empty() || a.check != finding.rule)) return false;
  if (!a.pointer.empty() && a.pointer != finding.pointer) return false;
  if (a.policy.empty()) return finding.policies.empty();
  return std::ranges::any_of(finding.policies, [&](const NamedPolicy& policy) {
    return equal_ignoring_case(policy.id, a.policy) || policy.name == a.policy;
  });
}

bool add_keys(const json::Value& value, std::set<std::string>& keys) {
  const auto* key = value.find("key");
  if (key == nullptr || !key->is_string()) return false;
  keys.emplace(key->text());
  return true;
}

}  // namespace

AcceptanceReading read_acceptances(const std::string& name) {
  AcceptanceReading reading;
  TomlFile file(name);
  if (const auto table = file.parse()) {
    file.read(*table, {{"accept", [&](const toml::node& node) {
                          const auto* list = node.as_array();
                          if (list == nullptr) {
                            file.note(node, "exceptions are tables: [[accept]]");
                            return;
                          }
                          for (const auto& item : *list) {
                            read_one(file, item, reading.acceptances);
                          }
                        }}});
  }
  reading.problems = file.problems();
  return reading;
}

Result<std::set<std::string>> read_baseline(const std::string& file) {
  const auto text = read_input(file);
  if (!text) return tl::unexpected<Error>(text.error());
  std::set<std::string> keys;
  const auto wrong = [&] {
    return fail(ErrorKind::invalid_argument,
                "this is no output of a former run; write one with --format json", file);
  };
  if (const auto document = json::parse(*text); document && document->root().is_array()) {
    for (const auto& item : document->root().items()) {
      if (!add_keys(item, keys)) return wrong();
    }
    return keys;
  }
  std::string_view rest = *text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = trim(rest.substr(0, end));
    rest.remove_prefix(end == rest.size() ? end : end + 1);
    if (line.empty()) continue;
    const auto document = json::parse(line);
    if (!document || !add_keys(document->root(), keys)) return wrong();
  }
  return keys;
}

std::vector<std::string> apply_acceptances(const std::vector<Acceptance>& acceptances, Instant now,
                                           std::vector<ReportedFinding>& findings) {
  std::vector<std::string> unused;
  for (const auto& a : acceptances) {
    bool used = false;
    for (auto& reported : findings) {
      if (!covers(a, reported.finding)) continue;
      used = true;
      const auto who = "by " + a.owner + " until " + day_of(a.expires) + ", " + a.reason;
      // The day itself still counts.
      if (now < a.expires + std::chrono::hours(24)) {
        reported.standing = Standing::accepted;
        reported.remark = who;
      } else {
        reported.finding.evidence.push_back("the exception has expired: accepted " + who);
      }
    }
    if (!used) {
      unused.push_back("the exception from " + a.check +
                       (a.policy.empty() ? std::string() : " for `" + printable(a.policy) + '`') +
                       " covers nothing any more; remove it");
    }
  }
  return unused;
}

void apply_baseline(const std::set<std::string>& keys, std::vector<ReportedFinding>& findings) {
  for (auto& reported : findings) {
    if (reported.standing == Standing::open && keys.contains(key_of(reported.finding))) {
      reported.standing = Standing::known;
    }
  }
}

}  // namespace sallyport::cli
