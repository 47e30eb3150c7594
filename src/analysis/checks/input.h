// What the checks look at: the policies with their documents, and what lies beside them. Internal
// to the checks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/checks/check_finding.h"
#include "analysis/checks/run.h"
#include "analysis/checks/settings.h"
#include "base/instant.h"
#include "base/json.h"
#include "policy/tenant.h"

namespace sallyport {

// A document with the text it was read from.
struct CheckedDocument {
  const SourceDocument* source = nullptr;
  json::Document document;

  // Follows `/conditions/users`, ignoring letter case; null where it is absent or null.
  const json::Value* find(std::string_view pointer) const;
};

struct CheckedPolicy : CheckedDocument {
  Policy policy;
  std::string prefix;                                // `/details` of a template
  const AuthenticationStrength* strength = nullptr;  // the one it asks for, where it is known
  std::vector<std::string> unreadable_filters;       // pointers, as reading said

  bool on() const { return policy.state == PolicyState::enabled; }
  bool report_only() const { return policy.state == PolicyState::report_only; }
  bool off() const { return policy.state == PolicyState::disabled; }

  // Below the policy.
  const json::Value* at(std::string_view pointer) const {
    return find(prefix + std::string(pointer));
  }
  // Texts of a list there, none when there is no such list.
  std::vector<std::string_view> texts(std::string_view pointer) const;
  NamedPolicy named() const { return {policy.id_text, policy.display_name}; }
};

struct CheckInput {
  const Tenant& tenant;
  const CheckSettings& settings;
  Instant now;
  std::vector<CheckedPolicy> policies;     // by name and id: the order of files does not matter
  std::vector<CheckedDocument> locations;  // named locations' documents
  std::vector<CheckedDocument> strengths;
  std::vector<CheckedDocument> others;  // device compliance, app protection, ...
  const std::vector<GroupFacts>& groups;

  const NamedLocation* find_location(LocationId id) const;
  // An id with its name, for messages: `Break glass` or the id itself.
  std::string label(std::string_view id) const;
  std::string label(const Guid& id) const;
};

// Findings as they come; run_checks puts them in order.
class FindingList {
 public:
  explicit FindingList(std::vector<CheckFinding>& into) : into_(into) {}

  // About the whole set.
  CheckFinding& add(std::string_view check, std::string message);
  // About a value of a policy: the pointer is below the policy.
  CheckFinding& add(std::string_view check, const CheckedPolicy& policy, std::string_view pointer,
                    std::string message);
  // About a value of another document.
  CheckFinding& add(std::string_view check, const CheckedDocument& document,
                    std::string_view pointer, std::string message);

 private:
  std::vector<CheckFinding>& into_;
};

// One lower, but for what is lowest.
Severity milder(Severity severity);

std::string quoted(std::string_view text);  // `text`, control characters made visible
// "`a`, `b` and 3 more"
std::string list_of(const std::vector<std::string>& texts, std::size_t shown_max = 5);

}  // namespace sallyport
