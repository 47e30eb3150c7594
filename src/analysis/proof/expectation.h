// What an owner expects of a policy set, as data: who, for what, from where and how, and what must
// come of it. Goals of `gaps`, cases of `test` and accounts of `lockout` are all of this form; the
// words are documented in docs/analysis/expectations.md.
//
// A list left empty means any. Entries of one list are alternatives; lists narrow each other.
#pragma once

#include <string>
#include <vector>

#include "analysis/proof/vocabulary.h"
#include "base/finding.h"
#include "base/result.h"
#include "signin/answer.h"

namespace sallyport::proof {

enum class Need : std::uint8_t {
  blocked,    // nobody gets in
  granted,    // everybody gets in as they are
  reachable,  // nobody is refused: what is asked for can be given
  prompted,   // nobody gets in and nobody is refused: more is asked for
  refused,    // everybody is turned away, whatever they could prove
  mfa,        // nobody gets in without it; and so on
  phishing_resistant,
  managed_device,
  mfa_or_managed_device,
  managed_app,
  password_change,
};
std::string_view name_of(Need need);  // `needs mfa`
std::optional<Need> parse_need(std::string_view words);
// Whether this outcome of a sign-in without the need's proof is not as expected.
bool breaks(Need need, Outcome outcome);
// Its violations are no mere matter of what gets in.
bool is_about_refusals(Need need);
std::string all_needs();  // for a message: `blocked, granted, ...`

struct Expectation {
  std::string id;  // of the check, or made from the name
  std::string name;
  Severity severity = Severity::high;
  std::string why;
  std::string fix;
  std::vector<std::string> who;
  std::vector<std::string> also;    // all of these are so, too: any word (Vocabulary::fact)
  std::vector<std::string> except;  // none of these is so: likewise
  std::vector<std::string> what;
  std::vector<std::string> where;
  std::vector<std::string> client;
  std::vector<std::string> platform;
  std::vector<std::string> flow;
  std::vector<std::string> device;
  std::vector<std::string> sign_in_risk;
  std::vector<std::string> user_risk;
  std::vector<std::string> insider_risk;
  std::vector<std::string> workload_risk;
  std::vector<std::string> agent_risk;
  std::vector<std::string> with;  // proofs at hand, and no others; empty: any
  Need need = Need::mfa;
  std::string file;
  std::uint32_t line = 0;
};

// The lists, by the name they have in files, and what reads an entry of each.
struct ExpectationList {
  std::string_view name;
  std::vector<std::string> Expectation::*member;
  Result<Vocabulary::Set> (Vocabulary::*read)(std::string_view) const;
};
std::span<const ExpectationList> expectation_lists();

// Adds what has to be told apart for it. Errors: a name that nothing has, a word that is none.
[[nodiscard]] Result<void> add_interests(const Expectation& expectation, const Tenant& tenant,
                                         Interests& into);

// The sign-ins it is about. REQUIRES: add_interests() was without error, and the universe was made
// with what it gave.
Bdd region_of(const Expectation& expectation, const Encoding& encoding);
// The same, whether or not reality has them.
Bdd unreal_region_of(const Expectation& expectation, const Encoding& encoding);

// What makes a sign-in keep the need, whatever else is true of it; empty for `blocked`.
Bdd proof_of(Need need, const Encoding& encoding);

// Those of the region that are not as expected, reality taken into account.
// All of them at once; violations.h finds a few of many at less cost.
Bdd violations(Need need, const Encoding& encoding, const Bdd& region);

}  // namespace sallyport::proof
