// What two answers to one sign-in mean for whoever changes the policies: which ways it may go, and
// whose doing that is.
//
// Before and after are two policy sets, or what the log says happened and one policy set. Where a
// fact is unknown, both sides are answered under the worst and the best assumption. A policy that
// is the same on both sides and answers the same says the same whatever the fact turns out to be,
// so with C the outcome of those, O of the others before and N of the others after, the sign-in
// goes from max(C, O) to max(C, N), each somewhere between best and worst. Two equal sets therefore
// change nothing, however little is known.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/replay/log_words.h"
#include "analysis/replay/side.h"
#include "engine/what_if.h"

namespace sallyport::replay {

// Ways from one outcome to another, as a set of nine.
class Ways {
 public:
  void add(Outcome from, Outcome to) { bits_ |= bit(from, to); }
  bool may(Outcome from, Outcome to) const { return (bits_ & bit(from, to)) != 0; }
  bool is_certain() const { return (bits_ & (bits_ - 1U)) == 0; }
  bool may_change() const { return (bits_ & ~same) != 0; }
  bool certainly_change() const { return (bits_ & same) == 0; }
  // Which outcomes there may be before, and after, from the mildest on.
  std::vector<Outcome> before() const;
  std::vector<Outcome> after() const;
  std::uint32_t bits() const { return bits_; }

 private:
  static constexpr std::uint32_t same = 1U | 1U << 4U | 1U << 8U;
  static std::uint32_t bit(Outcome from, Outcome to) {
    return 1U << (3U * static_cast<unsigned>(from) + static_cast<unsigned>(to));
  }
  std::uint32_t bits_ = 0;
};

struct PolicyReference {
  std::uint32_t side = 0;
  std::uint32_t policy = 0;  // in the side's set
  friend auto operator<=>(const PolicyReference&, const PolicyReference&) = default;
};

struct Verdict {
  Ways ways;
  // What was asked for before, and is now, at worst; the log does not say it.
  std::vector<Requirement> asked_before;
  std::vector<Requirement> asked_after;
  bool may_ask_else = false;        // the outcome may stay, and what is asked for may not
  bool session_may_differ = false;  // granted either way, for another time or with other limits
  std::vector<PolicyReference> policies;  // that make the difference, or may
  std::string logged_policy;              // that failed then, as the log calls it
  std::vector<FactName> depends_on;       // unknown facts, when the way is not certain

  bool may_change() const { return ways.may_change() || may_ask_else || session_may_differ; }
  bool certainly_changes() const {
    return ways.certainly_change() || (ways.is_certain() && (may_ask_else || session_may_differ));
  }
};

class Judge {
 public:
  // REQUIRES: the sides outlive this.
  explicit Judge(std::span<const Side> sides);

  // What the log says of how it went, for one side to be compared with. A replay that gives the
  // same error code agrees.
  struct Happened {
    Ending ending = Ending::untold;
    std::int64_t error_code = 0;
  };
  // Unknown facts: at worst alone, as a gate decides who had nothing but these facts, or with both
  // bounds.
  enum class Unknown : std::uint8_t { worst, bounds };
  Verdict judge(std::span<const SignIn> sign_ins, const Happened& happened,
                Unknown unknown = Unknown::bounds);

 private:
  struct Bounds {
    Outcome worst = Outcome::granted;
    Outcome best = Outcome::granted;
    void include(const Bounds& other) {
      worst = std::max(worst, other.worst);
      best = std::max(best, other.best);
    }
    friend bool operator==(const Bounds&, const Bounds&) = default;
  };
  Bounds bounds_of(std::size_t side, std::size_t policy) const;
  bool is_enforced(std::size_t side, std::size_t policy) const;
  // Whether a policy and the other side's of the same id want the same of this sign-in, whatever
  // its unknown facts are: both certainly apply, and their requirements are the same.
  bool wants_the_same(std::size_t side, std::size_t policy, std::span<const SignIn> sign_ins) const;
  std::vector<bool> changed(std::size_t side, std::span<const SignIn> sign_ins) const;
  void compare_sets(std::span<const SignIn> sign_ins, Verdict& verdict);
  void compare_with_log(const Happened& happened, Verdict& verdict);
  void add_policies(std::size_t side, const std::vector<bool>& which, Outcome beyond,
                    Verdict& verdict) const;
  bool hangs_on_a_fact(std::size_t side) const;
  // What the unknown of the policies that differ is made of: equal texts, equal facts.
  std::string unknown_parts(std::span<const SignIn> sign_ins) const;
  bool matters(std::size_t side, std::size_t policy) const;
  bool is_the_same(std::size_t side, std::size_t policy, std::span<const SignIn> sign_ins) const;
  void add_facts(std::span<const SignIn> sign_ins, Verdict& verdict);

  std::span<const Side> sides_;
  // By policy: the other side's policy that is the same, if there is one.
  std::array<std::vector<std::optional<std::uint32_t>>, 2> twins_;
  std::array<std::vector<std::optional<std::uint32_t>>, 2> namesakes_;  // of the same id
  std::array<std::vector<bool>, 2> changed_;  // for the sign-in that is judged
  std::array<Explanation, 2> worst_, best_;
  std::unordered_map<std::string, std::vector<FactName>> known_facts_;
};

}  // namespace sallyport::replay
