// From documents to a Program: ids become indexes, requirements become numbers, conditions become
// tables.
#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "engine/conditions/conditions.h"
#include "engine/program_state.h"

namespace sallyport {
namespace {

constexpr std::size_t policies_max = 65'535;
constexpr std::size_t requirements_max = 65'535;

CompiledPrincipals compile_principals(const PrincipalLists& lists, const Directory& directory) {
  CompiledPrincipals out;
  out.lists = &lists;
  out.empty = lists.users.empty() && lists.groups.empty() && lists.roles.empty() &&
              lists.guests.empty() && !lists.all_groups && !lists.all_roles &&
              !lists.all_agent_users;
  for (const GroupId id : lists.groups) {
    if (const auto index = directory.find_group(id)) {
      out.groups.push_back(*index);
    } else {
      out.undefined_groups = true;
    }
  }
  for (const RoleId id : lists.roles) {
    if (const auto index = directory.find_role(id)) {
      out.roles.push_back(*index);
    } else {
      out.undefined_roles = true;
    }
  }
  return out;
}

using LocationIndexes = std::unordered_map<LocationId, std::uint32_t>;

CompiledLocationLists compile_locations(const LocationLists& lists,
                                        const LocationIndexes& indexes) {
  CompiledLocationLists out;
  out.lists = &lists;
  for (const LocationId id : lists.locations) {
    const auto found = indexes.find(id);
    out.locations.push_back(found == indexes.end() ? no_location : found->second);
  }
  return out;
}

bool has_control(const Policy& policy) {
  return (policy.grant_controls && !policy.grant_controls->empty()) ||
         (policy.session_controls && !policy.session_controls->empty());
}

bool needs_directory(const PrincipalLists& lists) {
  return !lists.groups.empty() || !lists.roles.empty() || !lists.guests.empty() ||
         lists.all_groups || lists.all_roles;
}

bool needs_country(const CompiledLocationLists& side, const PolicySet& policies) {
  return std::ranges::any_of(side.locations, [&](std::uint32_t index) {
    if (index == no_location) return true;
    const auto kind = policies.named_locations[index].kind;
    return kind == LocationKind::country || kind == LocationKind::other;
  });
}

bool lists_gps(const CompiledLocationLists& side, const PolicySet& policies) {
  return std::ranges::any_of(side.locations, [&](std::uint32_t index) {
    return index != no_location && policies.named_locations[index].lookup_by_gps;
  });
}

// docs/semantics.md, section 6.
bool needs_live_data(const CompiledPolicy& compiled, const PolicySet& policies) {
  const Conditions& c = compiled.policy->conditions;
  if (c.users && (needs_directory(c.users->include) || needs_directory(c.users->exclude)))
    return true;
  if (!c.sign_in_risk_levels.empty() || !c.user_risk_levels.empty() ||
      !c.service_principal_risk_levels.empty() || !c.agent_id_risk_levels.empty() ||
      !c.insider_risk_levels.empty()) {
    return true;
  }
  if (c.locations && (needs_country(compiled.locations.include, policies) ||
                      needs_country(compiled.locations.exclude, policies))) {
    return true;
  }
  return compiled.policy->grant_controls &&
         compiled.policy->grant_controls->authentication_strength.has_value();
}

CompiledPolicy compile_policy(const Policy& policy, const PolicySet& policies,
                              const Directory& directory, const LocationIndexes& locations) {
  CompiledPolicy out;
  out.policy = &policy;
  out.considered = policy.state != PolicyState::disabled && has_control(policy);
  if (policy.conditions.users) {
    out.users.condition = &*policy.conditions.users;
    out.users.include = compile_principals(policy.conditions.users->include, directory);
    out.users.exclude = compile_principals(policy.conditions.users->exclude, directory);
  }
  if (policy.conditions.locations) {
    out.locations.include = compile_locations(policy.conditions.locations->include, locations);
    out.locations.exclude = compile_locations(policy.conditions.locations->exclude, locations);
  }
  out.lists_registration =
      policy.conditions.applications &&
      policy.conditions.applications->user_actions.contains(UserAction::register_security_info);
  out.blocks = policy.grant_controls &&
               policy.grant_controls->built_in_controls.contains(GrantControl::block);
  out.requires_strength =
      !out.blocks && policy.grant_controls && policy.grant_controls->authentication_strength;
  out.uses_gps =
      lists_gps(out.locations.include, policies) || lists_gps(out.locations.exclude, policies);
  out.needs_live_data = needs_live_data(out, policies);
  return out;
}

// Numbers the distinct requirements in the order of reporting.
void number_requirements(ProgramState& state, std::vector<PolicyRequirements>& by_policy) {
  auto& specs = state.specs;
  RequirementSpec gps;
  gps.shown.kind = RequirementKind::gps_location;
  specs = {RequirementSpec{}, gps};
  for (const auto& requirements : by_policy) {
    specs.insert(specs.end(), requirements.all_of.begin(), requirements.all_of.end());
    specs.insert(specs.end(), requirements.any_of.begin(), requirements.any_of.end());
  }
  std::ranges::sort(specs, [](const auto& a, const auto& b) { return a < b; });
  specs.erase(std::unique(specs.begin(), specs.end()), specs.end());
  for (std::uint32_t i = 0; i < specs.size(); ++i) {
    settle(specs[i]);
    const bool repeats = i > 0 && specs[i].shown == specs[i - 1].shown;
    state.same_as.push_back(repeats ? state.same_as[i - 1] : static_cast<std::uint16_t>(i));
    state.shown.push_back(specs[i].shown);
    if (specs[i].shown.kind == RequirementKind::gps_location) state.gps_requirement = i;
    if (specs[i].shown.kind == RequirementKind::block) state.block_requirement = i;
  }
}

using Numbers = std::vector<std::uint32_t>;

Numbers numbers_of(const std::vector<RequirementSpec>& wanted,
                   const std::vector<RequirementSpec>& specs) {
  Numbers out;
  for (const auto& spec : wanted) {
    const auto at = std::lower_bound(specs.begin(), specs.end(), spec);
    out.push_back(static_cast<std::uint32_t>(at - specs.begin()));
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void insert(std::span<Word> set, std::uint32_t number) {
  set[number / 64] |= Word{1} << (number % 64);
}

// Numbers the distinct choices behind the requirements, and says how wide a set of both is.
std::map<Numbers, std::uint32_t> make_choices(ProgramState& state) {
  std::map<Numbers, std::uint32_t> numbers;
  for (const auto index : state.enforced) {
    const auto& options = state.compiled[index].any_of;
    const auto next = static_cast<std::uint32_t>(state.specs.size() + numbers.size());
    if (options.size() > 1) numbers.try_emplace(options, next);
  }
  state.mask_width = (state.specs.size() + numbers.size() + 63) / 64;
  state.first_choice = state.specs.size();
  state.choice_count = numbers.size();
  state.options.assign(state.choice_count * state.mask_width, 0);
  for (const auto& [options, number] : numbers) {
    const auto begin = (number - state.specs.size()) * state.mask_width;
    for (const auto option : options) insert(std::span(state.options).subspan(begin), option);
  }
  return numbers;
}

void pair_demands(ProgramState& state) {
  for (std::size_t i = 0; i < state.demand_runs.size(); ++i) {
    const auto& [policies, word] = state.demand_runs[i];
    auto& pairs = state.demand_pairs;
    state.demand_pair_ends.resize(word + 1, pairs.size());
    const bool is_second = i > 0 && state.demand_runs[i - 1].word == word && !pairs.empty() &&
                           pairs.back().policies[1] == 0;
    if (!is_second) pairs.emplace_back();
    pairs.back().policies[is_second ? 1 : 0] = policies;
    pairs.back().wanted[is_second ? 1 : 0] = state.demands[i];
    state.demand_pair_ends.back() = pairs.size();
  }
}

// Puts policies that want the same side by side: the bits of a demand's policies are then one run,
// in nearly always one word.
void make_demands(ProgramState& state) {
  const auto choices = make_choices(state);
  std::map<Numbers, Numbers> policies_by_demand;
  for (const auto index : state.enforced) {
    const auto& policy = state.compiled[index];
    Numbers wanted = policy.all_of;
    // One of one is that one.
    if (policy.any_of.size() == 1) wanted.push_back(policy.any_of.front());
    if (policy.any_of.size() > 1) wanted.push_back(choices.at(policy.any_of));
    policies_by_demand[wanted].push_back(index);
  }
  state.enforced.clear();
  const auto add_run = [&](const Numbers& wanted, std::uint32_t word) {
    state.demand_runs.push_back({0, word});
    state.demands.resize(state.demand_runs.size() * state.mask_width, 0);
    const auto demand = std::span(state.demands).last(state.mask_width);
    for (const auto number : wanted) insert(demand, number);
  };
  for (const auto& [wanted, policies] : policies_by_demand) {
    bool is_first = true;
    for (const auto policy : policies) {
      const auto bit = static_cast<std::uint32_t>(state.enforced.size());
      state.enforced.push_back(policy);
      if (is_first || bit % 64 == 0) add_run(wanted, bit / 64);
      is_first = false;
      state.demand_runs.back().policies |= Word{1} << (bit % 64);
    }
  }
  if (state.mask_width == 1) pair_demands(state);
}

// For each combination of the traits from first to last, the union of what each of them gives.
template <class Given>
std::vector<Word> by_combination(std::pair<Trait, Trait> traits, std::size_t width, Given given) {
  const auto [first, last] = traits;
  const auto first_number = static_cast<std::uint32_t>(first);
  std::vector<Word> sets(TraitSet::parts(first, last) * width, 0);
  // What no trait gives, and then a trait more each.
  std::size_t made = 1;
  given(Trait::any_sign_in, std::span(sets).first(width));
  for (auto number = first_number; number <= static_cast<std::uint32_t>(last); ++number) {
    std::vector<Word> more(width, 0);
    given(static_cast<Trait>(number), std::span(more));
    for (std::size_t i = 0; i < made * width; ++i)
      sets[made * width + i] = sets[i] | more[i % width];
    made *= 2;
  }
  return sets;
}

void make_requirement_sets(ProgramState& state) {
  const auto width = state.mask_width;
  const auto where = [&](std::span<Word> set, auto test) {
    for (std::uint32_t i = 0; i < state.specs.size(); ++i) {
      if (test(state.specs[i])) insert(set, i);
    }
  };
  const auto set_where = [&](auto test) {
    std::vector<Word> set(width, 0);
    where(set, test);
    return set;
  };
  state.failed_by_traits =
      by_combination(failing_traits, width, [&](Trait trait, std::span<Word> set) {
        where(set, [&](const auto& spec) { return spec.ask.fails_when.meets(TraitSet(trait)); });
      });
  state.met_by_traits =
      by_combination(meeting_traits, width, [&](Trait trait, std::span<Word> set) {
        where(set, [&](const auto& spec) {
          return spec.ask.met_when.meets(TraitSet(trait)) ||
                 (trait == Trait::enrolment && spec.waived_for_enrolment);
        });
      });
  // Whoever enrols the device fails nothing that is waived for it.
  const auto waived = set_where([](const auto& spec) { return spec.waived_for_enrolment; });
  const auto enrolling = state.failed_by_traits.size() / 2;
  for (std::size_t i = enrolling; i < state.failed_by_traits.size(); ++i) {
    state.failed_by_traits[i] &= ~waived[i % width];
  }
  const auto otherwise = [&](Satisfaction satisfaction) {
    return set_where([=](const auto& spec) { return spec.ask.otherwise == satisfaction; });
  };
  state.ask_otherwise = otherwise(Satisfaction::needs_user);
  state.fail_otherwise = otherwise(Satisfaction::failed);
  const auto asks_itself = [](const auto& spec) { return spec.ask.asks_itself; };
  state.ask_their_own = set_where(asks_itself);
  state.some_ask_their_own = std::ranges::any_of(state.specs, asks_itself);
  for (std::size_t i = 0; i < state.options.size(); ++i) {
    state.some_options_ask_their_own |= (state.options[i] & state.ask_their_own[i % width]) != 0;
  }
  const auto of_kind = [&](RequirementKind kind) {
    return set_where([=](const auto& spec) { return spec.shown.kind == kind; });
  };
  state.risk_remediations = of_kind(RequirementKind::risk_remediation);
  state.password_changes = of_kind(RequirementKind::password_change);
  state.shown_before.assign(width, 0);
  for (std::uint32_t i = 0; i < state.specs.size(); ++i) {
    if (state.same_as[i] != i) insert(state.shown_before, i);
    state.shown_again_max = std::max<std::size_t>(state.shown_again_max, i - state.same_as[i]);
  }
}

}  // namespace

Program::Program(std::unique_ptr<const ProgramState> state) : state_(std::move(state)) {}
Program::~Program() = default;

const PolicySet& Program::policies() const { return state_->policies; }
const Directory& Program::directory() const { return *state_->directory; }
std::span<const Requirement> Program::requirements() const { return state_->shown; }

std::vector<Requirement> Program::missing(const Decision& decision) const {
  std::vector<Requirement> out;
  for (std::size_t word = 0; word <= decision.missing_beyond.size(); ++word) {
    Word mask = word == 0 ? decision.missing : decision.missing_beyond[word - 1];
    for (; mask != 0; mask &= mask - 1) {
      out.push_back(state_->shown[word * 64 + static_cast<std::size_t>(__builtin_ctzll(mask))]);
    }
  }
  return out;
}

Result<std::shared_ptr<const Program>> compile(PolicySet policies,
                                               std::shared_ptr<const Directory> directory,
                                               std::shared_ptr<const Inventory> inventory) {
  if (policies.policies.size() > policies_max) {
    return fail(ErrorKind::too_large, "more than " + std::to_string(policies_max) + " policies");
  }
  auto state = std::make_unique<ProgramState>();
  state->policies = std::move(policies);
  state->directory = std::move(directory);
  state->inventory = std::move(inventory);

  LocationIndexes locations;
  for (std::uint32_t i = 0; i < state->policies.named_locations.size(); ++i) {
    locations.try_emplace(state->policies.named_locations[i].id, i);
  }
  std::vector<PolicyRequirements> requirements;
  for (const Policy& policy : state->policies.policies) {
    state->compiled.push_back(
        compile_policy(policy, state->policies, *state->directory, locations));
    requirements.push_back(requirements_of(policy, state->policies));
    const auto index = static_cast<std::uint32_t>(state->compiled.size() - 1);
    if (state->compiled.back().considered && policy.state == PolicyState::enabled) {
      state->enforced.push_back(index);
      state->any_resilience_policy |=
          policy.session_controls && policy.session_controls->disable_resilience_defaults;
    }
  }
  number_requirements(*state, requirements);
  if (state->specs.size() > requirements_max) {
    return fail(ErrorKind::too_large,
                "more than " + std::to_string(requirements_max) + " different requirements");
  }
  for (std::size_t i = 0; i < requirements.size(); ++i) {
    state->compiled[i].all_of = numbers_of(requirements[i].all_of, state->specs);
    state->compiled[i].any_of = numbers_of(requirements[i].any_of, state->specs);
  }
  make_demands(*state);
  make_requirement_sets(*state);
  state->tables = make_tables(state->policies, state->compiled, state->enforced, *state->directory,
                              *state->inventory);
  return std::shared_ptr<const Program>(new Program(std::move(state)));
}

}  // namespace sallyport
