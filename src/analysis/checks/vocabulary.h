// The words in which the checks are written: whether a policy is for all users, whether its grant
// guarantees multifactor authentication, and so on. Internal to the checks.
// Source: spec, analysis checks, section 1.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "analysis/checks/input.h"

namespace sallyport {

bool all_users(const CheckedPolicy& p);
bool no_users(const CheckedPolicy& p);
bool all_apps(const CheckedPolicy& p);  // and no application filter
bool any_client(const CheckedPolicy& p);
bool modern_client(const CheckedPolicy& p);
bool any_platform(const CheckedPolicy& p);
bool any_place(const CheckedPolicy& p);
bool no_risk(const CheckedPolicy& p);
bool no_device_condition(const CheckedPolicy& p);
bool plain(const CheckedPolicy& p);
bool blocks(const CheckedPolicy& p);
bool grants(const CheckedPolicy& p, GrantControl control);
bool for_workloads(const CheckedPolicy& p);  // it chooses service principals or agents
bool has_action(const CheckedPolicy& p, UserAction action);
bool includes_app(const CheckedPolicy& p, std::string_view app_id);  // by id, or by its suite
bool excludes_app(const CheckedPolicy& p, std::string_view app_id);
bool includes_role(const CheckedPolicy& p, RoleId role);  // all users, or the role
bool excludes_role(const CheckedPolicy& p, RoleId role);
bool has_guests(const CheckedPolicy& p);
// All platforms but android, iOS, windows, macOS and linux at least.
bool excludes_known_platforms(const CheckedPolicy& p);

enum class Claim : std::uint8_t {
  mfa,
  phishing_resistant,
  managed_device,
  mfa_or_device,
  app_protection,
};
bool strength_is_multifactor(const AuthenticationStrength& strength);
bool strength_is_phishing_resistant(const AuthenticationStrength& strength);
bool guarantees(const CheckInput& in, const CheckedPolicy& p, Claim claim);

// How many requirements the grant lists.
std::size_t alternative_count(const CheckedPolicy& p);
// The only alternative, or one that is always required.
bool requires_control(const CheckedPolicy& p, GrantControl control);

// Everybody and everything a policy excludes among users: ids with the pointer of each.
struct Excluded {
  enum class Kind : std::uint8_t { user, group, role };
  Kind kind;
  Guid id;
  std::string text;
  std::string pointer;
};
std::vector<Excluded> excluded(const CheckedPolicy& p);
GuestTypes excluded_guests(const CheckedPolicy& p);

// What a policy lacks to do something; empty: nothing. What it must have to be about the thing at
// all (it blocks, it is for this flow) is told from what narrows it: only a policy that is merely
// too narrow is worth naming as the nearest.
class Lacks {
 public:
  Lacks& unless(bool holds, std::string_view otherwise) {
    if (!holds) reasons_.emplace_back(otherwise);
    return *this;
  }
  Lacks& must(bool holds, std::string_view otherwise) {
    near_ = near_ && holds;
    return unless(holds, otherwise);
  }
  // Never worth naming as the nearest.
  Lacks& far_if(bool is_far) {
    near_ = near_ && !is_far;
    return *this;
  }
  Lacks& unless_plain(const CheckedPolicy& p);
  Lacks& unless_everywhere(const CheckedPolicy& p);  // all users and all resources
  const std::vector<std::string>& reasons() const { return reasons_; }
  bool near() const { return near_; }

 private:
  bool near_ = true;
  std::vector<std::string> reasons_;
};

// Reports `check` unless some enforced policy lacks nothing, and says nothing of disabled ones. A
// report-only one that lacks nothing is named, and makes the finding milder; else the nearest
// enforced policies say what they lack. Null when all is well.
using LacksOf = std::function<Lacks(const CheckedPolicy&)>;
CheckFinding* expect_some(const CheckInput& in, FindingList& findings, std::string_view check,
                          std::string message, const LacksOf& lacks_of);

// The policies in that state which lack nothing.
std::vector<const CheckedPolicy*> that_do(const CheckInput& in, PolicyState state,
                                          const LacksOf& lacks_of);

// The guest types of all tenants that policies in that state ask for MFA at every resource.
GuestTypes guests_asked_for_mfa(const CheckInput& in, PolicyState state);

// Marks a finding as one that enforcing these policies would end.
void would_pass(const CheckInput& in, CheckFinding& finding,
                const std::vector<const CheckedPolicy*>& policies);

}  // namespace sallyport
