// What the applying policies require of a sign-in, and what of it is missing
// (docs/semantics.md, section 4). Internal to the engine.
//
// Policies that require the same make one demand: two masks over the program's requirements, those
// that are all needed and those of which one is. `width` is 1 for programs with no more than 64
// requirements and 64 demands, which nearly all are, and 0 for all others.
#pragma once

#include <algorithm>

#include "engine/bits.h"
#include "engine/decision.h"
#include "engine/outcome.h"
#include "engine/program_state.h"

namespace sallyport {

template <std::size_t width>
class Weighing {
 public:
  // `applying` are policies by bit, rows of the program's tables.
  void run(const ProgramState& program, const SignIn& sign_in, std::span<const Word> applying,
           Decision& out) {
    program_ = &program;
    clear(demands_, (program.demand_count + 63) / 64);
    for (auto* set : {&wanted_, &failed_, &met_, &asked_, &missing_blocked_, &missing_asked_}) {
      clear(*set, size());
    }
    find_demands(applying);
    look_at_requirements(sign_in);
    Word blocks = 0;
    Word asks = 0;
    each_bit(demands_, [&](std::size_t demand) { weigh(demand * size(), blocks, asks); });
    out.outcome = blocks != 0 ? Outcome::blocked
                  : asks != 0 ? Outcome::interrupted
                              : Outcome::granted;
    out.error_code = 0;
    out.missing = 0;
    out.missing_beyond.assign(size() - 1, 0);
    if (out.outcome == Outcome::granted) return;
    finish(out, sign_in, out.outcome == Outcome::blocked ? missing_blocked_ : missing_asked_);
  }

 private:
  std::size_t size() const { return width != 0 ? width : program_->mask_width; }

  void find_demands(std::span<const Word> applying) {
    for (const DemandRun& of : program_->demand_runs) {
      const bool made = (applying[of.word] & of.policies) != 0;
      demands_[of.demand / 64] |= Word{made} << (of.demand % 64);
    }
  }

  // Each trait that some requirement asks for speaks for all that do, by a mask of them.
  void look_at_requirements(const SignIn& sign_in) {
    for (const TraitMask& mask : program_->trait_masks) {
      const Truth truth = truth_of(mask.trait, sign_in);
      failed_[mask.word] |= mask.fails_when & mask_if(truth != Truth::no);
      met_[mask.word] |= mask.met_when & mask_if(truth == Truth::yes);
    }
    if (program_->some_ask_their_own) look_at_their_own(sign_in);
    if (program_->waives_for_enrolment && is_enrolment(sign_in) == Truth::yes) {
      for (std::size_t i = 0; i < size(); ++i) {
        failed_[i] &= ~program_->waived_for_enrolment[i];
        met_[i] |= program_->waived_for_enrolment[i];
      }
    }
    for (std::size_t i = 0; i < size(); ++i) {
      const Word open = ~(failed_[i] | met_[i]);
      asked_[i] = open & program_->can_be_asked_for[i];
      failed_[i] |= open & ~program_->can_be_asked_for[i];
    }
  }

  void look_at_their_own(const SignIn& sign_in) {
    each_bit(demands_, [&](std::size_t demand) {
      for (std::size_t i = 0; i < size(); ++i) {
        wanted_[i] |= program_->all_of[demand * size() + i] | program_->any_of[demand * size() + i];
      }
    });
    for (std::size_t i = 0; i < size(); ++i) wanted_[i] &= program_->ask_their_own[i];
    each_bit(wanted_, [&](std::size_t number) {
      const bool met = is_met(program_->specs[number], sign_in) == Truth::yes;
      met_[number / 64] |= Word{met} << (number % 64);
    });
  }

  // `at` is the demand's first word. Sets what is missing, and `blocks` or `asks`.
  void weigh(std::size_t at, Word& blocks, Word& asks) {
    const Word* all = program_->all_of.data() + at;
    const Word* any = program_->any_of.data() + at;
    Word all_failed = 0, all_asked = 0, any_met = 0, any_open = 0, any_listed = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      all_failed |= all[i] & failed_[i];
      all_asked |= all[i] & asked_[i];
      any_listed |= any[i];
      any_met |= any[i] & ~(failed_[i] | asked_[i]);
      any_open |= any[i] & asked_[i];
    }
    const bool choice_unmet = (any_listed != 0) & (any_met == 0);
    const bool choice_fails = choice_unmet & (any_open == 0);
    const Word fails = mask_if((all_failed != 0) | choice_fails);
    const Word wants = mask_if((all_asked != 0) | choice_unmet) & ~fails;
    Word first_choice = mask_if(choice_unmet);  // of several ways to go on, the first is asked for
    for (std::size_t i = 0; i < size(); ++i) {
      missing_blocked_[i] |= (all[i] | (any[i] & mask_if(choice_fails))) & failed_[i] & fails;
      const Word open = any[i] & asked_[i];
      missing_asked_[i] |= ((all[i] & asked_[i]) | (lowest(open) & first_choice)) & wants;
      first_choice &= mask_if(open == 0);
    }
    blocks |= fails;
    asks |= wants;
  }

  void finish(Decision& out, const SignIn& sign_in, std::span<Word> missing) {
    show_each_once(missing);
    leave_out_password_change(missing);
    out.missing = missing[0];
    std::copy(missing.begin() + 1, missing.end(), out.missing_beyond.begin());
    for (std::size_t i = 0; i < missing.size(); ++i) {
      if (missing[i] == 0) continue;
      const auto first = i * 64 + static_cast<std::size_t>(__builtin_ctzll(missing[i]));
      out.error_code = error_code(*program_, static_cast<std::uint32_t>(first), sign_in);
      return;
    }
  }

  void show_each_once(std::span<Word> missing) {
    for (std::size_t i = 0; i < missing.size(); ++i) {
      for (Word again = missing[i] & program_->shown_before[i]; again != 0; again &= again - 1) {
        const std::size_t shown =
            program_->same_as[i * 64 + static_cast<std::size_t>(__builtin_ctzll(again))];
        missing[shown / 64] |= Word{1} << (shown % 64);
      }
      missing[i] &= ~program_->shown_before[i];
    }
  }

  void leave_out_password_change(std::span<Word> missing) {
    if (!program_->remediates_risk) return;
    bool remediation = false;
    const auto kind_of = [&](std::size_t number) { return program_->shown[number].kind; };
    each_bit(missing, [&](std::size_t number) {
      remediation = remediation || kind_of(number) == RequirementKind::risk_remediation;
    });
    if (!remediation) return;
    each_bit(missing, [&](std::size_t number) {
      if (kind_of(number) == RequirementKind::password_change) {
        missing[number / 64] &= ~(Word{1} << (number % 64));
      }
    });
  }

  const ProgramState* program_ = nullptr;
  Words<width> demands_;  // those made by an applying policy
  // Of the requirements. Those that only ask themselves are looked at where a demand wants them,
  // and mean nothing elsewhere.
  Words<width> wanted_, failed_, met_, asked_;
  Words<width> missing_blocked_, missing_asked_;
};

}  // namespace sallyport
