// The rules of spec 1.5 as a table of functions. Internal to policy/.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "policy/policy_set.h"
#include "policy/validate.h"

namespace sallyport {

// What a rule looks at: the canonical document, for what was written, and its view, for its
// meaning.
struct RuleSubject {
  const json::Value& document;
  const Policy& policy;
  const PolicySet& known;
  Dialect dialect;
  bool is_template;

  const Conditions& conditions() const { return policy.conditions; }
  bool grants(GrantControl control) const {
    return policy.grant_controls && policy.grant_controls->built_in_controls.contains(control);
  }
  // A member by its path below the policy; null when it or a part of the path is absent or null.
  const json::Value* find(std::initializer_list<std::string_view> path) const;
  // How many entries the list there has.
  std::size_t count(std::initializer_list<std::string_view> path) const;
  bool lists(std::initializer_list<std::string_view> path, std::string_view word) const;
  bool is_workload_policy() const;  // chooses service principals or agents
};

class RuleReport {
 public:
  RuleReport(const RuleSubject& subject, std::vector<Violation>& into)
      : subject_(subject), into_(into) {}
  void start(std::string_view rule, std::string_view token, bool is_error) {
    rule_ = rule;
    token_ = token;
    is_error_ = is_error;
  }
  // `pointer` is below the policy: `/conditions/users`.
  void add(std::string_view pointer, std::string message) {
    add(pointer, std::move(message), 1032);
  }
  void add_shape(std::string_view pointer, std::string message) {
    add(pointer, std::move(message), 1007);
  }

 private:
  void add(std::string_view pointer, std::string message, int number);
  const RuleSubject& subject_;
  std::vector<Violation>& into_;
  std::string_view rule_;
  std::string_view token_;
  bool is_error_ = true;
};

enum class Weight : unsigned char {
  error,
  advice,     // legal, but not what its author wants
  api_error,  // an error in the REST API, advice on import
};

struct Rule {
  std::string_view id;
  std::string_view token;
  Weight weight;
  void (*check)(const RuleSubject&, RuleReport&);
};

const std::vector<Rule>& assignment_rules();  // V1 to V5, V20 to V24, limits
const std::vector<Rule>& control_rules();     // V6 to V19

}  // namespace sallyport
