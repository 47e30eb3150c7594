// What the policies make of one sign-in, written for people or for programs.
#pragma once

#include <string>
#include <vector>

#include "policy/tenant.h"
#include "signin/answer.h"
#include "table.h"

namespace sallyport::cli {

struct Report {
  std::string title;  // the sign-in in a line
  std::string where;  // the file it came from; may be empty
  // Under both assumptions: what is not known taken at its worst, and at its best.
  Answer worst;
  Answer best;
  bool definite = true;
  std::vector<std::string> depends_on;  // the unknown facts that matter, in words
  std::vector<std::vector<std::string>> policy_depends_on;  // likewise, policy by policy
  // The cheapest change that would let the sign-in through, a step a line; only when asked for.
  std::vector<std::string> remedy;
};

struct ReportOptions {
  bool every_condition = false;  // also those of policies that do not apply
  bool applied_only = false;
  std::string shortfall;  // of the documents, as Documents has it
};

std::string render(const Report& report, const Tenant& tenant, const Presentation& presentation,
                   const ReportOptions& options);

// Many sign-ins, a row or a line each.
Table summary_table();
void add_to_summary(Table& summary, const Report& report, const Tenant& tenant);

bool certainly_granted(const Report& report);

}  // namespace sallyport::cli
