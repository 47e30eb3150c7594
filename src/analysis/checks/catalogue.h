// Everything there is to check about a set of policies, as a table: what each check is called, how
// bad it is, what must hold, why, and what to do when it does not.
//
// The ids are those of the fact sheet on analysis checks (`COV-01` ... `MAM-07`). Who finds a
// failure by the shape of documents (`lint`) and who proves one by evaluating them (`gaps` and its
// siblings) report it under the same row. Source: spec, analysis checks. Threads: free.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/finding.h"

namespace sallyport {

enum class Decided : std::uint8_t {
  by_shape,          // by looking at the documents, policy by policy or side by side
  by_effect,         // by evaluating all there is: a proof's business
  by_missing_input,  // by facts that nobody gives us yet: `needs` says which
};

struct Check {
  std::string_view id;
  Severity severity;  // by default: a finding may be milder, and says why
  Decided decided;
  std::string_view needs;  // input without which the check says nothing; empty: policies suffice
  std::string_view name;
  std::string_view rule;  // what holds where all is well
  std::string_view why;
  std::string_view fix;
};

// In the order of the sheet.
const std::vector<Check>& check_catalogue();
// Null for an id that is none. Letter case counts.
const Check* find_check(std::string_view id);

}  // namespace sallyport
