// Over real policies, other people's and our example's: every sign-in that is shown replays to what
// is claimed of it, what is proved survives random sign-ins, and neither the order of files nor
// that of the policies in them makes a difference.
//
// SALLYPORT_SIGN_INS in the environment is how many random sign-ins each proof has to survive.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "analysis/proof/gaps.h"
#include "analysis/proof/goals.h"
#include "reference/decide.h"
#include "tests/proofs/corpus.h"
#include "tests/proofs/small_universe.h"

namespace sallyport::proof::testing {
namespace {

using testing_support::Random;

class CorpusProofs : public ::testing::Test {
 protected:
  std::size_t shown_ = 0, proved_ = 0;
  Decision decision_;

  void look_at(Tenant tenant, std::size_t sign_ins) {
    auto goals = built_in_goals(infer_emergency(tenant.policy_set));
    const Case c(std::move(tenant), std::move(goals));
    const Universe& u = *c.universe;
    Case& mine = const_cast<Case&>(c);  // asking changes the solver, and nothing else
    GapFinder finder(*c.encoding, *c.program, mine.solver);
    Random random(1);
    for (const Expectation& e : c.expectations) {
      SCOPED_TRACE(e.id);
      const auto verdict = finder.check(e);
      ASSERT_TRUE(verdict.has_value()) << describe(verdict.error());
      ASSERT_FALSE(verdict->gave_up);
      const Bdd region = region_of(e, *c.encoding);
      for (const Gap& gap : verdict->gaps) {
        ++shown_;
        Draft draft;
        u.draft(gap.witness, draft);
        const SignIn& s = draft.settle();
        const Outcome outcome =
            reference::decide(c.tenant.policy_set, *u.directory(), s, Assume::worst).outcome;
        EXPECT_EQ(c.program->explain(s).outcome, outcome);
        EXPECT_FALSE(is_kept(e.need, s, outcome)) << gap.sentence << show(u, gap.witness);
        EXPECT_TRUE(u.holds(region, gap.witness)) << gap.sentence;
      }
      if (!verdict->holds() || region.is_empty()) continue;
      ++proved_;
      for (std::size_t i = 0; i < sign_ins; ++i) {
        const Point point = random_member(u, region, random);
        Draft draft;
        u.draft(point, draft);
        const SignIn& s = draft.settle();
        c.program->decide(s, decision_);  // what explains is the same, and much slower
        ASSERT_TRUE(is_kept(e.need, s, decision_.outcome)) << show(u, point);
      }
    }
  }
};

TEST_F(CorpusProofs, what_is_shown_replays_and_what_is_proved_survives) {
  const std::size_t sign_ins = number_from_environment("SALLYPORT_SIGN_INS", 1'000);
  for (const std::string& folder : corpus_folders()) {
    SCOPED_TRACE(folder);
    LoadResult loaded = read_folder(folder);
    look_at(loaded.tenant, sign_ins);
    for (Policy& policy : loaded.tenant.policy_set.policies) policy.state = PolicyState::enabled;
    look_at(std::move(loaded.tenant), sign_ins);
    if (HasFatalFailure()) return;
  }
  RecordProperty("shown", static_cast<int>(shown_));
  RecordProperty("proved", static_cast<int>(proved_));
  EXPECT_GT(shown_, 0U);
  EXPECT_GT(proved_, 0U);
}

// ---- the order of documents ----

std::string output_of(const std::string& arguments) {
  const std::string program = std::string(SALLYPORT_BINARY_DIR) + "/apps/sallyport/sallyport";
  std::FILE* pipe = popen((program + " " + arguments + " 2>&1").c_str(), "r");
  std::string out;
  char buffer[4096];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, n);
  pclose(pipe);
  return out;
}

TEST(ProofOrder, makes_no_difference) {
  const auto temporary = std::filesystem::temp_directory_path() / "sallyport_proof_order";
  for (const std::string& folder : corpus_folders()) {
    SCOPED_TRACE(folder);
    const LoadResult loaded = read_folder(folder);
    std::vector<std::string> outputs;
    Random random(7);
    std::vector<std::size_t> order(loaded.documents.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    for (int run = 0; run < 3; ++run) {
      std::filesystem::remove_all(temporary);
      std::filesystem::create_directories(temporary);
      // Some policies a file, in any order; the last run repeats the one before.
      constexpr std::size_t files = 3;
      std::vector<std::string> values(files);
      for (std::size_t i = 0; i < order.size(); ++i) {
        std::string& value = values[i % files];
        value += (value.empty() ? "" : ",\n") + loaded.documents[order[i]].json;
      }
      for (std::size_t i = 0; i < files; ++i) {
        std::ofstream(temporary / (std::to_string(i) + ".json"))
            << "{\"value\":[" << values[i] << "]}";
      }
      outputs.push_back(output_of("gaps --enforce all " + temporary.string()));
      if (run == 1) continue;
      for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[random.below(i)]);
    }
    EXPECT_NE(outputs[0].find("expectations "), std::string::npos) << outputs[0];
    EXPECT_EQ(outputs[0], outputs[1]);
    EXPECT_EQ(outputs[1], outputs[2]);
  }
  std::filesystem::remove_all(temporary);
}

}  // namespace
}  // namespace sallyport::proof::testing
