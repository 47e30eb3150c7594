#include "analysis/proof/lockout.h"

#include <algorithm>
#include <map>
#include <memory>

#include "analysis/proof/search.h"
#include "analysis/proof/words.h"

namespace sallyport::proof {
namespace {

// What policies are administered with: the portals, Azure's management and Microsoft Graph.
constexpr const char* surface[] = {"MicrosoftAdminPortals", "797f4846-ba00-4fd7-ba43-dac1f8f63013",
                                   "00000003-0000-0000-c000-000000000000"};

std::string name_of(const Policy& policy) {
  return policy.display_name.empty() ? policy.id_text : policy.display_name;
}

std::vector<std::string> narrowed(const std::vector<std::string>& words) {
  return std::ranges::find(words, "any") == words.end() ? words : std::vector<std::string>();
}

// The outside conditions as an expectation; who and with what is put beside it.
Expectation conditions_of(const BreakGlass& asked) {
  Expectation e;
  e.what.assign(std::begin(surface), std::end(surface));
  e.where = narrowed(asked.where);
  e.platform = narrowed(asked.platform);
  e.client = narrowed(asked.client);
  e.device = narrowed(asked.device);
  e.sign_in_risk = e.user_risk = narrowed(asked.risk);
  e.flow = {"ordinary"};
  return e;
}

bool is_up_to_whoever_signs_in(Question question) {
  return question >= Question::device && question <= Question::trust_hybrid_joined;
}

template <class Test>
Bdd variables_of(const Universe& u, Test test) {
  Bdd out = Bdd::all();
  for (DimensionIndex i = static_cast<DimensionIndex>(u.dimensions().size()); i-- > 0;) {
    if (test(u.dimensions()[i].question)) out &= u.variables_of(i);
  }
  return out;
}

PolicySet concerning(const PolicySet& set, std::span<const Account> accounts) {
  PolicySet out = set;
  std::erase_if(out.policies, [&](const Policy& policy) {
    return policy.state != PolicyState::enabled ||
           std::ranges::none_of(
               accounts, [&](const Account& account) { return may_concern(policy, account); });
  });
  return out;
}

// What the accounts are in, each group flat, and the applications of the surface.
std::shared_ptr<const Directory> directory_of(std::span<const Account> accounts,
                                              const PolicySet& set, const Tenant& tenant) {
  Directory::Editor editor;
  for (const Account& account : accounts) {
    for (const GroupId id : account.groups) editor.put_group(id, tenant.names.find(id.guid));
    for (const RoleId id : account.roles) editor.put_role(id, tenant.names.find(id.guid));
  }
  std::vector<ApplicationId> applications = set.admin_portals;
  for (const char* id : {surface[1], surface[2]}) applications.push_back(ApplicationId::of(id));
  for (const ApplicationId id : applications) {
    const auto* principal = tenant.directory->find_service_principal_by_app(id);
    if (principal != nullptr) editor.put_service_principal(*principal);
  }
  return std::move(editor).build();
}

// The group that other policies leave the account out by, if there is one: the most of them.
std::optional<GroupId> excluded_group(const PolicySet& set, const Account& account) {
  if (account.stands_for) return account.stands_for;
  std::map<GroupId, std::size_t> counts;
  for (const Policy& policy : set.policies) {
    if (!policy.conditions.users) continue;
    for (const GroupId id : policy.conditions.users->exclude.groups) {
      if (std::ranges::binary_search(account.groups, id)) ++counts[id];
    }
  }
  const auto most =
      std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
  if (most == counts.end()) return std::nullopt;
  return most->first;
}

// One set of policies in a space that is made for these accounts.
class View {
 public:
  View(const Universe& universe, const PolicySet& set, const Expectation& conditions)
      : u_(universe), encoding_(universe, set) {
    outside_ = region_of(conditions, encoding_) - u_.is(*u_.find(Question::identity), 1);
    outside_ &= u_.is_plain(Question::outage);
    if (!conditions.sign_in_risk.empty()) outside_ &= u_.is_plain(Question::insider_risk);
  }

  const Universe& universe() const { return u_; }
  const Encoding& encoding() const { return encoding_; }
  const Bdd& outside() const { return outside_; }

