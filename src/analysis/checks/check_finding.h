// What a check found: one failure, where it stands, and what to do. Lint and the proofs both report
// these, and everything that prints, accepts or compares findings takes them alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/finding.h"

namespace sallyport {

struct NamedPolicy {
  std::string id;
  std::string name;
  friend auto operator<=>(const NamedPolicy&, const NamedPolicy&) = default;
};

struct CheckFinding {
  std::string id;    // of the check (catalogue.h), or the code of a remark about reading
  std::string rule;  // of the document format that says the same: `V7`, `L-json`; may be empty
  Severity severity = Severity::info;
  std::string title;    // the check's name
  std::string message;  // what is so here: lower case, no final period
  std::string fix;
  // That are involved, or the other document it is about; none: the set as a whole.
  std::vector<NamedPolicy> policies;
  std::string file;  // with line, column and pointer: the value that decided
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string pointer;
  std::string instance;  // tells one from another that fails at the same place: a gap's region
  std::vector<std::string> evidence;  // more lines: what else it rests on, a witness
  std::string assumption;             // `no directory data`; empty: it rests on none
  // Report-only policies (ids) that would make the check pass; the severity is then one lower.
  std::vector<std::string> would_pass_if_enforced;
};

// Names the same failure from run to run, whatever its words and line: check, policies, pointer.
std::string key_of(const CheckFinding& finding);

// By severity, check, policy name, pointer, and then whatever else tells two apart, so that the
// order in which they were found does not matter.
void sort_findings(std::vector<CheckFinding>& findings);

// A remark about reading, as a finding without policy.
CheckFinding as_check_finding(const Finding& finding);

}  // namespace sallyport
