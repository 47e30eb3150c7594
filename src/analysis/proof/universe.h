// Every sign-in that some policy sets can tell apart, as a finite space with the constraints that
// reality puts on it.
//
// With a directory the people are its users, by class, and strangers who need no object in it;
// without one, any combination of the groups and roles that the policies name. What cannot be
// modelled exactly is named in notes(), never passed over.
// Source: docs/semantics.md. Threads: belongs to its Solver's thread. Cost: linear in what the
// policies name, plus one pass over the users.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/proof/device_words.h"
#include "analysis/proof/dimension.h"
#include "analysis/proof/solver.h"
#include "device/filter_node.h"
#include "policy/tenant.h"

namespace sallyport::proof {

// Things to tell apart although no policy names them: those of the questions to be asked.
struct Interests {
  std::vector<UserId> users;
  std::vector<GroupId> groups;
  std::vector<RoleId> roles;
  std::vector<ApplicationId> applications;
  std::vector<std::uint8_t> authentication_contexts;
  std::vector<Country> countries;
  std::vector<CidrRange> addresses;
  std::vector<StrengthId> strengths;
  std::vector<LocationId> locations;
  bool trusted_locations = false;  // all of them
  bool admin_portals = false;
  bool office365 = false;
  bool agents = false;  // tell agents' user accounts apart
  bool any_group = false;  // whether somebody is in a group that nothing names
  bool any_role = false;
  std::vector<TenantId> tenants;
  std::vector<std::pair<ServicePrincipalId, bool>> service_principals;  // and whether it is an agent
  std::vector<DeviceValue> device_values;
  bool hidden_risk = false;
};

// Real users whom no question tells apart.
struct PeopleClass {
  std::vector<std::pair<DimensionIndex, ChoiceIndex>> choices;  // that are not 0
  std::size_t count = 0;
  std::vector<UserId> examples;  // a few, in order
};

class Universe {
 public:
  // All the sets share the tenant's directory. REQUIRES: `solver` outlives it.
  Universe(Solver& solver, std::span<const PolicySet* const> sets, const Tenant& tenant,
           const Interests& interests = {});

  const std::vector<Dimension>& dimensions() const { return dimensions_; }
  const Bdd& reality() const { return reality_; }
  // Reality, law by law, but for the codes that stand for no choice.
  const std::vector<Bdd>& laws() const { return laws_; }
  const std::vector<std::string>& notes() const { return notes_; }
  // Every group and role that is named has an entry in it, so that it can be held.
  const std::shared_ptr<const Directory>& directory() const { return directory_; }
  const Tenant& tenant() const { return tenant_; }
  bool has_people() const { return has_people_; }
  const std::vector<PeopleClass>& people() const { return people_; }

  std::optional<DimensionIndex> find(Question question) const;
  std::vector<DimensionIndex> all(Question question) const;
  std::optional<DimensionIndex> group(GroupId id) const;
  std::optional<DimensionIndex> role(RoleId id) const;
  std::optional<DimensionIndex> attribute(const FilterComparison& asked) const;  // of the device
  DimensionIndex compliance() const;  // of the device
  DimensionIndex trust_type() const;
  std::optional<DimensionIndex> terms(AgreementId id) const;
  std::optional<DimensionIndex> custom_control(CustomControlId id) const;
  std::optional<DimensionIndex> method(MethodModes one) const;

  Bdd is(DimensionIndex dimension, ChoiceIndex choice) const { return is_[dimension][choice]; }
  Bdd is_plain(Question question) const;  // of each dimension that asks it
  // Where the test says yes, asked about every combination of these dimensions.
  template <class Test>
  Bdd where(std::span<const DimensionIndex> dimensions, Test test) const;
  template <class Test>
  Bdd where(std::initializer_list<Question> questions, Test test) const;
  Bdd variables_of(DimensionIndex dimension) const { return variables_[dimension]; }
  // Which dimensions a set asks about.
  std::vector<bool> asked_by(const Bdd& set) const;
  DimensionIndex dimension_of(int variable) const {
    return of_variable_[static_cast<std::size_t>(variable)];
  }
  // Whether the set holds it; quicker than by point_set().
  bool holds(const Bdd& set, const Point& point) const;
  // A sign-in by its choices.
  void draft(const Point& point, Draft& into) const;
  Bdd point_set(const Point& point) const;
  Bdd box_set(const Box& box) const;

 private:
  friend class UniverseBuilder;
  Bdd where_product(std::span<const DimensionIndex> dimensions, std::vector<ChoiceIndex>& chosen,
                    const std::function<bool(const SignIn&)>& test) const;

  std::vector<Dimension> dimensions_;
  std::vector<std::vector<Bdd>> is_;
  std::vector<Bdd> variables_;
  std::vector<DimensionIndex> of_variable_;
  std::map<std::string, DimensionIndex> by_key_;
  Bdd reality_;
  std::vector<Bdd> laws_;
  std::vector<std::string> notes_;
  const Tenant& tenant_;
  std::shared_ptr<const Directory> directory_;
  bool has_people_ = false;
  std::vector<PeopleClass> people_;
  std::vector<std::shared_ptr<const ServicePrincipal>> made_up_;
  std::set<std::string> texts_;  // what drafts only view
};

template <class Test>
Bdd Universe::where(std::span<const DimensionIndex> dimensions, Test test) const {
  std::vector<ChoiceIndex> chosen;
  return where_product(dimensions, chosen, test);
}

template <class Test>
Bdd Universe::where(std::initializer_list<Question> questions, Test test) const {
  std::vector<DimensionIndex> list;
  for (const Question question : questions) {
    if (const auto found = find(question)) list.push_back(*found);
  }
  return where(std::span<const DimensionIndex>(list), test);
}

}  // namespace sallyport::proof
