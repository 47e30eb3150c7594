// Members of a policy with a type of its own, each by its row of the table.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/base64.h"
#include "compliance/policy_reader.h"

namespace sallyport::compliance {
namespace {

using json::Pointer;
using json::Value;

constexpr std::size_t ranges_max = 10000;
constexpr std::size_t apps_max = 100;
constexpr std::uint32_t build_part_max = 65535;
constexpr std::int64_t ios_expiration_days_max = 730;

class SettingReader {
 public:
  SettingReader(const SettingRow& row, const Value& value, const Pointer& at, PolicyReader& reader)
      : row_(row), value_(value), at_(at), reader_(reader) {}

  void read() {
    switch (row_.type) {
      case SettingType::boolean: return boolean();
      case SettingType::integer: return integer();
      case SettingType::word: return word();
      case SettingType::version:
      case SettingType::build:
      case SettingType::date: return text();
      case SettingType::builds: return ranges("lowestVersion", "highestVersion", "description");
      case SettingType::wsl: return ranges("minimumOSVersion", "maximumOSVersion", "distribution");
      case SettingType::apps: return apps();
      case SettingType::script: return script();
      case SettingType::opaque: return opaque();
      case SettingType::distros: return;  // of the settings catalogue only
    }
  }

 private:
  // Of the wrong kind, which the schema has reported.
  void wrong_kind() { reader_.add_not_understood(row_.member); }
  void not_understood(std::string message) {
    reader_.error("C-value", std::move(message), at_, value_);
    reader_.add_not_understood(row_.member);
  }
  Setting& add() { return reader_.add(row_, row_.member); }

  void boolean() {
    if (!value_.is_boolean()) return wrong_kind();
    if (value_.truth()) add().number = row_.bound;
  }

  void integer() {
    const auto number = value_.integer();
    if (!number) return wrong_kind();
    // Exports hold 0 where nothing was entered.
    if (*number == 0 && row_.least > 0 && !reader_.strict()) return;
    if (*number < row_.least || *number > row_.most) {
      return not_understood(quoted(row_.member) + " must be from " + std::to_string(row_.least) +
                            " to " + std::to_string(row_.most) + ", not " + quoted(value_.text()));
    }
    if (*number == 0 && row_.test == SettingTest::at_least) return;
    add().number = row_.member == "passcodeExpirationDays"
                       ? std::min(*number, ios_expiration_days_max)
                       : *number;
  }

  void word() {
    if (!value_.is_string()) return wrong_kind();
    const auto written = trim(value_.text());
    if (asks_for_nothing(written)) return;
    const auto& scale = row_of(row_.fact).scale;
    const bool known = std::ranges::any_of(
        row_.words, [&](std::string_view one) { return equal_ignoring_case(one, written); });
    auto rank = rank_of(scale, written);
    if (!rank && row_.bound > 1) rank = static_cast<std::int32_t>(row_.bound);
    if (!known || !rank) return wrong_kind();
    if (*rank == 0 && row_.test == SettingTest::at_least) return;  // `anywhere`
    auto& setting = add();
    setting.number = *rank;
    setting.text = written;
  }

  void text() {
    if (!value_.is_string()) return wrong_kind();
    const auto written = trim(value_.text());
    if (written.empty()) return;
    const auto version = parse_version(written);
    const auto date = parse_patch_date(written);
    const bool good = row_.type == SettingType::version ? version.has_value()
                      : row_.type == SettingType::build ? parse_apple_build(written).has_value()
                                                        : date.has_value();
    if (!good) {
      return not_understood(quoted(written) +
                            (row_.type == SettingType::version
                                 ? " is no version; write numbers with dots between them"
                             : row_.type == SettingType::build
                                 ? " is no build such as `20E772520a`"
                                 : " is no date such as `2025-02-01`"));
    }
    auto& setting = add();
    setting.text = written;
    if (version) setting.version = *version;
    if (date) setting.date = *date;
  }

  // A bound of a range: empty when there is none. False when it is no version.
  bool bound(const Value& item, std::string_view name, const Pointer& at, std::string& text,
             Version& version) {
    const auto* found = set_in(item, name);
    if (found == nullptr || trim(found->text()).empty())
      return found == nullptr || found->is_string();
    text = trim(found->text());
    const auto parsed = parse_version(text);
    if (!parsed) {
      reader_.error("C-value", quoted(text) + " is no version, so this range holds for nothing",
                    at.member(name), *found);
      return false;
    }
    version = *parsed;
    if (row_.type == SettingType::builds &&
        std::ranges::any_of(version.parts, [](auto part) { return part > build_part_max; })) {
      reader_.error("C-value", "no number of a build is greater than 65535", at.member(name),
                    *found);
      return false;
    }
    return true;
  }

