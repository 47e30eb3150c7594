// Everything there is to say about a set of documents by looking at them: what could not be read,
// what was not understood, rules that policies break, and every check of the catalogue that is
// decided by shape.
//
// Ids: `L-...` from reading, `V1` to `V24` for rules of the format (spec, section 1.5) that no
// check repeats, else the check's (checks/catalogue.h) with the rule beside it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/checks/run.h"

namespace sallyport {

// As load(), but keeps what only the documents of groups tell, for CheckRun::groups.
LoadResult load_for_lint(std::span<const std::string> paths, std::vector<GroupFacts>& groups);

// In order (sort_findings), whatever the order of the files.
std::vector<CheckFinding> lint(const LoadResult& loaded, const CheckRun& run = {});

}  // namespace sallyport
