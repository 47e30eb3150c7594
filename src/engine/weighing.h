// What the applying policies require of a sign-in, and what of it is missing
// (docs/semantics.md, section 4). Internal to the engine.
//
// What each policy wants is a set of requirements, of which all are needed, and of choices, of
// which each needs one of its options. Whether it is several policies that want something or one
// makes no difference, so what all of them want is one set, and each requirement and each choice
// in it is looked at once. `width` is 1 for programs with no more than 64 requirements and choices,
// which nearly all are, and 0 for all others.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/bits.h"
#include "engine/decision.h"
#include "engine/outcome.h"
#include "engine/program_state.h"

namespace sallyport {

template <std::size_t width>
class Weighing {
 public:
  // What the sign-in has to show for any policy. It has to stay until it is weighed.
  void look_at(const ProgramState& program, const SignIn& sign_in, DeviceTraits device) {
    program_ = &program;
    sign_in_ = &sign_in;
    for (auto* set :
         {&wanted_, &own_, &failed_, &met_, &asked_, &missing_failed_, &missing_asked_}) {
      clear(*set, size());
    }
    look_at_traits(device);
  }

  // `applying` are policies by bit, rows of the program's tables.
  void weigh(std::span<const Word> applying, Decision& out) {
    find_wanted(applying);
    if (program_->some_ask_their_own) look_at_their_own();
    settle_the_rest();
    find_missing();
    choose(out);
    if (out.outcome != Outcome::granted) finish(out, missing_asked_);
  }

 private:
  std::size_t size() const { return width != 0 ? width : program_->mask_width; }

  static bool any(std::span<const Word> set) {
    Word found = 0;
    for (const Word word : set) found |= word;
    return found != 0;
  }

  // All ones when some policy wants the choice.
  Word is_wanted(std::size_t choice) const {
    const auto number = program_->first_choice + choice;
    const Word word = wanted_[width == 1 ? 0 : number / 64];
    return mask_if((word >> (number % 64) & 1U) != 0);
  }
  const Word* options(std::size_t choice) const {
    return program_->options.data() + choice * size();
  }

  void find_wanted(std::span<const Word> applying) {
    if constexpr (width == 1) {
      wanted_[0] = wanted_of_pairs(applying);
    } else {
      wanted_of_runs(applying);
    }
  }

  Word wanted_of_pairs(std::span<const Word> applying) const {
    Two wanted{};
    const DemandPair* pair = program_->demand_pairs.data();
    for (std::size_t word = 0; word < program_->demand_pair_ends.size(); ++word) {
      const Two here = {applying[word], applying[word]};
      const DemandPair* end = program_->demand_pairs.data() + program_->demand_pair_ends[word];
      for (; pair != end; ++pair) {
        wanted |= two(pair->wanted) & ~is_zero(here & two(pair->policies));
      }
    }
    return wanted[0] | wanted[1];
  }

  void wanted_of_runs(std::span<const Word> applying) {
    const Word* demand = program_->demands.data();
    for (const DemandRun& run : program_->demand_runs) {
      if ((applying[run.word] & run.policies) != 0) {  // many words: worth a branch
        for (std::size_t i = 0; i < size(); ++i) wanted_[i] |= demand[i];
      }
      demand += size();
    }
  }

  void look_at_traits(DeviceTraits device) {
    const SignInTraits traits(*sign_in_, device);
    const TraitSet failing = traits.possible(), meeting = traits.certain();
    const auto [first_failing, last_failing] = failing_traits;
    const auto [first_meeting, last_meeting] = meeting_traits;
    const Word* failed =
        program_->failed_by_traits.data() + failing.part(first_failing, last_failing) * size();
    const Word* met =
        program_->met_by_traits.data() + meeting.part(first_meeting, last_meeting) * size();
    std::copy_n(failed, size(), failed_.begin());
    std::copy_n(met, size(), met_.begin());
  }

  void look_at_their_own() {
    own_ = wanted_;
    for (std::size_t choice = 0;
         program_->some_options_ask_their_own && choice < program_->choice_count; ++choice) {
      for (std::size_t i = 0; i < size(); ++i) own_[i] |= options(choice)[i] & is_wanted(choice);
    }
    for (std::size_t i = 0; i < size(); ++i) own_[i] &= program_->ask_their_own[i];
    each_bit(own_, [&](std::size_t number) {
      const bool met = is_met(program_->specs[number], *sign_in_) == Truth::yes;
      met_[number / 64] |= Word{met} << (number % 64);
    });
  }

