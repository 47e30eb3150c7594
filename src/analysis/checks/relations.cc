// Relations between policies (spec, analysis checks, section 10). REL-02, 03 and 07 are proofs'.
#include <algorithm>
#include <iterator>
#include <map>

#include "analysis/checks/checks.h"
#include "analysis/checks/normal_form.h"
#include "analysis/checks/overlap.h"
#include "analysis/checks/vocabulary.h"

namespace sallyport {
namespace {

using Entries = std::vector<NormalEntry>;

Entries only_in(const Entries& a, const Entries& b) {
  Entries difference;
  std::ranges::set_difference(a, b, std::back_inserter(difference));
  return difference;
}

std::string words_of(const NormalEntry& entry) {
  return entry.value + " in " + entry.path.substr(entry.path.rfind('/') + 1);
}

// The one value of a condition in which two policies differ: one has it, or it is another. Policies
// that ask for different things are no candidates to be merged.
std::string single_difference(const Entries& a, const Entries& b) {
  const auto left = only_in(a, b);
  const auto right = only_in(b, a);
  const auto& first = left.empty() ? right : left;
  if (first.empty() || !first.front().path.starts_with("conditions/")) return {};
  if (left.size() + right.size() == 1) return words_of(first.front());
  if (left.size() == 1 && right.size() == 1 && left.front().path == right.front().path) {
    return words_of(left.front()) + " instead of " + right.front().value;
  }
  return {};
}

bool asks_for_more(const CheckInput& in, const CheckedPolicy& p, const CheckedPolicy& q) {
  bool more = false;
  for (const auto claim :
       {Claim::mfa, Claim::phishing_resistant, Claim::managed_device, Claim::app_protection}) {
    const bool here = guarantees(in, p, claim);
    const bool there = guarantees(in, q, claim);
    if (there && !here) return false;
    more = more || (here && !there);
  }
  return more;
}

// REL-01: one finding for all that are equal.
void equals(const CheckInput& in, const std::vector<Entries>& forms, FindingList& findings) {
  std::map<Entries, std::vector<const CheckedPolicy*>> groups;
  for (std::size_t i = 0; i < forms.size(); ++i) groups[forms[i]].push_back(&in.policies[i]);
  for (const auto& entry : groups) {
    const auto& group = entry.second;
    if (group.size() < 2 || entry.first.empty()) continue;
    std::vector<std::string> names;
    for (const auto* policy : group) names.push_back(quoted(policy->policy.display_name));
    auto& finding = findings.add("REL-01", *group.front(), "", list_of(names) + " are equal");
    for (std::size_t i = 1; i < group.size(); ++i) finding.policies.push_back(group[i]->named());
  }
}

// REL-05: one finding a policy, with all that nearly equal it and come after it.
void near_equals(const CheckInput& in, const std::vector<Entries>& forms, FindingList& findings) {
  constexpr std::size_t policies_looked_at_max = 2000;  // a tenant has a few hundred at most
  const auto count = std::min(forms.size(), policies_looked_at_max);
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::pair<const CheckedPolicy*, std::string>> near;
    for (std::size_t k = i + 1; k < count; ++k) {
      // Most pairs differ in size by more than one value, and are not looked at.
      const auto larger = std::max(forms[i].size(), forms[k].size());
      if (larger - std::min(forms[i].size(), forms[k].size()) > 1 || larger < 3) continue;
      auto difference = single_difference(forms[i], forms[k]);
      if (!difference.empty()) near.emplace_back(&in.policies[k], std::move(difference));
    }
    if (near.empty()) continue;
    const auto& p = in.policies[i];
    auto& finding = findings.add("REL-05", p, "",
                                 quoted(p.policy.display_name) + " differs from " +
                                     (near.size() == 1 ? std::string("another policy")
                                                       : std::to_string(near.size()) + " others") +
                                     " in a single value");
    for (const auto& [policy, difference] : near) {
      finding.policies.push_back(policy->named());
      if (finding.evidence.size() == 5) continue;
      finding.evidence.push_back(quoted(policy->policy.display_name) + ": " + difference);
    }
  }
}

// REL-06.
void twins(const CheckInput& in, FindingList& findings) {
  for (const auto& p : in.policies) {
    if (!p.report_only()) continue;
    const auto scope = normal_form(p, "conditions");
    for (const auto& q : in.policies) {
      if (!q.on() || scope.empty() || !asks_for_more(in, p, q)) continue;
      if (scope != normal_form(q, "conditions")) continue;
      auto& finding = findings.add("REL-06", p, "/state",
                                   "this has the scope of " + quoted(q.policy.display_name) +
                                       ", asks for more, and is not enforced");
      finding.policies.push_back(q.named());
    }
  }
}

bool asks_app_protection(const CheckedPolicy& p) {
  return requires_control(p, GrantControl::compliant_application) ||
         requires_control(p, GrantControl::approved_application);
}

// REL-04: nothing that joins a domain runs a protected mobile application.
void unmeetable(const CheckInput& in, FindingList& findings) {
  for (const auto& p : in.policies) {
    if (!p.on() || !requires_control(p, GrantControl::domain_joined_device)) continue;
    for (const auto& q : in.policies) {
      if (!q.on() || !asks_app_protection(q)) continue;
      if (&p != &q && !clearly_overlap(p, q)) continue;
      auto& finding = findings.add(
          "REL-04", p, "/grantControls/builtInControls",
          &p == &q ? std::string("this asks for a hybrid joined device and a "
                                 "protected application at once")
                   : "this asks for a hybrid joined device where " + quoted(q.policy.display_name) +
                         " asks for a protected application");
      if (&p != &q) finding.policies.push_back(q.named());
    }
  }
}

void count(const CheckInput& in, FindingList& findings) {
  const auto policies = static_cast<int>(
      std::ranges::count_if(in.policies, [](const CheckedPolicy& p) { return p.prefix.empty(); }));
  const auto limit = in.settings.policies_max;
  if (policies * 5 < limit * 4) return;
  findings.add("REL-09", "there are " + std::to_string(policies) +
                             " policies; a tenant has at most " + std::to_string(limit));
}

}  // namespace

void check_relations(const CheckInput& in, FindingList& findings) {
  std::vector<Entries> forms;
  for (const auto& p : in.policies) forms.push_back(normal_form(p));
  equals(in, forms, findings);
  near_equals(in, forms, findings);
  twins(in, findings);
  unmeetable(in, findings);
  count(in, findings);
}

}  // namespace sallyport
