// Threat levels, by way of the partners' connectors (spec, section 7). Internal to compliance/.
#pragma once

#include "compliance/facts.h"
#include "compliance/history.h"
#include "compliance/judge.h"

namespace sallyport::compliance {

// Compliant, non_compliant, error; unknown: nobody can tell; not_applicable: nobody has to.
ComplianceStatus judge_threat(const Setting& setting, const FactView& fact, Platform platform,
                              std::span<const ThreatConnector> connectors, Seconds now);

// When a connector that is heard of now counts as silent; 0: it does already, or never will.
Seconds silent_from(const ThreatConnector& connector, Seconds now);

}  // namespace sallyport::compliance
