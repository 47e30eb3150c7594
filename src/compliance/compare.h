// One setting against what was reported. Internal to compliance/.
#pragma once

#include "compliance/facts.h"
#include "compliance/setting.h"

namespace sallyport::compliance {

// Nothing: what was reported cannot be read, so nobody can say.
// REQUIRES: the fact is known, and the row's test is one of a single fact.
std::optional<bool> meets(const Setting& setting, const FactView& fact, const FactTable& facts);

// The entry of an allow list that decides about a distribution of this name and version: one that
// holds if there is one, else the first of that name; null when none names it.
const Range* deciding_range(const Setting& setting, std::string_view name, const Version& version);
bool within(const Range& range, const Version& version);

}  // namespace sallyport::compliance
