#include "analysis/proof/generate.h"

#include <algorithm>
#include <map>

#include "analysis/proof/box_words.h"
#include "analysis/proof/expectation_file.h"

namespace sallyport::proof {
namespace {

constexpr std::size_t nodes_max = 50'000;  // of one difference

struct Mutant {
  Mutation mutation;
  Bdd differs;
};

bool needs_whole_set(const Policy& policy, const Policy& edited) {
  return waives_for_registration(policy) || waives_for_registration(edited);
}

struct Stopped {
  Bdd stops;
  Bdd fails;
};
Stopped stopped_by(const EncodedPolicy& policy) {
  if (!policy.enforced()) return {};
  return {policy.stops(), policy.failed};
}

// What the edit changes where its policy alone decides.
Bdd changed(const Stopped& before, const Stopped& after, const Stopped& alone) {
  return ((before.stops ^ after.stops) & alone.stops) | ((before.fails ^ after.fails) & alone.fails);
}

// A policy whose edit changes what others ask for: all of the set is weighed again.
Bdd changed_by_set(const Encoding& encoding, const Mutation& mutation, const Bdd& part) {
  PolicySet set = encoding.set();
  set.policies[mutation.policy] = mutation.edited;
  const Encoding edited(encoding.universe(), set);
  return (encoding.granted(part) ^ edited.granted(part)) |
         (encoding.blocked(part) ^ edited.blocked(part));
}

// Some of `left` that no other policy stops (or refuses), none only where there are none; nothing:
// over budget. Policies are subtracted only where they are what stops the smallest of what is left,
// and whoever it is about is looked at for that sign-in as a whole.
std::optional<Bdd> left_over(Bdd left, const Encoding& encoding, std::size_t policy,
                             Bdd Stopped::*member) {
  const Universe& u = encoding.universe();
  std::vector<Bdd> others;
  for (std::size_t i = 0; i < encoding.policies().size(); ++i) {
    if (i != policy) others.push_back(stopped_by(encoding.policies()[i]).*member);
  }
  while (!left.is_empty()) {
    if (left.size() > nodes_max) return std::nullopt;
    const Point point = smallest(u, left);
    Bdd same_way = left;
    for (DimensionIndex i = 0; i < point.size(); ++i) {
      if (!is_about_people(u.dimensions()[i].question)) same_way &= u.is(i, point[i]);
    }
    for (const Bdd& other : others) same_way -= other;
    if (!same_way.is_empty()) return same_way;
    const Bdd here = u.point_set(point);
    for (const Bdd& other : others) {
      if (here.is_inside(other)) left -= other;
    }
    left -= here;
  }
  return left;
}

class Generator {
 public:
  Generator(const Encoding& encoding, const Program& program, Solver& solver)
      : encoding_(encoding), u_(encoding.universe()), program_(program), solver_(solver) {}

  Result<GeneratedTests> run() {
    find_differences();
    while (!left_.empty()) {
      if (auto made = make_test(); !made) return tl::unexpected(made.error());
    }
    return std::move(out_);
  }

 private:
  std::string words_of(const Mutation& mutation) const {
    const Policy& policy = encoding_.set().policies[mutation.policy];
    return (policy.display_name.empty() ? policy.id_text : policy.display_name) + ": " +
           mutation.words;
  }

  // Policies may share a name, and lists may say a thing twice.
  std::string unique(const std::string& name) {
    const std::size_t times = ++names_[id_from_name(name)];
    return times == 1 ? name : unique(name + " (" + std::to_string(times) + ")");
  }

  // For each enforced policy, the sign-ins of the part that no other stops, or refuses.
  std::vector<Stopped> alone_in(const Bdd& part) const {
    const auto& policies = encoding_.policies();
    std::vector<Stopped> alone(policies.size(), {part, part});
    Stopped before{part, part}, after{part, part};
    for (std::size_t i = 0; i < policies.size(); ++i) {
      const Stopped one = stopped_by(policies[i]);
      alone[i] = before;
      before.stops -= one.stops;
      before.fails -= one.fails;
    }
    for (std::size_t i = policies.size(); i-- > 0;) {
      const Stopped one = stopped_by(policies[i]);
      alone[i].stops &= after.stops;
      alone[i].fails &= after.fails;
      after.stops -= one.stops;
      after.fails -= one.fails;
    }
    return alone;
  }

  void find_differences() {
    constexpr unsigned memberships_at_first = 2;
    auto mutations = mutations_of(encoding_.set(), u_.tenant().names);
    out_.mutations = mutations.size();
    const Bdd part = u_.has_people() ? u_.reality()
                                     : u_.reality() & at_most_memberships(u_, memberships_at_first);
    const auto alone = alone_in(part);
    const bool knows_part = !solver_.gave_up();
    for (Mutation& mutation : mutations) {
      Mutant mutant{std::move(mutation), {}};
      const std::size_t p = mutant.mutation.policy;
      const EncodedPolicy& policy = encoding_.policies()[p];
      if (knows_part && !needs_whole_set(*policy.policy, mutant.mutation.edited)) {
        mutant.differs = changed(stopped_by(policy),
                                 stopped_by(encoding_.encode(mutant.mutation.edited)), alone[p]);
      } else if (knows_part) {
        mutant.differs = changed_by_set(encoding_, mutant.mutation, part);
      }
      if (solver_.gave_up()) mutant.differs = {};
      if (mutant.differs.is_empty()) {
        const auto everywhere = difference(mutant.mutation, encoding_, solver_);
        if (!everywhere) {
          out_.given_up.push_back(words_of(mutant.mutation));
        } else if (everywhere->is_empty()) {
          out_.change_nothing.push_back(words_of(mutant.mutation));
        } else {
          mutant.differs = *everywhere;
        }
      }
      if (!mutant.differs.is_empty()) left_.push_back(std::move(mutant));
    }
  }

