// What a Program holds. Internal to the engine.
#pragma once

#include <memory>
#include <vector>

#include "engine/compiled_policy.h"
#include "engine/program.h"
#include "engine/requirements.h"
#include "engine/tables.h"

namespace sallyport {

// The requirements of one word of a set that ask for a trait.
struct TraitMask {
  Trait trait = Trait::never;
  std::uint32_t word = 0;
  Word fails_when = 0;
  Word met_when = 0;
};

// The policies of one word of a row that make a demand.
struct DemandRun {
  std::uint32_t demand = 0;
  std::uint32_t word = 0;
  Word policies = 0;
};

// Requirements of which one is enough. Its number stands behind those of all requirements.
struct Choice {
  std::uint32_t number = 0;
  std::vector<Word> options;  // a set of requirements
};

struct ProgramState {
  PolicySet policies;  // first: the rest points into it
  std::shared_ptr<const Directory> directory;
  std::shared_ptr<const Inventory> inventory;
  std::vector<CompiledPolicy> compiled;  // by index in the policy set
  std::vector<std::uint32_t> enforced;   // bit -> index in the policy set, by demand
  std::vector<RequirementSpec> specs;    // by requirement number
  // The same as sets of requirements, mask_width words each, for deciding.
  std::vector<TraitMask> trait_masks;
  std::vector<Word> ask_otherwise, fail_otherwise;  // when no trait says that they fail or are met
  std::vector<Word> ask_their_own, waived_for_enrolment;
  std::vector<Word> shown_before;  // those that show the same as one with a lower number
  std::vector<Word> risk_remediations, password_changes;
  bool some_ask_their_own = false, waives_for_enrolment = false;
  std::vector<Requirement> shown;       // the same, for people
  std::vector<std::uint16_t> same_as;   // the lowest number that shows the same requirement
  std::uint32_t gps_requirement = 0;    // its number
  std::uint32_t block_requirement = 0;  // its number
  // Words of a set of requirements; choices have bits in it, too, so that all that a policy wants
  // is one such set.
  std::size_t mask_width = 1;
  std::vector<Choice> choices;
  // Policies that want the same make the same demand: a set of requirements and perhaps a choice.
  std::vector<Word> demands;
  std::vector<DemandRun> demand_runs;
  bool any_resilience_policy = false;
  Tables tables;
};

}  // namespace sallyport
