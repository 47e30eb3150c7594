// Random questions about random policy sets, small enough to try every sign-in: what nothing asks
// about is left out, and of the methods used one set is tried for each thing they can amount to.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/proof/encoding.h"
#include "analysis/proof/expectation.h"
#include "engine/program.h"
#include "policy/tenant.h"
#include "tests/differential/generator.h"

namespace sallyport::proof::testing {

// A policy set, what is asked of it or what it is compared with, and all that answering takes.
struct Case {
  Tenant tenant;
  PolicySet other;
  std::vector<Expectation> expectations;
  Solver solver;
  std::unique_ptr<Universe> universe;
  std::unique_ptr<Encoding> encoding;
  std::unique_ptr<Encoding> other_encoding;
  std::shared_ptr<const Program> program;
  std::shared_ptr<const Program> other_program;
  std::vector<bool> asks;  // dimensions that policies, expectations and the laws between them ask

  Case(Tenant of, std::vector<Expectation> asked, PolicySet compared_with = empty_policy_set());
};

Tenant tenant_of(const testing_support::World& world, bool with_people);
// In words that every tenant knows, and some of this world's groups, roles and users.
Expectation make_expectation(const testing_support::World& world, testing_support::Random& random);

// Some conditions less, so that fewer sign-ins can be told apart.
void thin_out(PolicySet& set, std::vector<Expectation>& expectations,
              testing_support::Random& random);

// What the expectation says, said a second time, of one sign-in. Only of what make_expectation()
// makes.
bool is_about(const Expectation& expectation, const SignIn& sign_in, const Directory& directory);
bool is_kept(Need need, const SignIn& sign_in, Outcome outcome);

// Calls visit(point), if there is any, for every real sign-in, up to what nothing asks about.
// False: there are more than `most`.
bool each_sign_in(const Case& of, std::size_t most, const std::function<void(const Point&)>& visit);
// The point with other answers to the questions that nothing asks, if there are real ones.
std::optional<Point> with_other_answers(const Case& of, const Point& point,
                                        testing_support::Random& random);

// REQUIRES: the set lies inside reality and is not empty.
Point random_member(const Universe& universe, const Bdd& set, testing_support::Random& random);
unsigned weight(const Universe& universe, const Point& point);
unsigned memberships(const Universe& universe, const Point& point);
std::string show(const Universe& universe, const Point& point);

std::size_t number_from_environment(const char* name, std::size_t otherwise);

}  // namespace sallyport::proof::testing
