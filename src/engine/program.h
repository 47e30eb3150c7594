// A Program is a policy set compiled for deciding (docs/architecture.md, "The engine").
//
//   const auto program = compile(policies, directory, inventory).value();
//   const Decision decision = program->decide(sign_in);      // a door
//   const Answer answer = program->explain(sign_in);         // a person
//
// It never changes: an edit compiles a new Program beside the old one. Membership of users and the
// state of devices are facts of the sign-in, not of the Program; it has to be compiled again when
// policies, locations, strengths, service principals, the nesting of groups or their roles change.
//
// Enforced policy i is bit i. For each condition a table holds, for every value the fact can take,
// the set of policies it satisfies; the applying policies are the intersection of about ten rows.
// A sign-in with an unknown fact takes the slow road: every policy is tested by the functions of
// conditions/, which also made the tables.
//
// Threads: any number may decide and explain at once.
// Cost: decide, a few cache lines per condition and no allocation; compile, linear in policies
// times the values they name, plus groups and device shapes; users do not matter.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "device/inventory.h"
#include "directory/directory.h"
#include "engine/decision.h"
#include "engine/explanation.h"
#include "policy/policy_set.h"
#include "signin/answer.h"
#include "signin/sign_in.h"

namespace sallyport {

struct ProgramState;

class Program {
 public:
  // Every gate's question. Unknown facts are taken at their worst.
  Decision decide(const SignIn& sign_in) const;
  // The same, reusing the decision's memory.
  void decide(const SignIn& sign_in, Decision& into) const;

  // Policy by policy: which apply, why, what they require and what of it is missing.
  void explain(const SignIn& sign_in, Assume assume, Explanation& into) const;
  Answer explain(const SignIn& sign_in, Assume assume = Assume::worst) const;
  Answer answer(const Explanation& explanation, const SignIn& sign_in) const;

  const PolicySet& policies() const;
  const Directory& directory() const;
  // By number, in the order in which missing ones are reported.
  std::span<const Requirement> requirements() const;
  std::vector<Requirement> missing(const Decision& decision) const;

  ~Program();

 private:
  friend Result<std::shared_ptr<const Program>> compile(PolicySet, std::shared_ptr<const Directory>,
                                                        std::shared_ptr<const Inventory>);
  explicit Program(std::unique_ptr<const ProgramState> state);
  void decide_by_explaining(const SignIn& sign_in, Decision& into) const;
  std::unique_ptr<const ProgramState> state_;
};

// Fails when the set is too large: more than 65,535 policies, or 65,535 distinct requirements.
[[nodiscard]] Result<std::shared_ptr<const Program>> compile(
    PolicySet policies, std::shared_ptr<const Directory> directory,
    std::shared_ptr<const Inventory> inventory);

}  // namespace sallyport