  Bdd person(const Account& account) const;
  Bdd stopped(const Bdd& region) const { return region - encoding_.granted(region); }
  // Of the sign-ins `shown`, the policy's barrier; they are told narrower than `asked` only where
  // the policy is. REQUIRES: all of `shown` is stopped by it, and not empty.
  Result<Barrier> barrier(std::size_t policy, const Bdd& shown, const Bdd& asked,
                          const Program& program) const;
  // In words, if it takes all of the region out of what the policy stops.
  std::string mend(std::size_t policy, const Bdd& region, const Account& account,
                   std::optional<GroupId> by_group) const;

 private:
  std::string what(const Point& witness, const Bdd& shown, const Bdd& asked) const;

  const Universe& u_;
  Encoding encoding_;
  Bdd outside_;  // the conditions, whoever it is
};

Bdd View::person(const Account& account) const {
  const Bdd named =
      u_.where({Question::user}, [&](const SignIn& s) { return s.user->id == account.id; });
  Bdd set = named.is_empty() ? u_.is_plain(Question::user) : named;  // whom nothing names
  set &= u_.where({Question::user_type},
                  [&](const SignIn& s) { return s.user->type == account.type; });
  if (u_.find(Question::home_tenant)) {
    const Bdd home = u_.where({Question::user_type, Question::home_tenant}, [&](const SignIn& s) {
      return s.user->type == account.type && s.user->home_tenant == account.home_tenant;
    });
    set &= home.is_empty() || account.type == UserType::member ? u_.is_plain(Question::home_tenant)
                                                               : home;
  }
  std::vector<DimensionIndex> held;
  const auto hold = [&](std::optional<DimensionIndex> dimension, bool yes = true) {
    if (dimension && yes) held.push_back(*dimension);
  };
  for (const GroupId id : account.groups) hold(u_.group(id));
  for (const RoleId id : account.roles) hold(u_.role(id));
  hold(u_.find(Question::any_group), !account.groups.empty());
  hold(u_.find(Question::any_role), !account.roles.empty());
  hold(u_.find(Question::agent_user), account.agent_user);
  for (DimensionIndex i = static_cast<DimensionIndex>(u_.dimensions().size()); i-- > 0;) {
    const Question question = u_.dimensions()[i].question;
    const bool membership = question == Question::agent_user || question == Question::role ||
                            question == Question::group || question == Question::any_role ||
                            question == Question::any_group;
    if (membership) set &= u_.is(i, std::ranges::find(held, i) != held.end() ? 1 : 0);
  }
  return set;
}

std::string View::what(const Point& witness, const Bdd& shown, const Bdd& asked) const {
  const DimensionIndex target = *u_.find(Question::target);
  Bdd others = Bdd::all();
  for (DimensionIndex i = static_cast<DimensionIndex>(u_.dimensions().size()); i-- > 0;) {
    if (i != target) others &= u_.variables_of(i);
  }
  const Bdd targets = asked.without(others);
  const Box box = widest(u_, witness, {asked - shown, !targets});
  std::size_t asked_for = 0;
  for (ChoiceIndex i = 0; i < u_.dimensions()[target].choices.size(); ++i) {
    asked_for += u_.is(target, i).meets(targets) ? 1U : 0U;
  }
  const std::string words = box[target].size() == asked_for ? "any of it" : what_in_words(u_, box);
  const std::string how = how_in_words(u_, box);
  return how.empty() ? words : words + ' ' + how;
}

Result<Barrier> View::barrier(std::size_t policy, const Bdd& shown, const Bdd& asked,
                              const Program& program) const {
  const EncodedPolicy& encoded = encoding_.policies()[policy];
  Barrier out;
  out.policy = encoded.policy->id;
  out.policy_name = name_of(*encoded.policy);
  const Point witness = smallest(u_, shown);
  Draft draft;
  u_.draft(witness, draft);
  const Answer answer = program.explain(draft.settle());
  const PolicyAnswer& said = answer.policies[policy];
  out.blocks = u_.point_set(witness).is_inside(encoded.failed);
  const bool agrees =
      out.blocks ? said.result == PolicyResult::failure
                 : said.result == PolicyResult::interrupted || said.result == PolicyResult::failure;
  if (answer.outcome == Outcome::granted || !agrees) {
    return fail(ErrorKind::internal, "the proof of `" + out.policy_name +
                                         "` and the engine disagree about a sign-in, so nothing is "
                                         "reported of it; please tell the developers");
  }
  for (const RequirementAnswer& one : said.requirements) {
    if (one.satisfaction != Satisfaction::satisfied) out.missing.push_back(one.requirement);
  }
  out.details = details(u_, witness);
  out.what = what(witness, shown, asked);
  return out;
}

std::string View::mend(std::size_t policy, const Bdd& region, const Account& account,
                       std::optional<GroupId> by_group) const {
  Policy edited = *encoding_.policies()[policy].policy;
  if (!edited.conditions.users) return {};
  PrincipalLists& exclude = edited.conditions.users->exclude;
  if (by_group) {
    exclude.groups.push_back(*by_group);
  } else {
    exclude.users.push_back(account.id);
  }
  if (region.meets(encoding_.encode(edited).stops())) return {};
  const std::string whom = by_group
                               ? "group `" + u_.tenant().names.label(to_string(*by_group)) + "`"
                               : "`" + account.name + "`";
  return "exclude " + whom + " from `" + name_of(edited) + "`";
}

Result<Interests> interests_of(const Expectation& conditions, const Tenant& tenant,
                               std::span<const Account> accounts,
                               const std::vector<std::optional<GroupId>>& by_group) {
  Interests out;
  if (auto added = add_interests(conditions, tenant, out); !added) {
    return tl::unexpected(added.error());
  }
  for (const Account& account : accounts) out.users.push_back(account.id);
  for (const auto& group : by_group) {
    if (group) out.groups.push_back(*group);
  }
  return out;
}

// The shortest first; people are told of that.
void order(LockoutVerdict& verdict) {
  std::ranges::stable_sort(verdict.barriers, {},
                           [](const Barrier& barrier) { return barrier.details.size(); });
}

// Every policy that stops some sign-in of the account, but those that do not count.
Result<LockoutVerdict> barriers_of(const View& view, const Account& account, const Bdd& region,
                                   const Bdd& not_counted, std::optional<GroupId> by_group,
                                   const Program& program) {
  LockoutVerdict verdict;
  for (std::size_t i = 0; i < view.encoding().policies().size(); ++i) {
    const EncodedPolicy& policy = view.encoding().policies()[i];
    if (!policy.enforced()) continue;
    const Bdd shown = (region & policy.stops()) - not_counted;
    if (shown.is_empty()) continue;
    auto barrier = view.barrier(i, shown, region - not_counted, program);
    if (!barrier) return tl::unexpected(barrier.error());
    barrier->mend = view.mend(i, region, account, by_group);
    verdict.barriers.push_back(std::move(*barrier));
  }
  order(verdict);
  return verdict;
}

Result<LockoutVerdict> barriers_of_all(const View& view, std::span<const Account> administrators,
                                       const Program& program) {
  const Universe& u = view.universe();
  Bdd anybody, unblocked;
  for (const Account& account : administrators) {
    const Bdd region = view.outside() & view.person(account);
    if (region.is_inside(anybody)) continue;  // no policy tells it from another
    anybody |= region;
    unblocked |= region - view.encoding().blocked(region);
  }
  const Bdd own = variables_of(u, [](Question question) {
    return is_about_people(question) || is_up_to_whoever_signs_in(question);
  });
  const Bdd nobody = anybody - unblocked.without(own);
  LockoutVerdict verdict;
  for (std::size_t i = 0; i < view.encoding().policies().size(); ++i) {
    const EncodedPolicy& policy = view.encoding().policies()[i];
    const Bdd shown = policy.enforced() ? nobody & policy.failed : Bdd();
    if (shown.is_empty()) continue;
    auto barrier = view.barrier(i, shown, anybody, program);
    if (!barrier) return tl::unexpected(barrier.error());
    verdict.barriers.push_back(std::move(*barrier));
  }
  order(verdict);
  return verdict;
}

// What is true of no sign-in at all proves nothing.
Result<void> has_sign_ins(const Bdd& region, const Solver& solver) {
  if (!region.is_empty() || solver.gave_up()) return {};
  return fail(ErrorKind::invalid_argument,
              "no sign-in is as the conditions say; name places, platforms, clients, devices and "
              "risks that go together");
}

Tenant small_tenant(const Tenant& tenant, PolicySet set, std::span<const Account> people) {
  Tenant out;
  out.directory = directory_of(people, set, tenant);
  out.inventory = tenant.inventory;
  out.names = tenant.names;
  out.policy_set = std::move(set);
  return out;
}

}  // namespace

bool Lockout::holds() const {
  return !gave_up && administrators.holds() &&
         std::ranges::all_of(accounts, [](const auto& verdict) { return verdict.holds(); });
}

Result<Lockout> find_lockouts(const PolicySet& set, const Tenant& tenant, const BreakGlass& asked,
                              std::span<const Account> accounts,
                              std::span<const Account> administrators) {
  std::vector<Account> people(accounts.begin(), accounts.end());
  people.insert(people.end(), administrators.begin(), administrators.end());
  std::vector<std::optional<GroupId>> by_group;
  for (const Account& account : accounts) by_group.push_back(excluded_group(set, account));
  const Expectation conditions = conditions_of(asked);
  const Tenant small = small_tenant(tenant, concerning(set, people), people);
  // Administrators that no policy names are alike: an id of their own would only tell them apart.
  auto interests = interests_of(conditions, small, accounts, by_group);
  if (!interests) return tl::unexpected(interests.error());

  Solver solver;
  const PolicySet* sets[] = {&small.policy_set};
  const Universe universe(solver, sets, small, *interests);
  const View view(universe, small.policy_set, conditions);
  const auto program = compile(small.policy_set, universe.directory(), small.inventory);
  if (!program) return tl::unexpected(program.error());
  Lockout out;
  out.notes = universe.notes();
  const Bdd held = view.encoding().exactly(asked.methods);
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    const Bdd region = view.outside() & view.person(accounts[i]) & held;
    if (auto some = has_sign_ins(region, solver); !some) return tl::unexpected(some.error());
    auto verdict = barriers_of(view, accounts[i], region, Bdd(), by_group[i], **program);
    if (!verdict) return tl::unexpected(verdict.error());
    out.accounts.push_back(std::move(*verdict));
  }
  auto verdict = barriers_of_all(view, administrators, **program);
  if (!verdict) return tl::unexpected(verdict.error());
  out.administrators = std::move(*verdict);
  out.gave_up = solver.gave_up();
  return out;
}

