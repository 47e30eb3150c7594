// The facts of a sign-in as unknowns of a second solver, with what reality says of them. Nothing is
// cut into classes here as src/analysis/proof does: an address is its 128 bits, a device's model a
// text, an age a number of seconds.
#pragma once

#include <z3++.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/proof/draft.h"
#include "policy/tenant.h"

namespace sallyport::proof::testing {

// One of a number of things that somebody names, or another one.
template <class Thing>
class OneOf {
 public:
  OneOf(z3::context& context, const char* name, const std::set<Thing>& named)
      : named_(named.begin(), named.end()), number_(context.int_const(name)) {}
  z3::expr in_bounds() const { return number_ >= 0 && number_ <= static_cast<int>(named_.size()); }
  z3::expr is(const Thing& thing) const {
    for (std::size_t i = 0; i < named_.size(); ++i) {
      if (named_[i] == thing) return number_ == static_cast<int>(i) + 1;
    }
    return number_.ctx().bool_val(false);  // nobody said that this one would be asked for
  }
  z3::expr is_another() const { return number_ == 0; }
  const Thing* found_in(const z3::model& model) const {
    const int n = model.eval(number_, true).get_numeral_int();
    return n == 0 ? nullptr : &named_[static_cast<std::size_t>(n) - 1];
  }

 private:
  std::vector<Thing> named_;
  z3::expr number_;
};

// What policies and questions name.
struct Named {
  std::set<UserId> users;
  std::set<GroupId> groups;
  std::set<RoleId> roles;
  std::set<TenantId> tenants;
  std::set<ApplicationId> applications;
  std::set<std::pair<std::string, std::string>> attributes;  // of applications nobody described
  std::set<ServicePrincipalId> service_principals, agents;
  std::set<Country> countries;
  std::set<DeviceId> devices;
  std::set<DeviceText> device_texts;  // of the others nothing is said
  bool device_name = false;
  std::set<std::string> physical_ids, system_labels;  // lower case
  std::set<std::string> aaguids, issuers, oids;
  std::set<AgreementId> terms;
  std::set<CustomControlId> custom_controls;
};
// Of every policy of the set, and of the suites; all service principals of the directory, too.
Named names_in(const PolicySet& set, const Directory& directory);

struct SecondFacts {
  SecondFacts(z3::context& context, const Named& named, const Tenant& tenant);

  z3::expr boolean(bool b) const { return context.bool_val(b); }
  z3::expr any_of(const std::vector<z3::expr>& list) const;
  z3::expr all_of(const std::vector<z3::expr>& list) const;
  z3::expr in_group(GroupId id) const;
  z3::expr in_role(RoleId id) const;
  z3::expr is_type(UserType t) const { return user_type == static_cast<int>(t); }
  z3::expr external() const {
    return !is_type(UserType::member) && !is_type(UserType::internal_guest);
  }
  z3::expr on(Platform p) const { return platform == static_cast<int>(p); }
  z3::expr through(ClientApp c) const { return client == static_cast<int>(c); }
  z3::expr legacy() const;
  z3::expr uses(MethodModes combination) const;
  z3::expr at(const CidrRange& range) const;
  z3::expr has_text(DeviceText which) const;
  z3::expr text(DeviceText which) const;
  z3::expr compliant() const { return registered && compliance == 2; }
  z3::expr hybrid_joined() const;

  // The sign-in of a model; group and role indexes are those of `with_names`.
  void draft(const z3::model& model, Draft& into) const;
  // With the application it is for, where the model made one up.
  std::shared_ptr<const Directory> directory_of(const z3::model& model) const;

  z3::context& context;
  const Tenant& tenant;
  std::shared_ptr<const Directory> with_names;  // every group and role that is named is in it
  std::vector<ServicePrincipal> principals;     // that a workload may be
  bool applications_made_up = false;

  z3::expr workload, principal;
  OneOf<UserId> user;
  z3::expr user_type, agent_user;
  OneOf<TenantId> home;
  std::map<GroupId, z3::expr> groups;
  std::map<RoleId, z3::expr> roles;
  z3::expr other_group, other_role;
  z3::expr target;  // 0 an application, 1 to 3 a user action, 4 a context
  OneOf<ApplicationId> application;
  std::map<std::pair<std::string, std::string>, z3::expr> attributes;
  z3::expr context_number;
  z3::expr platform, client, flow;  // beyond the last word: none
  z3::expr address;
  z3::expr country_known, gps_known;
  OneOf<Country> country, gps_country;
  z3::expr compliant_network, outage;
  z3::expr sign_in_risk, user_risk, principal_risk, agent_risk, insider_risk;
  z3::expr registered, managed, compliance;  // compliance: 0 nothing, 1 no, 2 yes
  OneOf<DeviceId> device;
  z3::expr named_device, device_name;
  std::vector<z3::expr> texts_known, texts;  // by DeviceText
  std::map<std::string, z3::expr> physical_ids, system_labels;
  z3::expr other_physical_id, other_system_label;
  std::map<MethodModes, z3::expr> methods;
  std::set<DeviceText> texts_asked;
  bool name_asked = false;
  z3::expr mfa_claim;
  OneOf<std::string> key, issuer;
  std::map<std::string, z3::expr> oids;
  z3::expr primary_known, primary_age, secondary_known, secondary_age;  // in seconds
  std::map<AgreementId, z3::expr> terms;
  std::map<CustomControlId, z3::expr> custom_controls;
  z3::expr approved_app, protected_app, token_bound, password_changed, risk_remediated;
  z3::expr trust_mfa, trust_compliant, trust_hybrid;

  z3::expr reality() const;

 private:
  z3::expr people() const;
  z3::expr bare_workload() const;
  void draft_person(const z3::model& model, Draft& into) const;
  void draft_device(const z3::model& model, Draft& into) const;
};

}  // namespace sallyport::proof::testing