  void ranges(std::string_view low, std::string_view high, std::string_view name) {
    if (!value_.is_array()) return wrong_kind();
    if (value_.items().empty()) return;
    if (value_.items().size() > ranges_max) {
      return not_understood(quoted(row_.member) + " has more than 10000 entries");
    }
    auto& setting = add();
    for (std::size_t i = 0; i < value_.items().size(); ++i) {
      const auto& item = value_.items()[i];
      const auto at = at_.item(i);
      Range range;
      range.name = trim(text_in(item, name));
      bool good = item.is_object();
      good = bound(item, low, at, range.low, range.low_version) && good;
      good = bound(item, high, at, range.high, range.high_version) && good;
      const bool needs_bounds = row_.type == SettingType::builds;
      if (good && (needs_bounds ? range.low.empty() || range.high.empty() : range.name.empty())) {
        reader_.error("C-value",
                      needs_bounds ? "a range needs its lowest and its highest version"
                                   : "an entry needs the name of a distribution",
                      at, item);
        good = false;
      }
      if (good) setting.ranges.push_back(std::move(range));
    }
  }

  void apps() {
    if (!value_.is_array()) return wrong_kind();
    if (value_.items().empty()) return;
    if (value_.items().size() > apps_max) {
      return not_understood(quoted(row_.member) + " has more than 100 apps");
    }
    std::vector<Range> apps;
    for (std::size_t i = 0; i < value_.items().size(); ++i) {
      const auto& item = value_.items()[i];
      const auto id = trim(text_in(item, "appId"));
      if (id.empty()) {
        reader_.error("C-value", "an app needs its `appId`", at_.item(i), item);
        return reader_.add_not_understood(row_.member);
      }
      apps.push_back({std::string(text_in(item, "name")), std::string(id), {}, {}, {}});
    }
    add().ranges = std::move(apps);
  }

  void script() {
    if (!value_.is_object()) return wrong_kind();
    const auto* id = set_in(value_, "deviceComplianceScriptId");
    const auto* content = set_in(value_, "rulesContent");
    if (id == nullptr && content == nullptr) return;
    const auto at = at_.member("rulesContent");
    if (id == nullptr || content == nullptr || id->text().empty()) {
      return not_understood("custom compliance needs a script and its rules");
    }
    read_script_rules(content->text(), ScriptId::of(id->text()), row_.member, at, *content,
                      reader_);
  }

  void opaque() {
    if (value_.is_string() && value_.text().empty()) return;
    reader_.warn("C-not-judged",
                 quoted(row_.member) + " is not judged here, so no device meets it; remove it", at_,
                 value_);
    add().text = value_.text();
  }

  const SettingRow& row_;
  const Value& value_;
  const Pointer& at_;
  PolicyReader& reader_;
};

}  // namespace

std::optional<Instant> parse_patch_date(std::string_view text) {
  if (const auto date = parse_instant(text)) return date;
  // `February 1, 2025`
  constexpr std::array<std::string_view, 12> months = {
      "january", "february", "march",     "april",   "may",      "june",
      "july",    "august",   "september", "october", "november", "december"};
  const auto blank = text.find(' ');
  const auto comma = text.find(',');
  if (blank == std::string_view::npos || comma == std::string_view::npos || comma < blank) {
    return std::nullopt;
  }
  const auto month = std::ranges::find(months, to_lower(text.substr(0, blank)));
  const auto day = trim(text.substr(blank, comma - blank));
  const auto year = trim(text.substr(comma + 1));
  if (month == months.end() || day.empty() || day.size() > 2 || year.size() != 4) {
    return std::nullopt;
  }
  const auto number = std::to_string(month - months.begin() + 1);
  return parse_instant(std::string(year) + (number.size() == 1 ? "-0" : "-") + number +
                       (day.size() == 1 ? "-0" : "-") + std::string(day));
}

void read_script_rules(std::string_view content, ScriptId script, std::string_view member,
                       const Pointer& at, const Value& value, PolicyReader& reader) {
  std::string file(content);
  if (!trim(content).starts_with('{')) file = decode_base64(content).value_or("");
  auto reading = read_custom_rules(file);
  for (const auto& error : reading.errors) {
    reader.error("C-" + std::string(error.code),
                 "rules of custom compliance: " + error.message +
                     (error.pointer.empty() ? "" : " (at " + error.pointer + " of the rules)"),
                 at, value);
  }
  if (!reading.errors.empty()) return reader.add_not_understood(member);
  for (auto& rule : reading.rules) {
    auto& setting = reader.add(custom_rule_row, member, rule.setting_name);
    setting.script = script;
    setting.text = rule.operand;
    setting.rule = std::make_shared<const CustomRule>(std::move(rule));
  }
}

void read_typed_settings(const Value& document, PolicyReader& reader) {
  const Pointer root;
  const auto type = reader.policy().type;
  for (const auto& member : document.members()) {
    const auto* row = find_setting(type, member.name);
    if (row == nullptr || member.value.is_null()) continue;
    if (!row->gate.empty()) {
      const auto* gate = set_in(document, row->gate);
      if (gate == nullptr || (gate->is_boolean() && !gate->truth())) continue;
    }
    const auto at = root.member(member.name);
    const auto before = reader.policy().settings.size();
    SettingReader(*row, member.value, at, reader).read();
    if (reader.policy().settings.size() != before) reader.count_edition(member.name, member.value);
  }
}

}  // namespace sallyport::compliance