Result<std::vector<LockoutVerdict>> find_new_lockouts(const TenantView& before,
                                                      const TenantView& after, const Tenant& tenant,
                                                      const BreakGlass& asked) {
  std::vector<Account> people = before.accounts;
  people.insert(people.end(), after.accounts.begin(), after.accounts.end());
  std::vector<std::optional<GroupId>> by_group;
  for (const Account& account : after.accounts) {
    by_group.push_back(excluded_group(after.set, account));
  }
  const Expectation conditions = conditions_of(asked);
  const PolicySet was = concerning(before.set, before.accounts);
  const Tenant small = small_tenant(tenant, concerning(after.set, after.accounts), people);
  auto interests = interests_of(conditions, small, after.accounts, by_group);
  if (!interests) return tl::unexpected(interests.error());

  constexpr int nodes_max = 4'000'000;  // some 80 MB: an administrator is waiting
  Solver solver(nodes_max);
  const PolicySet* sets[] = {&was, &small.policy_set};
  const Universe universe(solver, sets, small, *interests);
  const View then(universe, was, conditions);
  const View now(universe, small.policy_set, conditions);
  const auto program = compile(small.policy_set, universe.directory(), small.inventory);
  if (!program) return tl::unexpected(program.error());
  const Bdd held = now.encoding().exactly(asked.methods);
  const Bdd whoever = variables_of(universe, is_about_people);
  std::vector<LockoutVerdict> out;
  for (std::size_t i = 0; i < after.accounts.size(); ++i) {
    const Bdd stopped = then.stopped(then.outside() & then.person(before.accounts[i]) & held);
    const Bdd region = now.outside() & now.person(after.accounts[i]) & held;
    if (auto some = has_sign_ins(region, solver); !some) return tl::unexpected(some.error());
    auto verdict = barriers_of(now, after.accounts[i], region, stopped.without(whoever),
                               by_group[i], **program);
    if (!verdict) return tl::unexpected(verdict.error());
    out.push_back(std::move(*verdict));
  }
  if (solver.gave_up()) {
    return fail(ErrorKind::unavailable,
                "whether the break-glass accounts still get in could not be proved: the question "
                "is too large for its budget");
  }
  return out;
}

}  // namespace sallyport::proof