  // A box of one outcome; the sets it must stay out of say of which.
  std::vector<Bdd> outside_of(const Bdd& here, Outcome outcome) const {
    std::vector<Bdd> outside;
    bool found = false;
    for (const EncodedPolicy& policy : encoding_.policies()) {
      if (!policy.enforced()) continue;
      const Bdd stops = policy.stops();
      if (outcome == Outcome::granted) outside.push_back(stops);
      if (outcome == Outcome::interrupted) outside.push_back(policy.failed);
      // One policy that stops it is the reason.
      const Bdd& reason = outcome == Outcome::blocked ? policy.failed : stops;
      if (outcome == Outcome::granted || found || !here.is_inside(reason)) continue;
      outside.push_back(!reason);
      found = true;
    }
    return outside;
  }

  // `mfa` for all the ways of doing it, where that says as much.
  void shorten(Expectation& test, const Bdd& here, const std::vector<Bdd>& outside) const {
    const auto is_method = [](const std::string& word) {
      return word.starts_with("method:") || word == "mfa claim";
    };
    if (std::ranges::count_if(test.except, is_method) < 2) return;
    for (const char* word : {"mfa", "phishing-resistant mfa"}) {
      Expectation shorter = test;
      std::erase_if(shorter.except, is_method);
      shorter.except.emplace_back(word);
      const Bdd region = region_of(shorter, encoding_);
      if (!here.is_inside(region)) continue;
      if (std::ranges::any_of(outside, [&](const Bdd& set) { return region.meets(set); })) continue;
      test = std::move(shorter);
      return;
    }
  }

  Result<void> make_test() {
    Bdd in_common = left_.front().differs;
    for (const Mutant& mutant : left_) {
      const Bdd both = in_common & mutant.differs;
      if (!both.is_empty()) in_common = both;
    }
    const Point point = smallest(u_, in_common);
    const Bdd here = u_.point_set(point);
    Draft draft;
    u_.draft(point, draft);
    const Outcome outcome = program_.explain(draft.settle()).outcome;
    const Outcome proved = !encoding_.granted(here).is_empty()   ? Outcome::granted
                           : !encoding_.blocked(here).is_empty() ? Outcome::blocked
                                                                 : Outcome::interrupted;
    if (outcome != proved) {
      return fail(ErrorKind::internal,
                  "the proof and the engine disagree about a sign-in, so no test is written; please "
                  "tell the developers");
    }
    const auto outside = outside_of(here, outcome);
    Expectation test = in_words(u_, widest(u_, point, outside, fits_words(u_)));
    shorten(test, here, outside);
    const Bdd region = region_of(test, encoding_);
    test.need = outcome == Outcome::granted   ? Need::granted
                : outcome == Outcome::blocked ? Need::refused
                                              : Need::prompted;
    if (solver_.gave_up() || !here.is_inside(region)) return give_up_first();
    test.name = unique(words_of(left_.front().mutation));
    test.severity = Severity::medium;
    std::vector<std::string> also;
    std::size_t noticed = 0;
    std::erase_if(left_, [&](const Mutant& mutant) {
      if (!region.meets(mutant.differs)) return false;
      if (noticed++ > 0) also.push_back(words_of(mutant.mutation));
      return true;
    });
    if (noticed == 0) return give_up_first();
    out_.noticed += noticed;
    constexpr std::size_t told = 4;
    for (std::size_t i = 0; i < also.size() && i < told; ++i) {
      test.why += (i == 0 ? "notices, too: " : "; ") + also[i];
    }
    if (also.size() > told) test.why += "; and " + std::to_string(also.size() - told) + " more edits";
    out_.tests.push_back(std::move(test));
    return {};
  }

  Result<void> give_up_first() {
    out_.given_up.push_back(words_of(left_.front().mutation));
    left_.erase(left_.begin());
    return {};
  }

  const Encoding& encoding_;
  const Universe& u_;
  const Program& program_;
  Solver& solver_;
  std::vector<Mutant> left_;
  std::map<std::string, std::size_t> names_;  // that tests have, as ids
  GeneratedTests out_;
};

}  // namespace

std::optional<Bdd> difference(const Mutation& mutation, const Encoding& encoding, Solver& solver) {
  const Bdd reality = encoding.universe().reality();
  const EncodedPolicy& policy = encoding.policies()[mutation.policy];
  std::optional<Bdd> differs;
  if (needs_whole_set(*policy.policy, mutation.edited)) {
    differs = changed_by_set(encoding, mutation, reality);
  } else {
    const Stopped before = stopped_by(policy);
    const Stopped after = stopped_by(encoding.encode(mutation.edited));
    differs = left_over((before.stops ^ after.stops) & reality, encoding, mutation.policy,
                        &Stopped::stops);
    if (differs && differs->is_empty()) {
      differs = left_over((before.fails ^ after.fails) & reality, encoding, mutation.policy,
                          &Stopped::fails);
    }
  }
  if (solver.gave_up()) return std::nullopt;
  return differs;
}

Result<GeneratedTests> generate_tests(const Encoding& encoding, const Program& program,
                                      Solver& solver) {
  return Generator(encoding, program, solver).run();
}

}  // namespace sallyport::proof
