// What a Program holds. Internal to the engine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "engine/compiled_policy.h"
#include "engine/program.h"
#include "engine/requirements.h"
#include "engine/tables.h"

namespace sallyport {

// The policies of one word of a row that want the same.
struct DemandRun {
  Word policies = 0;
  std::uint32_t word = 0;
};

// Two runs of one word side by side, with what each wants where one word holds that: two registers
// take both at once. Where there is no second one, it has no policies.
struct DemandPair {
  std::array<Word, 2> policies{};
  std::array<Word, 2> wanted{};
};

// The traits that make some requirement fail, and those that meet some; each with `enrolment`.
inline constexpr std::pair failing_traits(Trait::legacy_client, Trait::enrolment);
inline constexpr std::pair meeting_traits(Trait::enrolment, Trait::token_bound);

struct ProgramState {
  PolicySet policies;  // first: the rest points into it
  std::shared_ptr<const Directory> directory;
  std::shared_ptr<const Inventory> inventory;
  std::vector<CompiledPolicy> compiled;  // by index in the policy set
  std::vector<std::uint32_t> enforced;   // bit -> index in the policy set, by demand
  std::vector<RequirementSpec> specs;    // by requirement number
  // The same as sets of requirements, mask_width words each, for deciding.
  std::vector<Word> failed_by_traits;  // a set for each combination of failing_traits
  std::vector<Word> met_by_traits;     // of meeting_traits; of those that do not ask themselves
  std::vector<Word> ask_otherwise, fail_otherwise;  // neither failed nor met
  std::vector<Word> ask_their_own;
  std::vector<Word> shown_before;   // those that show the same as the number below
  std::size_t shown_again_max = 0;  // how many show the same as one below them, at most
  std::vector<Word> risk_remediations, password_changes;
  bool some_ask_their_own = false, some_options_ask_their_own = false;
  std::vector<Requirement> shown;       // the same, for people
  std::vector<std::uint16_t> same_as;   // the lowest number that shows the same requirement
  std::uint32_t gps_requirement = 0;    // its number
  std::uint32_t block_requirement = 0;  // its number
  // Words of a set of requirements. Choices, of which one option is enough, have a bit in it, too,
  // behind the requirements, so that all that a policy wants is one such set.
  std::size_t mask_width = 1;
  std::size_t first_choice = 0;
  std::size_t choice_count = 0;
  std::vector<Word> options;  // by choice, a set of requirements each
  std::vector<DemandRun> demand_runs;
  std::vector<Word> demands;  // what each run wants: a set of requirements and perhaps a choice
  // The same when mask_width is 1, and where those of each word of a row end.
  std::vector<DemandPair> demand_pairs;
  std::vector<std::size_t> demand_pair_ends;
  bool any_resilience_policy = false;
  Tables tables;
};

}  // namespace sallyport
