#include "compliance/compare.h"

#include <algorithm>

#include "base/text.h"
#include "compliance/policy_reader.h"

namespace sallyport::compliance {
namespace {

// Visits the lines of a fact that is a list. False as soon as `visit` says so.
template <class Visit>
bool each_line(std::string_view lines, Visit visit) {
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    if (!visit(lines.substr(0, end))) return false;
    if (end == std::string_view::npos) break;
    lines.remove_prefix(end + 1);
  }
  return true;
}

std::optional<bool> version_meets(const Setting& setting, std::string_view reported) {
  const auto version = parse_version(reported);
  if (!version) return std::nullopt;
  switch (setting.row->test) {
    case SettingTest::version_at_least: return *version >= setting.version;
    case SettingTest::version_at_most: return *version <= setting.version;
    default: break;
  }
  return std::ranges::any_of(setting.ranges,
                             [&](const Range& range) { return within(range, *version); });
}

std::optional<bool> build_meets(const Setting& setting, std::string_view reported) {
  const auto build = parse_apple_build(reported);
  const auto bound = parse_apple_build(setting.text);
  if (!build || !bound) return std::nullopt;
  return setting.row->test == SettingTest::build_at_least ? *build >= *bound : *build <= *bound;
}

// A distribution whose version is not known passes only where no bound asks for it.
std::optional<bool> wsl_meets(const Setting& setting, std::string_view lines) {
  bool readable = true;
  const bool all = each_line(lines, [&](std::string_view line) {
    const auto tab = line.find('\t');
    const auto name = line.substr(0, tab);
    const auto text = tab == std::string_view::npos ? std::string_view{} : line.substr(tab + 1);
    const auto version = parse_version(text);
    bool named = false;
    for (const auto& range : setting.ranges) {
      if (!equal_ignoring_case(range.name, name)) continue;
      named = true;
      const bool bounded = !range.low.empty() || !range.high.empty();
      if (!bounded || (version && within(range, *version))) return true;
    }
    if (!named || version) return false;
    readable = false;
    return true;
  });
  if (!all) return false;
  if (!readable) return std::nullopt;
  return true;
}

std::optional<bool> distro_meets(const Setting& setting, const FactView& fact,
                                 const FactTable& facts) {
  const auto& name = facts[static_cast<std::size_t>(Fact::distribution)];
  if (name.state != FactState::known) return std::nullopt;
  const auto version = setting.row->test == SettingTest::distro_named
                           ? std::optional<Version>(Version{})
                           : parse_version(fact.text);
  if (!version) return std::nullopt;
  const auto* range = deciding_range(setting, name.text, *version);
  if (setting.row->test == SettingTest::distro_named) return range != nullptr;
  // A distribution that is not allowed at all fails by its name only.
  if (range == nullptr) return true;
  if (setting.row->test == SettingTest::distro_minimum) {
    return range->low.empty() || *version >= range->low_version;
  }
  return range->high.empty() || *version <= range->high_version;
}

}  // namespace

bool within(const Range& range, const Version& version) {
  return (range.low.empty() || version >= range.low_version) &&
         (range.high.empty() || version <= range.high_version);
}

const Range* deciding_range(const Setting& setting, std::string_view name, const Version& version) {
  const Range* first = nullptr;
  for (const auto& range : setting.ranges) {
    if (!equal_ignoring_case(range.name, name)) continue;
    if (within(range, version)) return &range;
    if (first == nullptr) first = &range;
  }
  return first;
}

std::optional<bool> meets_by_text(const Setting& setting, const FactView& fact,
                                  const FactTable& facts) {
  switch (setting.row->test) {
    case SettingTest::version_at_least:
    case SettingTest::version_at_most:
    case SettingTest::in_builds: return version_meets(setting, fact.text);
    case SettingTest::build_at_least:
    case SettingTest::build_at_most: return build_meets(setting, fact.text);
    case SettingTest::date_at_least: {
      const auto date = parse_patch_date(fact.text);
      if (!date) return std::nullopt;
      return *date >= setting.date;
    }
    case SettingTest::present: return !fact.text.empty();
    case SettingTest::wsl_allowed: return wsl_meets(setting, fact.text);
    case SettingTest::apps_absent:
      return each_line(fact.text, [&](std::string_view app) {
        return std::ranges::none_of(setting.ranges, [&](const Range& restricted) {
          return equal_ignoring_case(restricted.low, app);
        });
      });
    case SettingTest::distro_named:
    case SettingTest::distro_minimum:
    case SettingTest::distro_maximum: return distro_meets(setting, fact, facts);
    default: break;  // of a number, or of no fact
  }
  return std::nullopt;
}

}  // namespace sallyport::compliance
