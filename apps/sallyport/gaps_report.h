// What `sallyport gaps` found, for people, for programs and as a page.
#pragma once

#include <string>
#include <vector>

#include "analysis/proof/access_map.h"
#include "analysis/proof/gaps.h"
#include "findings_report.h"
#include "proof_input.h"

namespace sallyport::cli {

struct GapsReport {
  const ProofInput* input = nullptr;
  const proof::Universe* universe = nullptr;
  std::vector<proof::Verdict> verdicts;  // in the order of asking
  FindingsReport findings;               // of the same, for programs; standings set
};

// Findings of a verdict: one a gap; of one that gave up, that it did.
std::vector<CheckFinding> findings_of(const proof::Verdict& verdict, const Tenant& tenant,
                                      const proof::Universe& universe);
// What the proofs rest on, a line each.
std::vector<std::string> assumptions(const ProofInput& input, const proof::Universe& universe);

std::string gaps_for_people(const GapsReport& report, const Presentation& presentation);
// One file, nothing loaded from elsewhere.
std::string gaps_as_html(const GapsReport& report, const proof::AccessMap& map);

}  // namespace sallyport::cli
