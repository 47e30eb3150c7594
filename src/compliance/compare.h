// One setting against what was reported. Internal to compliance/.
#pragma once

#include <algorithm>
#include <optional>

#include "compliance/facts.h"
#include "compliance/setting.h"

namespace sallyport::compliance {

// Those tests that read a text or a list.
std::optional<bool> meets_by_text(const Setting& setting, const FactView& fact,
                                  const FactTable& facts);

// Nothing: what was reported cannot be read, so nobody can say.
// REQUIRES: the fact is known, and the row's test is one of a single fact.
inline std::optional<bool> meets(const Setting& setting, const FactView& fact,
                                 const FactTable& facts) {
  switch (setting.row->test) {
    case SettingTest::holds: return fact.number != 0;
    case SettingTest::holds_not: return fact.number == 0;
    case SettingTest::at_least: return fact.number >= setting.number;
    case SettingTest::at_most: return fact.number <= setting.number;
    case SettingTest::at_most_not_0:
      return fact.number != 0 && fact.number <= std::max<std::int64_t>(setting.number, 1);
    default: return meets_by_text(setting, fact, facts);
  }
}

// The entry of an allow list that decides about a distribution of this name and version: one that
// holds if there is one, else the first of that name; null when none names it.
const Range* deciding_range(const Setting& setting, std::string_view name, const Version& version);
bool within(const Range& range, const Version& version);

}  // namespace sallyport::compliance
