// Makes a Universe, dimension by dimension. Internal to proof/; a file each for who, what, where,
// the device and the proofs. Variables are numbered in the order of adding: questions of few
// answers first, the many about groups last, which keeps the diagrams small.
#pragma once

#include <set>

#include "analysis/proof/universe.h"
#include "engine/facts.h"

namespace sallyport::proof {

class UniverseBuilder {
 public:
  UniverseBuilder(Universe& universe, Solver& solver, std::span<const PolicySet* const> sets,
                  const Interests& interests)
      : u_(universe), solver_(solver), sets_(sets), interests_(interests) {}
  void build();

 private:
  using Candidate = std::pair<Choice, std::vector<int>>;  // and what tells it apart

  DimensionIndex add(Question question, const std::string& key, std::string subject,
                     std::vector<Choice> choices, unsigned weight = 2);
  DimensionIndex add_yes_no(Question question, const std::string& key, std::string subject,
                            std::string no, std::string yes, std::function<void(Draft&)> put,
                            unsigned weight = 2);
  // Candidates of one signature are one choice, named for all of them.
  static std::vector<Choice> merge(std::vector<Candidate> candidates);

  void prepare_directory();
  void add_identity();
  void add_service_principals();
  void add_targets();
  void make_up_applications(std::vector<Candidate>& candidates);
  void add_clients();
  void add_risks();
  void add_places();
  void add_addresses(const std::vector<std::span<const CidrRange>>& ranges,
                     const std::vector<std::string>& names);
  void add_countries(Question question, bool by_gps);
  void add_device();
  void add_device_attribute(const std::string& key, const FilterComparison& what,
                            const std::vector<const FilterNode*>& asked);
  void add_proofs();
  void add_methods();
  void add_ages();
  void add_people_dimensions();
  void constrain();
  void require(const Bdd& law);
  void constrain_people();
  using ClassKey = std::vector<std::pair<DimensionIndex, ChoiceIndex>>;
  void classify_people();
  void constrain_to(std::map<ClassKey, PeopleClass>& classes);

  void name_variables();
  std::string name_of_id(const Guid& guid) const;
  std::string name_of_id(const Guid& guid, std::string_view kind) const;
  // What every policy of every set makes of a target, or of a service principal.
  std::vector<int> signature_of_target(Draft& draft) const;
  std::vector<int> signature_of_principal(const ServicePrincipal& principal) const;

  template <class Visit>
  void each_policy(Visit visit) const {
    for (const PolicySet* set : sets_) {
      for (const Policy& policy : set->policies) visit(*set, policy);
    }
  }
  template <class Visit>
  void each_principal_list(Visit visit) const {
    each_policy([&](const PolicySet&, const Policy& policy) {
      if (!policy.conditions.users) return;
      visit(policy.conditions.users->include);
      visit(policy.conditions.users->exclude);
    });
  }
  template <class Visit>
  void each_location_list(Visit visit) const {
    each_policy([&](const PolicySet& set, const Policy& policy) {
      if (!policy.conditions.locations) return;
      visit(set, policy.conditions.locations->include);
      visit(set, policy.conditions.locations->exclude);
    });
  }

  Universe& u_;
  Solver& solver_;
  std::span<const PolicySet* const> sets_;
  const Interests& interests_;
  // Sorted by id, so that nothing depends on the order of files.
  std::set<UserId> users_;
  std::set<GroupId> groups_;
  std::set<RoleId> roles_;
  std::set<TenantId> tenants_;
  bool any_group_ = false;
  bool any_role_ = false;
  bool agent_users_ = false;
};

std::string key_of(Question question);
std::string key_of(Question question, std::string_view of);
std::string attribute_key(const FilterComparison& asked);
// `A`, `A and B`, `A, B and 7 others`
std::string list_of(const std::vector<std::string>& names, std::size_t most = 3);

}  // namespace sallyport::proof