  // What neither failed nor is met.
  void settle_the_rest() {
    for (std::size_t i = 0; i < size(); ++i) {
      const Word open = ~(failed_[i] | met_[i]);
      asked_[i] = open & program_->ask_otherwise[i];
      failed_[i] |= open & program_->fail_otherwise[i];
      met_[i] = ~(failed_[i] | asked_[i]);
    }
  }

  void find_missing() {
    for (std::size_t choice = 0; choice < program_->choice_count; ++choice) {
      const Word wanted = is_wanted(choice);
      if (width != 0 || wanted != 0) want_of(choice, wanted);
    }
    for (std::size_t i = 0; i < size(); ++i) {
      missing_failed_[i] = wanted_[i] & failed_[i];
      missing_asked_[i] = wanted_[i] & asked_[i];
    }
  }

  // Of a choice, nothing where one option is met; else the first that can be asked for, or all of
  // them where every one failed.
  void want_of(std::size_t choice, Word wanted) {
    const Word* option = options(choice);
    Word met = 0, open = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      met |= option[i] & met_[i];
      open |= option[i] & asked_[i];
    }
    const Word none_open = ~mask_if(open != 0);
    wanted &= ~mask_if(met != 0);
    Word first = ~Word{0};
    for (std::size_t i = 0; i < size(); ++i) {
      const Word ways = option[i] & asked_[i];
      wanted_[i] |= ((option[i] & none_open) | (lowest(ways) & first)) & wanted;
      first &= ~mask_if(ways != 0);
    }
  }

  // What failed blocks; else what can be asked for interrupts. What is missing is then in
  // missing_asked_.
  void choose(Decision& out) {
    static constexpr Outcome outcomes[] = {Outcome::granted, Outcome::interrupted, Outcome::blocked,
                                           Outcome::blocked};
    const bool blocks = any(missing_failed_);
    out.outcome = outcomes[2 * std::size_t{blocks} + std::size_t{any(missing_asked_)}];
    out.error_code = 0;
    out.missing = 0;
    out.missing_beyond.assign(size() - 1, 0);
    for (std::size_t i = 0; i < size(); ++i) {
      missing_asked_[i] = missing_failed_[i] | (missing_asked_[i] & ~mask_if(blocks));
    }
  }

  void finish(Decision& out, std::span<Word> missing) {
    show_each_once(missing);
    leave_out_password_change(missing);
    out.missing = missing[0];
    std::copy(missing.begin() + 1, missing.end(), out.missing_beyond.begin());
    for (std::size_t i = 0; i < missing.size(); ++i) {
      if (missing[i] == 0) continue;
      const auto first = i * 64 + static_cast<std::size_t>(__builtin_ctzll(missing[i]));
      out.error_code = error_code(*program_, static_cast<std::uint32_t>(first), *sign_in_);
      return;
    }
  }

  void show_each_once(std::span<Word> missing) {
    // They stand side by side: each is handed down to the one below, as often as there are any.
    for (std::size_t times = program_->shown_again_max; times > 0; --times) {
      Word from_above = 0;
      for (std::size_t i = missing.size(); i-- > 0;) {
        const Word again = missing[i] & program_->shown_before[i];
        missing[i] |= again >> 1U | from_above;
        from_above = again << 63U;
      }
    }
    for (std::size_t i = 0; i < missing.size(); ++i) missing[i] &= ~program_->shown_before[i];
  }

  void leave_out_password_change(std::span<Word> missing) {
    Word remediation = 0;
    for (std::size_t i = 0; i < missing.size(); ++i) {
      remediation |= missing[i] & program_->risk_remediations[i];
    }
    for (std::size_t i = 0; i < missing.size(); ++i) {
      missing[i] &= ~(program_->password_changes[i] & mask_if(remediation != 0));
    }
  }

  using Two = Word __attribute__((vector_size(2 * sizeof(Word))));
  using Halves = std::uint32_t __attribute__((vector_size(sizeof(Two))));
  static Two two(const std::array<Word, 2>& words) {
    Two out;
    std::memcpy(&out, words.data(), sizeof out);
    return out;
  }
  // All ones where a word is. By halves, since not every x86-64 compares whole words.
  static Two is_zero(Two words) {
    const auto halves = Halves(Halves(words) == Halves{});
    return Two(halves & __builtin_shufflevector(halves, halves, 1, 0, 3, 2));
  }

  const ProgramState* program_ = nullptr;
  const SignIn* sign_in_ = nullptr;
  Words<width> wanted_;  // by the applying policies, choices among them
  // Of the requirements. Those that only ask themselves are looked at where they are wanted, and
  // mean nothing elsewhere.
  Words<width> own_, failed_, met_, asked_;
  Words<width> missing_failed_, missing_asked_;
};

}  // namespace sallyport
